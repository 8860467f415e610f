"""Whole-ledger work: the trace of every use at once, as columns and compiled loops."""
