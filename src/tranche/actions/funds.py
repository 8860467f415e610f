"""The money behind a reference: a tranche, a pool, what they were rolled over into, or a state's advance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from django.db.models import QuerySet

from tranche.actions.lookup import RECEIVED
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import AccountSpec, Fund, Kind, root_of
from tranche.kernel.money import Money
from tranche.kernel.refusals import UnknownReference
from tranche.ledger.balances import Balance, balances
from tranche.ledger.flows import Place, Restriction
from tranche.models import Advance, Agreement, FundRule, Party, SpendingRule, Tranche

AGREEMENT = ("agreement__record", "agreement__approving_party", "agreement__recipient")


@dataclass(frozen=True, slots=True)
class Funding:
    """One restriction of money and where it lies before anything is done with it.

    `successor` is the fund that took over when this one was rolled over; what lies further down stays in it.
    """

    ref: str
    agreement: Agreement
    restriction: Restriction
    place: Place
    currency: str
    tranches: tuple[Tranche, ...]
    rule: str
    earmarks: frozenset[str] = field(default_factory=frozenset)
    donor: str = ""
    successor: str = ""
    advance: Advance | None = None

    @property
    def is_received(self) -> bool:
        """Whether money of donors has come; an advance needs none."""
        return any(tranche.record.state in RECEIVED for tranche in self.tranches)

    def account(self, currency: str) -> AccountSpec:
        """The account of a fund that is not divided among donors."""
        return AccountSpec(self.place.kind, self.place.holder, Fund(self.restriction.code), currency)

    def share(self, donor: str, currency: str) -> AccountSpec:
        """The account that a donor's money enters: his own in a pro-rata pool, else that of all."""
        if not self.restriction.pro_rata:
            return self.account(currency)
        code = self.restriction.code
        return AccountSpec(self.place.kind, self.place.holder, Fund(f"{code}/{donor}", code, donor), currency)


def funding(ref: Canonical) -> Funding:
    """The fund with this code; raises UnknownReference."""
    rule = FundRule.objects.select_related("donor", *AGREEMENT).filter(fund=ref).first()
    if rule is not None:
        return _of_rule(rule)
    advance = Advance.objects.select_related("party", *AGREEMENT).filter(ref=ref).first()
    return _of_advance(advance) if advance is not None else _unsigned(str(ref))


def agreement_of(ref: str) -> Agreement:
    """The agreement under which a fund stands, read without the fund itself; raises UnknownReference."""
    rule = FundRule.objects.select_related(*AGREEMENT).filter(fund=ref).first()
    return rule.agreement if rule is not None else funding(ref).agreement


def _of_advance(advance: Advance) -> Funding:
    return Funding(
        advance.ref,
        advance.agreement,
        Restriction(advance.ref, pro_rata=False),
        Place(Kind.ADVANCE, advance.party.ref),
        advance.currency,
        (),
        SpendingRule.EARMARK,
        advance=advance,
    )


def live(code: str) -> Funding:
    """The fund that takes this one's money now: itself, or whatever it was rolled over into."""
    found = funding(code)
    while found.successor:
        found = funding(found.successor)
    return found


def _of_rule(rule: FundRule) -> Funding:
    root = root_of(Fund(rule.fund))
    tranche = None if rule.agreement.pool_ref else _tranches().get(ref=root)
    pooled = rule.rule == SpendingRule.PRO_RATA
    if tranche is not None:
        place, currency = Place(Kind.TRANCHE, tranche.donor.ref), tranche.currency
        tranches: tuple[Tranche, ...] = (tranche,)
    else:
        place = Place(Kind.POOL, rule.fund if pooled else root)
        tranches, currency = _received(rule.agreement, rule.donor), pool_currency(rule.agreement)
    return Funding(
        rule.fund,
        rule.agreement,
        Restriction(rule.fund, pro_rata=pooled),
        place,
        currency,
        tranches,
        rule.rule,
        _earmarks(rule, tranches),
        rule.donor.ref if rule.donor else "",
        rule.successor,
    )


def _earmarks(rule: FundRule, tranches: tuple[Tranche, ...]) -> frozenset[str]:
    own = [rule.earmark_ref] if rule.rule == SpendingRule.EARMARK else [t.earmark_ref for t in tranches]
    return frozenset(ref for ref in own if ref)


def _unsigned(ref: str) -> Funding:
    """A pool whose agreement is not signed, or a tranche that is not agreed: it has no rule in force yet."""
    pooled = (
        Agreement.objects.select_related("record", "approving_party", "recipient")
        .filter(pool_ref=ref)
        .first()
    )
    if pooled is not None:
        shared = pooled.spending_rule == SpendingRule.PRO_RATA
        code = cast(str, pooled.pool_ref)
        place, restriction = Place(Kind.POOL, code), Restriction(code, pro_rata=shared)
        return Funding(code, pooled, restriction, place, pool_currency(pooled), (), pooled.spending_rule)
    tranche = _tranches().filter(ref=ref, agreement__spending_rule=SpendingRule.EARMARK).first()
    if tranche is None:
        raise UnknownReference("tranche or pool", ref)
    return Funding(
        tranche.ref,
        tranche.agreement,
        Restriction(tranche.ref, pro_rata=False),
        Place(Kind.TRANCHE, tranche.donor.ref),
        tranche.currency,
        (tranche,),
        SpendingRule.EARMARK,
        frozenset({tranche.earmark_ref} - {""}),
    )


def _tranches() -> QuerySet[Tranche]:
    return Tranche.objects.select_related("record", "donor", *AGREEMENT)


def _received(agreement: Agreement, donor: Party | None) -> tuple[Tranche, ...]:
    rows = _tranches().filter(agreement=agreement, record__state__in=RECEIVED)
    return tuple((rows.filter(donor=donor) if donor else rows).order_by("ordinal"))


def pool_currency(agreement: Agreement) -> str:
    """A pool mixes one currency: that of its first tranche that was not withdrawn; "" before there is one."""
    rows = agreement.tranches.exclude(record__state="withdrawn").order_by("ordinal")
    return rows.values_list("currency", flat=True).first() or ""


def spendable(source: Funding, holder: Party) -> dict[str, str]:
    """The failed guards of spending: under a live agreement, and by its recipient alone."""
    failed: dict[str, str] = {}
    if source.agreement.record.state not in ("signed", "in_force"):
        failed["agreement_live"] = source.agreement.ref
    if source.agreement.recipient_id != holder.id:
        failed["own_money"] = source.ref
    if source.advance is not None and source.advance.closed_on is not None:
        failed["advance_open"] = source.ref
    return failed


def held(kind: Kind, holder: str, restriction: str, currency: str) -> int:
    """What lies at one place under one restriction in one currency, in minor units."""
    found = balances(kinds=(kind,), holders=(holder,), restriction=restriction, using="default")
    return sum(row.balance for row in found if row.currency == currency)


def currencies_of(source: Funding) -> frozenset[str]:
    """The currencies in which a fund holds or held money; its own always."""
    rows = balances(restriction=source.ref, using="default")
    return frozenset({source.currency, *(row.currency for row in rows)} - {""})


def short(available: int, wanted: Money) -> dict[str, str]:
    """The failed guard `enough`, naming the missing minor units, or nothing."""
    missing = wanted.amount_minor - available
    return {"enough": f"{missing} {wanted.currency}"} if missing > 0 else {}


def left(rows: Iterable[Balance]) -> str:
    """What lies in these accounts, currency by currency, or nothing: for guards that want them empty."""
    sums: dict[str, int] = {}
    for row in rows:
        if row.balance:
            sums[row.currency] = sums.get(row.currency, 0) + abs(row.balance)
    return ", ".join(f"{amount} {currency}" for currency, amount in sorted(sums.items()))
