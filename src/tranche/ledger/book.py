"""The stored book as the trace reads it: windows of an account's two lines, from the movement table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.trace import Leg, Mv, MvId, Piece, RangeReader, Window
from tranche.kernel.whatif import Ends
from tranche.ledger.rows import Execute, marks, parts, sql_file, tuples

WINDOWS_MAX: Final = 500
WINDOWS: Final = sql_file("windows.sql")
WINDOW: Final = sql_file("window.sql")
ACCOUNTS: Final = "SELECT id, kind, code FROM account WHERE id IN (:ids)"
LINES: Final = """
SELECT 0, entry_id, line, src, dst, amount, src_off, dst_off FROM movement
WHERE entry_id IN (:ids) ORDER BY entry_id, line
"""
PAIRS: Final = """
SELECT p.entry_id, p.out_line, p.in_line, o.src, o.src_off, o.amount, i.dst, i.dst_off, i.amount
FROM fx_pair p
JOIN movement o ON o.entry_id = p.entry_id AND o.line = p.out_line
JOIN movement i ON i.entry_id = p.entry_id AND i.line = p.in_line
WHERE p.entry_id IN (:ids)
"""

Row = tuple[Any, ...]


class SqlReader:
    """Reads windows from the movement table and remembers the accounts that it has met."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._kinds: dict[int, Kind] = {}
        self.codes: dict[int, str] = {}
        self.origins: dict[MvId, str] = {}

    def into(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return self._read("dst", windows)

    def out_of(self, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        return self._read("src", windows)

    def lines_of(self, entries: Collection[int]) -> list[Mv]:
        """Return the movements of these entries, in order."""
        rows: list[Row] = []
        for part in parts(sorted(set(entries))):
            rows += self._execute(LINES.replace(":ids", marks(len(part))), part)
        return self._movements(rows)

    def path(self, piece: Piece) -> tuple[str, ...]:
        """Return the codes of the accounts that a traced piece went through."""
        return tuple(self.codes[account] for account in piece.path)

    def know(self, accounts: Iterable[tuple[int, Kind, str]]) -> None:
        """Remember accounts that the caller has read already."""
        for number, kind, code in accounts:
            self._kinds[number] = kind
            self.codes[number] = code

    def _read(self, end: str, windows: Sequence[Window]) -> Sequence[Sequence[Mv]]:
        rows: list[Row] = []
        if len(windows) == 1:
            account, lo, hi = windows[0]
            rows = self._execute(WINDOW.replace(":end", end), [account, hi, lo, account, lo])
        else:
            sql = WINDOWS.replace(":end", end)
            for part in parts([(n, *window) for n, window in enumerate(windows)], WINDOWS_MAX):
                values = [value for row in part for value in row]
                rows += self._execute(sql.replace(":windows", tuples(len(part), 4)), values)
        answers: list[list[Mv]] = [[] for _ in windows]
        for row, mv in zip(rows, self._movements(rows), strict=True):
            answers[row[0]].append(mv)
        return answers

    def _movements(self, rows: Sequence[Row]) -> list[Mv]:
        self._meet({row[3] for row in rows} | {row[4] for row in rows})
        kinds, movements = self._kinds, list[Mv]()
        converting: set[int] = set()
        for _, entry, line, src, dst, amount, src_off, dst_off in rows:
            mv = Mv(MvId(entry, line), src, dst, amount, src_off, dst_off, kinds[src], kinds[dst])
            if mv.src_kind in SOURCES:
                self.origins[mv.id] = self.codes[src]
            if Kind.FX in (mv.src_kind, mv.dst_kind):
                converting.add(entry)
            movements.append(mv)
        return self._paired(movements, converting) if converting else movements

    def _meet(self, accounts: set[int]) -> None:
        for part in parts(sorted(accounts - self._kinds.keys())):
            rows = self._execute(ACCOUNTS.replace(":ids", marks(len(part))), part)
            self.know((number, Kind(kind), code) for number, kind, code in rows)

    def _paired(self, movements: Sequence[Mv], entries: Collection[int]) -> list[Mv]:
        legs: dict[MvId, Leg] = {}
        for part in parts(sorted(entries)):
            for row in self._execute(PAIRS.replace(":ids", marks(len(part))), part):
                entry, out_line, in_line, src, src_off, out_amount, dst, dst_off, in_amount = row
                self._meet({src, dst})
                if self._kinds[src] in SOURCES:
                    self.origins[MvId(entry, out_line)] = self.codes[src]
                legs[MvId(entry, in_line)] = Leg(out_line, src, src_off, out_amount, self._kinds[src])
                legs[MvId(entry, out_line)] = Leg(in_line, dst, dst_off, in_amount, self._kinds[dst])
        return [mv._replace(pair=legs[mv.id]) if mv.id in legs else mv for mv in movements]


class View(NamedTuple):
    """A book to be traced, stored or overlaid; `ends` tells where an account's lines end in it."""

    stored: SqlReader
    ranges: RangeReader
    ends: Callable[[int, Ends], Ends]


def as_it_is(execute: Execute) -> View:
    """The stored book itself."""
    reader = SqlReader(execute)
    return View(reader, reader, _as_stored)


def _as_stored(_account: int, ends: Ends) -> Ends:
    return ends
