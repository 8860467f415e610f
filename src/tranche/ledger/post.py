"""Posting: drafts become sealed entries inside the caller's write transaction, in few statements.

Lines are written first, then conversions and fragments, then the headers, which seal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import IntegrityError

from tranche.kernel.chart import SOURCES, USES, AccountSpec, Kind, PoolPlace, pool_place
from tranche.kernel.journal import EntryDraft, Line, MovementRow, Pair, Posted, hash_of, mirror, mirror_pairs
from tranche.kernel.ledger import LINES_MAX, Running, Totals, check_draft, instant_text
from tranche.kernel.ledger_errors import AlreadyReversed, NotMirror, PeriodClosed, StaleOffset, UnknownPayer
from tranche.kernel.shares import check_shares, is_split
from tranche.kernel.trace import Leg, Mv, MvId, sources_of
from tranche.ledger import fragments
from tranche.ledger.accounts import COLUMNS, Held, donors_at, held, load
from tranche.ledger.book import SqlReader
from tranche.ledger.rows import optional_day
from tranche.store.write import WriteTx

UNKNOWN: Final = ":unknown:"
MOVEMENT: Final = "entry_id, line, src, dst, currency, amount, src_off, dst_off"
HEADER: Final = (
    "id, key, key_n, kind, recorded_at, booked_on, value_on, n_lines, reverses, decision_id, log_seq"
)
HEAD: Final = "SELECT coalesce(max(id), 0), (SELECT max(upto) FROM period_close) FROM journal_entry"
LINES_OF: Final = "SELECT src, dst, amount FROM movement WHERE entry_id = %s ORDER BY line"
PAIRS_OF: Final = "SELECT out_line, in_line FROM fx_pair WHERE entry_id = %s ORDER BY out_line"
KIND_OF: Final = "SELECT kind FROM journal_entry WHERE id = %s"
REVERSAL_OF: Final = "SELECT id FROM journal_entry WHERE reverses = %s"
ACCOUNTS_OF: Final = f"""
{COLUMNS} WHERE a.id IN (
  SELECT src FROM movement WHERE entry_id = %s UNION SELECT dst FROM movement WHERE entry_id = %s)
"""

Progress = Callable[[int, int], None]


def post_many(
    drafts: Sequence[EntryDraft], *, write: WriteTx, progress: Progress | None = None
) -> tuple[Posted, ...]:
    """Check, stamp and store entries in this order; all of them or, by the caller's rollback, none.

    Any number of entries: they are stored in parts of 10,000 lines, after each of which `progress` is told how
    many of how many are posted. What `progress` raises stops the posting. Raises a LedgerError.
    """
    posted: list[Posted] = []
    for part in _parts(drafts):
        posted += _post(part, write=write)
        if progress is not None:
            progress(len(posted), len(drafts))
    write.posted(posted)
    return tuple(posted)


def reverse(entry_id: int, *, write: WriteTx, booked_on: date, decision_id: str | None) -> Posted:
    """Undo a whole entry by its exact mirror, once; floors are obeyed."""
    return post_many([reversal_of(entry_id, booked_on, decision_id, write=write)], write=write)[0]


def reversal_of(entry_id: int, booked_on: date, decision_id: str | None, *, write: WriteTx) -> EntryDraft:
    """The mirror of a stored entry, to be posted alone or beside the entry that takes its place."""
    lines = _lines_of(entry_id, write=write)
    pairs = mirror_pairs(_pairs_of(entry_id, write=write), len(lines))
    return EntryDraft("reverse", mirror(lines), booked_on, None, decision_id, entry_id, pairs)


def _parts(drafts: Sequence[EntryDraft]) -> Iterator[list[EntryDraft]]:
    """Cut into parts of at most as many lines as one entry may have."""
    part: list[EntryDraft] = []
    lines = 0
    for draft in drafts:
        if part and lines + len(draft.lines) > LINES_MAX:
            yield part
            part, lines = [], 0
        part.append(draft)
        lines += len(draft.lines)
    if part:
        yield part


@dataclass(slots=True)
class _Rows:
    """What one part writes."""

    movements: list[tuple[object, ...]] = field(default_factory=list)
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    headers: list[tuple[object, ...]] = field(default_factory=list)
    uses: list[Mv] = field(default_factory=list)
    confirmed: list[Mv] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)


def _post(drafts: Sequence[EntryDraft], *, write: WriteTx) -> list[Posted]:
    _check(drafts, write=write)
    with _refusals():
        specs = {
            spec.code: spec for draft in drafts for line in draft.lines for spec in (line.source, line.target)
        }
        accounts = load(specs.values(), write=write)
        rows = _rows(drafts, accounts, write=write)
        write.insert("movement", MOVEMENT, rows.movements)
        if rows.pairs:
            write.insert("fx_pair", "entry_id, out_line, in_line", rows.pairs)
        if rows.uses or rows.confirmed:
            _store_fragments(rows, accounts, write=write)
        write.insert("journal_entry", HEADER, rows.headers)
    return rows.posted


def _check(drafts: Sequence[EntryDraft], *, write: WriteTx) -> None:
    reversed_here: set[int] = set()
    known: set[tuple[str, AccountSpec, AccountSpec]] = set()
    for draft in drafts:
        if draft.reverses is not None:
            _check_mirror(draft, draft.reverses, reversed_here, write=write)
            reversed_here.add(draft.reverses)
        check_draft(draft, known)


def _check_mirror(draft: EntryDraft, entry_id: int, reversed_here: set[int], *, write: WriteTx) -> None:
    original = write.execute(KIND_OF, [entry_id])
    if not original or original[0][0] == "reverse":
        raise NotMirror(entry_id)
    wanted = reversal_of(entry_id, draft.booked_on, draft.decision_id, write=write)
    if (draft.lines, tuple(sorted(draft.fx))) != (wanted.lines, wanted.fx):
        raise NotMirror(entry_id)
    if entry_id in reversed_here or write.execute(REVERSAL_OF, [entry_id]):
        raise AlreadyReversed(entry_id)


def _lines_of(entry_id: int, *, write: WriteTx) -> tuple[Line, ...]:
    stored = write.execute(ACCOUNTS_OF, [entry_id, entry_id])
    spec = {account.id: account.spec for account in map(held, stored)}
    rows = write.execute(LINES_OF, [entry_id])
    return tuple(Line(spec[src], spec[dst], amount) for src, dst, amount in rows)


def _pairs_of(entry_id: int, *, write: WriteTx) -> tuple[Pair, ...]:
    return tuple(Pair(*row) for row in write.execute(PAIRS_OF, [entry_id]))


def _rows(drafts: Sequence[EntryDraft], accounts: dict[str, Held], *, write: WriteTx) -> _Rows:
    [(last_id, closed)] = write.execute(HEAD)
    closed_upto = optional_day(closed)
    first_n = write.number_entries(len(drafts))
    donors = _Donors(drafts, write=write)
    running = Running(donors.totals | {code: account.totals for code, account in accounts.items()})
    rows = _Rows()
    recorded_at = instant_text(write.now)
    for n, draft in enumerate(drafts):
        if closed_upto is not None and draft.booked_on <= closed_upto:
            raise PeriodClosed(draft.booked_on, closed_upto)
        if donors.places:
            check_shares(draft, donors.at, running.balance)
        number = int(last_id) + 1 + n
        movements = _stamp(draft, number, running, accounts, rows)
        dates = (draft.booked_on.isoformat(), None if draft.value_on is None else draft.value_on.isoformat())
        ends = (len(draft.lines), draft.reverses, draft.decision_id, write.seq)
        rows.headers.append((number, write.key, first_n + n, draft.kind, recorded_at, *dates, *ends))
        sha256 = hash_of(
            kind=draft.kind,
            booked_on=dates[0],
            value_on=dates[1],
            decision_id=draft.decision_id,
            reverses=draft.reverses,
            number=number,
            recorded_at=recorded_at,
            movements=movements,
            fx=draft.fx,
        )
        rows.posted.append(Posted(number, sha256))
    return rows


def _stamp(
    draft: EntryDraft, number: int, running: Running, accounts: dict[str, Held], rows: _Rows
) -> list[MovementRow]:
    """Move the money of an entry, and note its rows and which of its lines spend money."""
    movements: list[MovementRow] = []
    for n, line in enumerate(draft.lines, start=1):
        source, target, amount = line.source, line.target, line.amount_minor
        src_off, dst_off = running.move(source.code, target.code, amount)
        src, dst = accounts[source.code].id, accounts[target.code].id
        currency = source.currency
        rows.movements.append((number, n, src, dst, currency, amount, src_off, dst_off))
        movements.append(MovementRow(n, source.code, target.code, currency, amount, src_off, dst_off))
        is_use = target.kind in _ENDS or source.kind in USES
        if is_use or draft.kind == "confirm":
            mv = Mv(MvId(number, n), src, dst, amount, src_off, dst_off, source.kind, target.kind)
            if is_use:
                rows.uses.append(_paired(mv, draft, movements, accounts))
            if draft.kind == "confirm":
                rows.confirmed.append(mv)
    rows.pairs += [(number, *pair) for pair in draft.fx]
    return movements


_ENDS: Final = USES | SOURCES


def _paired(mv: Mv, draft: EntryDraft, movements: Sequence[MovementRow], accounts: dict[str, Held]) -> Mv:
    """The movement with the other leg of its conversion, where it came out of one."""
    for out_line, in_line in draft.fx:
        if in_line == mv.id.line:
            out = movements[out_line - 1]
            source = accounts[out.source]
            leg = Leg(out_line, source.id, out.src_off, out.amount_minor, source.spec.kind)
            return mv._replace(pair=leg)
    return mv


class _Donors:
    """The donors' accounts of every pro-rata pool that the drafts split, read once."""

    def __init__(self, drafts: Sequence[EntryDraft], *, write: WriteTx) -> None:
        self.places = {
            pool_place(line.source)
            for draft in drafts
            for line in draft.lines
            if line.source.fund is not None and line.source.fund.pool is not None
            if is_split(draft.kind, line.source, line.target)
        }
        self._at = {place: donors_at(place, write.execute) for place in sorted(self.places)}
        self.totals: dict[str, Totals] = {
            account.code: account.totals for accounts in self._at.values() for account in accounts
        }

    def at(self, place: PoolPlace) -> Sequence[str]:
        return [account.code for account in self._at[place]]


def _store_fragments(rows: _Rows, accounts: dict[str, Held], *, write: WriteTx) -> None:
    reader = SqlReader(write.execute)
    reader.know((account.id, account.spec.kind, account.code) for account in accounts.values())
    if rows.uses:
        fragments.store(rows.uses, reader, write=write)
    for mv, pieces in zip(rows.confirmed, sources_of(reader, rows.confirmed), strict=True):
        if any(UNKNOWN in reader.origins[piece.source] for piece in pieces):
            raise UnknownPayer(reader.codes[mv.src])


@contextmanager
def _refusals() -> Iterator[None]:
    # All is checked above; what the database still refuses was written by somebody else, or is a bug.
    try:
        yield
    except IntegrityError as error:
        raise StaleOffset(str(error)) from error
