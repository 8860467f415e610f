"""Joint projects: one approver of each partner, shares in versions, and every lot in whole units."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import Office, document, eur
from tests.second import PARTNERS, accepted_lot, drafted, joined, running

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed, NoSuchTransition
from tranche.kernel.refusals import BadArgument, NotAllowed, ReasonWanted, UnknownReference
from tranche.models import Decision, Joint, JointOutput, JointShare


@pytest.fixture
def office(mechanism: str) -> Office:
    """On either engine: a contract of the programme with its money."""
    found = Office()
    found.contracted()
    return found


def state() -> str:
    return Joint.objects.get(ref="J-1").record.state


def split(ref: str) -> dict[str, int]:
    return dict(JointOutput.objects.filter(lot__ref=ref).values_list("party__ref", "quantity"))


def test_every_partner_approves_every_step_from_agreed_to_running(office: Office) -> None:
    drafted(office)
    half = office.do(
        "ua.manager", "joint.agree", "ua.approver1", joint="J-1", evidence=[document("signed_text", "j")]
    )
    assert (half.state, state()) == ("open", "draft")
    refused(NotAllowed, lambda: office.approve("ua.approver2", half.decision_id))
    refused(NotAllowed, lambda: office.approve("dk.approver1", half.decision_id))

    office.approve("lt.approver", half.decision_id)
    office.do("lt.officer", "joint.start", "lt.approver", "ua.approver1", joint="J-1")

    assert state() == "running"


def test_lots_are_shared_out_in_whole_units_within_one_of_exact(office: Office) -> None:
    running(office)
    quantities = (1, 1, 2, 7, 3)
    got = {"LT-MOD": 0, "UA-MOD": 0}
    for number, quantity in enumerate(quantities):
        accepted_lot(office, f"L-{number}", quantity)
        one = split(f"L-{number}")
        assert sum(one.values()) == quantity
        got = {partner: got[partner] + one[partner] for partner in got}
        delivered = sum(quantities[: number + 1])
        assert abs(Fraction(delivered * 40, 100) - got["LT-MOD"]) < 1


@pytest.mark.by_form("joint.amend")
def test_new_shares_count_from_their_day_and_leave_earlier_lots_alone(office: Office) -> None:
    running(office)
    accepted_lot(office, "L-1", 10)
    day = (office.now + timedelta(days=2)).date().isoformat()
    amend(office, [{"party": "LT-MOD", "weight": "1"}, {"party": "UA-MOD", "weight": "1"}], day)
    accepted_lot(office, "L-2", 5)
    office.tick(timedelta(days=3))
    accepted_lot(office, "L-3", 10)

    assert split("L-1") == {"LT-MOD": 4, "UA-MOD": 6}
    assert split("L-2") == {"LT-MOD": 2, "UA-MOD": 3}
    assert split("L-3") == {"LT-MOD": 5, "UA-MOD": 5}
    versions = JointOutput.objects.order_by("lot__ref").values_list("share_version", flat=True)
    assert list(versions) == [1, 1, 1, 1, 2, 2]


def amend(
    office: Office,
    partners: list[dict[str, str]],
    valid_from: str,
    *approvers: str,
    cause: str = "shares",
    who: str = "ua.manager",
) -> str:
    return office.do(
        who,
        "joint.amend",
        *(approvers or ("lt.approver", "ua.approver1")),
        joint="J-1",
        share_cause=cause,
        partners=partners,
        valid_from=valid_from,
        evidence=[document("amendment", valid_from + cause)],
    ).state


def test_shares_never_reach_back_over_an_accepted_lot_or_the_shares_before(office: Office) -> None:
    running(office)
    early = refused(GuardFailed, lambda: amend(office, PARTNERS, "2024-09-02"))
    office.tick(timedelta(days=3))
    accepted_lot(office, "L-1", 10)
    late = refused(GuardFailed, lambda: amend(office, PARTNERS, office.now.date().isoformat()))

    assert {early.guard, late.guard} == {"after_last_lot"}


def test_who_enters_and_who_leaves_signs_and_who_is_expelled_does_not(office: Office) -> None:
    running(office)
    three = [*PARTNERS, {"party": "DK-MOD", "weight": "10"}]
    assert amend(office, three, "2024-10-01") == "open"
    waiting = Decision.objects.get(action="joint.amend", state="open")
    office.approve("dk.approver1", waiting.id)
    assert JointShare.objects.filter(version=2).count() == 3

    leaving = amend(office, PARTNERS, "2024-10-02", cause="exit")
    expelled = amend(office, PARTNERS, "2024-10-03", cause="breach")

    assert (leaving, expelled) == ("open", "executed")
    assert {row.cause for row in JointShare.objects.filter(version=3)} == {"breach"}


def test_breach_only_expels(office: Office) -> None:
    running(office)

    refused(BadArgument, lambda: amend(office, PARTNERS, "2024-10-01", cause="breach"))
    refused(
        BadArgument,
        lambda: amend(
            office, [PARTNERS[0], {"party": "DK-MOD", "weight": "1"}], "2024-10-01", cause="breach"
        ),
    )


def test_one_of_two_partners_may_be_expelled_and_the_project_wound_up(office: Office) -> None:
    running(office)

    assert amend(office, [PARTNERS[1]], "2024-10-01", "ua.approver1", cause="breach") == "executed"
    alone = refused(GuardFailed, lambda: amend(office, [PARTNERS[1]], "2024-10-05", "ua.approver1"))
    office.do("ua.manager", "joint.wind_up", "ua.approver1", joint="J-1", reason="The partner is gone.")

    assert alone.guard == "two_partners"
    assert state() == "closing"


def test_start_waits_for_money_and_for_the_day_of_the_shares(mechanism: str) -> None:
    office = Office()
    office.received()
    office.programme()
    joined(office)

    error = refused(GuardFailed, lambda: office.do("ua.manager", "joint.start", joint="J-1"))

    assert error.guard == "money_there"


def test_shares_of_a_later_day_do_not_start(office: Office) -> None:
    _draft(office, valid_from="2030-01-01")
    office.do(
        "ua.manager",
        "joint.agree",
        "lt.approver",
        "ua.approver1",
        joint="J-1",
        evidence=[document("signed_text", "j")],
    )

    error = refused(GuardFailed, lambda: office.do("ua.manager", "joint.start", joint="J-1"))

    assert error.guard == "shares_in_force"


def test_project_with_money_is_wound_up_and_not_withdrawn(office: Office) -> None:
    joined(office)

    error = refused(
        GuardFailed, lambda: office.do("ua.manager", "joint.withdraw", joint="J-1", reason="Not wanted now.")
    )

    assert error.guard == "no_money_yet"


def test_closing_waits_for_contracts_and_balances(office: Office) -> None:
    running(office)
    refused(ReasonWanted, lambda: office.do("ua.manager", "joint.wind_up", joint="J-1"))
    office.do(
        "ua.manager", "joint.wind_up", "lt.approver", "ua.approver1", joint="J-1", reason="All is delivered."
    )

    refused(EvidenceMissing, lambda: office.do("ua.manager", "joint.close", joint="J-1"))
    error = refused(GuardFailed, lambda: _close(office))

    assert error.guard == "no_live_contract"
    refused(NoSuchTransition, lambda: amend(office, PARTNERS, "2024-12-01"))


def _close(office: Office) -> None:
    office.do(
        "ua.manager",
        "joint.close",
        "lt.approver",
        "ua.approver1",
        joint="J-1",
        evidence=[document("final_report", "j")],
    )


@pytest.mark.by_form(
    "joint.agree", "joint.close", "joint.draft", "joint.start", "joint.wind_up", "programme.release"
)
def test_project_of_released_money_is_closed(mechanism: str) -> None:
    office = Office()
    office.allocated()
    running(office)
    office.do(
        "ua.manager", "joint.wind_up", "lt.approver", "ua.approver1", joint="J-1", reason="Nothing is bought."
    )
    held = refused(GuardFailed, lambda: _close(office))
    office.do(
        "ua.manager",
        "programme.release",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(900_000_000),
        reason="The project ends without a contract.",
    )
    _close(office)

    assert held.guard == "balance_zero"
    assert state() == "closed"


@pytest.mark.by_form("joint.withdraw")
def test_draft_before_money_is_withdrawn_by_every_partner(mechanism: str) -> None:
    office = Office()
    office.lithuanian_agreement()
    office.programme()
    drafted(office)

    office.do(
        "ua.manager", "joint.withdraw", "lt.approver", "ua.approver1", joint="J-1", reason="Not wanted now."
    )

    assert state() == "withdrawn"
    drafted(office, "J-2")


def _draft(office: Office, **changed: Any) -> None:
    arguments: dict[str, Any] = {
        "ref": "J-1",
        "programme": "P-1",
        "title": "Made together",
        "output_rule": "by_share",
        "partners": PARTNERS,
        "valid_from": "2024-09-02",
    }
    office.do("ua.manager", "joint.draft", **(arguments | changed))


@pytest.mark.parametrize(
    ("partners", "guard"),
    [
        ([PARTNERS[0]], "two_partners"),
        ([*PARTNERS, {"party": "SE", "weight": "5"}], "partners_have_approvers"),
    ],
)
def test_project_that_could_never_be_agreed_is_refused(
    office: Office, partners: list[dict[str, str]], guard: str
) -> None:
    error = refused(GuardFailed, lambda: _draft(office, partners=partners))

    assert error.guard == guard


def test_programme_has_one_live_project(office: Office) -> None:
    drafted(office)

    error = refused(GuardFailed, lambda: drafted(office, "J-2"))

    assert (error.guard, error.why) == ("one_project", "J-1")


@pytest.mark.parametrize(
    "row",
    [
        {"party": "LT-MOD"},
        {"party": "LT-MOD", "weight": "0"},
        {"party": "LT-MOD", "weight": "-1"},
        {"party": "LT-MOD", "weight": "1.5"},
        {"party": "LT-MOD", "weight": "9" * 17},
        {"party": "LT-MOD", "weight": "9" * 16},
        {"party": "LT-MOD", "weight": "1", "site": "x"},
        {"party": "LT-MOD", "weight": "1", "due_minor": "5"},
        {"party": "LT-MOD", "weight": "1", "due_minor": "x", "currency": "EUR"},
        {"party": "UA-MOD", "weight": "1"},
    ],
)
def test_share_that_is_none_is_refused(office: Office, row: dict[str, str]) -> None:
    refused(BadArgument, lambda: _draft(office, partners=[PARTNERS[1], row]))


def test_partner_that_nobody_knows_is_refused(office: Office) -> None:
    partners = [*PARTNERS, {"party": "XX-MOD", "weight": "1"}]

    refused(UnknownReference, lambda: _draft(office, partners=partners))


def test_officer_of_no_partner_does_not_draft(office: Office) -> None:
    arguments: dict[str, Any] = {
        "ref": "J-1",
        "programme": "P-1",
        "title": "Made together",
        "output_rule": "by_share",
        "partners": PARTNERS,
        "valid_from": "2024-09-02",
    }

    refused(NotAllowed, lambda: office.do("dk.officer", "joint.draft", **arguments))


def test_lots_of_a_programme_without_a_project_are_nobodys(office: Office) -> None:
    joined(office)
    accepted_lot(office, "L-1", 10)

    assert JointOutput.objects.count() == 0
