"""Tranche: the system of record of a contribution mechanism between states."""
