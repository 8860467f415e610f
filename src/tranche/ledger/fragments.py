"""Whose money a use is: fragments made when it is posted, and what readers ask of them afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tranche.kernel.chart import Kind
from tranche.kernel.ledger_errors import StaleOffset, SumBroken, TooManyPieces
from tranche.kernel.trace import FxStep, Mv, MvId, Piece, Window, backward_all, sources_of
from tranche.kernel.whatif import Ends
from tranche.ledger.accounts import IN_TOTAL, OUT_TOTAL
from tranche.ledger.book import SqlReader, View, as_it_is
from tranche.ledger.rows import Execute, marks, parts, reading, sql_file, tuples
from tranche.store.write import WriteTx

SOURCES_MAX: Final = 500
PIECES_MAX: Final = 4096  # a use made of more sources would not be readable by anybody
PATH_JOIN: Final = " > "
COLUMNS: Final = (
    "entry_id, line, piece, lo, amount, source_entry, source_line, source_lo, source_amount, path, fx_path"
)
STORED: Final = sql_file("stored_fragments.sql")
SPENT: Final = sql_file("spent.sql")
IDLE: Final = """
SELECT a.id, :out_total, :in_total, a.code FROM account a WHERE a.code IN (:codes) ORDER BY a.id
""".replace(":in_total", IN_TOTAL).replace(":out_total", OUT_TOTAL)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stored piece of a movement into a use, or out of one; `path` ends with the account that it left.

    `amount_minor` is in the currency of the use, `source_amount_minor` in that of the source.
    """

    use: MvId
    lo: int
    amount_minor: int
    source: MvId
    source_lo: int
    source_amount_minor: int
    path: tuple[str, ...]
    fx_path: tuple[FxStep, ...]
    left: str
    entered: str
    left_kind: Kind
    entered_kind: Kind


def store(uses: Sequence[Mv], reader: SqlReader, *, write: WriteTx) -> None:
    """Trace uses that were just stored and write their fragments, before the header seals the entry."""
    texts: dict[tuple[int, ...], str] = {}
    rows: list[tuple[object, ...]] = []
    for mv, pieces in fragments_for(uses, reader):
        for n, piece in enumerate(pieces, start=1):
            path = texts.get(piece.path)
            if path is None:
                path = texts[piece.path] = PATH_JOIN.join(reader.path(piece))
            fx = fx_text(piece.fx_path) if piece.fx_path else ""
            where = (piece.pos, piece.amount, *piece.source, piece.source_lo, piece.source_amount)
            rows.append((*mv.id, n, *where, path, fx))
    write.insert("use_fragment", COLUMNS, rows, StaleOffset)


def fragments_for(uses: Sequence[Mv], reader: SqlReader) -> list[tuple[Mv, list[Piece]]]:
    """Return the pieces of stamped uses whose lines are already stored, in the order of the uses.

    Uses that follow one another out of one account are traced as one window and cut apart.
    """
    found: dict[MvId, list[Piece]] = {}
    runs = list(_runs(uses))
    windows = [Window(run[0].src, run[0].src_off, run[-1].src_off + run[-1].amount) for run in runs]
    again: list[Mv] = [mv for mv in uses if mv.src_kind == Kind.FX]
    for run, pieces in zip(runs, backward_all(reader, windows), strict=True):
        if any(piece.fx_path for piece in pieces) and len(run) > 1:
            again += run  # a cut through a conversion is made at its own coordinates
        else:
            found |= _cut(run, pieces)
    found |= {mv.id: pieces for mv, pieces in zip(again, sources_of(reader, again), strict=True)}
    for mv in uses:
        _check(mv, found[mv.id])
    return [(mv, found[mv.id]) for mv in uses]


def _runs(uses: Sequence[Mv]) -> Iterator[list[Mv]]:
    ordered = sorted((mv for mv in uses if mv.src_kind != Kind.FX), key=lambda mv: (mv.src, mv.src_off))
    run: list[Mv] = []
    for mv in ordered:
        if run and (mv.src, mv.src_off) != (run[-1].src, run[-1].src_off + run[-1].amount):
            yield run
            run = []
        run.append(mv)
    if run:
        yield run


def _cut(run: Sequence[Mv], pieces: Sequence[Piece]) -> dict[MvId, list[Piece]]:
    """The pieces of a window cut apart at the ends of the uses that it is made of."""
    if len(run) == 1:
        return {run[0].id: list(pieces)}
    found: dict[MvId, list[Piece]] = {}
    at, number, queue = 0, 0, list(pieces)
    for mv in run:
        mine: list[Piece] = []
        end, start = at + mv.amount, at
        while at < end:
            piece = queue[number]
            inside = at - piece.pos
            amount = min(end, piece.pos + piece.amount) - at
            mine.append(Piece(at - start, amount, piece.source, piece.source_lo + inside, amount, piece.path))
            at += amount
            number += at == piece.pos + piece.amount
        found[mv.id] = mine
    return found


def _check(mv: Mv, pieces: Sequence[Piece]) -> None:
    if len(pieces) > PIECES_MAX:
        raise TooManyPieces(mv.id.entry, mv.id.line, len(pieces))
    total = sum(piece.amount for piece in pieces)
    if total != mv.amount:
        raise SumBroken(str(mv.id), mv.amount, total)


def fx_text(steps: Sequence[FxStep]) -> str:
    """Return `entry:in_line:position` of each conversion, the nearest to the use first."""
    return PATH_JOIN.join(f"{entry}:{line}:{position}" for entry, line, position in steps)


def fx_steps(text: str) -> tuple[FxStep, ...]:
    """Return the conversions of a stored path."""
    return tuple(FxStep(*map(int, step.split(":"))) for step in text.split(PATH_JOIN)) if text else ()


def of_use(entry: int, line: int, using: str = "read") -> tuple[Fragment, ...]:
    """Return the fragments of one use."""
    return _stored("f.entry_id = %s AND f.line = %s", [entry, line], reading(using))


def of_sources(sources: Iterable[MvId], using: str = "read") -> tuple[Fragment, ...]:
    """Return what money of these source movements went into, and what of that was undone."""
    execute, found = reading(using), list[Fragment]()
    for condition, params in _of_sources(sources):
        found += _stored(condition, params, execute)
    return tuple(found)


def of_source(entry: int, line: int, using: str = "read") -> tuple[Fragment, ...]:
    """Return what one source movement was used for, and what of that was undone."""
    return of_sources([MvId(entry, line)], using)


def of_accounts(account_ids: Collection[int], using: str = "read") -> tuple[Fragment, ...]:
    """Return the fragments of every movement into or out of these uses."""
    execute, found = reading(using), list[Fragment]()
    for condition, params in _of_accounts(account_ids):
        found += _stored(condition, params, execute)
    return tuple(found)


def refined(uses: Collection[MvId], using: str = "read") -> dict[MvId, list[tuple[Piece, tuple[str, ...]]]]:
    """Return the sources of uses, what repaid an advance in its place, with the codes of their paths."""
    reader = SqlReader(reading(using))
    lines = [mv for mv in reader.lines_of({use.entry for use in uses}) if mv.id in uses]
    traced = sources_of(reader, lines, refined=True)
    return {
        mv.id: [(piece, reader.path(piece)) for piece in pieces]
        for mv, pieces in zip(lines, traced, strict=True)
    }


class Spent(NamedTuple):
    """What one source paid on one way between two accounts, added up; `path` ends with the one it left."""

    source: MvId
    amount_minor: int
    source_amount_minor: int
    path: tuple[str, ...]
    left: str
    entered: str
    left_kind: Kind
    entered_kind: Kind


def spent(sources: Iterable[MvId], using: str = "read") -> tuple[Spent, ...]:
    """Return what money of these sources went into, and what of that was undone, added up by way."""
    execute, found = reading(using), list[Spent]()
    for condition, params in _of_sources(sources):
        found += _added_up(condition, params, execute)
    return tuple(found)


def spent_in(account_ids: Collection[int], using: str = "read") -> tuple[Spent, ...]:
    """Return whose money went into these uses and came out of them, added up by way."""
    execute, found = reading(using), list[Spent]()
    for condition, params in _of_accounts(account_ids):
        found += _added_up(condition, params, execute)
    return tuple(found)


def _added_up(condition: str, params: Sequence[object], execute: Execute) -> Iterator[Spent]:
    for entry, line, amount, theirs, path, *accounts in execute(
        SPENT.replace(":condition", condition), params
    ):
        left, entered, *kinds = accounts
        yield Spent(
            MvId(entry, line), amount, theirs, tuple(path.split(PATH_JOIN)), left, entered, *map(Kind, kinds)
        )


def _of_sources(sources: Iterable[MvId]) -> Iterator[tuple[str, list[int]]]:
    for part in parts(sorted(set(sources)), SOURCES_MAX):
        numbers = [number for source in part for number in source]
        yield f"(f.source_entry, f.source_line) IN (VALUES {tuples(len(part), 2)})", numbers


def _of_accounts(account_ids: Collection[int]) -> Iterator[tuple[str, list[int]]]:
    for part in parts(sorted(account_ids), SOURCES_MAX):
        ids = marks(len(part))
        yield f"m.dst IN ({ids}) OR m.src IN ({ids})", [*part, *part]


def _stored(condition: str, params: Sequence[object], execute: Execute) -> tuple[Fragment, ...]:
    return tuple(_fragment(row) for row in execute(STORED.replace(":condition", condition), params))


def _fragment(row: tuple[Any, ...]) -> Fragment:
    entry, line, lo, amount, s_entry, s_line, s_lo, s_amount, path, fx, left, entered, *kinds = row
    use, source = MvId(entry, line), MvId(s_entry, s_line)
    ways = (tuple(path.split(PATH_JOIN)), fx_steps(fx))
    return Fragment(use, lo, amount, source, s_lo, s_amount, *ways, left, entered, *map(Kind, kinds))


@dataclass(frozen=True, slots=True)
class IdlePiece:
    """Money of one source that lies unspent in an account, in the currency of either."""

    account: str
    amount_minor: int
    source: MvId
    source_amount_minor: int
    path: tuple[str, ...]


def idle(codes: Collection[str], using: str = "read") -> tuple[IdlePiece, ...]:
    """Return whose money lies in these accounts, the money that goes next first."""
    return lying(codes, as_it_is(reading(using)), reading(using))


def lying(
    codes: Collection[str], view: View, execute: Execute, *, refined: bool = False
) -> tuple[IdlePiece, ...]:
    """The same in any view of the book; `refined` names what repaid an advance in its place.

    A use holds what was not undone. What left the book by rounding lies there for good.
    """
    windows: list[Window] = []
    names: list[str] = []
    for part in parts(sorted(codes)):
        for account, out_total, in_total, code in execute(IDLE.replace(":codes", marks(len(part))), part):
            came, went = view.ends(account, Ends(in_total, out_total))
            windows.append(Window(account, 0 if code.startswith(Kind.ROUNDING) else went, came))
            names.append(code)
    traced = backward_all(view.ranges, windows, refined=refined)
    return tuple(
        IdlePiece(code, piece.amount, piece.source, piece.source_amount, view.stored.path(piece))
        for code, pieces in zip(names, traced, strict=True)
        for piece in pieces
    )
