"""Bank statements in and out: ISO 20022 camt.053."""
