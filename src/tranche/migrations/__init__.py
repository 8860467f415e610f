"""The schema's history: people first, then the raw tables, then the register."""
