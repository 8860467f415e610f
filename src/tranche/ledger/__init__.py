"""The book as it is stored: posting, reading, tracing and checking; only this package writes its tables."""
