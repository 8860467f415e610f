"""The log as pages show it: the newest entries, and one with its items and the postings it names."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tranche.kernel.canonical import from_base64
from tranche.kernel.disclosure import Label
from tranche.kernel.entries import Item
from tranche.kernel.merkle import leaf_hash
from tranche.ledger.journal import numbers
from tranche.log.erasures import ERASABLE, Erased, decided
from tranche.log.read import Entry, entries_before, entry, head
from tranche.log.receipts import NotCovered, receipt
from tranche.models import Person
from tranche.queries.heads import SignedHead, covering
from tranche.queries.known import known_log
from tranche.queries.packs import NothingFound, Wanted, write_pack
from tranche.queries.records import NotFound
from tranche.queries.viewer import UNFILTERED, Viewer

ENTRIES_A_PAGE: Final = 25
PUBLIC: Final = frozenset({Label.PUBLIC})


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log: what happened to what, when, by whom; empty where withheld or no longer intact."""

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
    """One entry with its items; the count of places includes the blind ones.

    `erased` are the hashes of what a decision closed, each with the entry that says so.
    """

    row: LogRow
    items: tuple[ItemRow, ...]
    places: int
    decision_id: str
    has_next: bool
    head: SignedHead | None = None
    erased: tuple[tuple[str, int], ...] = ()
    is_adopted: bool = False
    has_words: bool = False


def log_page(before: int | None, labels: Collection[str], who: Viewer = UNFILTERED) -> LogPage:
    """The newest entries below `before`, for a reader of these labels as far as he may know of the object."""
    found = entries_before(ENTRIES_A_PAGE, before)
    more = found[-1].seq if found and found[-1].seq > 0 else None
    return LogPage(head(), _rows(found, _labels(who, found, labels)), more)


def log_entry(seq: int, labels: Collection[str], who: Viewer = UNFILTERED) -> LogEntryDetail:
    """One entry, opened for a reader of these labels as far as he may know of its object; raises NotFound."""
    found = entry(seq)
    if found is None:
        raise NotFound(str(seq))
    opened = _labels(who, (found,), labels)
    labels = opened[seq]
    [row] = _rows((found,), opened)
    named = sorted((item for item in found.items if item.name), key=lambda item: item.name)
    return LogEntryDetail(
        row=row,
        items=tuple(_item(item, labels) for item in named),
        places=len(found.items) + len(found.closed),
        decision_id=_decision_of(found, labels),
        has_next=seq + 1 < head(),
        head=covering(seq) if found.is_intact else None,
        erased=_erased(found),
        is_adopted=found.is_adopted,
        has_words=any(item.name in ERASABLE for item in found.items),
    )


def _erased(found: Entry) -> tuple[tuple[str, int], ...]:
    if not found.closed:
        return ()
    by = decided()
    rows = ((leaf, by.get(Erased(found.seq, leaf))) for leaf in found.closed)
    return tuple((from_base64(leaf).hex(), seq) for leaf, seq in rows if seq is not None)


def entry_receipt(seq: int, labels: Collection[str], who: Viewer = UNFILTERED) -> bytes:
    """The receipt of one entry for this reader, as a file; raises NotFound."""
    found = entry(seq)
    if found is None or not found.is_intact:
        raise NotFound(str(seq))
    opened = frozenset(str(label) for label in _labels(who, (found,), labels)[seq])
    try:
        proved = receipt(seq, opened)
    except NotCovered as error:
        raise NotFound(str(seq)) from error
    if not proved.extra:  # a proof of what nobody may see checks nothing
        raise NotFound(str(seq))
    return proved.encoded()


def entry_pack(seq: int, labels: Collection[str], who: Viewer = UNFILTERED) -> bytes:
    """The evidence pack about what an entry is about, as far as this reader may know; raises NotFound."""
    found = entry(seq)
    ref = str(_value(found, "ref", _labels(who, (found,), labels)[seq])) if found and found.is_intact else ""
    if not ref:
        raise NotFound(str(seq))

    def may_know(seqs: Collection[int]) -> Collection[int]:
        entries = [row for number in seqs if (row := entry(number)) is not None]
        own = {row.seq for row in entries if row.kind.startswith("log.")}
        return own | known_log(who, entries)

    shown = frozenset(str(label) for label in labels)
    view = "auditor" if Label.AUDITOR in labels else "donor"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.zip"
        try:
            write_pack(path, Wanted(frozenset({ref}), shown, view, may_know=may_know))
        except NothingFound as error:
            raise NotFound(str(seq)) from error
        return path.read_bytes()


def _labels(who: Viewer, found: Collection[Entry], labels: Collection[str]) -> Mapping[int, Collection[str]]:
    """What may be opened of each entry: of one out of reach, what everybody may read."""
    known = known_log(who, found)
    return {row.seq: labels if row.seq in known else PUBLIC for row in found}


def _rows(found: Collection[Entry], opened: Mapping[int, Collection[str]]) -> tuple[LogRow, ...]:
    actors = {str(_value(row, "actor", opened[row.seq])) for row in found}
    names = dict(Person.objects.using("read").filter(pk__in=actors).values_list("pk", "name"))
    posted = numbers([row.seq for row in found if opened[row.seq] != PUBLIC])
    return tuple(
        LogRow(
            seq=row.seq,
            kind=row.kind if opened[row.seq] != PUBLIC else str(_value(row, "kind", PUBLIC)),
            ref=str(_value(row, "ref", opened[row.seq])),
            at=str(_value(row, "at", opened[row.seq])),
            person=names.get(actor := str(_value(row, "actor", opened[row.seq])), actor),
            root=row.root,
            is_intact=row.is_intact,
            entries=posted.get(row.seq, ()),
        )
        for row in found
    )


def _value(found: Entry, name: str, labels: Collection[str]) -> object:
    """The value of an item that the reader may see, else nothing."""
    items = (item for item in found.items if item.name == name and item.label in labels)
    return next((item.value for item in items), "")


def _decision_of(found: Entry, labels: Collection[str]) -> str:
    """The decision that an entry names; the set-up of a mechanism names none."""
    decision = _value(found, "decision", labels)
    return str(decision["id"]) if isinstance(decision, Mapping) else ""


def _item(item: Item, labels: Collection[str]) -> ItemRow:
    is_open = item.label in labels
    return ItemRow(
        item.name, item.label, item.value if is_open else "", leaf_hash(item.encoded()).hex(), is_open
    )
