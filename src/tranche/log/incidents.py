"""What is wrong with the proof of the log: kept until it is over, or until somebody has looked.

They decide nothing and are no part of the record; the log itself proves what they are about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connections

from tranche.kernel.ledger import instant_text
from tranche.store.write import ALIAS, bookkeeping

HEAD_LATE: Final = "head_late"
WITNESS_LATE: Final = "witness_late"
WITNESS_REFUSED: Final = "witness_refused"
WITNESS_AHEAD: Final = "witness_ahead"
SELF_CHECK: Final = "self_check"
SIGNER: Final = "signer"
CODES: Final = frozenset({HEAD_LATE, WITNESS_LATE, WITNESS_REFUSED, WITNESS_AHEAD, SELF_CHECK, SIGNER})
PASSING: Final = frozenset({HEAD_LATE, WITNESS_LATE, SIGNER})
"""Those that end by themselves when what they say is no more so."""

OPEN: Final = "SELECT id, code, what, raised_at FROM log_incident WHERE ended_at IS NULL ORDER BY id"
RAISE: Final = "INSERT INTO log_incident (code, what, raised_at) VALUES (%s, %s, %s)"
END: Final = "UPDATE log_incident SET ended_at = %s WHERE id = %s AND ended_at IS NULL"


class Incident(NamedTuple):
    """One thing that is wrong: what was found, and since when."""

    id: int
    code: str
    what: str
    raised_at: str


def open_incidents(using: str = "read") -> tuple[Incident, ...]:
    """Those that are not over, the first one first."""
    with connections[using].cursor() as cursor:
        cursor.execute(OPEN)
        return tuple(Incident(*row) for row in cursor.fetchall())


def observe(found: Mapping[str, str], now: datetime) -> tuple[tuple[Incident, ...], tuple[Incident, ...]]:
    """Take what is wrong now, one of each code; gives what is new and what is over."""
    known = open_incidents(ALIAS)
    over = tuple(one for one in known if one.code in PASSING and one.code not in found)
    codes = {one.code for one in known}
    fresh = {code: what for code, what in found.items() if code not in codes}
    if over or fresh:
        with bookkeeping(), connections[ALIAS].cursor() as cursor:
            for one in over:
                cursor.execute(END, [instant_text(now), one.id])
            for code, what in sorted(fresh.items()):
                cursor.execute(RAISE, [code, what, instant_text(now)])
    return tuple(one for one in open_incidents(ALIAS) if one.code in fresh), over


def end(number: int, now: datetime) -> bool:
    """Somebody has looked; false where there is no such open one."""
    with bookkeeping(), connections[ALIAS].cursor() as cursor:
        cursor.execute(END, [instant_text(now), number])
        return int(cursor.rowcount) == 1
