"""Rolling a fund over: a donor leaves a pool, the rule changes, a tranche is earmarked for something else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from tranche.actions import arguments as a
from tranche.actions.bank import brought
from tranche.actions.bank_lines import as_canonical
from tranche.actions.execution import Execution
from tranche.actions.fund_rules import end_rule, open_rule
from tranche.actions.funds import Funding, funding
from tranche.actions.lookup import find, recipient_situation, unused
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.roll_over import NOBODY, Donors, fund_accounts, next_code, own_code, shares
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import AccountSpec, Fund, Kind, root_of
from tranche.kernel.money import Money
from tranche.kernel.refusals import BadArgument
from tranche.ledger.flows import roll_over
from tranche.models import Party, Payment, Programme, SpendingRule

PURPOSES = ("donor_leaves", "rule_changes", "earmark_changes")
NEEDS = {
    "donor_leaves": ("donor",),
    "rule_changes": ("new_rule", "successor"),
    "earmark_changes": ("programme",),
}
MIXED = (SpendingRule.FIFO.value, SpendingRule.PRO_RATA.value)


@dataclass(frozen=True, slots=True)
class _New:
    """A fund that a roll-over opens."""

    code: str
    rule: str
    donor: str = ""
    earmark_ref: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of a fund: the funds that it opens, the first of which takes what still comes."""

    source: Funding
    new: tuple[_New, ...]
    donor: Party | None = None

    def target(self, donor: str, currency: str) -> AccountSpec:
        """The new account of money of this donor."""
        rest, *own = self.new
        new = own[0] if own and donor == own[0].donor else rest
        kind, holder = self.source.place
        if new.rule == SpendingRule.PRO_RATA:
            return AccountSpec(kind, new.code, Fund(f"{new.code}/{donor}", new.code, donor), currency)
        fund = Fund(new.code)
        return AccountSpec(kind, root_of(fund) if kind is Kind.POOL else holder, fund, currency)


def _plan(arguments: Arguments) -> _Plan:
    source, purpose = funding(arguments["funding"]), str(arguments["purpose"])
    for name in ("donor", "new_rule", "successor", "programme"):
        if (name in arguments) != (name in NEEDS[purpose]):
            raise BadArgument(name, "missing" if name in NEEDS[purpose] else "purpose", purpose)
    if purpose == "donor_leaves":
        donor = find(Party, arguments["donor"])
        rest = _New(next_code(source.ref), source.rule)
        own = _New(own_code(source.ref, donor.ref), SpendingRule.EARMARK.value, donor.ref)
        return _Plan(source, (rest, own), donor)
    if purpose == "rule_changes":
        code = unused(str(arguments["successor"]))
        return _Plan(source, (_New(code, str(arguments["new_rule"])),))
    programme = find(Programme, arguments["programme"])
    return _Plan(
        source,
        (_New(next_code(source.ref), SpendingRule.EARMARK.value, source.donor, programme.ref),),
    )


def _basis(arguments: Arguments, _today: date) -> Basis:
    plan, purpose = _plan(arguments), str(arguments["purpose"])
    source, there = plan.source, shares(fund_accounts(plan.source))
    failed = _failed(plan, purpose, there)
    facts: dict[str, Canonical] = {
        "agreement": source.agreement.title,
        "agreement_ref": source.agreement.ref,
        "ended": source.ref,
        "opened": [[new.code, new.rule, new.donor, new.earmark_ref] for new in plan.new],
        "owner": source.agreement.recipient.ref,
        "return_rule": source.agreement.return_rule,
        "spending_rule": source.rule,
    }
    amounts = [Money(amount, currency) for currency, amount in sorted(_sums(plan, there).items())]
    if plan.donor is not None:
        facts["donor_name"] = plan.donor.name
        facts["own_share"] = [as_canonical(amount) for amount in amounts]
    return Basis(
        situation=recipient_situation(source.agreement.recipient, source.agreement, [], None),
        ref=source.ref,
        holder=source.agreement.recipient,
        facts=facts,
        amount=amounts[0] if len(amounts) == 1 else None,
        failed=failed,
        evidence=brought(arguments),
    )


def _is_his(plan: _Plan, donor: str) -> bool:
    return plan.donor is not None and donor == plan.donor.ref


def _sums(plan: _Plan, there: dict[tuple[str, str], int]) -> dict[str, int]:
    """What the approvers let go by currency: one donor's share, else all that lies there."""
    sums: dict[str, int] = {}
    for (donor, currency), amount in there.items():
        if plan.donor is None or _is_his(plan, donor):
            sums[currency] = sums.get(currency, 0) + amount
    return sums


def _failed(plan: _Plan, purpose: str, there: dict[tuple[str, str], int]) -> dict[str, str]:
    source, failed = plan.source, dict[str, str]()
    if source.successor:
        failed["rolled_over"] = source.successor
    if source.advance or not _fits(source, plan, purpose):
        failed["rule_fits"] = f"{source.ref} {source.rule}"
    if not source.is_received:
        failed["money_received"] = source.ref
    if plan.donor is not None and not any(_is_his(plan, donor) for donor, _ in there):
        failed["donor_there"] = plan.donor.ref
    if plan.new[0].rule == SpendingRule.PRO_RATA and any(donor == NOBODY for donor, _ in there):
        failed["owner_known"] = source.ref
    live = Payment.objects.filter(funding_ref=source.ref, purpose="return")
    refs = live.filter(record__state__in=("drafted", "released")).values_list("ref", flat=True)
    if refs:
        failed["no_live_payment"] = ", ".join(refs)
    return failed


def _fits(source: Funding, plan: _Plan, purpose: str) -> bool:
    """A donor leaves a pool that mixes in order; rules change between pools; a tranche is earmarked anew."""
    match purpose:
        case "donor_leaves":
            return source.rule == SpendingRule.FIFO
        case "rule_changes":
            return source.rule in MIXED and plan.new[0].rule in MIXED and plan.new[0].rule != source.rule
        case _:
            return source.rule == SpendingRule.EARMARK


def _roll_over(execution: Execution) -> None:
    plan = _plan(execution.arguments)
    source, donors = plan.source, Donors(execution.write.execute)
    reason = str(execution.arguments["purpose"])
    for account in fund_accounts(source):
        roll_over(
            account,
            partial(_to, plan, donors, account.currency),
            reason,
            booked_on=execution.today,
            decision_id=execution.decision.id,
            write=execution.write,
        )
    end_rule(execution, source.ref, plan.new[0].code)
    for new in plan.new:
        owner = Party.objects.filter(ref=new.donor).first() if new.donor else None
        open_rule(execution, new.code, new.rule, source.agreement, donor=owner, earmark_ref=new.earmark_ref)
    execution.file_evidence(None)


def _to(plan: _Plan, donors: Donors, currency: str, path: tuple[str, ...]) -> AccountSpec:
    return plan.target(donors.of(path), currency)


register(
    Action(
        "fund.roll_over",
        (
            a.fund("funding"),
            a.choice("purpose", PURPOSES),
            a.ref("donor", required=False),
            a.choice("new_rule", MIXED, required=False),
            a.ref("successor", required=False),
            a.ref("programme", required=False),
            a.text("clause"),
            a.evidence(),
        ),
        _basis,
        _roll_over,
    )
)
