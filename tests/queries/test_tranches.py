"""A tranche tells its stages, procedure, receipts and what others say, and nothing of other tranches."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.office import Office, eur
from tests.story import Told

from tranche.queries.records import NotFound
from tranche.queries.tranches import tranche, tranches

TODAY = date(2025, 3, 31)


def test_list_is_ordered_by_agreement_and_ordinal(told: Told) -> None:
    rows = tranches()

    assert [row.ref for row in rows] == [
        *(f"DK-UA-2024-T{number}" for number in range(1, 5)),
        "LT-UA-2024-T1",
    ]
    assert {row.ref: row.received_minor for row in rows}["DK-UA-2024-T4"] == 39_000_000_000


def test_unknown_tranche_is_not_found(told: Told) -> None:
    with pytest.raises(NotFound):
        tranche("LT-UA-2024-T9", TODAY)


@pytest.mark.parametrize("ref", ["LT-UA-2024-T1", "DK-UA-2024-T1", "DK-UA-2024-T3"])
def test_stages_add_up_to_what_came_also_inside_a_pool(told: Told, ref: str) -> None:
    found = tranche(ref, TODAY)

    assert sum(amount for _, amount in found.stages) == found.row.received_minor == found.row.amount_minor


def test_receipt_is_the_entry_that_the_bank_line_made(told: Told) -> None:
    [receipt] = tranche("LT-UA-2024-T1", TODAY).receipts

    assert receipt.amount_minor == 1_000_000_000
    assert receipt.value_on is not None


def test_steps_name_owner_evidence_and_what_they_wait_for(told: Told) -> None:
    steps = {step.ref[-2:]: step for step in tranche("LT-UA-2024-T1", TODAY).steps}

    assert all(step.state == "done" and step.evidence for step in steps.values())
    assert steps["S1"].after == ()
    assert len(steps["S4"].after) == 2
    assert steps["S1"].owner_ref == "LT-MOD"


def test_linked_claim_stands_beside_the_register(told: Told) -> None:
    [claim] = tranche("LT-UA-2024-T1", TODAY).claims

    assert (claim.state, claim.published, claim.outlet) == (
        "confirmed",
        "2024-11-23",
        "Example press office",
    )
    assert tranche("DK-UA-2024-T1", TODAY).claims == ()


def test_events_name_person_role_decision_log_entry_and_postings(told: Told) -> None:
    receipt = next(
        event for event in tranche("LT-UA-2024-T1", TODAY).events if event.action == "tranche.confirm_receipt"
    )

    assert (receipt.person, receipt.role, receipt.party) == ("ua.manager", "FM", "UA-MOD")
    assert [kind for _, kind in receipt.entries] == ["receive"]
    assert receipt.log_seq > 0


@pytest.mark.usefixtures("sqlite_mechanism")
def test_step_that_is_open_after_its_day_is_late() -> None:
    office = Office()
    office.lithuanian_tranche()
    office.procedure()
    due = tranche("LT-UA-2024-T1", office.today()).steps[0].due_on
    assert due is not None

    late = tranche("LT-UA-2024-T1", due + timedelta(days=3)).steps

    assert (late[0].state, late[0].late_days) == ("todo", 3)
    assert (late[3].state, late[3].late_days) == ("waiting", 0)


@pytest.mark.usefixtures("mechanism")
def test_money_released_back_to_a_tranche_is_not_received_again() -> None:
    office = Office()
    office.allocated(900_000_000)
    office.do(
        "ua.manager",
        "programme.release",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(400_000_000),
        reason="The programme needs less.",
    )

    assert tranches()[0].received_minor == 1_000_000_000
    assert tranche("LT-UA-2024-T1", TODAY).row.received_minor == 1_000_000_000


@pytest.mark.usefixtures("sqlite_mechanism")
def test_tranche_without_money_has_nothing_at_any_stage() -> None:
    office = Office()
    office.lithuanian_tranche()

    found = tranche("LT-UA-2024-T1", office.today())

    assert found.receipts == ()
    assert not any(amount for _, amount in found.stages)
    assert found.steps == ()
