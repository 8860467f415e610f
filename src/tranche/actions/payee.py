"""Payee accounts: proposed with a letter, verified by a call to an older number, activated by another."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import cast

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from tranche.actions import arguments as a
from tranche.actions.chains import about_suppliers
from tranche.actions.execution import Execution
from tranche.actions.lookup import evidence_facts, evidence_kinds, find, free_ref, recipient_situation
from tranche.actions.naming import name_warning
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.formats.calendars import closed_days
from tranche.kernel.calendar import working_days
from tranche.kernel.canonical import Canonical
from tranche.kernel.refusals import BadArgument
from tranche.models import Party, Payee, PayeeCallback

SOURCES = ("contract", "register", "earlier_file")
YOUNG_NUMBER_DAYS = 30


def _propose_basis(arguments: Arguments, _today: date) -> Basis:
    party = find(Party, arguments["party"])
    holder = find(Party, arguments["holder"])
    _check_account(arguments)
    before = find(Payee, arguments["predecessor"]) if "predecessor" in arguments else None
    if before and (before.party_id, before.record.holder_party_id) != (party.id, holder.id):
        raise BadArgument("predecessor", "choice", before.ref)
    return Basis(
        situation=about_suppliers(recipient_situation(holder, None, [], None), party),
        ref=free_ref(arguments),
        holder=holder,
        facts={
            "name_warning": name_warning(cast(str, arguments["account_name"]), party.ref),
            "party": party.name,
            "replaced_iban": before.iban if before else "",
        },
        evidence=evidence_kinds(None, arguments),
    )


def _check_account(arguments: Arguments) -> None:
    """Check digits and country of the IBAN (ISO 13616) and the form of the BIC (ISO 9362)."""
    try:
        IBAN(cast(str, arguments["iban"]))
    except SchwiftyException as error:
        raise BadArgument("iban", "iban", str(arguments["iban"])) from error
    try:
        if "bic" in arguments:
            BIC(cast(str, arguments["bic"]))
    except SchwiftyException as error:
        raise BadArgument("bic", "bic", str(arguments["bic"])) from error


def _propose(execution: Execution) -> None:
    record = execution.create()
    predecessor = execution.text("predecessor")
    Payee.objects.create(
        record=record,
        ref=record.ref,
        party=find(Party, execution.arguments["party"]),
        account_name=execution.text("account_name"),
        iban=str(IBAN(execution.text("iban"))),
        bic=execution.text("bic"),
        predecessor=find(Payee, predecessor) if predecessor else None,
        name_warning=cast(str, execution.basis.facts["name_warning"]),
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, today: date) -> Basis:
    payee = find(Payee, arguments["payee"])
    record = payee.record
    return Basis(
        situation=about_suppliers(
            recipient_situation(record.holder_party, None, [record.id], record), payee.party
        ),
        ref=payee.ref,
        holder=record.holder_party,
        record=record,
        facts={
            "party": payee.party.name,
            "account_name": payee.account_name,
            "iban": payee.iban,
            "bic": payee.bic,
            "predecessor": payee.predecessor.iban if payee.predecessor else "",
            "evidence": evidence_facts(record, ("bank_letter",)),
            "name_warning": payee.name_warning,
            **_calls(payee),
        },
        failed=_failed(payee, arguments, today),
        evidence=evidence_kinds(record, arguments),
    )


def _failed(payee: Payee, arguments: Arguments, today: date) -> dict[str, str]:
    failed: dict[str, str] = {}
    recorded, requested = arguments.get("number_recorded_on"), arguments.get("requested_on", "")
    called = cast(str, arguments.get("called_on", ""))
    if recorded is not None and cast(str, recorded) >= cast(str, requested):
        failed["number_older"] = f"{recorded} {requested}"
    if called and not cast(str, requested) <= called <= today.isoformat():
        failed["called_after_request"] = called
    callback = _callback(payee)
    waits = callback is not None and wants_second(callback) and callback.second_verifier_id is None
    if callback is not None and waits:
        failed["second_verifier"] = callback.number_recorded_on.isoformat()
    if not waits:
        failed["second_call_wanted"] = payee.ref
    if callback is not None and called and called < callback.called_on.isoformat():
        failed["called_after_request"] = called
    if payee.verified_on and working_days(payee.verified_on, today, closed_days("UA")) < 1:
        failed["one_working_day"] = payee.verified_on.isoformat()
    return failed


def _callback(payee: Payee) -> PayeeCallback | None:
    """The call that verified the account, the last one where there are several."""
    return payee.callbacks.order_by("-log_seq").first()


def wants_second(callback: PayeeCallback) -> bool:
    """Whether the number was so young at the request that a second person must call it as well."""
    return callback.requested_on - callback.number_recorded_on < timedelta(days=YOUNG_NUMBER_DAYS)


def _calls(payee: Payee) -> dict[str, Canonical]:
    """Who called and when, as the approvers of the activation rely on it."""
    callback = _callback(payee)
    if callback is None:
        return {}
    second = callback.second_verifier
    return {
        "callback_on": callback.called_on.isoformat(),
        "number_recorded_on": callback.number_recorded_on.isoformat(),
        "number_source": callback.number_source,
        "second_verifier": second.name if second else "",
        "verifier": callback.verifier.name,
    }


def _verify(execution: Execution) -> None:
    execution.move()
    payee = find(Payee, execution.arguments["payee"])
    PayeeCallback.objects.create(
        id=str(uuid.uuid4()),
        payee=payee,
        number_source=execution.text("number_source"),
        number_recorded_on=execution.day("number_recorded_on"),
        requested_on=execution.day("requested_on"),
        called_on=execution.day("called_on"),
        spoke_with=execution.text("spoke_with"),
        verifier_id=execution.by_person,
        log_seq=execution.write.seq,
    )
    Payee.objects.filter(pk=payee.pk).update(verified_on=execution.today)


def _confirm_call(execution: Execution) -> None:
    """A second person called the same young number; the working day begins anew."""
    execution.move()
    payee = find(Payee, execution.arguments["payee"])
    callback = _callback(payee)
    assert callback is not None, "what is verified has its call"
    PayeeCallback.objects.filter(pk=callback.pk).update(
        second_verifier_id=execution.by_person,
        second_called_on=execution.day("called_on"),
        second_spoke_with=execution.text("spoke_with"),
    )
    Payee.objects.filter(pk=payee.pk).update(verified_on=execution.today)


def _activate(execution: Execution) -> None:
    """The new account becomes active and its predecessor retires in the same transaction."""
    execution.move()
    payee = find(Payee, execution.arguments["payee"])
    Payee.objects.filter(pk=payee.pk).update(active_on=execution.today)
    before = payee.predecessor
    if before is not None and before.record.state == "active":
        execution.event(before.record, "payee.retire", "retired")


def _move(execution: Execution) -> None:
    execution.move()


register(
    Action(
        "payee.propose",
        (
            a.ref("ref"),
            a.ref("party"),
            a.ref("holder"),
            a.title("account_name"),
            a.text("iban", most=42),
            a.text("bic", required=False, most=11),
            a.ref("predecessor", required=False),
            a.evidence(),
        ),
        _propose_basis,
        _propose,
    )
)
register(
    Action(
        "payee.verify",
        (
            a.ref("payee"),
            a.choice("number_source", SOURCES),
            a.day("number_recorded_on"),
            a.day("requested_on"),
            a.day("called_on"),
            a.title("spoke_with"),
        ),
        _basis,
        _verify,
    )
)
register(
    Action(
        "payee.confirm_call",
        (a.ref("payee"), a.day("called_on"), a.title("spoke_with")),
        _basis,
        _confirm_call,
    )
)
register(Action("payee.activate", (a.ref("payee"),), _basis, _activate))
register(Action("payee.reject", (a.ref("payee"),), _basis, _move))
register(Action("payee.retire", (a.ref("payee"),), _basis, _move))
