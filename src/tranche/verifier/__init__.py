"""`tranche-verify`: checks evidence packs and receipts with the standard library alone."""
