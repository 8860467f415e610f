"""The outbox: notices written with the deed that they tell of, and how far their mail got.

A notice of a deed is a row of the deed's own transaction. What time alone brings, and what became of a mail,
is written beside the record: it can be worked out again, and it says nothing that the log must keep.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q, QuerySet

from tranche.kernel.notices import (
    ASKS,
    WAIT_MAX,
    Holder,
    NoticeFacts,
    NoticeKind,
    Place,
    addressed,
    notice_key,
    places,
    wait_after,
)
from tranche.models import BEHIND, Outbox, RoleGrant, grant_from, is_active
from tranche.models.outbox import ERROR_LENGTH_MAX
from tranche.store.write import bookkeeping

Payload = Mapping[str, str | int]
ASKING: Final = tuple(sorted(kind.value for kind in ASKS))


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell: its kind, who is concerned, what it is about, and what makes it another one."""

    kind: NoticeKind
    facts: NoticeFacts
    subject: str
    rule: str = ""
    payload: Payload = field(default_factory=dict)


def add(notices: Sequence[Notice], now: datetime) -> int:
    """Write a row for everybody concerned, in the open transaction; gives how many were asked for.

    One statement reads the roster and one writes: a row that is there already stays as it is.
    """
    rows = _rows(notices, now)
    if rows:
        Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def settle(subjects: Collection[str], now: datetime, person: str | None = None) -> None:
    """What asked for something about these asks nobody, or this person, any more: one statement."""
    asking = Outbox.objects.filter(subject__in=subjects, kind__in=ASKING, settled_at__isnull=True)
    if person is not None:
        asking = asking.filter(person_id=person)
    asking.update(settled_at=now)


def add_beside(notices: Sequence[Notice], now: datetime) -> int:
    """The same in a transaction of its own, for what time alone brings; gives how many were new."""
    wanted = _rows(notices, now)
    keys = [row.dedupe_key for row in wanted]
    known = set(Outbox.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    rows = [row for row in wanted if row.dedupe_key not in known]
    if rows:
        with bookkeeping():
            Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _rows(notices: Sequence[Notice], now: datetime) -> list[Outbox]:
    wanted = frozenset[Place]().union(*(places(notice.kind, notice.facts) for notice in notices))
    roster = holders_of(wanted, now)
    return [
        Outbox(
            kind=notice.kind.value,
            dedupe_key=notice_key(notice.kind, notice.subject, notice.rule, person),
            person_id=person,
            subject=notice.subject,
            payload=dict(notice.payload),
            made_at=now,
            not_before=now,
        )
        for notice in notices
        for person in addressed(notice.kind, notice.facts, roster)
    ]


def holders_of(wanted: Collection[Place], now: datetime) -> tuple[Holder, ...]:
    """Who holds one of these roles for its party now, each person as the one human being."""
    if not wanted:
        return ()
    asked = reduce(or_, (Q(role=role.value, party__ref=party) for role, party in sorted(wanted)))
    rows = RoleGrant.objects.select_related(*BEHIND).filter(asked, from_at__lte=now)
    return tuple(
        Holder(row.person.counts_as, grant.role, grant.party)
        for row, grant in ((row, grant_from(row)) for row in rows)
        if grant.valid(now) and is_active(row.person)
    )


def concerns(kind: NoticeKind, facts: NoticeFacts, person: str, held: Collection[Place]) -> bool:
    """Whether a notice of this kind would be for a person who holds these roles."""
    roster = [Holder(person, role, party) for role, party in held]
    return person in addressed(kind, facts, roster)


def claim(rows: Iterable[Outbox], now: datetime) -> list[Outbox]:
    """Take notices for one attempt: it counts before the mail leaves, and no other worker has them.

    A worker that dies on the way leaves them to be tried again after the wait.
    """
    taken = []
    with bookkeeping():
        for row in rows:
            attempts = row.attempts + 1
            free = _unended([row]).filter(attempts=row.attempts)
            if free.update(attempts=attempts, not_before=now + (wait_after(attempts) or WAIT_MAX)):
                row.attempts = attempts
                taken.append(row)
    return taken


def defer(rows_by_instant: Mapping[datetime, Sequence[Outbox]]) -> None:
    """Let notices wait for their digest."""
    if rows_by_instant:
        with bookkeeping():
            for instant, rows in rows_by_instant.items():
                _unended(rows).update(not_before=instant)


def mark_done(rows: Sequence[Outbox], now: datetime) -> None:
    """Nothing is left to do outside."""
    if rows:
        with bookkeeping():
            _unended(rows).update(done_at=now, last_error="")


def mark_failed(rows: Sequence[Outbox], why: str, now: datetime) -> None:
    """Say why; what has no attempt left is dead and stands on the operator's page."""
    spent = [row for row in rows if wait_after(row.attempts) is None]
    if rows:
        with bookkeeping():
            _unended(rows).update(last_error=why[:ERROR_LENGTH_MAX])
            _unended(spent).update(dead_at=now)


def retry(notice_ids: Collection[int] | None, now: datetime) -> int:
    """Give dead notices, or these of them, all their attempts again; gives how many."""
    dead = Outbox.objects.filter(dead_at__isnull=False)
    if notice_ids is not None:
        dead = dead.filter(pk__in=notice_ids)
    with bookkeeping():
        return dead.update(dead_at=None, attempts=0, not_before=now)


def _unended(rows: Iterable[Outbox]) -> QuerySet[Outbox]:
    return Outbox.objects.filter(pk__in=[row.pk for row in rows], done_at__isnull=True, dead_at__isnull=True)
