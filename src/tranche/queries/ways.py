"""Money followed from where it came in to where it ended: each run has one source and one way.

What was spent is read from the fragments that were stored with each use; only what lies unspent is traced.
A book as it would be has no stored fragments, so there everything is traced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tranche.kernel.chart import HOLDINGS, USES, Kind
from tranche.kernel.ledger_errors import SumBroken
from tranche.kernel.trace import MvId
from tranche.ledger import fragments
from tranche.ledger.balances import Balance, balances, now
from tranche.ledger.book import View
from tranche.ledger.fragments import Spent
from tranche.ledger.rows import reading
from tranche.queries.codes import Path, currency_of, read_code
from tranche.queries.starts import Start

ENDS = (*sorted(HOLDINGS), *sorted(USES), Kind.ROUNDING)
"""The kinds of accounts in which money can be, other than where it came from."""


class Run(NamedTuple):
    """Money of one source in the last account of its path: in that account's currency, and in its own."""

    source: MvId
    path: Path
    amount_minor: int
    source_minor: int


@dataclass(frozen=True, slots=True)
class Followed:
    """What came in with one currency, and where it is: the runs add up to the amount in that currency."""

    ref: str
    currency: str
    amount_minor: int
    runs: tuple[Run, ...]
    start: Start | None


@dataclass(slots=True)
class _Sum:
    """Runs being added up, and by currency what is no more, or never was, the start's own."""

    start: Start
    gone: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    runs: dict[tuple[MvId, Path], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, source: MvId, path: Path, amount: int, source_amount: int) -> None:
        run = self.runs[source, path]
        run[0] += amount
        run[1] += source_amount

    def leave(self, source: MvId, source_amount: int) -> None:
        self.gone[self.start.facts[source].currency] += source_amount

    def owns(self, source: MvId, path: Path, source_amount: int) -> bool:
        """Tell whether this money is the start's own; count it as gone where it only passed."""
        if self.start.cut(path):
            return True
        if self.start.passed(path):
            self.leave(source, source_amount)
        return False


def follow(start: Start, view: View) -> tuple[Followed, ...]:
    """Follow the money of a start in the stored book, one currency after another; raises SumBroken."""
    total = _Sum(start)
    repaid: list[Spent] = []
    for fragment in fragments.spent(start.facts):
        _add_fragment(total, fragment, repaid)
    codes = [row.code for row in _accounts(start.funds, sorted(HOLDINGS)) if row.balance]
    for piece in fragments.lying(codes, view, reading("read")):
        if piece.source in start.facts and total.owns(piece.source, piece.path, piece.source_amount_minor):
            total.add(piece.source, piece.path, piece.amount_minor, piece.source_amount_minor)
    for code in sorted({fragment.entered for fragment in repaid}):
        _repaid(total, code, [fragment for fragment in repaid if fragment.entered == code], view)
    return _followed(total, checked=True)


def follow_all(start: Start, view: View) -> tuple[Followed, ...]:
    """The same in any view of the book, by tracing every account in which the money may be."""
    total = _Sum(start)
    codes = [row.code for row in _accounts(start.funds, ENDS) if row.in_total]
    for piece in fragments.lying(codes, view, reading("read")):
        if piece.source in start.facts and total.owns(piece.source, piece.path, 0):
            total.add(piece.source, piece.path, piece.amount_minor, piece.source_amount_minor)
    return _followed(total, checked=False)


def _add_fragment(total: _Sum, fragment: Spent, repaid: list[Spent]) -> None:
    source, amounts = fragment.source, (fragment.amount_minor, fragment.source_amount_minor)
    undone = fragment.left_kind in USES
    if not total.owns(source, fragment.path, -amounts[1] if undone else amounts[1]):
        return
    if undone:
        total.add(source, fragment.path, -amounts[0], -amounts[1])
    elif fragment.entered_kind in (*USES, Kind.ROUNDING):
        total.add(source, (*fragment.path, fragment.entered), *amounts)
    elif fragment.entered_kind is Kind.ADVANCE and total.start.facts[source].kind is not Kind.ADVANCE:
        repaid.append(fragment)
    else:
        total.leave(source, amounts[1])


def _repaid(total: _Sum, code: str, paid_in: Sequence[Spent], view: View) -> None:
    """What repaid an advance is where the advance is: the k-th unit drawn is the k-th unit repaid."""
    left: dict[MvId, int] = defaultdict(int)
    for fragment in paid_in:
        left[fragment.source] += fragment.source_amount_minor
    [advance] = balances(codes=[code])
    held = [row.code for row in _accounts([advance.fund or ""], ENDS) if row.in_total]
    for piece in fragments.lying(held, view, reading("read"), refined=True):
        if piece.source in left and code in piece.path and total.start.cut(piece.path):
            total.add(piece.source, piece.path, piece.amount_minor, piece.source_amount_minor)
            left[piece.source] -= piece.source_amount_minor
    if now(code) <= 0 and any(left.values()):
        raise SumBroken(code, 0, sum(left.values()))
    for source, rest in left.items():
        if rest:  # repaid before it was drawn
            path = next(fragment.path for fragment in paid_in if fragment.source == source)
            total.add(source, (*path, code), rest, rest)


def _followed(total: _Sum, *, checked: bool) -> tuple[Followed, ...]:
    by_currency: dict[str, list[Run]] = {currency: [] for currency in total.start.entered}
    for (source, path), (amount, source_amount) in sorted(total.runs.items()):
        if amount or source_amount:
            currency = total.start.facts[source].currency
            by_currency[currency].append(Run(source, path, amount, source_amount))
    return tuple(
        _of_currency(total, currency, runs, checked=checked) for currency, runs in sorted(by_currency.items())
    )


def _of_currency(total: _Sum, currency: str, runs: Sequence[Run], *, checked: bool) -> Followed:
    found = sum(run.source_minor for run in runs)
    amount = total.start.entered[currency] - total.gone[currency] if checked else found
    if found != amount:
        raise SumBroken(total.start.ref, amount, found)
    return Followed(total.start.ref, currency, amount, tuple(runs), total.start)


def _accounts(funds: Collection[str], kinds: Iterable[Kind]) -> list[Balance]:
    """Accounts of these kinds, of these funds or of none; no funds named means any."""
    return [row for row in balances(kinds=tuple(kinds)) if row.fund is None or not funds or row.fund in funds]


def by_fund(found: Followed) -> tuple[Followed, ...]:
    """The same for each fund that it began in, as for the donors of a pool; of one fund it is itself."""
    if found.start is None or len(found.start.codes) < 2:
        return (found,)
    parts: dict[str, list[Run]] = {}
    for run in found.runs:
        parts.setdefault(read_code(found.start.cut(run.path)[0]).fund, []).append(run)
    return tuple(
        Followed(ref, found.currency, sum(run.source_minor for run in runs), tuple(runs), found.start)
        for ref, runs in parts.items()
    ) or (found,)


def runs_of_use(codes: Collection[str], view: View, *, refined: bool) -> tuple[Run, ...]:
    """Whose money is in these accounts, whatever the view: what was undone is not."""
    total: dict[tuple[MvId, Path], list[int]] = defaultdict(lambda: [0, 0])
    for piece in fragments.lying(codes, view, reading("read"), refined=refined):
        run = total[piece.source, piece.path]
        run[0] += piece.amount_minor
        run[1] += piece.source_amount_minor
    return tuple(Run(*key, *amounts) for key, amounts in sorted(total.items()) if any(amounts))


def stored_runs(account_ids: Collection[int], codes: Collection[str]) -> tuple[Run, ...]:
    """The same from the fragments that were stored, as it was attributed when it was posted."""
    total: dict[tuple[MvId, Path], list[int]] = defaultdict(lambda: [0, 0])
    for fragment in fragments.spent_in(account_ids):
        came = fragment.entered in codes
        run = total[fragment.source, (*fragment.path, fragment.entered) if came else fragment.path]
        run[0] += fragment.amount_minor if came else -fragment.amount_minor
        run[1] += fragment.source_amount_minor if came else -fragment.source_amount_minor
    return tuple(Run(*key, *amounts) for key, amounts in sorted(total.items()) if any(amounts))


def in_currency(runs: Iterable[Run]) -> dict[str, list[Run]]:
    """Runs by the currency of the account in which they are."""
    found: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        found[currency_of(run.path[-1])].append(run)
    return dict(sorted(found.items()))
