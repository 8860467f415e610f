"""Contributions in kind: agreed by both sides, accepted into a lot, valued beside money, never posted."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.actions.refusing import refused, rows
from tests.office import Office, document, eur
from tests.second import agreed, handed_over, offered, taken_in, valued

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed, NoSuchTransition
from tranche.kernel.refusals import BadArgument, NotAllowed, ReasonWanted
from tranche.ledger.verify import verify
from tranche.models import Decision, InKind, Lot


@pytest.fixture
def office(mechanism: str) -> Office:
    found = Office()
    found.lithuanian_agreement()
    return found


def test_contribution_is_accepted_into_a_lot_and_posts_nothing(office: Office) -> None:
    before = rows()["movement"]
    agreed(office)
    valued(office)
    handed_over(office)
    taken_in(office)

    lot = Lot.objects.get()
    assert (lot.ref, lot.origin, lot.record.state) == ("IK-1-L1", "in_kind", "accepted")
    assert (lot.contract, lot.value_minor, lot.currency) == (None, None, "")
    assert (lot.category, lot.quantity, lot.unit) == ("training_and_equipping", 120, "places")
    assert rows()["movement"] == before


@pytest.mark.by_form("inkind.value")
def test_value_is_no_amount_of_any_decision(office: Office) -> None:
    agreed(office)
    valued(office, minor=30_000_000)
    valued(office, minor=25_000_000)

    values = [row.value_minor for row in InKind.objects.get().values.order_by("version")]
    assert values == [30_000_000, 25_000_000]
    assert not Decision.objects.filter(action__startswith="inkind.", amount_minor__isnull=False).exists()


def test_accepted_contribution_may_be_valued_again_and_nothing_else(office: Office) -> None:
    agreed(office)
    handed_over(office)
    taken_in(office)

    valued(office)

    assert InKind.objects.get().record.state == "accepted"
    refused(NoSuchTransition, lambda: handed_over(office))
    refused(NoSuchTransition, lambda: taken_in(office))


@pytest.mark.parametrize("action", ["hand_over", "accept", "reject", "drop"])
def test_a_lot_in_kind_takes_no_step_of_a_lot_under_a_contract(office: Office, action: str) -> None:
    agreed(office)
    handed_over(office)
    taken_in(office)
    more = {"reject": {"deviation": "late"}, "drop": {"cause": "lost"}}.get(action, {})

    refused(
        NoSuchTransition,
        lambda: office.do(
            "ua.manager", f"lot.{action}", lot="IK-1-L1", reason="It was lost on the way.", **more
        ),
    )


def test_rejected_contribution_is_handed_over_again(office: Office) -> None:
    agreed(office)
    handed_over(office)
    office.do("ua.inspector", "inkind.reject", inkind="IK-1", deviation="quantity")
    assert InKind.objects.get().deviation == "quantity"

    refused(EvidenceMissing, lambda: office.do("lt.officer", "inkind.hand_over", inkind="IK-1"))
    office.do("lt.officer", "inkind.hand_over", inkind="IK-1", evidence=[document("delivery_note", "again")])
    taken_in(office)

    assert InKind.objects.get().record.state == "accepted"


def test_agreement_must_be_signed_and_the_donor_its_donor(office: Office) -> None:
    refused(BadArgument, lambda: _offer(office, donor="SE"))
    office.do(
        "lt.officer",
        "agreement.draft",
        ref="LT-UA-2025",
        title="Not signed",
        kind="memorandum",
        spending_rule="earmark",
        approving_party="LT-MOD",
        recipient="UA-MOD",
        parties=[{"party": "LT", "role": "donor"}],
    )
    _offer(office, agreement="LT-UA-2025")

    error = refused(
        GuardFailed,
        lambda: office.do(
            "lt.officer", "inkind.agree", inkind="IK-1", evidence=[document("signed_text", "no")]
        ),
    )

    assert error.guard == "agreement_signed"


def _offer(office: Office, **changed: Any) -> None:
    arguments: dict[str, Any] = {
        "ref": "IK-1",
        "agreement": "LT-UA-2024",
        "donor": "LT",
        "title": "Vehicles",
        "category": "training_and_equipping",
        "quantity": 5,
        "unit": "unit",
        "country": "LT",
    }
    office.do("lt.officer", "inkind.offer", **(arguments | changed))


@pytest.mark.parametrize("changed", [{"quantity": 0}, {"ref": "A" * 37}, {"category": "money"}])
def test_offer_that_cannot_be_is_refused(office: Office, changed: dict[str, Any]) -> None:
    refused(BadArgument, lambda: _offer(office, **changed))


def test_value_of_tomorrow_is_refused(office: Office) -> None:
    agreed(office)

    refused(
        BadArgument,
        lambda: office.do(
            "lt.officer",
            "inkind.value",
            inkind="IK-1",
            value=eur(5),
            valued_by="expert",
            valued_on="2099-01-01",
            valuer="Office",
        ),
    )


def test_only_a_donor_officer_offers_and_only_an_inspector_accepts(office: Office) -> None:
    refused(NotAllowed, lambda: office.do("dk.officer", "inkind.offer", **_arguments()))
    agreed(office)
    handed_over(office)

    for who in ("lt.officer", "ua.manager", "ua.approver1"):
        refused(
            NotAllowed,
            lambda who=who: office.do(  # type: ignore[misc]  # the loop's name is bound at once
                who, "inkind.accept", inkind="IK-1", evidence=[document("acceptance_act", who)]
            ),
        )


def _arguments() -> dict[str, Any]:
    return {
        "ref": "IK-2",
        "agreement": "LT-UA-2024",
        "donor": "LT",
        "title": "Vehicles",
        "category": "training_and_equipping",
        "quantity": 5,
        "unit": "unit",
        "country": "LT",
    }


@pytest.mark.by_form("inkind.withdraw")
def test_withdrawing_needs_a_reason_and_an_approver(office: Office) -> None:
    offered(office)

    refused(ReasonWanted, lambda: office.do("lt.officer", "inkind.withdraw", inkind="IK-1"))
    office.do("lt.officer", "inkind.withdraw", reason="Given to another state.", inkind="IK-1")
    assert InKind.objects.get().record.state == "offered"
    office.approve("lt.approver", Decision.objects.latest("log_seq").id)

    assert InKind.objects.get().record.state == "withdrawn"


def test_database_refuses_a_lot_that_is_half_in_kind(office: Office) -> None:
    agreed(office)
    handed_over(office)
    taken_in(office)

    for wrong in ({"value_minor": 5}, {"currency": "EUR"}, {"origin": "contract"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Lot.objects.update(**wrong)


def test_books_agree_with_the_register(office: Office) -> None:
    agreed(office)
    handed_over(office)
    taken_in(office)

    assert verify().differences == ()
    InKind.objects.update(quantity=119)
    found = {difference.code for difference in verify().differences}
    assert "register_quantity" in found
