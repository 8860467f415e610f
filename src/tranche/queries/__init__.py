"""Every question that a page or a command asks: one file a question, answers as frozen records."""
