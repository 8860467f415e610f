"""Numbers: groups of three by a no-break space, the language's decimal mark."""

from __future__ import annotations

THOUSAND_SEPARATOR = "\u00a0"
DECIMAL_SEPARATOR = "."
NUMBER_GROUPING = 3
