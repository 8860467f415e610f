"""What came into a tranche from outside, and what of exactly that money was used or went back.

Interest is no part of what a donor promised, and money that is released to the tranche is not new.
"""

from __future__ import annotations

from typing import Final

from tranche.kernel.chart import USES, Kind
from tranche.kernel.trace import MvId
from tranche.ledger.fragments import Fragment, of_sources
from tranche.ledger.rows import reading

CAME: Final = """
SELECT CAST(coalesce(sum(CASE WHEN m.dst = a.id THEN m.amount ELSE -m.amount END), 0) AS bigint)
FROM account a JOIN fund f ON f.id = a.fund_id
JOIN movement m ON m.dst = a.id OR m.src = a.id
JOIN account o ON o.id = CASE WHEN m.dst = a.id THEN m.src ELSE m.dst END
WHERE a.kind = 'tranche' AND rtrim(f.code, '''') = %s AND a.currency = %s
  AND (o.kind = 'unassigned' OR (o.kind = 'origin' AND o.holder NOT LIKE '%%:interest'))
"""
RECEIVED: Final = """
SELECT m.entry_id, m.line FROM movement m JOIN account o ON o.id = m.src JOIN account d ON d.id = m.dst
WHERE o.kind = 'origin' AND o.holder NOT LIKE '%%:interest' AND d.kind IN ('tranche', 'unassigned')
  AND d.holder = %s AND d.currency = %s
ORDER BY m.entry_id, m.line
"""
SPENT: Final = USES | {Kind.ADVANCE, Kind.ROUNDING}
"""Where money ends; what is booked back to its origin never came."""


def came_minor(tranche: str, currency: str, using: str = "default") -> int:
    """What came into the tranche, less what was booked back to where it came from."""
    return int(reading(using)(CAME, [tranche, currency])[0][0])


def used_minor(
    tranche: str, donor: str, currency: str, kinds: frozenset[Kind] = SPENT, using: str = "default"
) -> int:
    """What of the tranche's own money went into these kinds of uses, less what came out of them again."""
    sources = [MvId(entry, line) for entry, line in reading(using)(RECEIVED, [donor, currency])]
    return sum(
        fragment.source_amount_minor * (1 if fragment.entered_kind in kinds else -1)
        for fragment in of_sources(sources, using)
        if (fragment.entered_kind in kinds or fragment.left_kind in kinds & USES)
        and _is_of(fragment, tranche, currency)
    )


def _is_of(fragment: Fragment, tranche: str, currency: str) -> bool:
    """Whether the money passed the tranche, under its first code or that of a successor."""
    for code in (*fragment.path, fragment.left):
        kind, fund, *rest = code.split(":")
        if kind == Kind.TRANCHE and fund.rstrip("'") == tranche and rest == [currency]:
            return True
    return False
