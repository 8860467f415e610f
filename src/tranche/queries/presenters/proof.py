"""The log for readers: what each entry says, and the hashes by which anybody can check it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tranche.queries.heads import LogStanding, SignedHead
from tranche.queries.presenters.events import action_word
from tranche.queries.presenters.links import Link, log_link
from tranche.queries.presenters.log_words import ALARMS, ITEMS, KINDS
from tranche.queries.presenters.money import entry_link
from tranche.queries.proof import ItemRow, LogEntryDetail, LogPage, LogRow

VALUE_SHOWN_MAX = 4_000


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log."""

    number: Link
    what: str
    ref: str
    at: datetime | None
    person: str
    root: str
    is_intact: bool
    entries: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LogPageShown:
    """A page of the log."""

    count: int
    lines: tuple[LogLine, ...]
    next: str
    log: LogStanding


@dataclass(frozen=True, slots=True)
class ItemShown:
    """One item: its value where the viewer may read it, its hash for all."""

    name: str
    label: str
    value: str
    sha256: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class LogEntryPage:
    """One entry of the log with everything that it commits to."""

    line: LogLine
    kind: str
    items: tuple[ItemShown, ...]
    places: int
    withheld: int
    head: SignedHead | None
    receipt: str
    pack: str
    decision: Link | None
    erased: tuple[tuple[str, Link], ...]
    is_adopted: bool
    has_words: bool
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """What is wrong, since when, what was found, and what to do."""

    id: int
    meaning: str
    since: datetime
    found: str
    what_to_do: str


def alarms_shown(log: LogStanding) -> tuple[AlarmShown, ...]:
    """The open alarms in words."""
    return tuple(
        AlarmShown(
            id=one.id,
            meaning=str(ALARMS[one.code][0]),
            since=datetime.fromisoformat(one.raised_at),
            found=one.what,
            what_to_do=str(ALARMS[one.code][1]),
        )
        for one in log.alarms
    )


def log_page_shown(found: LogPage, log: LogStanding) -> LogPageShown:
    older = f"{reverse('proof')}?before={found.next_before}" if found.next_before is not None else ""
    return LogPageShown(found.count, tuple(_line(row) for row in found.rows), older, log)


def log_entry_page(found: LogEntryDetail) -> LogEntryPage:
    seq = found.row.seq
    return LogEntryPage(
        line=_line(found.row),
        kind=found.row.kind,
        items=tuple(_item(item) for item in found.items),
        places=found.places,
        withheld=sum(not item.is_open for item in found.items),
        head=found.head,
        receipt=reverse("receipt", args=[seq]) if found.head and any(i.is_open for i in found.items) else "",
        pack=reverse("pack", args=[seq]) if found.head and found.row.ref else "",
        decision=_decision(found.decision_id) if found.decision_id else None,
        erased=tuple((sha256, log_link(by)) for sha256, by in found.erased),
        is_adopted=found.is_adopted,
        has_words=found.has_words,
        previous=reverse("proof_entry", args=[seq - 1]) if seq else "",
        next=reverse("proof_entry", args=[seq + 1]) if found.has_next else "",
    )


def _decision(decision_id: str) -> Link:
    return Link(decision_id[:8], reverse("decision", args=[decision_id]))


def _line(row: LogRow) -> LogLine:
    return LogLine(
        number=log_link(row.seq),
        what=_what(row.kind),
        ref=row.ref,
        at=datetime.fromisoformat(row.at) if row.at else None,
        person=row.person,
        root=row.root,
        is_intact=row.is_intact,
        entries=tuple(entry_link(number, kind) for number, kind in row.entries),
    )


def _what(kind: str) -> str:
    """What happened, in words; an entry out of reach says only that there is one."""
    if not kind:
        return str(_("withheld"))
    return str(KINDS[kind]) if kind in KINDS else action_word(kind)


def _item(item: ItemRow) -> ItemShown:
    name = str(ITEMS[item.name]) if item.name in ITEMS else item.name
    return ItemShown(name, item.label, _value(item.value) if item.is_open else "", item.sha256, item.is_open)


def _value(value: object) -> str:
    """A text as it is, anything else as indented JSON."""
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, default=list)
    return shown if len(shown) <= VALUE_SHOWN_MAX else shown[:VALUE_SHOWN_MAX] + " …"
