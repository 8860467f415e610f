"""Posting: drafts become sealed entries inside the caller's write transaction, in few statements.

Lines are written first, then conversions and fragments, then the headers, which seal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tranche.kernel.chart import SOURCES, USES, AccountSpec, PoolPlace, pool_place
from tranche.kernel.journal import (
    EntryDraft,
    Head,
    Line,
    Pair,
    Posted,
    hash_of,
    instant_text,
    mirror,
    mirror_pairs,
    quoted,
)
from tranche.kernel.ledger import LINES_MAX, Running, check_amount, check_draft
from tranche.kernel.ledger_errors import (
    AlreadyReversed,
    BadAccount,
    NotMirror,
    PeriodClosed,
    StaleOffset,
    UnknownPayer,
)
from tranche.kernel.shares import check_shares, is_split
from tranche.kernel.trace import Leg, Mv, MvId, is_undo, is_use, sources_of
from tranche.ledger import fragments
from tranche.ledger.accounts import COLUMNS, Held, asking, asking_donors, held, loaded
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
OF_ENTRY: Final = """
WHERE a.id IN (
  SELECT src FROM movement WHERE entry_id = %s UNION SELECT dst FROM movement WHERE entry_id = %s)
"""

Progress = Callable[[int, int], None]


def post_many(
    drafts: Sequence[EntryDraft], *, write: WriteTx, progress: Progress | None = None
) -> tuple[Posted, ...]:
    """Check, stamp and store entries in this order; all of them or, by the caller's rollback, none.

    Any number of entries: they are stored in parts of 10,000 lines, after each of which `progress` is told
    how many of how many are posted. What `progress` raises stops the posting. Raises a LedgerError.
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
    # All is checked here; what the database still refuses was written by somebody else, or is a bug.
    _check(drafts, write=write)
    book = _read(drafts, write=write)
    rows = _rows(drafts, book, write=write)
    write.insert("movement", MOVEMENT, rows.movements, StaleOffset)
    if rows.pairs:
        write.insert("fx_pair", "entry_id, out_line, in_line", rows.pairs, StaleOffset)
    if rows.uses or rows.confirmed:
        _store_fragments(rows, book.accounts, write=write)
    write.insert("journal_entry", HEADER, rows.headers, StaleOffset)
    return rows.posted


@dataclass(frozen=True, slots=True)
class _Book:
    """What has to be known of the book before these drafts are stamped."""

    accounts: dict[str, Held]
    donors: dict[PoolPlace, list[Held]]
    last_id: int
    closed_upto: date | None

    def donors_at(self, place: PoolPlace) -> list[str]:
        return [account.code for account in self.donors[place]]

    def running(self) -> Running:
        totals = {account.code: account.totals for each in self.donors.values() for account in each}
        return Running(totals | {code: account.totals for code, account in self.accounts.items()})


def _read(drafts: Sequence[EntryDraft], *, write: WriteTx) -> _Book:
    """Read it in one round trip, and open the accounts that are new."""
    specs = _specs(drafts)
    places = sorted(
        {
            pool_place(line.source)
            for draft in drafts
            for line in draft.lines
            if line.source.fund is not None and line.source.fund.pool is not None
            if is_split(draft.kind, line.source, line.target)
        }
    )
    asked = [(HEAD, ()), *map(asking_donors, places), *asking(specs)]
    [(last_id, closed)], *answers = write.read_together(asked)
    pooled, singles = answers[: len(places)], answers[len(places) :]
    found = {account.code: account for rows in singles for account in map(held, rows)}
    accounts = loaded(specs, found, write=write)
    if len(accounts) > len(found):  # a donor's first account at a place has its place among the others
        pooled = [write.execute(*asking_donors(place)) for place in places]
    donors = {place: list(map(held, rows)) for place, rows in zip(places, pooled, strict=True)}
    return _Book(accounts, donors, int(last_id), optional_day(closed))


def _specs(drafts: Sequence[EntryDraft]) -> dict[str, AccountSpec]:
    """Every account that is named, by its code; one code in two meanings is refused."""
    specs: dict[str, AccountSpec] = {}
    for draft in drafts:
        for line in draft.lines:
            for spec in (line.source, line.target):
                if (known := specs.setdefault(spec.code, spec)) is not spec and known != spec:
                    raise BadAccount(spec.code, "differs")
    return specs


def _check(drafts: Sequence[EntryDraft], *, write: WriteTx) -> None:
    """The kernel's rules for every draft; an edge between two accounts is judged once in a batch."""
    reversed_here: set[int] = set()
    known: set[tuple[str, str, str]] = set()
    for draft in drafts:
        edges = [(draft.kind, line.source.code, line.target.code) for line in draft.lines]
        is_plain = draft.reverses is None and not draft.fx
        if is_plain and edges and len(edges) <= LINES_MAX and known.issuperset(edges):
            for line in draft.lines:
                check_amount(line)
            continue
        if draft.reverses is not None:
            _check_mirror(draft, draft.reverses, reversed_here, write=write)
            reversed_here.add(draft.reverses)
        check_draft(draft)
        if is_plain:
            known.update(edges)


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
    stored = write.execute(COLUMNS + OF_ENTRY, [entry_id, entry_id])
    spec = {account.id: account.spec for account in map(held, stored)}
    rows = write.execute(LINES_OF, [entry_id])
    return tuple(Line(spec[src], spec[dst], amount) for src, dst, amount in rows)


def _pairs_of(entry_id: int, *, write: WriteTx) -> tuple[Pair, ...]:
    return tuple(Pair(*row) for row in write.execute(PAIRS_OF, [entry_id]))


def _rows(drafts: Sequence[EntryDraft], book: _Book, *, write: WriteTx) -> _Rows:
    first_n = write.number_entries(len(drafts))
    running = book.running()
    names = {code: (account.id, quoted(code)) for code, account in book.accounts.items()}
    rows = _Rows()
    recorded_at = instant_text(write.now)
    for n, draft in enumerate(drafts):
        if book.closed_upto is not None and draft.booked_on <= book.closed_upto:
            raise PeriodClosed(draft.booked_on, book.closed_upto)
        if book.donors:
            check_shares(draft, book.donors_at, running.balance)
        number = book.last_id + 1 + n
        lines = _stamp(draft, number, running, names, rows)
        booked_on = draft.booked_on.isoformat()
        value_on = None if draft.value_on is None else draft.value_on.isoformat()
        head = Head(draft.kind, booked_on, value_on, draft.decision_id, draft.reverses, recorded_at)
        ends = (len(lines), draft.reverses, draft.decision_id, write.seq)
        rows.headers.append(
            (number, write.key, first_n + n, draft.kind, recorded_at, booked_on, value_on, *ends)
        )
        rows.posted.append(Posted(number, hash_of(number, head, lines, draft.fx)))
    return rows


def _stamp(
    draft: EntryDraft, number: int, running: Running, names: dict[str, tuple[int, str]], rows: _Rows
) -> list[str]:
    """Move the money of an entry, note its rows, and give its lines as they are hashed."""
    lines: list[str] = []
    legs: list[Mv] = []
    is_confirmed, movements = draft.kind == "confirm", rows.movements
    for n, line in enumerate(draft.lines, start=1):
        source, target, amount = line.source, line.target, line.amount_minor
        src_off, dst_off = running.move(source.code, target.code, amount)
        (src, source_text), (dst, target_text) = names[source.code], names[target.code]
        currency = source.currency
        movements.append((number, n, src, dst, currency, amount, src_off, dst_off))
        lines.append(f'[{n},{source_text},{target_text},"{currency}",{amount},{src_off},{dst_off}]')
        if draft.fx or is_confirmed or target.kind in _ENDS or source.kind in USES:
            mv = Mv(MvId(number, n), src, dst, amount, src_off, dst_off, source.kind, target.kind)
            legs.append(mv)
    if legs:
        _note_uses(draft, legs, rows)
    return lines


def _note_uses(draft: EntryDraft, movements: Sequence[Mv], rows: _Rows) -> None:
    """Which lines spend money, with the other leg where they came out of a conversion."""
    rows.pairs += [(movements[0].id.entry, *pair) for pair in draft.fx]
    out_of = {pair.in_line: movements[pair.out_line - 1] for pair in draft.fx}
    for mv in movements:
        if is_use(mv) or is_undo(mv):
            out = out_of.get(mv.id.line)
            leg = out and Leg(out.id.line, out.src, out.src_off, out.amount, out.src_kind)
            rows.uses.append(mv._replace(pair=leg) if leg else mv)
    if draft.kind == "confirm":
        rows.confirmed += movements


_ENDS: Final = USES | SOURCES


def _store_fragments(rows: _Rows, accounts: dict[str, Held], *, write: WriteTx) -> None:
    reader = SqlReader(write.execute)
    reader.know((account.id, account.spec.kind, account.code) for account in accounts.values())
    if rows.uses:
        fragments.store(rows.uses, reader, write=write)
    for mv, pieces in zip(rows.confirmed, sources_of(reader, rows.confirmed), strict=True):
        if any(UNKNOWN in reader.origins[piece.source] for piece in pieces):
            raise UnknownPayer(reader.codes[mv.src])
