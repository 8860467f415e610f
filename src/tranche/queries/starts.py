"""Where a trace forward begins: the accounts of a fund or one receipt, and which money is its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.ledger_errors import CircularFunding
from tranche.kernel.trace import MvId, Piece, Window, backward_all
from tranche.kernel.whatif import UNFUNDED, Ends
from tranche.ledger.accounts import COLUMNS, Held, held
from tranche.ledger.book import View
from tranche.ledger.rows import marks, reading
from tranche.queries.codes import Path, read_code
from tranche.queries.sources import SourceFact, facts_of

MOVEMENT_REF: Final = re.compile(r"[1-9][0-9]{0,17}:[1-9][0-9]{0,4}")
RELEASING: Final = frozenset({Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT})
"""From where unspent money comes back to its fund."""

STARTS: Final = (
    COLUMNS + "WHERE (f.code = %s OR f.pool = %s) AND a.kind IN ('tranche', 'pool', 'advance') ORDER BY a.id"
)
DRAWN: Final = """
SELECT m.entry_id, m.line FROM movement m JOIN account d ON d.id = m.dst
WHERE m.src IN (:ids) AND d.kind <> 'fx' ORDER BY m.entry_id, m.line
"""
NEXT_FUNDS: Final = """
SELECT DISTINCT g.code FROM fund f JOIN account s ON s.fund_id = f.id
LEFT JOIN account_close c ON c.account_id = s.id
JOIN movement m ON m.src = s.id JOIN account d ON d.id = m.dst JOIN fund g ON g.id = d.fund_id
WHERE f.code IN (:codes) AND (s.kind IN ('tranche', 'pool') OR c.account_id IS NOT NULL)
"""
STRAYED: Final = """
SELECT 1 FROM account d JOIN movement m ON m.dst = d.id JOIN account s ON s.id = m.src
JOIN fund f ON f.id = s.fund_id WHERE d.kind IN ('unassigned', 'suspense') AND f.code IN (:codes) LIMIT 1
"""


class UnknownRef(LookupError):
    """Nothing that holds or uses money has this reference."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Start:
    """What came in, by the currency of its sources; the accounts where it began, none for a receipt.

    `funds` are those in which the money may lie; none means any.
    """

    ref: str
    entered: Mapping[str, int]
    facts: Mapping[MvId, SourceFact]
    codes: frozenset[str]
    owners: tuple[str, ...]
    funds: frozenset[str]

    def cut(self, path: Path) -> Path:
        """The path from the start on; empty where the money is not, or no more, its own."""
        if not self.codes:
            return path
        owner = next((code for code in reversed(path) if code.startswith(self.owners)), "")
        return path[self._begins(path) :] if owner in self.codes else ()

    def passed(self, path: Path) -> bool:
        """Tell whether the money was once its own."""
        return not self.codes or self._begins(path) < len(path)

    def _begins(self, path: Path) -> int:
        return next((n for n, code in enumerate(path) if code in self.codes), len(path))


def start_of(ref: str, view: View) -> Start | None:
    """Where the money of a fund, a pool or a receipt `entry:line` begins; None where a fund has none yet.

    Raises UnknownRef for a movement that brings nothing into the book.
    """
    if MOVEMENT_REF.fullmatch(ref):
        return _of_movement(ref)
    accounts = [held(row) for row in reading("read")(STARTS, [ref, ref])]
    if not accounts:
        return None
    if accounts[0].spec.kind is Kind.ADVANCE:
        return _of_advance(ref, accounts)
    return _of_accounts(ref, accounts, view)


def _of_movement(ref: str) -> Start:
    entry, line = map(int, ref.split(":"))
    facts = facts_of([MvId(entry, line)])
    if not facts or next(iter(facts.values())).kind not in SOURCES:
        raise UnknownRef(ref)
    return _of_sources(ref, facts, _funds_of(next(iter(facts.values())).entered))


def _of_advance(ref: str, accounts: list[Held]) -> Start:
    """What a state paid first: everything that it drew."""
    ids = [account.id for account in accounts]
    drawn = reading("read")(DRAWN.replace(":ids", marks(len(ids))), ids)
    return _of_sources(ref, facts_of(MvId(*row) for row in drawn), _funds_after([ref]))


def _of_sources(ref: str, facts: Mapping[MvId, SourceFact], funds: frozenset[str]) -> Start:
    entered: dict[str, int] = defaultdict(int)
    for fact in facts.values():
        entered[fact.currency] += fact.amount_minor
    return Start(ref, entered, facts, frozenset(), (), funds)


def _of_accounts(ref: str, accounts: list[Held], view: View) -> Start:
    windows = []
    for account in accounts:
        came, _went = view.ends(account.id, Ends(account.totals.in_total, account.totals.out_total))
        windows.append(Window(account.id, 0, came))
    ids = {account.id for account in accounts}
    # Money that came back to an account, or was converted in one, had come in once before.
    first = [
        piece
        for pieces in _pieces_into(windows, view)
        for piece in pieces
        if piece.source != UNFUNDED and sum(number in ids for number in piece.path) == 1
    ]
    facts = facts_of(piece.source for piece in first)
    entered: dict[str, int] = defaultdict(int)
    for piece in first:
        entered[facts[piece.source].currency] += piece.source_amount
    pools = any(account.spec.kind is Kind.POOL for account in accounts)
    owners = (f"{Kind.UNASSIGNED}:", f"{Kind.TRANCHE}:", *((f"{Kind.POOL}:",) if pools else ()))
    codes = frozenset(account.code for account in accounts)
    funds = _funds_after([account.spec.fund.code for account in accounts if account.spec.fund])
    return Start(ref, entered, facts, codes, owners, funds)


def _pieces_into(windows: list[Window], view: View) -> list[list[Piece]]:
    try:
        return backward_all(view.ranges, windows)
    except CircularFunding:
        # In a book as it would be, money that was released may have come back to itself alone.
        fresh = [
            Window(mv.dst, mv.dst_off, mv.dst_off + mv.amount)
            for movements in view.ranges.into(windows)
            for mv in movements
            if mv.src_kind not in RELEASING
        ]
        return backward_all(view.ranges, fresh)


def _funds_of(code: str) -> frozenset[str]:
    fund = read_code(code).fund
    return _funds_after([fund]) if fund else frozenset()


def _funds_after(codes: list[str]) -> frozenset[str]:
    """Return the funds that money of these may lie in; none named means any."""
    found, new = set(codes), set(codes)
    while new:
        rows = reading("read")(NEXT_FUNDS.replace(":codes", marks(len(new))), sorted(new))
        new = {row[0] for row in rows} - found
        found |= new
    # Set aside or assigned by mistake, money may have gone on into any fund.
    strayed = reading("read")(STRAYED.replace(":codes", marks(len(found))), sorted(found))
    return frozenset() if strayed else frozenset(found)
