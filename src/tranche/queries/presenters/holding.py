"""What holds it up: everything that waits, by the party that must act and by how long it has waited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from tranche.queries.presenters.overview import WaitingShown, waiting_shown
from tranche.queries.waiting import Waiting

CLASSES: Final = ((0, 7), (8, 14), (15, 30), (31, None))
"""Ages in calendar days, both ends included."""


@dataclass(frozen=True, slots=True)
class PartyShown:
    """One party: how many things wait for it by age, how many are overdue, and which."""

    ref: str
    name: str
    counts: tuple[int, ...]
    total: int
    overdue: int
    oldest: date
    queue: tuple[WaitingShown, ...]


def age_words() -> tuple[str, ...]:
    """The classes of age as headings."""
    return tuple(
        _("%(first)s days and more") % {"first": first}
        if last is None
        else _("%(first)s–%(last)s days") % {"first": first, "last": last}
        for first, last in CLASSES
    )


def by_party(rows: Sequence[Waiting], names: dict[str, str], today: date) -> tuple[PartyShown, ...]:
    """What waits for several parties is counted for each of them; who keeps most overdue comes first."""
    refs = sorted({ref for row in rows for turn in row.turns for ref in turn.parties})
    found = [_party(ref, names.get(ref, ref), _for(ref, rows), today) for ref in refs]
    return tuple(sorted(found, key=lambda one: (-one.overdue, -one.total, one.ref)))


def _for(ref: str, rows: Sequence[Waiting]) -> list[Waiting]:
    return [row for row in rows if any(ref in turn.parties for turn in row.turns)]


def _party(ref: str, name: str, rows: list[Waiting], today: date) -> PartyShown:
    ages = [(today - row.since).days for row in rows]
    return PartyShown(
        ref=ref,
        name=name,
        counts=tuple(
            sum(first <= max(age, 0) and (last is None or age <= last) for age in ages)
            for first, last in CLASSES
        ),
        total=len(rows),
        overdue=sum(row.late_days > 0 for row in rows),
        oldest=min(row.since for row in rows),
        queue=waiting_shown(rows),
    )
