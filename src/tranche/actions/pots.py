"""Where money lies that a bank's own line concerns: a donor's own, a fund, a programme, a contract."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.actions.chains import contract_chain
from tranche.actions.funds import Funding, funding, held
from tranche.actions.lookup import find, recipient_situation
from tranche.actions.registry import Arguments
from tranche.kernel.canonical import Canonical
from tranche.kernel.chart import PoolPlace, fx_account
from tranche.kernel.journal import Pair
from tranche.kernel.ledger import AccountSpec, Kind, Line
from tranche.kernel.money import Money, weighted_shares
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import BadArgument
from tranche.kernel.shares import Split
from tranche.ledger.accounts import donors_at
from tranche.ledger.balances import balances
from tranche.ledger.flows import Place, conversion_for, lines_for
from tranche.models import AccountUse, Contract, Party, Programme
from tranche.store.write import WriteTx

NAMES = frozenset({"donor", "funding", "programme", "contract"})
SHAPES = (
    frozenset({"donor"}),
    frozenset({"funding"}),
    frozenset({"funding", "programme"}),
    frozenset({"contract"}),
)
"""Which arguments together name one place."""


@dataclass(frozen=True, slots=True)
class Pot:
    """One place of money: a donor's own before it is assigned, else that of a fund."""

    place: Place
    source: Funding | None
    owner: Party | None
    contract: Contract | None = None

    @property
    def ref(self) -> str:
        """How the place is called: by its record where it has one, else by its fund or its donor."""
        if self.source and self.place.kind in (Kind.TRANCHE, Kind.POOL):
            return self.source.ref
        return self.place.holder

    @property
    def use(self) -> str:
        """On whose bank accounts this money lies."""
        return account_use(self.source)

    def held(self, currency: str) -> int:
        """What lies there in one currency."""
        if self.source:
            return held(self.place.kind, self.place.holder, self.source.ref, currency)
        rows = balances(kinds=(self.place.kind,), holders=(self.place.holder,), using="default")
        return sum(row.balance for row in rows if row.currency == currency)

    def out(self, target: Place, amount: Money, write: WriteTx) -> tuple[Line, ...]:
        """The lines that take an amount from here to a place of the same fund, or of none."""
        if self.source:
            rule = self.source.restriction
            return lines_for(rule, amount.currency, self.place, target, amount.amount_minor, write=write)
        source, to = (
            AccountSpec(place.kind, place.holder, None, amount.currency) for place in (self.place, target)
        )
        return (Line(source, to, amount.amount_minor),)

    def converted(self, out: Money, into: Money, write: WriteTx) -> Split:
        """The lines that change an amount into another currency and leave it here."""
        if self.source:
            return conversion_for(self.source.restriction, self.place, self.place, out, into, write=write)
        here, there = (
            AccountSpec(self.place.kind, self.place.holder, None, money.currency) for money in (out, into)
        )
        lines = (
            Line(here, fx_account(out.currency), out.amount_minor),
            Line(fx_account(into.currency), there, into.amount_minor),
        )
        return Split(lines, (Pair(1, 2),))

    def added(self, origin: AccountSpec, amount: Money, write: WriteTx) -> tuple[Line, ...]:
        """The lines that bring an amount in; in a pool each donor's part follows what he has put in."""
        if self.source is None:
            account = AccountSpec(self.place.kind, self.place.holder, None, amount.currency)
        elif not self.source.restriction.pro_rata:
            account = self.source.account(amount.currency)
        else:
            return self._shared(origin, amount, write)
        return (Line(origin, account, amount.amount_minor),)

    def _shared(self, origin: AccountSpec, amount: Money, write: WriteTx) -> tuple[Line, ...]:
        assert self.source is not None
        place = PoolPlace(self.place.kind, self.place.holder, self.source.ref, amount.currency)
        donors = donors_at(place, write.execute)
        shares = weighted_shares([donor.totals.in_total for donor in donors], amount.amount_minor)
        return tuple(
            Line(origin, donor.spec, share) for donor, share in zip(donors, shares, strict=True) if share
        )

    def facts(self) -> dict[str, Canonical]:
        """What approvers see of the place."""
        if self.source is None:
            return {"donor": self.place.holder}
        agreement = self.source.agreement
        return {
            "agreement": agreement.title,
            "agreement_ref": agreement.ref,
            "funding": self.source.ref,
            "spending_rule": self.source.rule,
        }

    def situation(self, owner: Party) -> Situation:
        """Who stands in what relation to money that this party holds here."""
        agreement = self.source.agreement if self.source else None
        chain = contract_chain(self.contract) if self.contract else []
        return recipient_situation(owner, agreement, chain, None)


def account_use(source: Funding | None) -> str:
    """What a state pays first lies on its own account, everything else on those of the mechanism."""
    return AccountUse.STATE if source and source.advance else AccountUse.MECHANISM


def pot(arguments: Arguments) -> Pot:
    """The place that the arguments name together; raises BadArgument for any other mix of them."""
    given = frozenset(arguments) & NAMES
    if given not in SHAPES:
        raise BadArgument("funding", "pot", " ".join(sorted(given)))
    if "donor" in given:
        return Pot(Place(Kind.UNASSIGNED, find(Party, arguments["donor"]).ref), None, None)
    if "contract" in given:
        contract = find(Contract, arguments["contract"])
        source = funding(contract.funding_ref)
        return Pot(Place(Kind.CONTRACT, contract.ref), source, contract.programme.holder, contract)
    source = funding(arguments["funding"])
    if "programme" in given:
        programme = find(Programme, arguments["programme"])
        return Pot(Place(Kind.PROGRAMME, programme.ref), source, programme.holder)
    if source.advance:
        raise BadArgument("funding", "advance", source.ref)
    return Pot(source.place, source, source.agreement.recipient)
