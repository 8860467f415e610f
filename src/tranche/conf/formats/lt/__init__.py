"""How numbers are grouped in every language of the pages."""
