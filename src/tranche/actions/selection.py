"""Selection of a maker: listed, assessed by two, concluded with a screening, chosen by both sides."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import date
from typing import Final

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import evidence_facts, evidence_kinds, find, free_ref, recipient_situation
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical, encode
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import AlreadyThere, BadArgument, CurrencyDiffers
from tranche.models import Agreement, Contract, Party, Programme, Record, Selection

ADVICE: Final = ("recommend", "conditions", "against")
FINDINGS: Final = ("none", "capacity", "finances", "delivery", "compliance", "price")
SCREENED: Final = ("clear", "hit")
VERDICTS: Final = ("recommended", "not_recommended")
ASSESSORS_MIN: Final = 2


def situation_of(programme: Programme, agreement: Agreement, record: Record | None) -> Situation:
    """Of the recipient; inspectors of either side may assess."""
    chain = [record.id] if record else []
    found = recipient_situation(programme.holder, agreement, chain, record)
    return replace(found, named=found.named | {agreement.approving_party.ref})


def _list_basis(arguments: Arguments, _today: date) -> Basis:
    programme = find(Programme, arguments["programme"])
    agreement = find(Agreement, arguments["agreement"])
    supplier = find(Party, arguments["supplier"])
    if supplier.kind != "manufacturer":
        raise BadArgument("supplier", "choice", supplier.ref)
    offer, lowest = a.money_of(arguments, "price"), a.money_of(arguments, "lowest")
    if lowest.currency != offer.currency:
        raise CurrencyDiffers(lowest.currency, offer.currency)
    if lowest.amount_minor > offer.amount_minor:
        raise BadArgument("lowest", "bounds", str(lowest.amount_minor))
    return Basis(
        situation=situation_of(programme, agreement, None),
        ref=free_ref(arguments),
        holder=programme.holder,
        facts={"programme": programme.title, "supplier": supplier.name, "agreement": agreement.title},
    )


def _list(execution: Execution) -> None:
    offer, lowest = execution.money("price"), execution.money("lowest")
    record = execution.create()
    Selection.objects.create(
        record=record,
        ref=record.ref,
        programme=find(Programme, execution.arguments["programme"]),
        agreement=find(Agreement, execution.arguments["agreement"]),
        supplier=find(Party, execution.arguments["supplier"]),
        title=execution.text("title"),
        tender_reference=execution.text("tender_reference"),
        offer_minor=offer.amount_minor,
        lowest_minor=lowest.amount_minor,
        currency=offer.currency,
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    found = find(Selection, arguments["selection"])
    return Basis(
        situation=situation_of(found.programme, found.agreement, found.record),
        ref=found.ref,
        holder=found.programme.holder,
        record=found.record,
        facts=_facts(found),
        evidence=evidence_kinds(found.record, arguments),
    )


def _facts(found: Selection) -> dict[str, Canonical]:
    """What approvers rely on; the cards are sealed, so only their number and a hash over them stand here."""
    facts: dict[str, Canonical] = {
        "title": found.title,
        "programme": found.programme.title,
        "supplier": found.supplier.name,
        "agreement": found.agreement.title,
        "price": {"amount_minor": found.offer_minor, "currency": found.currency},
        "lowest": {"amount_minor": found.lowest_minor, "currency": found.currency},
        "tender_reference": found.tender_reference,
        "evidence": evidence_facts(found.record, ("screening", "assessment")),
    }
    cards: list[Canonical] = [
        [card.person_id, card.advice, card.finding, card.has_interest]
        for card in found.cards.order_by("person_id")
    ]
    if cards:
        facts |= {"cards": len(cards), "cards_sha256": hashlib.sha256(encode(cards)).hexdigest()}
    if found.screened_on:
        facts |= {
            "screening_list": found.screening_list,
            "screening_version": found.screening_version,
            "screening_result": found.screening_result,
            "screened_on": found.screened_on.isoformat(),
        }
    return facts


def _assess(execution: Execution) -> None:
    """One card of each assessor; a second one of the same person is refused."""
    found = find(Selection, execution.arguments["selection"])
    if found.cards.filter(person_id=execution.by_person).exists():
        raise AlreadyThere("card", found.ref)
    execution.move()
    found.cards.create(
        id=str(uuid.uuid4()),
        person_id=execution.by_person,
        advice=execution.text("advice"),
        finding=execution.text("finding"),
        has_interest=bool(execution.arguments["has_interest"]),
        filed_on=execution.today,
    )


def _conclude_basis(arguments: Arguments, today: date) -> Basis:
    found = find(Selection, arguments["selection"])
    free = found.cards.filter(has_interest=False).values("person").distinct().count()
    failed = {} if free >= ASSESSORS_MIN else {"two_assessors": str(free)}
    if arguments["screening_result"] == "hit" and arguments["verdict"] == "recommended":
        failed["screening_allows"] = found.supplier.name
    if str(arguments["screened_on"]) > today.isoformat():
        raise BadArgument("screened_on", "date", str(arguments["screened_on"]))
    return replace(_basis(arguments, today), failed=failed, target=str(arguments["verdict"]))


def _conclude(execution: Execution) -> None:
    execution.move()
    Selection.objects.filter(pk=execution.record.pk).update(
        screening_list=execution.text("screening_list"),
        screening_version=execution.text("screening_version"),
        screening_sha256=execution.text("screening_sha256"),
        screening_result=execution.text("screening_result"),
        screened_on=execution.day("screened_on"),
    )


def _choose_basis(arguments: Arguments, today: date) -> Basis:
    """Against the advice, or not at the lowest price, is a choice that says why."""
    found = find(Selection, arguments["selection"])
    basis = _basis(arguments, today)
    failed = {"screening_passed": found.supplier.name} if found.screening_result == "hit" else {}
    if "why" not in arguments:
        over = found.offer_minor - found.lowest_minor
        if found.record.state == "not_recommended":
            failed["reason_written"] = "not_recommended"
        elif over:
            failed["reason_written"] = f"{over} {found.currency}"
    return basis.with_failed(failed, {"advice_given": found.record.state})


def _choose(execution: Execution) -> None:
    execution.move()
    Selection.objects.filter(pk=execution.record.pk).update(written_reason=execution.text("why"))


def _move(execution: Execution) -> None:
    execution.move()


def chosen(arguments: Arguments) -> Selection | None:
    """The selection that a contract names, if it names one."""
    return find(Selection, arguments["selection"]) if "selection" in arguments else None


def misfit(found: Selection | None, programme: Programme, supplier: Party) -> dict[str, str]:
    """The failed guard of a selection of somebody else, of another programme, or not chosen yet."""
    if found is None:
        return {}
    taken = Contract.objects.filter(selection=found).exclude(record__state="cancelled").first()
    if taken is not None:
        return {"selection_chosen": taken.ref}
    fits = found.programme_id == programme.pk and found.supplier_id == supplier.pk
    if fits and found.record.state == "selected":
        return {}
    return {"selection_chosen": f"{found.ref} {found.record.state}" if fits else found.ref}


_ON = a.ref("selection")

register(
    Action(
        "selection.list",
        (
            a.ref("ref"),
            a.ref("programme"),
            a.ref("agreement"),
            a.ref("supplier"),
            a.title("title"),
            a.text("tender_reference", most=80),
            a.money("price"),
            a.money("lowest"),
        ),
        _list_basis,
        _list,
    )
)
register(
    Action(
        "selection.assess",
        (
            _ON,
            a.flag("has_interest"),
            a.choice("advice", ADVICE),
            a.choice("finding", FINDINGS),
            a.evidence(),
        ),
        _basis,
        _assess,
    )
)
register(
    Action(
        "selection.conclude",
        (
            _ON,
            a.choice("verdict", VERDICTS),
            a.title("screening_list"),
            a.text("screening_version", most=80),
            a.digest("screening_sha256"),
            a.day("screened_on"),
            a.choice("screening_result", SCREENED),
            a.evidence(),
        ),
        _conclude_basis,
        _conclude,
    )
)
register(
    Action("selection.choose", (_ON, a.text("why", required=False), a.evidence()), _choose_basis, _choose)
)
for _name in ("defer", "withdraw"):
    register(Action(f"selection.{_name}", (_ON, a.evidence()), _basis, _move))
