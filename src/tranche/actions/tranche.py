"""Tranches: announced, agreed, taken through their procedure, authorised, sent and confirmed as received."""

from __future__ import annotations

from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.bank_lines import line_basis, match_line
from tranche.actions.execution import Execution
from tranche.actions.lookup import (
    agreement_situation,
    evidence_facts,
    evidence_kinds,
    find,
    free_ref,
    pool_currency,
    tranche_chain,
)
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import AccountSpec, EntryDraft, Fund, Kind, Line
from tranche.kernel.money import Money
from tranche.kernel.refusals import BadArgument, CurrencyDiffers
from tranche.ledger.balances import balances
from tranche.models import Agreement, BankAccount, BankLine, Origin, Party, SpendingRule, Tranche

UNSPENT = (Kind.TRANCHE, Kind.POOL, Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID)


def received_minor(tranche: Tranche) -> int:
    """What the bank confirmed so far: everything that ever came into the tranche's account."""
    rows = balances(kinds=(Kind.TRANCHE,), restriction=tranche.ref, using="default")
    return sum(row.in_total for row in rows)


def unspent_minor(tranche: Tranche) -> int:
    """What is not yet in accepted lots: the tranche's own money, or its donor's in the pool."""
    own = {tranche.ref, f"{tranche.agreement.pool_ref}/{tranche.donor.ref}"}
    return sum(row.balance for row in balances(kinds=UNSPENT, using="default") if row.fund in own)


def _announce_basis(arguments: Arguments, _today: date) -> Basis:
    agreement = find(Agreement, arguments["agreement"])
    donor = find(Party, arguments["donor"])
    origin = Origin.objects.filter(ref=arguments["origin"]).first()
    if origin is None or origin.party_id != donor.id:
        raise BadArgument("origin", "choice", str(arguments["origin"]))
    if agreement.tranches.filter(ordinal=cast(int, arguments["ordinal"])).exists():
        raise BadArgument("ordinal", "taken", str(arguments["ordinal"]))
    amount = a.money_of(arguments, "amount")
    if agreement.pool_ref and amount.currency != (pool_currency(agreement) or amount.currency):
        raise CurrencyDiffers(amount.currency, pool_currency(agreement))
    if not agreement.parties.filter(party=donor, role="donor").exists():
        raise BadArgument("donor", "choice", donor.ref)
    return Basis(
        situation=agreement_situation(agreement, [agreement.record_id], None),
        ref=free_ref(arguments),
        holder=donor,
        facts={"agreement": agreement.title, "donor": donor.name, "origin": origin.title},
        amount=amount,
    )


def _announce(execution: Execution) -> None:
    amount = execution.money("amount")
    record = execution.create()
    Tranche.objects.create(
        record=record,
        ref=record.ref,
        agreement=find(Agreement, execution.arguments["agreement"]),
        ordinal=execution.whole("ordinal"),
        title=execution.text("title"),
        title_uk=execution.text("title_uk"),
        title_lt=execution.text("title_lt"),
        donor=find(Party, execution.arguments["donor"]),
        origin=Origin.objects.get(ref=execution.text("origin")),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        earmark_ref=execution.text("earmark_ref"),
        earmark=execution.text("earmark"),
        conditions=execution.text("conditions"),
        planned_on=execution.optional_day("planned_on"),
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    tranche = find(Tranche, arguments["tranche"])
    record = tranche.record
    account = BankAccount.objects.filter(party=tranche.agreement.recipient, currency=tranche.currency).first()
    return Basis(
        situation=agreement_situation(tranche.agreement, tranche_chain(tranche), record),
        ref=tranche.ref,
        holder=tranche.donor,
        record=record,
        facts=_facts(tranche, account),
        amount=Money(tranche.amount_minor, tranche.currency),
        failed=_failed(tranche, account),
        evidence=evidence_kinds(record, arguments),
    )


def _facts(tranche: Tranche, account: BankAccount | None) -> dict[str, Canonical]:
    return {
        "agreement": tranche.agreement.title,
        "amount": {"amount_minor": tranche.amount_minor, "currency": tranche.currency},
        "conditions": tranche.conditions,
        "donor": tranche.donor.name,
        "earmark": tranche.earmark,
        "evidence": evidence_facts(tranche.record, ("signed_text", "letter", "final_report")),
        "origin": tranche.origin.title,
        "recipient_account": account.iban if account else "",
    }


def _failed(tranche: Tranche, account: BankAccount | None) -> dict[str, str]:
    failed: dict[str, str] = {}
    if tranche.agreement.record.state not in ("signed", "in_force"):
        failed["agreement_signed"] = tranche.agreement.record.state
    if open_steps := _open_steps(tranche):
        failed["steps_done"] = ", ".join(open_steps)
    if account is None:
        failed["recipient_account"] = tranche.agreement.recipient.ref
    idle = unspent_minor(tranche)
    if idle or received_minor(tranche) < tranche.amount_minor:
        failed["nothing_idle"] = str(idle)
    returned = _returned_minor(tranche)
    if not returned or returned < received_minor(tranche):
        failed["all_returned"] = str(returned)
    return failed


def _returned_minor(tranche: Tranche) -> int:
    rows = balances(kinds=(Kind.RETURNED,), restriction=tranche.ref, using="default")
    return sum(row.balance for row in rows)


def _open_steps(tranche: Tranche) -> list[str]:
    procedure = getattr(tranche, "procedure", None)
    if procedure is None:
        return ["procedure"]
    rows = procedure.steps.exclude(record__state__in=("done", "skipped")).order_by("position")
    return list(rows.values_list("title", flat=True))


def _move(execution: Execution) -> None:
    execution.move()


def _report_sent(execution: Execution) -> None:
    execution.move()
    Tranche.objects.filter(pk=execution.record.pk).update(
        sent_on=execution.day("value_on"), sent_reference=execution.text("reference")
    )


def _receipt_basis(arguments: Arguments, today: date) -> Basis:
    tranche = find(Tranche, arguments["tranche"])
    base = _basis(arguments, today)
    line = line_basis(arguments, tranche.currency, tranche.agreement.recipient, credit=True)
    return Basis(
        situation=base.situation,
        ref=base.ref,
        holder=base.holder,
        record=base.record,
        facts={
            "donor": tranche.donor.name,
            "origin": tranche.origin.title,
            "agreed_amount": {"amount_minor": tranche.amount_minor, "currency": tranche.currency},
            **line.facts,
        },
        amount=line.amount,
        failed=line.failed,
        evidence=base.evidence,
    )


def _confirm_receipt(execution: Execution) -> None:
    tranche = find(Tranche, execution.arguments["tranche"])
    line = BankLine.objects.get(pk=execution.text("line"))
    agreed = max(0, min(line.amount_minor, tranche.amount_minor - received_minor(tranche)))
    execution.move()
    match_line(execution, line, "tranche", tranche.ref)
    drafts = [_receive(tranche, line, agreed, execution.decision.id)]
    if tranche.agreement.spending_rule == SpendingRule.PRO_RATA and agreed:
        drafts.append(_assign(tranche, line, agreed, execution.decision.id))
    execution.post(*drafts)


def _receive(tranche: Tranche, line: BankLine, agreed: int, decision_id: str) -> EntryDraft:
    """Up to the agreed amount into the tranche, the rest to the donor's unassigned money."""
    origin = AccountSpec(Kind.ORIGIN, tranche.origin.ref, None, line.currency)
    own = AccountSpec(Kind.TRANCHE, tranche.donor.ref, Fund(tranche.ref), line.currency)
    rest = AccountSpec(Kind.UNASSIGNED, tranche.donor.ref, None, line.currency)
    parts = ((own, agreed), (rest, line.amount_minor - agreed))
    return EntryDraft(
        kind="receive",
        lines=tuple(Line(origin, target, amount) for target, amount in parts if amount),
        booked_on=line.booked_on,
        value_on=line.value_on,
        decision_id=decision_id,
    )


def _assign(tranche: Tranche, line: BankLine, amount: int, decision_id: str) -> EntryDraft:
    pool = cast(str, tranche.agreement.pool_ref)
    donor = tranche.donor.ref
    own = AccountSpec(Kind.TRANCHE, donor, Fund(tranche.ref), line.currency)
    shared = AccountSpec(Kind.POOL, pool, Fund(f"{pool}/{donor}", pool, donor), line.currency)
    return EntryDraft("assign", (Line(own, shared, amount),), line.booked_on, line.value_on, decision_id)


register(
    Action(
        "tranche.announce",
        (
            a.ref("ref"),
            a.ref("agreement"),
            a.whole("ordinal", least=1, most=999),
            a.title("title"),
            a.title("title_uk", required=False),
            a.title("title_lt", required=False),
            a.ref("donor"),
            a.text("origin", most=60),
            a.money("amount"),
            a.ref("earmark_ref", required=False),
            a.text("earmark", required=False),
            a.text("conditions", required=False),
            a.day("planned_on", required=False),
        ),
        _announce_basis,
        _announce,
    )
)
for _name in ("agree", "authorise", "close", "mark_returned", "withdraw"):
    register(Action(f"tranche.{_name}", (a.ref("tranche"), a.evidence()), _basis, _move))
register(
    Action(
        "tranche.report_sent",
        (a.ref("tranche"), a.text("reference", most=140), a.day("value_on")),
        _basis,
        _report_sent,
    )
)
register(
    Action(
        "tranche.confirm_receipt",
        (a.ref("tranche"), a.identifier("line"), a.text("rule", required=False, most=8)),
        _receipt_basis,
        _confirm_receipt,
    )
)
