"""Whose money a use is: fragments made when it is posted, and what readers ask of them afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tranche.kernel.chart import SOURCES
from tranche.kernel.ledger_errors import TooManyPieces
from tranche.kernel.trace import Mv, MvId, Piece, Window, backward_all
from tranche.ledger.rows import Execute, insert, marks, parts, reading, tuples

WINDOWS_MAX: Final = 500
PIECES_MAX: Final = 4096  # a use made of more sources would not be readable by anybody
PATH_JOIN: Final = " > "

INTO: Final = """
WITH wanted(n, account_id, lo, hi) AS (VALUES :windows)
SELECT w.n, m.entry_id, m.line, m.src, m.dst, m.amount, m.src_off, m.dst_off, s.kind, d.kind, s.code, d.code
FROM wanted w CROSS JOIN movement m CROSS JOIN account s CROSS JOIN account d
WHERE m.dst = w.account_id AND m.dst_off < w.hi AND m.dst_off + m.amount > w.lo
  AND m.dst_off >= (SELECT max(p.dst_off) FROM movement p WHERE p.dst = w.account_id AND p.dst_off <= w.lo)
  AND s.id = m.src AND d.id = m.dst
ORDER BY w.n, m.dst_off
"""
OUT_OF: Final = """
WITH wanted(n, account_id, lo, hi) AS (VALUES :windows)
SELECT w.n, m.entry_id, m.line, m.src, m.dst, m.amount, m.src_off, m.dst_off, s.kind, d.kind, s.code, d.code
FROM wanted w CROSS JOIN movement m CROSS JOIN account s CROSS JOIN account d
WHERE m.src = w.account_id AND m.src_off < w.hi AND m.src_off + m.amount > w.lo
  AND m.src_off >= (SELECT max(p.src_off) FROM movement p WHERE p.src = w.account_id AND p.src_off <= w.lo)
  AND s.id = m.src AND d.id = m.dst
ORDER BY w.n, m.src_off
"""
STORED: Final = """
SELECT f.entry_id, f.line, f.lo, f.amount, f.source_entry, f.source_line, f.source_lo, f.source_amount,
    f.path, m.src, m.dst, s.kind, d.kind
FROM use_fragment f
JOIN movement m ON m.entry_id = f.entry_id AND m.line = f.line
JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst
WHERE :condition
ORDER BY f.entry_id, f.line, f.piece
"""

IDLE: Final = "SELECT id, out_total, in_total, code FROM account WHERE code IN (:codes) ORDER BY id"


class SqlReader:
    """Reads windows from the movement table and remembers the codes of the accounts it has met."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self.codes: dict[int, str] = {}
        self.origins: dict[MvId, str] = {}

    def into(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return self._read(INTO, windows)

    def out_of(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return self._read(OUT_OF, windows)

    def _read(self, sql: str, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
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
    """A stored piece of a use; `is_undo` where it left a use and counts negative."""

    use: MvId
    lo: int
    amount_minor: int
    source: MvId
    source_lo: int
    source_amount_minor: int
    path: tuple[str, ...]
    src: int
    dst: int
    src_kind: str
    dst_kind: str


def fragments_for(uses: Sequence[Mv], reader: SqlReader) -> list[tuple[Mv, list[Piece]]]:
    """Return the pieces of stamped uses whose lines are already stored."""
    windows = [Window(mv.src, mv.src_off, mv.src_off + mv.amount) for mv in uses]
    traced = list(zip(uses, backward_all(reader, windows), strict=True))
    for mv, pieces in traced:
        if len(pieces) > PIECES_MAX:
            raise TooManyPieces(mv.id.entry, mv.id.line, len(pieces))
        if sum(piece.amount for piece in pieces) != mv.amount:
            raise AssertionError(mv.id)
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


def of_source(entry: int, line: int, using: str = "read") -> tuple[Fragment, ...]:
    """Return what one source movement was used for, and what of that was undone."""
    return _stored("f.source_entry = %s AND f.source_line = %s", [entry, line], reading(using))


def of_account(account_ids: Collection[int], using: str = "read") -> tuple[Fragment, ...]:
    """Return the fragments of every movement into or out of these uses."""
    execute, wanted = reading(using), sorted(account_ids)
    found: list[Fragment] = []
    for part in parts(wanted, WINDOWS_MAX):
        ids = marks(len(part))
        found += _stored(f"m.dst IN ({ids}) OR m.src IN ({ids})", [*part, *part], execute)
    return tuple(found)


def _stored(condition: str, params: Sequence[object], execute: Execute) -> tuple[Fragment, ...]:
    rows = execute(STORED.replace(":condition", condition), params)
    return tuple(_fragment(row) for row in rows)


def _fragment(row: tuple[Any, ...]) -> Fragment:
    entry, line, lo, amount, s_entry, s_line, s_lo, s_amount, path, src, dst, src_kind, dst_kind = row
    codes = tuple(path.split(PATH_JOIN))
    use, source = MvId(entry, line), MvId(s_entry, s_line)
    return Fragment(use, lo, amount, source, s_lo, s_amount, codes, src, dst, src_kind, dst_kind)


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
