"""Decisions as a reader asks for them: what the register shows agrees with what would be enforced."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from tests.actions.test_authority import person
from tests.office import Office, document, eur

from tranche.actions.carry_out import check, quorum_of
from tranche.kernel.approval import short_code
from tranche.kernel.lifecycle import Role
from tranche.kernel.money import Money
from tranche.models import Decision, Interest
from tranche.queries import decisions
from tranche.queries.inbox import waiting_count
from tranche.store import clock

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


def shown_slots(decision_id: str, office: Office) -> list[object]:
    with clock.at(office.now):
        row = next(row for row in decisions.open_rows() if row.id == decision_id)
    return sorted(row.missing, key=str)


def enforced_slots(decision_id: str, office: Office) -> list[object]:
    found = Decision.objects.get(pk=decision_id)
    return sorted(quorum_of(found, check(found, office.now), office.now).slots, key=str)


def test_who_is_needed_is_what_will_be_enforced(office: Office) -> None:
    """Every kind of record of the first path, before anybody approved."""
    office.contracted()
    office.lot("LOT-1", 100_000_000)
    line = office.bank_line(100, "x")
    proposals: dict[str, dict[str, Any]] = {
        "programme.allocate": {"programme": "P-1", "funding": "LT-UA-2024-T1", "amount": eur(100)},
        "programme.release": {"programme": "P-1", "funding": "LT-UA-2024-T1", "amount": eur(100)},
        "contract.release": {"contract": "C-1", "amount": eur(100)},
        "tranche.confirm_receipt": {"tranche": "LT-UA-2024-T1", "line": line},
        "lot.drop": {"lot": "LOT-1", "cause": "lost"},
        "milestone.cancel": {"milestone": "C-1-M1"},
        "priority.set": {
            "ref": "PRIO-1",
            "holder": "UA-MOD",
            "year": 2025,
            "category": "production",
            "title": "A need",
            "amount": eur(100),
            "evidence": [document("document")],
        },
    }

    compared = []
    for action, arguments in proposals.items():
        outcome = office.propose("ua.manager", action, reason="a reason of some length", **arguments)
        compared.append(action)
        assert shown_slots(outcome.decision_id, office) == enforced_slots(outcome.decision_id, office), action
    assert len(compared) == 7


def test_slots_above_the_second_limit_want_two_of_each_side(office: Office) -> None:
    office.danish_pool()
    outcome = office.propose(
        "ua.manager",
        "programme.allocate",
        programme="P-DK",
        funding="DK-UA-2024-POOL",
        amount=eur(2_500_000_001),
    )

    assert [slot.wanted for slot in shown_slots(outcome.decision_id, office)] == [2, 2]  # type: ignore[attr-defined]
    assert shown_slots(outcome.decision_id, office) == enforced_slots(outcome.decision_id, office)


def test_decision_is_shown_from_its_stored_bytes(office: Office) -> None:
    office.received()
    office.programme()
    outcome = office.propose(
        "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=eur(5)
    )

    found = decisions.decision(outcome.decision_id)

    stored = Decision.objects.get(pk=outcome.decision_id)
    assert found.content.encode() == bytes(stored.content)
    assert found.row.short_code == short_code(bytes(stored.hash))
    assert found.row.amount == Money(5, "EUR")
    assert found.facts["funding"] == "LT-UA-2024-T1"
    assert found.records == (("P-1", 2),)
    assert found.log_seqs == (outcome.log_seq,)


def test_approvals_postings_and_log_entries_are_named_after_execution(office: Office) -> None:
    office.received()
    office.programme()
    outcome = office.do(
        "ua.manager",
        "programme.allocate",
        "lt.approver",
        "ua.approver1",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount=eur(500_000_000),
    )

    found = decisions.decision(outcome.decision_id)

    assert [(row.person, row.role, row.party, row.verdict) for row in found.approvals] == [
        ("lt.approver", "DA", "LT-MOD", "approve"),
        ("ua.approver1", "RA", "UA-MOD", "approve"),
    ]
    assert found.row.state == "executed"
    assert found.row.missing == ()
    assert len(found.entries) == 1
    assert found.log_seqs[-1] >= outcome.log_seq


def test_reason_of_a_rejection_is_kept(office: Office) -> None:
    office.received()
    office.programme()
    outcome = office.propose(
        "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=eur(5)
    )
    office.approve("ua.approver1", outcome.decision_id, verdict="reject", reason="Not this programme.")

    found = decisions.decision(outcome.decision_id)

    assert [row.reason for row in found.approvals] == ["Not this programme."]
    assert found.end_reason == "Not this programme."


def test_waiting_count_asks_role_party_authorship_and_what_is_given(office: Office) -> None:
    office.received()
    office.programme()
    outcome = office.propose(
        "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=eur(500_000_000)
    )
    counts = {who: waiting_count(office.who(who), office.now) for who in PEOPLE}
    office.approve("lt.approver", outcome.decision_id)

    assert counts == {
        "lt.approver": 1,
        "dk.approver1": 0,
        "ua.approver1": 1,
        "ua.manager": 0,
        "ua.payer": 0,
        "auditor": 0,
    }
    assert waiting_count(office.who("lt.approver"), office.now) == 0


def asked(office: Office, who: str) -> list[str]:
    return [row.id for row in decisions.for_person(office.who(who), office.now)]


def test_nobody_is_asked_whose_own_deed_stands_in_the_way(office: Office) -> None:
    """Who called the payee may release other money, and never what makes the account an active one."""
    office.contracted()
    office.propose_account()
    called = {
        "number_source": "contract",
        "number_recorded_on": "2024-01-01",
        "requested_on": "2024-09-01",
        "called_on": "2024-09-02",
        "spoke_with": "The accountant",
    }
    office.do("ua.approver1", "payee.verify", payee="PA-2", **called)
    office.tick(timedelta(days=4))
    waiting = office.propose("ua.manager", "payee.activate", payee="PA-2").decision_id

    assert asked(office, "ua.approver1") == []
    assert asked(office, "ua.approver2") == [waiting]
    assert waiting_count(office.who("ua.approver1"), office.now) == 0


def test_who_turned_out_to_have_proposed_it_is_not_asked(office: Office) -> None:
    """Two entries that are one human being, which shows while the decision waits."""
    office.danish_pool()
    name = {"person": person("ua.approver1"), "duplicate": person("ua.manager")}
    waiting = office.propose(
        "ua.manager",
        "programme.allocate",
        programme="P-DK",
        funding="DK-UA-2024-POOL",
        amount=eur(5),
    ).decision_id
    assert asked(office, "ua.approver1") == [waiting]

    office.do("operator", "authority.merge_persons", "dk.approver1", **name)

    assert asked(office, "ua.approver1") == []
    assert asked(office, "ua.approver2") == [waiting]


@pytest.mark.parametrize("ends", ["by its own day", "by a decision", "not at all"])
def test_who_was_kept_out_by_an_interest_is_asked_when_that_is_over(office: Office, ends: str) -> None:
    office.verified()
    office.draft_payment()
    until = (office.now.date() + timedelta(days=2)).isoformat() if ends == "by its own day" else None
    tie = {"party": "MFR-1", "kind": "family", "from_on": "2024-01-01"} | ({"to_on": until} if until else {})
    office.propose("ua.approver1", "register.declare_interest", **tie)
    office.propose("ua.approver1", "register.declare_interest", **tie | {"party": "MFR-2"})
    waiting = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id
    before = asked(office, "ua.approver1")
    if ends == "by a decision":
        tied = str(Interest.objects.get(party__ref="MFR-1").id)
        reason = "The cousin has left the firm."
        office.do("ua.manager2", "register.end_interest", "ua.approver2", interest=tied, reason=reason)

    office.tick(timedelta(days=3))

    over = [] if ends == "not at all" else [waiting]
    assert (before, asked(office, "ua.approver1"), asked(office, "ua.approver2")) == ([], over, [waiting])
    if over:
        office.approve("ua.approver1", waiting)


def test_an_executor_is_asked_once_every_slot_is_filled(office: Office) -> None:
    office.verified()
    office.draft_payment()
    waiting = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id

    assert asked(office, "ua.payer") == []

    for who in ("lt.approver", "ua.approver1"):
        if waiting in asked(office, who):
            office.approve(who, waiting)

    assert asked(office, "ua.payer") == [waiting]
    assert [asked(office, who) for who in ("lt.approver", "ua.approver1", "ua.approver2")] == [[], [], []]


def test_a_quorum_that_has_grown_is_shown_as_it_is(office: Office) -> None:
    """A later decision that was carried out first adds up with an earlier one."""
    office.verified()
    for ref in ("PAY-1", "PAY-2"):
        office.draft_payment(ref, 60_000_000)
    first = office.propose("ua.manager", "payment.release", payment="PAY-1").decision_id
    assert len(shown_slots(first, office)) == 1
    second = office.do(
        "ua.manager", "payment.release", "ua.approver1", "lt.approver", payment="PAY-2"
    ).decision_id
    office.execute("ua.payer", second)
    office.approve("ua.approver1", first)

    with clock.at(office.now):
        row = next(row for row in decisions.open_rows() if row.id == first)
    assert [(slot.roles, slot.wanted) for slot in row.missing] == [(frozenset({Role.DONOR_APPROVER}), 1)]
    assert asked(office, "lt.approver") == [first]


PEOPLE = ("lt.approver", "dk.approver1", "ua.approver1", "ua.manager", "ua.payer", "auditor")


def test_unknown_decision_is_an_error() -> None:
    with pytest.raises(decisions.UnknownDecision):
        decisions.decision(str(uuid.uuid4()))


@pytest.fixture
def office() -> Office:
    return Office()


def test_decision_is_found_by_its_short_code_as_people_type_it(office: Office) -> None:
    office.received()
    office.programme()
    waiting = office.propose(
        "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=eur(100)
    ).decision_id
    code = short_code(bytes(Decision.objects.get(pk=waiting).hash))

    for typed in (code, code.replace(" ", "").lower(), code.replace(" ", "-").replace("0", "O")):
        assert decisions.find("", typed, still_open=True) == (waiting,)
    assert decisions.find("", "0" * 8, still_open=True) == ()
