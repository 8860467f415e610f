"""The log: every write appends one entry of salted, labelled items in its own transaction."""
