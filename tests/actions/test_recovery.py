"""Recovery: three persons of both sides, two of whom give a role after everybody was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import PEOPLE, Office, roster

from tranche.actions.setup import Roster, set_up
from tranche.kernel.approval import Quorum, Slot
from tranche.kernel.lifecycle import GuardFailed, Role
from tranche.kernel.methods import Method, methods_for
from tranche.kernel.policy import Denied, Policy
from tranche.kernel.refusals import (
    BadArgument,
    ContentChanged,
    DecisionNotOpen,
    Held,
    NotAllowed,
    NoticeRuns,
    NotYours,
)
from tranche.kernel.transitions import rows_of
from tranche.models import Decision, Login, Outbox, RecoveryPerson, RoleGrant, recovery_persons

THREE = ("lt.officer", "ua.manager", "ua.payer")


@pytest.fixture
def office(sqlite_mechanism: Path) -> Office:
    return Office()


@pytest.fixture
def named(office: Office) -> Office:
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **three(*THREE))
    return office


def person(username: str) -> str:
    return str(Login.objects.get(username=username).person_id)


def three(*usernames: str) -> dict[str, str]:
    return dict(zip(("first", "second", "third"), map(person, usernames), strict=True))


def name(office: Office, *usernames: str, who: str = "operator") -> str:
    return office.propose(who, "authority.name_recovery", **three(*usernames)).decision_id


def ask(office: Office, who: str = "ua.inspector", **arguments: Any) -> str:
    """The recipient has nobody left who approves: the inspector asks that another may."""
    given = {"person": person("ua.manager2"), "role": "RA", "party": "UA-MOD"} | arguments
    return office.propose(who, "authority.recover", **given).decision_id


def after_notice(office: Office) -> None:
    office.tick(timedelta(days=3))


def guard(act: Callable[[], object]) -> str:
    return refused(GuardFailed, act).guard


def reason(act: Callable[[], object]) -> Denied:
    return refused(NotAllowed, act).deny.reason


# naming


def test_both_sides_name_three(mechanism: Path) -> None:
    office = Office()
    decision = name(office, *THREE)

    assert office.approve("lt.approver", decision).state == "open"
    assert office.approve("ua.approver1", decision).state == "executed"
    assert {found.name for found in recovery_persons("default")} == set(THREE)


def test_a_new_three_takes_the_place_of_the_old(named: Office) -> None:
    decision = name(named, "dk.officer", "ua.manager", "ua.manager2")
    named.approve("lt.approver", decision)
    named.approve("ua.approver1", decision)

    assert {found.name for found in recovery_persons("default")} == {
        "dk.officer",
        "ua.manager",
        "ua.manager2",
    }
    assert RecoveryPerson.objects.filter(ended_at__isnull=False).count() == 3


@pytest.mark.parametrize(
    ("usernames", "why"),
    [
        (("lt.officer", "lt.officer", "ua.payer"), "three_persons"),
        (("ua.manager", "ua.manager2", "ua.payer"), "both_sides"),
        (("lt.officer", "lt.finance", "dk.officer"), "both_sides"),
        (("lt.officer", "ua.manager", "auditor"), "both_sides"),
        (("lt.officer", "ua.manager", "operator"), "both_sides"),
    ],
)
def test_a_three_that_does_not_stand_for_both_sides_is_refused(
    office: Office, usernames: tuple[str, ...], why: str
) -> None:
    assert guard(lambda: name(office, *usernames)) == why


def test_who_has_left_is_not_named(office: Office) -> None:
    office.do("operator", "authority.deactivate_person", person=person("ua.payer"))

    assert guard(lambda: name(office, *THREE)) == "person_active"


def test_nobody_approves_the_own_naming(office: Office) -> None:
    decision = name(office, "lt.approver", "ua.manager", "ua.payer")

    assert reason(lambda: office.approve("lt.approver", decision)) is Denied.EMPOWERED


def test_only_the_operator_asks_for_it(office: Office) -> None:
    assert reason(lambda: name(office, *THREE, who="ua.approver2")) is Denied.NO_ROLE


def test_the_roster_names_them_at_set_up(sqlite_mechanism: Path) -> None:
    set_up(with_recovery(*THREE), key="k")

    assert {found.name for found in recovery_persons("default")} == set(THREE)


@pytest.mark.parametrize(
    "usernames",
    [
        ("lt.officer",),
        ("ua.manager", "ua.manager2", "ua.payer"),
        ("lt.officer", "ua.manager", "nobody"),
        (*THREE, "lt.officer"),
    ],
)
def test_a_roster_with_another_three_is_refused(sqlite_mechanism: Path, usernames: tuple[str, ...]) -> None:
    with pytest.raises(BadArgument):
        set_up(with_recovery(*usernames), key="k")


def with_recovery(*usernames: str) -> Roster:
    return replace(roster(), recovery=usernames)


# asking, waiting, agreeing


def test_two_of_three_give_a_role_after_the_notice(mechanism: Path) -> None:
    office = Office()
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **three(*THREE))
    decision = ask(office)
    told = set(
        Outbox.objects.filter(kind="recovery_asked").values_list("person__logins__username", flat=True)
    )
    after_notice(office)

    assert told == set(PEOPLE) - {"ua.inspector"}, "everybody but who asks"
    assert office.approve("lt.officer", decision).state == "open"
    assert office.approve("ua.manager", decision).state == "executed"
    given = RoleGrant.objects.get(person_id=person("ua.manager2"), role="RA")
    assert (given.party.ref, given.decision_id) == ("UA-MOD", decision)


@pytest.mark.parametrize("days", [0, 1, 2])
def test_nobody_approves_before_everybody_was_told(named: Office, days: int) -> None:
    decision = ask(named)
    named.tick(timedelta(days=days))

    error = refused(NoticeRuns, lambda: named.approve("lt.officer", decision))

    assert error.from_on.isoformat() == "2024-09-05"


def test_a_weekend_is_no_notice(named: Office) -> None:
    named.now = datetime(2024, 9, 6, 20, tzinfo=named.now.tzinfo)
    decision = ask(named)
    named.now = datetime(2024, 9, 10, 20, tzinfo=named.now.tzinfo)

    refused(NoticeRuns, lambda: named.approve("lt.officer", decision))
    named.tick(timedelta(days=1))

    assert named.approve("lt.officer", decision).state == "open"


@pytest.mark.parametrize("who", ["lt.approver", "ua.approver1", "operator", "dk.officer"])
def test_nobody_else_approves_it(named: Office, who: str) -> None:
    decision = ask(named)
    after_notice(named)

    assert reason(lambda: named.approve(who, decision)) is Denied.NOT_NAMED


def test_who_asks_is_none_of_the_two(named: Office) -> None:
    decision = ask(named, who="ua.payer")
    after_notice(named)

    assert reason(lambda: named.approve("ua.payer", decision)) is Denied.OWN_PROPOSAL


def test_who_gets_the_role_is_none_of_the_two_and_does_not_ask(named: Office) -> None:
    assert reason(lambda: ask(named, who="ua.manager2")) is Denied.EMPOWERED
    decision = ask(named, person=person("ua.manager"), role="PY")
    after_notice(named)

    assert reason(lambda: named.approve("ua.manager", decision)) is Denied.EMPOWERED


def test_one_agrees_once(named: Office) -> None:
    decision = ask(named)
    after_notice(named)
    named.approve("lt.officer", decision)

    assert reason(lambda: named.approve("lt.officer", decision)) is Denied.ALREADY_APPROVED


@pytest.mark.by_form("authority.merge_persons", "authority.name_recovery", "authority.recover")
def test_two_entries_of_one_human_being_agree_once(named: Office) -> None:
    decision = ask(named)
    after_notice(named)
    named.approve("ua.manager", decision)
    merge = {"person": person("ua.manager"), "duplicate": person("ua.payer")}
    named.do("operator", "authority.merge_persons", "lt.approver", **merge)

    with pytest.raises(ContentChanged):
        named.approve("ua.payer", decision)

    assert not RoleGrant.objects.filter(person_id=person("ua.manager2"), role="RA").exists()


@pytest.mark.parametrize("who", THREE)
def test_each_of_the_three_stops_it_at_once(named: Office, who: str) -> None:
    decision = ask(named)

    named.withdraw(who, decision)

    assert Decision.objects.get(pk=decision).state == "withdrawn"
    refused(DecisionNotOpen, lambda: named.approve("lt.officer", decision))


def test_others_do_not_stop_it(named: Office) -> None:
    decision = ask(named)

    refused(NotYours, lambda: named.withdraw("lt.approver", decision))


def test_nothing_is_recovered_before_three_are_named(office: Office) -> None:
    assert guard(lambda: ask(office)) == "recovery_named"


def test_who_is_named_no_more_counts_no_more(named: Office) -> None:
    decision = ask(named)
    after_notice(named)
    named.approve("lt.officer", decision)
    other = name(named, "dk.officer", "ua.manager", "ua.payer")
    named.approve("lt.approver", other)
    named.approve("ua.approver1", other)

    with pytest.raises(ContentChanged):
        named.approve("ua.manager", decision)

    assert Decision.objects.get(pk=decision).state == "void"


def test_roles_that_exclude_each_other_are_not_recovered(named: Office) -> None:
    assert guard(lambda: ask(named, person=person("auditor"))) == "roles_fit"


@pytest.mark.parametrize("argument", ["ceiling", "scope", "scope_ref", "grant"])
def test_it_gives_a_role_and_takes_nothing_else(named: Office, argument: str) -> None:
    refused(BadArgument, lambda: ask(named, **{argument: "contract"}))


def test_it_works_while_everything_is_held(named: Office) -> None:
    review = (named.now.date() + timedelta(days=5)).isoformat()
    named.propose("auditor", "hold.place_all", cause="emergency", review_on=review, reason="All is stopped.")
    new = {"person": person("ua.manager2"), "role": "RA", "party": "UA-MOD"}

    refused(Held, lambda: named.propose("operator", "authority.grant", **new))
    decision = ask(named)
    after_notice(named)
    named.approve("lt.officer", decision)

    assert named.approve("ua.payer", decision).state == "executed"


def test_a_key_signs_where_the_policy_knows_no_password() -> None:
    [row] = rows_of("authority.recover")
    slot = Slot(frozenset(Role), frozenset({"LT-MOD"}), 2, frozenset({"a", "b", "c"}))
    strict = Policy("strict", methods=("webauthn", "totp"))

    assert methods_for(row.action, row.tags, Quorum(row.quorum, (slot,)), strict) == {Method.KEY}
