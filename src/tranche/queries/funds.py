"""Funds: the rule that tells money apart, whose money goes next, what lies how long, and who paid so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from tranche.kernel.chart import HOLDINGS, Fund, Kind
from tranche.kernel.ledger import root_of
from tranche.kernel.money import Money
from tranche.kernel.trace import MvId
from tranche.ledger import fragments
from tranche.ledger.balances import Balance, balances
from tranche.ledger.fragments import PATH_JOIN, IdlePiece
from tranche.ledger.rows import marks, reading
from tranche.models import Agreement, Tranche
from tranche.queries.codes import currency_of
from tranche.queries.conversions import Converted, conversions
from tranche.queries.records import NotFound, in_language, names_of
from tranche.queries.sources import Owner, SourceFact, donor_of, facts_of, owners_of
from tranche.queries.stages import MoneyByStage, by_stage

SPENT: Final = Path(__file__).with_name("spent.sql").read_text(encoding="utf-8")
FIFO, ADVANCE = "fifo", "advance"
"""Rules beside those that an agreement may name: a pool that no agreement splits, and a state's advance."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How the money of a fund is told apart, since when, and by which agreement."""

    name: str
    since: date | None
    agreement: str
    agreement_title: str
    pool: str


@dataclass(frozen=True, slots=True)
class FundRow:
    """One fund of the list, with its money by stage."""

    ref: str
    kind: str
    title: str
    rule: Rule
    money: tuple[MoneyByStage, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Whose money goes next out of one account, how much of it before another's, and what lies there."""

    account: str
    source: MvId
    donor: str
    booked_on: date
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class UnspentSource:
    """What of one receipt is not spent: in its own currency, and where it was converted, in others too."""

    source: MvId
    donor: str
    booked_on: date
    days: int
    amount: Money
    own: tuple[Money, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpentByDonor:
    """What one donor's money was spent on, in its own currency and in that of the uses, by kind of use."""

    donor: str
    kind: str
    amount: Money
    own: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class HolderShares:
    """What the donors of a pro-rata pool have side by side at one holder, in the order of first money."""

    kind: Kind
    holder: str
    currency: str
    shares: tuple[tuple[str, str, int], ...]

    @property
    def total_minor(self) -> int:
        return sum(minor for _, _, minor in self.shares)


@dataclass(frozen=True, slots=True)
class FundDetail:
    """One fund with everything that its page answers; `names` are those of its donors."""

    row: FundRow
    heads: tuple[Head, ...]
    unspent: tuple[UnspentSource, ...]
    spent: tuple[SpentByDonor, ...]
    shares: tuple[HolderShares, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Register:
    """What the register says of funds: agreements by their pool, tranches, and which funds are advances."""

    pools: Mapping[str, Agreement]
    tranches: Mapping[str, Tranche]
    advances: frozenset[str]

    def title(self, ref: str, language: str) -> str:
        found = self.pools.get(ref) or self.tranches.get(ref)
        return in_language(found, "title", language) if found else ""

    def kind(self, ref: str) -> str:
        root = root_of(Fund(ref))
        if root in self.tranches:
            return "tranche"
        return "advance" if root in self.advances else "pool"


def rule_of(ref: str, register: _Register, language: str) -> Rule:
    """The rule under which the money of a fund is told apart, and since when.

    The agreement names it and it holds from the day of its signature. A pool's donor, and a successor of a
    fund that was rolled over, follow the fund that they come from.
    """
    root = root_of(Fund(ref))
    tranche = register.tranches.get(root)
    agreement = register.pools.get(root) or (tranche.agreement if tranche else None)
    if agreement is None:
        return Rule(ADVANCE if root in register.advances else FIFO, None, "", "", "")
    title, pool = in_language(agreement, "title", language), agreement.pool_ref or ""
    return Rule(agreement.spending_rule, agreement.signed_on, agreement.ref, title, pool)


def fund_rule(ref: str, language: str = "en") -> Rule:
    """The same for one fund alone."""
    return rule_of(ref, _register(balances(kinds=(Kind.ADVANCE,))), language)


def _register(rows: Iterable[Balance]) -> _Register:
    agreements = Agreement.objects.using("read").exclude(pool_ref=None)
    tranches = Tranche.objects.using("read").select_related("agreement")
    return _Register(
        pools={str(found.pool_ref): found for found in agreements},
        tranches={found.ref: found for found in tranches},
        advances=frozenset(row.fund for row in rows if row.kind is Kind.ADVANCE and row.fund),
    )


def funds(language: str = "en") -> tuple[FundRow, ...]:
    """Every tranche that is spent on its own, every pool and every advance, by reference."""
    rows, converted = balances(), conversions()
    register = _register(rows)
    by_fund: dict[str, list[Balance]] = defaultdict(list)
    for row in rows:
        if row.fund is not None:
            by_fund[row.pool or row.fund].append(row)
    passing = {ref for ref, found in register.tranches.items() if found.agreement.pool_ref}
    return tuple(
        _row(ref, by_fund[ref], converted, register, language)
        for ref in sorted({*register.pools, *register.tranches, *by_fund} - passing)
    )


def _row(
    ref: str, rows: Sequence[Balance], converted: Iterable[Converted], register: _Register, language: str
) -> FundRow:
    own = [change for change in converted if ref in (change.fund, change.pool)]
    return FundRow(
        ref=ref,
        kind=register.kind(ref),
        title=register.title(ref, language),
        rule=rule_of(ref, register, language),
        money=by_stage(rows, own),
    )


def fund(ref: str, today: date, language: str = "en") -> FundDetail:
    """One fund by its code or its pool's reference; raises NotFound."""
    register = _register(balances(kinds=(Kind.ADVANCE,)))
    rows = balances(restriction=ref)
    if not rows and ref not in register.pools and ref not in register.tranches:
        raise NotFound(ref)
    pieces = fragments.idle([row.code for row in rows if row.kind in HOLDINGS and row.balance > 0])
    facts = facts_of(piece.source for piece in pieces)
    owners = owners_of({code for piece in pieces for code in piece.path})
    spent = _spent({row.fund for row in rows if row.fund})
    names = {donor_of(piece.path, owners, facts[piece.source].holder) for piece in pieces}
    names |= {row.donor for row in spent}
    return FundDetail(
        row=_row(ref, rows, conversions(), register, language),
        heads=_heads(rows, pieces, facts, owners),
        unspent=_unspent(pieces, facts, owners, today),
        spent=spent,
        shares=_shares(rows),
        names=names_of(names, language),
    )


def _heads(
    rows: Iterable[Balance],
    pieces: Iterable[IdlePiece],
    facts: Mapping[MvId, SourceFact],
    owners: Mapping[str, Owner],
) -> tuple[Head, ...]:
    """The first run of one source in each account; accounts in the order in which money passes them."""
    balance = {row.code: row for row in rows}
    queues: dict[str, list[IdlePiece]] = defaultdict(list)
    for piece in pieces:
        queues[piece.account].append(piece)
    order = list(Kind)
    found = []
    for code in sorted(queues, key=lambda code: (order.index(balance[code].kind), code)):
        first = queues[code][0]
        run = sum(piece.amount_minor for piece in _first_run(queues[code]))
        fact, row = facts[first.source], balance[code]
        donor = donor_of(first.path, owners, fact.holder)
        amounts = (Money(run, row.currency), Money(row.balance, row.currency))
        found.append(Head(code, first.source, donor, fact.booked_on, *amounts))
    return tuple(found)


def _first_run(pieces: Sequence[IdlePiece]) -> list[IdlePiece]:
    run = []
    for piece in pieces:
        if piece.source != pieces[0].source:
            break
        run.append(piece)
    return run


def _unspent(
    pieces: Iterable[IdlePiece],
    facts: Mapping[MvId, SourceFact],
    owners: Mapping[str, Owner],
    today: date,
) -> tuple[UnspentSource, ...]:
    """By receipt, the oldest first."""
    by_source: dict[tuple[MvId, str], list[IdlePiece]] = defaultdict(list)
    for piece in pieces:
        donor = donor_of(piece.path, owners, facts[piece.source].holder)
        by_source[piece.source, donor].append(piece)
    found = []
    for (source, donor), parts in by_source.items():
        fact = facts[source]
        amount = Money(sum(piece.source_amount_minor for piece in parts), fact.currency)
        age = max((today - fact.booked_on).days, 0)
        accounts = tuple(sorted({piece.account for piece in parts}))
        own = _by_currency((piece.account, piece.amount_minor) for piece in parts)
        found.append(UnspentSource(source, donor, fact.booked_on, age, amount, own, accounts))
    return tuple(sorted(found, key=lambda row: (row.booked_on, row.source)))


def _by_currency(amounts: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    sums: dict[str, int] = defaultdict(int)
    for code, minor in amounts:
        sums[currency_of(code)] += minor
    return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def _spent(codes: Collection[str]) -> tuple[SpentByDonor, ...]:
    if not codes:
        return ()
    wanted = sorted(codes)
    rows = reading("read")(SPENT.replace(":codes", marks(len(wanted))), [*wanted, *wanted])
    facts = facts_of(MvId(row[0], row[1]) for row in rows)
    ways = {row[5]: tuple(row[5].split(PATH_JOIN)) for row in rows}
    owners = owners_of({code for way in ways.values() for code in way})
    sums: dict[tuple[str, str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for entry, line, kind, currency, pooled, way, amount, source_amount in rows:
        fact = facts[MvId(entry, line)]
        donor = pooled or donor_of(ways[way], owners, fact.holder)
        found = sums[donor, fact.currency, kind][currency]
        found[0] += amount
        found[1] += source_amount
    return tuple(
        SpentByDonor(
            donor=donor,
            kind=kind,
            amount=Money(sum(theirs for _, theirs in uses.values()), currency),
            own=tuple(Money(own, code) for code, (own, _) in sorted(uses.items())),
        )
        for (donor, currency, kind), uses in sorted(sums.items())
    )


def _shares(rows: Iterable[Balance]) -> tuple[HolderShares, ...]:
    """Where donors of one pool stand side by side and something waits, in the order in which money passes."""
    places: dict[tuple[int, str, str], list[Balance]] = defaultdict(list)
    order = list(Kind)
    for row in rows:
        if row.pool is not None and row.kind in HOLDINGS:
            places[order.index(row.kind), row.holder, row.currency].append(row)
    return tuple(
        HolderShares(
            kind=order[place],
            holder=holder,
            currency=currency,
            shares=tuple((row.donor or "", row.code, row.balance) for row in accounts),
        )
        for (place, holder, currency), accounts in sorted(places.items())
        if any(row.balance for row in accounts)
    )
