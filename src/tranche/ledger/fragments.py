"""Whose money a use is: fragments made when it is posted, and what readers ask of them afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.ledger_errors import SumBroken, TooManyPieces
from tranche.kernel.trace import Mv, MvId, Piece, Window, backward_all
from tranche.ledger.rows import Execute, insert, marks, parts, reading, sql_file, tuples

WINDOWS_MAX: Final = 500
PIECES_MAX: Final = 4096  # a use made of more sources would not be readable by anybody
PATH_JOIN: Final = " > "

WINDOWS: Final = sql_file("windows.sql")
STORED: Final = sql_file("stored_fragments.sql")
IDLE: Final = "SELECT id, out_total, in_total, code FROM account WHERE code IN (:codes) ORDER BY id"


class SqlReader:
    """Reads windows from the movement table and remembers the codes of the accounts it has met."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self.codes: dict[int, str] = {}
        self.origins: dict[MvId, str] = {}

    def into(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return self._read("dst", windows)

    def out_of(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return self._read("src", windows)

    def _read(self, end: str, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        sql = WINDOWS.replace(":end", end)
        answers: list[list[Mv]] = [[] for _ in windows]
        numbered = [(n, *window) for n, window in enumerate(windows)]
        for part in parts(numbered, WINDOWS_MAX):
            values = [value for row in part for value in row]
            for row in self._execute(sql.replace(":windows", tuples(len(part), 4)), values):
                answers[row[0]].append(self._movement(row))
        return answers

    def _movement(self, row: tuple[Any, ...]) -> Mv:
        _, entry, line, src, dst, amount, src_off, dst_off, src_kind, dst_kind, src_code, dst_code = row
        mv = Mv(MvId(entry, line), src, dst, amount, src_off, dst_off, src_kind, dst_kind)
        self.codes[src] = src_code
        self.codes[dst] = dst_code
        if src_kind in SOURCES:
            self.origins[mv.id] = src_code
        return mv

    def path(self, piece: Piece) -> tuple[str, ...]:
        """Return the codes of the accounts that a traced piece went through."""
        return tuple(self.codes[account] for account in piece.path)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stored piece of a movement into a use, or out of one; `path` ends with `left`."""

    use: MvId
    lo: int
    amount_minor: int
    source: MvId
    source_lo: int
    source_amount_minor: int
    path: tuple[str, ...]
    left: str
    entered: str
    left_kind: Kind
    entered_kind: Kind


def fragments_for(uses: Sequence[Mv], reader: SqlReader) -> list[tuple[Mv, list[Piece]]]:
    """Return the pieces of stamped uses whose lines are already stored."""
    windows = [Window(mv.src, mv.src_off, mv.src_off + mv.amount) for mv in uses]
    traced = list(zip(uses, backward_all(reader, windows), strict=True))
    for mv, pieces in traced:
        if len(pieces) > PIECES_MAX:
            raise TooManyPieces(mv.id.entry, mv.id.line, len(pieces))
        total = sum(piece.amount for piece in pieces)
        if total != mv.amount:
            raise SumBroken(str(mv.id), mv.amount, total)
    return traced


def store(uses: Sequence[Mv], execute: Execute) -> None:
    """Trace uses that were just stored and write their fragments, before the header seals the entry."""
    reader = SqlReader(execute)
    rows = [
        (*mv.id, n, piece.pos, piece.amount, *piece.source, piece.source_lo, piece.source_amount, path)
        for mv, pieces in fragments_for(uses, reader)
        for n, piece in enumerate(pieces, start=1)
        for path in (PATH_JOIN.join(reader.path(piece)),)
    ]
    insert(
        execute,
        "INSERT INTO use_fragment(entry_id, line, piece, lo, amount, source_entry, source_line, source_lo,"
        " source_amount, path)",
        rows,
    )


def of_use(entry: int, line: int, using: str = "read") -> tuple[Fragment, ...]:
    """Return the fragments of one use."""
    return _stored("f.entry_id = %s AND f.line = %s", [entry, line], reading(using))


def of_sources(sources: Iterable[MvId], using: str = "read") -> tuple[Fragment, ...]:
    """Return what money of these source movements went into, and what of that was undone."""
    execute, found = reading(using), list[Fragment]()
    for part in parts(sorted(set(sources)), WINDOWS_MAX):
        wanted = f"(f.source_entry, f.source_line) IN (VALUES {tuples(len(part), 2)})"
        found += _stored(wanted, [number for source in part for number in source], execute)
    return tuple(found)


def of_source(entry: int, line: int, using: str = "read") -> tuple[Fragment, ...]:
    """Return what one source movement was used for, and what of that was undone."""
    return of_sources([MvId(entry, line)], using)


def of_accounts(account_ids: Collection[int], using: str = "read") -> tuple[Fragment, ...]:
    """Return the fragments of every movement into or out of these uses."""
    execute, found = reading(using), list[Fragment]()
    for part in parts(sorted(account_ids), WINDOWS_MAX):
        ids = marks(len(part))
        found += _stored(f"m.dst IN ({ids}) OR m.src IN ({ids})", [*part, *part], execute)
    return tuple(found)


def _stored(condition: str, params: Sequence[object], execute: Execute) -> tuple[Fragment, ...]:
    return tuple(_fragment(row) for row in execute(STORED.replace(":condition", condition), params))


def _fragment(row: tuple[Any, ...]) -> Fragment:
    entry, line, lo, amount, s_entry, s_line, s_lo, s_amount, path, left, entered, left_kind, entered_kind = (
        row
    )
    return Fragment(
        MvId(entry, line),
        lo,
        amount,
        MvId(s_entry, s_line),
        s_lo,
        s_amount,
        tuple(path.split(PATH_JOIN)),
        left,
        entered,
        Kind(left_kind),
        Kind(entered_kind),
    )


@dataclass(frozen=True, slots=True)
class IdlePiece:
    """Money of one source that lies unspent in an account."""

    account: str
    amount_minor: int
    source: MvId
    path: tuple[str, ...]


def idle(codes: Collection[str], using: str = "read") -> tuple[IdlePiece, ...]:
    """Return whose money lies in these accounts."""
    execute = reading(using)
    windows: list[Window] = []
    names: list[str] = []
    for part in parts(sorted(codes)):
        for account, out_total, in_total, code in execute(IDLE.replace(":codes", marks(len(part))), part):
            windows.append(Window(account, out_total, in_total))
            names.append(code)
    reader = SqlReader(execute)
    return tuple(
        IdlePiece(code, piece.amount, piece.source, reader.path(piece))
        for code, pieces in zip(names, backward_all(reader, windows), strict=True)
        for piece in pieces
    )
