"""Contributions in kind: offered, agreed, valued, handed over, accepted into a lot; nothing is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import agreement_situation, evidence_facts, evidence_kinds, find, free_ref
from tranche.actions.lots import DEVIATIONS, QUANTITY_MAX
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import BadArgument
from tranche.models import Agreement, Category, InKind, Lot, Party, Record
from tranche.models.fields import REF_LENGTH_MAX

BASES: Final = ("invoice", "market_price", "replacement", "book_value", "donor_says", "expert")
LOT_SUFFIX: Final = "-L"
PAPERS: Final = ("signed_text", "delivery_note", "acceptance_act")


def situation_of(agreement: Agreement, record: Record | None) -> Situation:
    """Of the agreement; inspectors of either side may accept."""
    found = agreement_situation(agreement, [record.id] if record else [], record)
    return replace(found, named=frozenset({agreement.approving_party.ref, agreement.recipient.ref}))


def _unsigned(agreement: Agreement) -> dict[str, str]:
    state = agreement.record.state
    return {} if state in ("signed", "in_force") else {"agreement_signed": f"{agreement.ref} {state}"}


def _offer_basis(arguments: Arguments, _today: date) -> Basis:
    agreement = find(Agreement, arguments["agreement"])
    donor = find(Party, arguments["donor"])
    if not agreement.parties.filter(party=donor, role="donor").exists():
        raise BadArgument("donor", "choice", donor.ref)
    ref = free_ref(arguments)
    if len(ref) > REF_LENGTH_MAX - len(LOT_SUFFIX) - 2:
        raise BadArgument("ref", "long", ref)
    return Basis(
        situation=situation_of(agreement, None),
        ref=ref,
        holder=agreement.approving_party,
        facts={"title": arguments["title"], "donor": donor.name, "agreement": agreement.title},
    )


def _offer(execution: Execution) -> None:
    record = execution.create()
    InKind.objects.create(
        record=record,
        ref=record.ref,
        agreement=find(Agreement, execution.arguments["agreement"]),
        donor=find(Party, execution.arguments["donor"]),
        title=execution.text("title"),
        title_uk=execution.text("title_uk"),
        title_lt=execution.text("title_lt"),
        category=execution.text("category"),
        quantity=execution.whole("quantity"),
        unit=execution.text("unit"),
        country=execution.text("country"),
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    found = find(InKind, arguments["inkind"])
    return Basis(
        situation=situation_of(found.agreement, found.record),
        ref=found.ref,
        holder=found.agreement.approving_party,
        record=found.record,
        facts=_facts(found),
        failed=_unsigned(found.agreement),
        evidence=evidence_kinds(found.record, arguments),
    )


def _facts(found: InKind) -> dict[str, Canonical]:
    facts: dict[str, Canonical] = {
        "title": found.title,
        "donor": found.donor.name,
        "agreement": found.agreement.title,
        "category": found.category,
        "quantity": found.quantity,
        "unit": found.unit,
        "country": found.country,
        "evidence": evidence_facts(found.record, PAPERS),
    }
    worth = found.values.order_by("version").last()
    if worth is not None:
        facts["memorandum_value"] = {"amount_minor": worth.value_minor, "currency": worth.currency}
    return facts


def _value_basis(arguments: Arguments, today: date) -> Basis:
    if str(arguments["valued_on"]) > today.isoformat():
        raise BadArgument("valued_on", "date", str(arguments["valued_on"]))
    return _basis(arguments, today)


def _value(execution: Execution) -> None:
    """A figure beside money: no entry is posted and no total counts it."""
    found = find(InKind, execution.arguments["inkind"])
    worth = execution.money("value")
    execution.move()
    found.values.create(
        version=found.values.count() + 1,
        value_minor=worth.amount_minor,
        currency=worth.currency,
        basis=execution.text("valued_by"),
        valued_on=execution.day("valued_on"),
        valuer=execution.text("valuer"),
    )


def _hand_over(execution: Execution) -> None:
    execution.move()
    InKind.objects.filter(pk=execution.record.pk).update(handed_over_on=execution.today)


def _accept(execution: Execution) -> None:
    """The signed act makes a lot that came in kind."""
    found = find(InKind, execution.arguments["inkind"])
    execution.move()
    InKind.objects.filter(pk=found.pk).update(accepted_on=execution.today)
    ref = next(
        name
        for name in (f"{found.ref}{LOT_SUFFIX}{number}" for number in range(1, 100))
        if not Record.objects.filter(ref=name).exists()
    )
    record = execution.new_record("lot", ref, found.agreement.recipient, "lot.take_in", "accepted")
    Lot.objects.create(
        record=record,
        ref=ref,
        origin="in_kind",
        inkind=found,
        category=found.category,
        quantity=found.quantity,
        unit=found.unit,
        country=found.country,
        handed_over_on=found.handed_over_on,
        accepted_on=execution.today,
    )


def _reject(execution: Execution) -> None:
    execution.move()
    InKind.objects.filter(pk=execution.record.pk).update(deviation=execution.text("deviation"))


def _move(execution: Execution) -> None:
    execution.move()


_ON = (a.ref("inkind"), a.evidence())

register(
    Action(
        "inkind.offer",
        (
            a.ref("ref"),
            a.ref("agreement"),
            a.ref("donor"),
            a.title("title"),
            a.title("title_uk", required=False),
            a.title("title_lt", required=False),
            a.choice("category", Category.values),
            a.whole("quantity", least=1, most=QUANTITY_MAX),
            a.text("unit", most=40),
            a.country("country"),
        ),
        _offer_basis,
        _offer,
    )
)
register(Action("inkind.agree", _ON, _basis, _move))
register(
    Action(
        "inkind.value",
        (
            a.ref("inkind"),
            a.money("value"),
            a.choice("valued_by", BASES),
            a.day("valued_on"),
            a.title("valuer"),
            a.evidence(),
        ),
        _value_basis,
        _value,
    )
)
register(Action("inkind.hand_over", _ON, _basis, _hand_over))
register(Action("inkind.accept", _ON, _basis, _accept))
register(Action("inkind.reject", (*_ON, a.choice("deviation", DEVIATIONS)), _basis, _reject))
register(Action("inkind.withdraw", _ON, _basis, _move))
