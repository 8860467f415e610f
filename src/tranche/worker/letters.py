"""Which notices become a mail now, and which need none: pure choice over the rows that are due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tranche.kernel.notices import ATTEMPTS_MAX, MailChoice, mail_due_at
from tranche.models import Outbox, Person, is_active

AGE_MAX: Final = timedelta(days=7)  # what is older was seen in the inbox, or helps nobody by mail


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person."""

    person: Person
    rows: tuple[Outbox, ...]


@dataclass(slots=True)
class Sorted:
    """Rows by what becomes of them; `later` by the instant at which they are due."""

    letters: list[Letter] = field(default_factory=list)
    unwanted: list[Outbox] = field(default_factory=list)
    spent: list[Outbox] = field(default_factory=list)
    later: dict[datetime, list[Outbox]] = field(default_factory=dict)


def sort(rows: Iterable[Outbox], choices: Mapping[str, str], now: datetime) -> Sorted:
    """Each row for the human being behind it: one mail for each, or one a day for all."""
    found = Sorted()
    together: dict[str, list[Outbox]] = {}
    for row in rows:
        person = human(row)
        choice = MailChoice(choices.get(person.id, MailChoice.EACH.value))
        due_at = mail_due_at(choice, row.made_at)
        if row.attempts >= ATTEMPTS_MAX:
            found.spent.append(row)
        elif (
            row.settled_at or due_at is None or not person.email or not is_active(person) or _is_old(row, now)
        ):
            found.unwanted.append(row)
        elif due_at > now:
            found.later.setdefault(due_at, []).append(row)
        elif choice is MailChoice.DAILY:
            together.setdefault(person.id, []).append(row)
        else:
            found.letters.append(Letter(person, (row,)))
    found.letters += [Letter(human(mine[0]), tuple(mine)) for mine in together.values()]
    return found


def human(row: Outbox) -> Person:
    """Of several entries for one human being the one that counts."""
    return row.person.root or row.person


def _is_old(row: Outbox, now: datetime) -> bool:
    return row.attempts == 0 and now - row.not_before > AGE_MAX
