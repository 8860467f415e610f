"""Posting: drafts become sealed entries inside the caller's write transaction, in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import IntegrityError

from tranche.kernel.chart import PoolPlace, pool_place
from tranche.kernel.ledger import (
    EntryDraft,
    JournalEntry,
    Line,
    MovementRow,
    Posted,
    Stamp,
    Totals,
    check_draft,
    check_shares,
    instant_text,
    is_split,
    journal_hash,
    mirror,
    stamp,
)
from tranche.kernel.ledger_errors import AlreadyReversed, NotMirror, PeriodClosed, StaleOffset, UnknownPayer
from tranche.kernel.trace import Mv, MvId, Window, backward_all, is_undo, is_use
from tranche.ledger import fragments
from tranche.ledger.accounts import COLUMNS, Held, donors_at, held, load
from tranche.ledger.rows import insert, optional_day
from tranche.store.write import WriteTx

UNKNOWN: Final = ":unknown:"
HEAD: Final = """
SELECT coalesce(max(id), 0), (SELECT coalesce(max(key_n), 0) FROM journal_entry WHERE key = %s),
    (SELECT max(upto) FROM period_close)
FROM journal_entry
"""
LINES_OF: Final = "SELECT src, dst, amount FROM movement WHERE entry_id = %s ORDER BY line"

REVERSAL_OF: Final = "SELECT id FROM journal_entry WHERE reverses = %s"
ACCOUNTS_OF: Final = """
WHERE a.id IN (
  SELECT src FROM movement WHERE entry_id = %s UNION SELECT dst FROM movement WHERE entry_id = %s)
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A draft with its number and the place of every line."""

    id: int
    key_n: int
    draft: EntryDraft
    stamps: tuple[Stamp, ...]


def post_many(drafts: Sequence[EntryDraft], *, write: WriteTx) -> tuple[Posted, ...]:
    """Check, stamp and store entries in this order; all of them or, by the caller's rollback, none."""
    reversed_here: set[int] = set()
    for draft in drafts:
        if draft.reverses is not None:
            _check_mirror(draft, draft.reverses, reversed_here, write=write)
            reversed_here.add(draft.reverses)
        check_draft(draft)
    specs = (spec for draft in drafts for line in draft.lines for spec in (line.source, line.target))
    with _refusals():
        accounts = load(specs, write=write)
        entries = _stamped(drafts, accounts, write=write)
        _store_lines(entries, accounts, write=write)
        _store_fragments(entries, accounts, write=write)
        _store_headers(entries, write=write)
    posted = tuple(Posted(entry.id, journal_hash(_journal(entry, write=write))) for entry in entries)
    write.posted(posted)
    return posted


def reverse(entry_id: int, *, write: WriteTx, booked_on: date, decision_id: str | None) -> Posted:
    """Undo a whole entry by its exact mirror, once; floors are obeyed."""
    lines = _lines_of(entry_id, write=write)
    draft = EntryDraft("reverse", mirror(lines), booked_on, None, decision_id, entry_id)
    return post_many([draft], write=write)[0]


def _stamped(
    drafts: Sequence[EntryDraft], accounts: dict[str, Held], *, write: WriteTx
) -> tuple[_Entry, ...]:
    [(last_id, last_n, closed)] = write.execute(HEAD, [write.key])
    closed_upto = optional_day(closed)
    donors = _Donors(drafts, write=write)
    totals = donors.totals | {code: account.totals for code, account in accounts.items()}
    entries: list[_Entry] = []
    for n, draft in enumerate(drafts, start=1):
        if closed_upto is not None and draft.booked_on <= closed_upto:
            raise PeriodClosed(draft.booked_on, closed_upto)
        check_shares(draft, donors.at, totals)
        stamps, totals = stamp(draft.lines, totals)
        entries.append(_Entry(last_id + n, last_n + n, draft, stamps))
    return tuple(entries)


class _Donors:
    """The donors' accounts of every pro-rata pool that the drafts split, read once."""

    def __init__(self, drafts: Sequence[EntryDraft], *, write: WriteTx) -> None:
        places = {
            pool_place(line.source): None
            for draft in drafts
            for line in draft.lines
            if is_split(draft.kind, line)
        }
        self._at = {place: donors_at(place, write.execute) for place in places}
        self.totals: dict[str, Totals] = {
            account.code: account.totals for accounts in self._at.values() for account in accounts
        }

    def at(self, place: PoolPlace) -> Sequence[str]:
        return [account.code for account in self._at[place]]


def _lines_of(entry_id: int, *, write: WriteTx) -> tuple[Line, ...]:
    rows = write.execute(LINES_OF, [entry_id])
    stored = write.execute(COLUMNS + ACCOUNTS_OF, [entry_id, entry_id])
    spec = {account.id: account.spec for account in map(held, stored)}
    return tuple(Line(spec[src], spec[dst], amount) for src, dst, amount in rows)


def _check_mirror(draft: EntryDraft, entry_id: int, reversed_here: set[int], *, write: WriteTx) -> None:
    original = write.execute("SELECT kind FROM journal_entry WHERE id = %s", [entry_id])
    if not original or original[0][0] == "reverse":
        raise NotMirror(entry_id)
    if draft.lines != mirror(_lines_of(entry_id, write=write)):
        raise NotMirror(entry_id)
    if entry_id in reversed_here or write.execute(REVERSAL_OF, [entry_id]):
        raise AlreadyReversed(entry_id)


def _store_lines(entries: Sequence[_Entry], accounts: dict[str, Held], *, write: WriteTx) -> None:
    rows = [
        (mv.id.entry, mv.id.line, mv.src, mv.dst, line.source.currency, mv.amount, mv.src_off, mv.dst_off)
        for mv, line in _movements(entries, accounts)
    ]
    insert(
        write.execute,
        "INSERT INTO movement(entry_id, line, src, dst, currency, amount, src_off, dst_off)",
        rows,
    )


def _store_fragments(entries: Sequence[_Entry], accounts: dict[str, Held], *, write: WriteTx) -> None:
    uses = [mv for mv, _ in _movements(entries, accounts) if is_use(mv) or is_undo(mv)]
    if uses:
        fragments.store(uses, write.execute)
    confirmed = [
        (Window(mv.src, mv.src_off, mv.src_off + mv.amount), line.source.code)
        for entry in entries
        if entry.draft.kind == "confirm"
        for mv, line in _movements([entry], accounts)
    ]
    if confirmed:
        _check_payers(confirmed, write=write)


def _check_payers(confirmed: Sequence[tuple[Window, str]], *, write: WriteTx) -> None:
    reader = fragments.SqlReader(write.execute)
    traced = backward_all(reader, [window for window, _ in confirmed])
    for (_, account), pieces in zip(confirmed, traced, strict=True):
        if any(UNKNOWN in reader.origins[piece.source] for piece in pieces):
            raise UnknownPayer(account)


def _movements(entries: Iterable[_Entry], accounts: dict[str, Held]) -> Iterator[tuple[Mv, Line]]:
    for entry in entries:
        for n, (line, (src_off, dst_off)) in enumerate(
            zip(entry.draft.lines, entry.stamps, strict=True), start=1
        ):
            source, target = accounts[line.source.code], accounts[line.target.code]
            kinds = (line.source.kind, line.target.kind)
            name = MvId(entry.id, n)
            yield Mv(name, source.id, target.id, line.amount_minor, src_off, dst_off, *kinds), line


def _store_headers(entries: Sequence[_Entry], *, write: WriteTx) -> None:
    recorded_at = instant_text(write.now)
    rows = [
        (
            entry.id,
            write.key,
            entry.key_n,
            entry.draft.kind,
            recorded_at,
            entry.draft.booked_on.isoformat(),
            None if entry.draft.value_on is None else entry.draft.value_on.isoformat(),
            len(entry.draft.lines),
            entry.draft.reverses,
            entry.draft.decision_id,
            write.seq,
        )
        for entry in entries
    ]
    insert(
        write.execute,
        "INSERT INTO journal_entry(id, key, key_n, kind, recorded_at, booked_on, value_on, n_lines, reverses,"
        " decision_id, log_seq)",
        rows,
    )


def _journal(entry: _Entry, *, write: WriteTx) -> JournalEntry:
    draft = entry.draft
    return JournalEntry(
        id=entry.id,
        key=write.key,
        kind=draft.kind,
        recorded_at=write.now,
        booked_on=draft.booked_on,
        value_on=draft.value_on,
        reverses=draft.reverses,
        decision_id=draft.decision_id,
        log_seq=write.seq,
        movements=tuple(
            MovementRow(
                n,
                line.source.code,
                line.target.code,
                line.source.currency,
                line.amount_minor,
                src_off,
                dst_off,
            )
            for n, (line, (src_off, dst_off)) in enumerate(
                zip(draft.lines, entry.stamps, strict=True), start=1
            )
        ),
    )


@contextmanager
def _refusals() -> Iterator[None]:
    # All is checked above; what the database still refuses was written by somebody else, or is a bug.
    try:
        yield
    except IntegrityError as error:
        raise StaleOffset(str(error)) from error
