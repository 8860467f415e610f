"""Notices: those of one person, newest first; and how far the mail of all of them got."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from tranche.models import Outbox, Step
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer

PAGE_ROWS: Final = 25
COUNT_MAX: Final = 100
UNREAD_FOR: Final = timedelta(days=30)  # what nobody looked at for so long calls for nobody any more
DEAD_MAX: Final = 100


class UnknownNotice(LookupError):
    """No notice of this person has this number."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice as it was kept; `title` is the step's own where it is about one."""

    id: int
    kind: str
    payload: Mapping[str, str]
    made_at: datetime
    title: str = ""
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What a person has read: everything up to a number, and some after it."""

    upto: int = 0
    besides: frozenset[int] = frozenset()

    def __contains__(self, notice_id: int) -> bool:
        return notice_id <= self.upto or notice_id in self.besides


@dataclass(frozen=True, slots=True)
class DeadRow:
    """A notice whose mail was given up."""

    id: int
    kind: str
    login: str
    attempts: int
    last_error: str
    dead_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many mails wait, since when the oldest does, how many failed at least once, and which are dead."""

    waiting: int
    oldest: datetime | None
    failing: int
    dead: tuple[DeadRow, ...]


def notices(
    person: str, *, before: int | None, language: str, who: Viewer = UNFILTERED
) -> tuple[NoticeRow, ...]:
    """A page of a person's notices, the newest first, below a number."""
    found = _of(person)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[:PAGE_ROWS])
    steps = {row.payload["ref"] for row in rows if row.payload.get("subject") == "step"}
    titles = _titles(steps, language, who)
    return tuple(_row(row, titles.get(str(row.payload.get("ref")), "")) for row in rows)


def notice(person: str, notice_id: int) -> NoticeRow:
    """One notice of this person; raises UnknownNotice."""
    row = _of(person).filter(pk=notice_id).first()
    if row is None:
        raise UnknownNotice
    return _row(row)


def unread_count(person: str, read: Read, now: datetime) -> int:
    """How many recent notices are not read and not settled; COUNT_MAX stands for as many or more."""
    found = _of(person).filter(pk__gt=read.upto, made_at__gt=now - UNREAD_FOR, settled_at__isnull=True)
    return found.exclude(pk__in=read.besides)[:COUNT_MAX].count()


def newest(person: str) -> int:
    """The number of the person's last notice, 0 where there is none."""
    return _of(person).order_by("-id").values_list("id", flat=True).first() or 0


def outbox_state() -> OutboxState:
    rows = Outbox.objects.using("read")
    open_rows = rows.filter(done_at__isnull=True, dead_at__isnull=True)
    dead = rows.filter(dead_at__isnull=False).prefetch_related("person__logins").order_by("-dead_at", "id")
    return OutboxState(
        waiting=open_rows.count(),
        oldest=open_rows.order_by("made_at").values_list("made_at", flat=True).first(),
        failing=open_rows.filter(attempts__gt=0).exclude(last_error="").count(),
        dead=tuple(_dead(row) for row in dead[:DEAD_MAX]),
    )


def _of(person: str) -> QuerySet[Outbox]:
    """Of a person with all entries for the same human being."""
    return Outbox.objects.using("read").filter(Q(person_id=person) | Q(person__root_id=person))


def _row(row: Outbox, title: str = "") -> NoticeRow:
    payload = {name: str(value) for name, value in row.payload.items()}
    return NoticeRow(row.pk, row.kind, payload, row.made_at, title, row.settled_at is not None)


def _titles(refs: Collection[str], language: str, who: Viewer) -> dict[str, str]:
    """The titles of the steps that the person may still know of."""
    if not refs:
        return {}
    rows = Step.objects.using("read").filter(within(who, "step"), ref__in=refs)
    return {row.ref: str(getattr(row, f"title_{language}", "") or row.title) for row in rows}


def _dead(row: Outbox) -> DeadRow:
    logins = sorted(login.username for login in row.person.logins.all())
    return DeadRow(
        id=row.pk,
        kind=row.kind,
        login=logins[0] if logins else "",
        attempts=row.attempts,
        last_error=row.last_error,
        dead_at=row.dead_at,
    )
