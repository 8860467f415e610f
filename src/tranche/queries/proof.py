"""The log as pages show it: the newest entries, and one with its items and the postings it names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tranche.kernel.entries import EntryError, Item
from tranche.kernel.merkle import leaf_hash
from tranche.ledger.journal import numbers
from tranche.log.read import Entry, entries_before, entry, head
from tranche.models import Person, RecordEvent
from tranche.queries.records import NotFound

ENTRIES_A_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log: what happened to what, when, by whom; empty where it no longer checks."""

    seq: int
    kind: str
    ref: str
    at: str
    person: str
    root: str
    is_intact: bool
    entries: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log, the newest entry first; `count` is the number of entries there are."""

    count: int
    rows: tuple[LogRow, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of an entry: its value for those who may read it, and its hash in the entry's tree for all."""

    name: str
    label: str
    value: object
    sha256: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class LogEntryDetail:
    """One entry with its items; the count of places includes the blind ones."""

    row: LogRow
    items: tuple[ItemRow, ...]
    places: int
    decision_id: str
    has_next: bool


def log_page(before: int | None = None) -> LogPage:
    """The newest entries below `before`."""
    found = entries_before(ENTRIES_A_PAGE, before)
    more = found[-1].seq if found and found[-1].seq > 0 else None
    return LogPage(head(), _rows(found), more)


def log_entry(seq: int, labels: Collection[str]) -> LogEntryDetail:
    """One entry, opened for a reader of these labels; raises NotFound."""
    found = entry(seq)
    if found is None:
        raise NotFound(str(seq))
    [row] = _rows((found,))
    named = sorted((item for item in found.items if item.name), key=lambda item: item.name)
    event = RecordEvent.objects.using("read").filter(log_seq=seq).order_by("id").first()
    return LogEntryDetail(
        row=row,
        items=tuple(_item(item, labels) for item in named),
        places=len(found.items),
        decision_id=event.decision_id if event else _decision_of(found),
        has_next=seq + 1 < head(),
    )


def _rows(found: Collection[Entry]) -> tuple[LogRow, ...]:
    actors = {str(_value(row, "actor")) for row in found}
    names = dict(Person.objects.using("read").filter(pk__in=actors).values_list("pk", "name"))
    posted = numbers([row.seq for row in found])
    return tuple(
        LogRow(
            seq=row.seq,
            kind=row.kind,
            ref=str(_value(row, "ref")),
            at=str(_value(row, "at")),
            person=names.get(str(_value(row, "actor")), str(_value(row, "actor"))),
            root=row.root,
            is_intact=row.is_intact,
            entries=posted.get(row.seq, ()),
        )
        for row in found
    )


def _value(found: Entry, name: str) -> object:
    return next((item.value for item in found.items if item.name == name), "")


def _decision_of(found: Entry) -> str:
    return found.object_id if found.object_type == "decision" else ""


def _item(item: Item, labels: Collection[str]) -> ItemRow:
    is_open = item.label in labels
    return ItemRow(
        item.name, item.label, item.value if is_open else "", leaf_hash(item.encoded()).hex(), is_open
    )


__all__ = ["EntryError", "ItemRow", "LogEntryDetail", "LogPage", "LogRow", "log_entry", "log_page"]
