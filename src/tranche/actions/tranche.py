"""Tranches: announced, agreed, taken through their procedure, authorised, sent and confirmed as received."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.bank_lines import bank_line, line_basis, match_line
from tranche.actions.execution import Execution
from tranche.actions.fund_rules import open_rule
from tranche.actions.funds import left, pool_currency, short
from tranche.actions.lookup import (
    agreement_situation,
    check_room,
    evidence_facts,
    evidence_kinds,
    find,
    free_ref,
    tranche_chain,
)
from tranche.actions.receipts import assign, receive, received_minor, returned_minor, room_minor, unassigned
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.returns import there_minor
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.kernel.refusals import BadArgument, CurrencyDiffers
from tranche.ledger.balances import balances
from tranche.ledger.receipts import used_minor
from tranche.models import Agreement, BankAccount, Origin, Party, SpendingRule, Tranche

UNSPENT = (Kind.TRANCHE, Kind.POOL, Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID)


def idle(tranche: Tranche) -> str:
    """What of the tranche is not in accepted lots nor back with its donor, currency by currency.

    Of a pool's tranche it is told by the trace: what came and was not used.
    """
    if tranche.agreement.pool_ref:
        rest = received_minor(tranche) - used_minor(tranche.ref, tranche.donor.ref, tranche.currency)
        return f"{rest} {tranche.currency}" if rest else ""
    rows = balances(kinds=UNSPENT, using="default")
    return left(row for row in rows if row.fund and row.fund.rstrip("'") == tranche.ref)


def _announce_basis(arguments: Arguments, _today: date) -> Basis:
    agreement = find(Agreement, arguments["agreement"])
    donor = find(Party, arguments["donor"])
    origin = Origin.objects.filter(ref=arguments["origin"]).first()
    if origin is None or origin.party_id != donor.id:
        raise BadArgument("origin", "choice", str(arguments["origin"]))
    if agreement.tranches.filter(ordinal=cast(int, arguments["ordinal"])).exists():
        raise BadArgument("ordinal", "taken", str(arguments["ordinal"]))
    check_room(str(arguments["ref"]), "-S")
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


def _authorise_basis(arguments: Arguments, today: date) -> Basis:
    """The approvers rely on every condition precedent as it stands."""
    tranche = find(Tranche, arguments["tranche"])
    rows = list(tranche.conditions_precedent.select_related("record").order_by("ref"))
    missing = [f"{row.ref} {row.record.state}" for row in rows if row.record.state not in ("met", "waived")]
    failed = {"conditions_met": ", ".join(missing)} if missing else {}
    told: list[Canonical] = [[row.ref, row.record.state, row.text] for row in rows]
    return _basis(arguments, today).with_failed(failed, {"conditions_precedent": told})


def _failed(tranche: Tranche, account: BankAccount | None) -> dict[str, str]:
    failed: dict[str, str] = {}
    if tranche.agreement.record.state not in ("signed", "in_force"):
        failed["agreement_signed"] = tranche.agreement.record.state
    if open_steps := _open_steps(tranche):
        failed["steps_done"] = ", ".join(open_steps)
    if account is None:
        failed["recipient_account"] = tranche.agreement.recipient.ref
    there = idle(tranche)
    missing = room_minor(tranche)
    if there or missing:
        failed["nothing_idle"] = there or f"{missing} {tranche.currency}"
    rest = received_minor(tranche) - returned_minor(tranche)
    if rest or not received_minor(tranche):
        failed["all_returned"] = f"{rest} {tranche.currency}"
    return failed


def _open_steps(tranche: Tranche) -> list[str]:
    procedure = getattr(tranche, "procedure", None)
    if procedure is None:
        return ["procedure"]
    rows = (
        procedure.steps.filter(removed_on__isnull=True)
        .exclude(record__state__in=("done", "skipped"))
        .order_by("position")
    )
    return list(rows.values_list("title", flat=True))


def _move(execution: Execution) -> None:
    execution.move()


def _report_sent(execution: Execution) -> None:
    execution.move()
    Tranche.objects.filter(pk=execution.record.pk).update(
        sent_on=execution.day("value_on"), sent_reference=execution.text("reference")
    )


def _receipt_basis(arguments: Arguments, today: date) -> Basis:
    """Of a bank line, or of the donor's unassigned money that came before the tranche was authorised."""
    tranche = find(Tranche, arguments["tranche"])
    base = _basis(arguments, today)
    if ("line" in arguments) == ("amount" in arguments):
        raise BadArgument("line", "line_or_amount")
    facts: dict[str, Canonical] = {
        "donor": tranche.donor.name,
        "origin": tranche.origin.title,
        "agreed_amount": {"amount_minor": tranche.amount_minor, "currency": tranche.currency},
    }
    if "line" in arguments:
        line = line_basis(arguments, (tranche.currency,), tranche.agreement.recipient, credit=True)
        return replace(base, facts={**facts, **line.facts}, amount=line.amount, failed=line.failed)
    amount = a.money_of(arguments, "amount")
    if amount.currency != tranche.currency:
        raise CurrencyDiffers(amount.currency, tranche.currency)
    failed = short(there_minor(unassigned(tranche)), amount)
    over = amount.amount_minor - room_minor(tranche)
    if over > 0:
        failed["not_above_agreed"] = f"{over} {amount.currency}"
    return replace(base, facts={**facts, "out_of": "unassigned"}, amount=amount, failed=failed)


def _confirm_receipt(execution: Execution) -> None:
    tranche = find(Tranche, execution.arguments["tranche"])
    execution.move()
    if "line" not in execution.arguments:
        assign(tranche, execution.money("amount").amount_minor, execution)
        return
    line = bank_line(execution.arguments)
    match_line(execution, line, "tranche", tranche.ref)
    receive(tranche, line, execution)


def _agree(execution: Execution) -> None:
    """From here on the money of an earmarked tranche has its rule."""
    tranche = find(Tranche, execution.arguments["tranche"])
    execution.move()
    if tranche.agreement.spending_rule == SpendingRule.EARMARK:
        open_rule(
            execution,
            tranche.ref,
            SpendingRule.EARMARK,
            tranche.agreement,
            donor=tranche.donor,
            earmark_ref=tranche.earmark_ref,
        )


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
register(Action("tranche.agree", (a.ref("tranche"), a.evidence()), _basis, _agree))
register(Action("tranche.authorise", (a.ref("tranche"), a.evidence()), _authorise_basis, _move))
for _name in ("close", "mark_returned", "withdraw"):
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
        (
            a.ref("tranche"),
            a.identifier("line", required=False),
            a.money("amount", required=False),
            a.text("rule", required=False, most=8),
        ),
        _receipt_basis,
        _confirm_receipt,
    )
)
