"""What did this donor's money buy, and who paid for this lot: the two trace documents, to the cent."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from tranche.kernel.chart import HOLDINGS, USES, Kind
from tranche.kernel.ledger_errors import SumBroken
from tranche.kernel.trace import MvId, backward
from tranche.ledger import fragments
from tranche.ledger.accounts import COLUMNS, Held, find, held
from tranche.ledger.balances import balances
from tranche.ledger.book import SqlReader
from tranche.ledger.fragments import Fragment, IdlePiece
from tranche.ledger.rows import marks, reading, tuples
from tranche.models import Lot, Tranche

Path = tuple[str, ...]

MOVEMENT_REF: Final = re.compile(r"[1-9][0-9]{0,17}:[1-9][0-9]{0,4}")
STARTS: Final = COLUMNS + "WHERE f.code = %s AND a.kind IN ('tranche', 'pool') ORDER BY a.id"
SOURCE: Final = """
SELECT d.code, m.amount, m.currency FROM movement m
JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst
WHERE m.entry_id = %s AND m.line = %s AND s.kind IN ('origin', 'advance', 'rounding')
"""
NEXT_FUNDS: Final = """
SELECT DISTINCT g.code FROM movement m JOIN account s ON s.id = m.src JOIN fund f ON f.id = s.fund_id
JOIN account d ON d.id = m.dst JOIN fund g ON g.id = d.fund_id
WHERE s.kind IN ('tranche', 'pool') AND f.code IN (:codes)
"""
STRAYED: Final = """
SELECT 1 FROM account d JOIN movement m ON m.dst = d.id JOIN account s ON s.id = m.src
JOIN fund f ON f.id = s.fund_id WHERE d.kind IN ('unassigned', 'suspense') AND f.code IN (:codes) LIMIT 1
"""
ORIGINS: Final = """
SELECT m.entry_id, m.line, a.holder FROM movement m JOIN account a ON a.id = m.src
WHERE (m.entry_id, m.line) IN (VALUES :sources)
"""


class UnknownRef(LookupError):
    """Nothing that holds or uses money has this reference."""

    def __init__(self, ref: str) -> None:
        super().__init__(ref)
        self.ref = ref


@dataclass(frozen=True, slots=True)
class Use:
    """What money went into for good, net of what was undone."""

    ref: str
    kind: str
    amount_minor: int
    path: Path


@dataclass(frozen=True, slots=True)
class Unspent:
    """Where money of this source lies that is not spent."""

    account: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TraceFrom:
    """The way of money forward: uses + unspent + returned = amount."""

    ref: str
    currency: str
    amount_minor: int
    uses: tuple[Use, ...]
    unspent: tuple[Unspent, ...]
    returned_minor: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Source:
    """One receipt that paid for a use, and the way its money went."""

    ref: str
    donor: str
    origin: str
    entry: int
    amount_minor: int
    path: Path


@dataclass(frozen=True, slots=True)
class Share:
    """What one donor paid of a use."""

    donor: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TraceTo:
    """The way of money backward: sources and shares each sum to the amount."""

    ref: str
    currency: str
    amount_minor: int
    sources: tuple[Source, ...]
    shares: tuple[Share, ...]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a forward trace begins: what came in, by which sources, and whose path counts."""

    currency: str
    entered_minor: int
    sources: frozenset[MvId]
    funds: frozenset[str]
    cut: Callable[
        [Path], Path
    ]  # the path from the start on; empty where the money is not, or no more, its own
    passed: Callable[[Path], bool]


def trace_from(ref: str) -> TraceFrom:
    """Return what became of the money of a tranche, of a pool's fund or of one receipt `entry:line`."""
    start = _from_movement(ref) if MOVEMENT_REF.fullmatch(ref) else _from_account(ref)
    if start is None:
        return TraceFrom(ref, _currency_of(Tranche, ref), 0, (), (), 0)
    used: dict[tuple[str, Path], int] = defaultdict(int)
    amount, returned = start.entered_minor, 0
    for fragment in fragments.of_sources(start.sources):
        way = start.cut(fragment.path)
        if not way:
            amount -= _spent(fragment) if start.passed(fragment.path) else 0
            continue
        if fragment.entered_kind is Kind.RETURNED or fragment.left_kind is Kind.RETURNED:
            returned += _spent(fragment)
        elif fragment.left_kind in USES:
            used[fragment.left, way] -= fragment.amount_minor
        elif fragment.entered_kind in (*USES, Kind.ROUNDING):
            used[fragment.entered, (*way, fragment.entered)] += fragment.amount_minor
        else:
            amount -= fragment.amount_minor
    unspent: dict[str, int] = defaultdict(int)
    for piece in _idle(start):
        if start.cut(piece.path):
            unspent[piece.account] += piece.amount_minor
        elif start.passed(piece.path):
            amount -= piece.amount_minor
    found = sum(used.values()) + sum(unspent.values()) + returned
    if found != amount:
        raise SumBroken(ref, amount, found)
    rests = tuple(Unspent(account, left) for account, left in sorted(unspent.items()))
    return TraceFrom(ref, start.currency, amount, _uses(used), rests, returned)


def trace_to(ref: str) -> TraceTo:
    """Return who paid for a lot, or for another use, by the receipts its fragments name."""
    accounts = balances(kinds=sorted(USES), holders=[ref])
    if not accounts:
        return TraceTo(ref, _currency_of(Lot, ref), 0, (), ())
    net: dict[tuple[MvId, Path], int] = defaultdict(int)
    own = {account.code for account in accounts}
    for fragment in fragments.of_accounts([account.account_id for account in accounts]):
        if fragment.entered in own:
            net[fragment.source, (*fragment.path, fragment.entered)] += fragment.amount_minor
        else:
            net[fragment.source, fragment.path] -= fragment.amount_minor
    sources = _sources({key: amount for key, amount in net.items() if amount})
    amount = sum(account.balance for account in accounts)
    if sum(source.amount_minor for source in sources) != amount:
        raise SumBroken(ref, amount, sum(source.amount_minor for source in sources))
    shares: dict[str, int] = defaultdict(int)
    for source in sources:
        shares[source.donor] += source.amount_minor
    return TraceTo(
        ref, accounts[0].currency, amount, sources, tuple(Share(*share) for share in shares.items())
    )


def _from_account(ref: str) -> _Start | None:
    accounts = [held(row) for row in reading("read")(STARTS, [ref])]
    if not accounts:
        return None
    [account] = accounts
    reader = SqlReader(reading("read"))
    pieces = backward(reader, account.id, 0, account.totals.in_total)
    # Money that came back to the account had come in once before.
    first = [piece for piece in pieces if piece.path.count(account.id) == 1]
    owners: tuple[str, ...] = (f"{Kind.UNASSIGNED}:", f"{Kind.TRANCHE}:")
    if account.spec.kind is Kind.POOL:
        owners = (*owners, f"{Kind.POOL}:")

    def cut(path: Path) -> Path:
        last = next((code for code in reversed(path) if code.startswith(owners)), "")
        return path[path.index(account.code) :] if last == account.code else ()

    return _Start(
        currency=account.spec.currency,
        entered_minor=sum(piece.amount for piece in first),
        sources=frozenset(piece.source for piece in first),
        funds=_funds_after(ref),
        cut=cut,
        passed=lambda path: account.code in path,
    )


def _from_movement(ref: str) -> _Start:
    entry, line = map(int, ref.split(":"))
    rows = reading("read")(SOURCE, [entry, line])
    if not rows:
        raise UnknownRef(ref)
    [(_, amount, currency)] = rows
    return _Start(currency, amount, frozenset({MvId(entry, line)}), frozenset(), tuple, bool)


def _funds_after(code: str) -> frozenset[str]:
    """Return the funds that money of this one may lie in; none named means any."""
    found, new = {code}, {code}
    while new:
        rows = reading("read")(NEXT_FUNDS.replace(":codes", marks(len(new))), sorted(new))
        new = {row[0] for row in rows} - found
        found |= new
    # Set aside or assigned by mistake, money may have gone on into any fund.
    strayed = reading("read")(STRAYED.replace(":codes", marks(len(found))), sorted(found))
    return frozenset() if strayed else frozenset(found)


def _idle(start: _Start) -> Iterable[IdlePiece]:
    codes = [
        account.code
        for account in balances(kinds=sorted(HOLDINGS))
        if account.balance > 0
        and account.currency == start.currency
        and (account.fund is None or not start.funds or account.fund in start.funds)
    ]
    return (piece for piece in fragments.idle(codes) if piece.source in start.sources)


def _spent(fragment: Fragment) -> int:
    return -fragment.amount_minor if fragment.left_kind in USES else fragment.amount_minor


def _uses(used: Mapping[tuple[str, Path], int]) -> tuple[Use, ...]:
    accounts = find([code for code, _ in used], reading("read"))
    return tuple(
        Use(accounts[code].spec.holder, accounts[code].spec.kind.value, amount, path)
        for (code, path), amount in sorted(used.items())
        if amount
    )


def _sources(net: Mapping[tuple[MvId, Path], int]) -> tuple[Source, ...]:
    names = sorted({source for source, _ in net})
    accounts = find({code for _, path in net for code in path}, reading("read"))
    numbers = [number for name in names for number in name]
    rows = reading("read")(ORIGINS.replace(":sources", tuples(len(names), 2)), numbers) if names else []
    origins = {MvId(entry, line): holder for entry, line, holder in rows}
    return tuple(
        Source(str(name), _donor(path, accounts, origins[name]), origins[name], name.entry, amount, path)
        for (name, path), amount in sorted(net.items())
    )


def _donor(path: Path, accounts: Mapping[str, Held], origin: str) -> str:
    specs = [accounts[code].spec for code in path]
    for spec in specs:
        if spec.fund is not None and spec.fund.donor is not None:
            return spec.fund.donor
    for spec in specs:
        if spec.kind in (Kind.UNASSIGNED, Kind.TRANCHE):
            return spec.holder
        if spec.kind is Kind.POOL and spec.fund is not None:
            return spec.fund.code
    return origin.split(":")[0]


def _currency_of(model: type[Tranche] | type[Lot], ref: str) -> str:
    # Registered, and no money has come yet: a trace of nothing, not an unknown reference.
    currency = model.objects.using("read").filter(ref=ref).values_list("currency", flat=True).first()
    if currency is None:
        raise UnknownRef(ref)
    return str(currency)
