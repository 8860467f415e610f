"""The policy as data: who changes it, from when it holds, what it voids, and a program with other rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from tests.actions.refusing import allocation, refused
from tests.office import Office, eur

from tranche.actions.policy import (
    first_version,
    in_force,
    policy_sha256,
    running_rules,
    version_in_force,
)
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import BadArgument, ContentChanged, Held, NotAllowed
from tranche.models import Decision, PolicyVersion
from tranche.store import clock


@pytest.fixture
def office(sqlite_mechanism: Path) -> Office:
    return Office()


@pytest.fixture
def funded(office: Office) -> Office:
    office.received()
    office.programme()
    return office


def ask(office: Office, who: str = "ua.approver2", **parameters: Any) -> str:
    tomorrow = {"effective_on": (office.now.date() + timedelta(days=1)).isoformat()}
    return office.propose(who, "authority.change_policy", **(tomorrow | parameters)).decision_id


def guard(act: Callable[[], object]) -> str:
    return refused(GuardFailed, act).guard


def test_a_set_up_mechanism_has_the_policy_of_its_settings(mechanism: Path) -> None:
    Office()
    stored = PolicyVersion.objects.get()

    assert (stored.number, stored.decision_id) == (1, None)
    assert stored.sha256 == policy_sha256() == hashlib.sha256(stored.parameters.encode()).hexdigest()
    assert json.loads(stored.parameters)["policy"]["name"] == "demo"


def test_without_a_row_the_settings_decide(sqlite_mechanism: Path) -> None:
    assert version_in_force() == first_version()


def test_settings_change_nothing_once_a_version_is_stored(sqlite_mechanism: Path) -> None:
    with override_settings(TRANCHE_DEMO=False, TRANCHE_POLICY="strict"):
        Office()
    with override_settings(TRANCHE_DEMO=False, TRANCHE_POLICY="first_run"):
        assert in_force().name == "strict"
    with override_settings(TRANCHE_DEMO=True):
        assert in_force().name == "strict"


def test_the_policy_of_a_demonstration_holds_in_a_demonstration_only(office: Office) -> None:
    with override_settings(TRANCHE_DEMO=False, TRANCHE_POLICY="strict"):
        assert (in_force().name, in_force().synced_keys) == ("strict", False)


def test_both_sides_change_it_and_it_holds_from_its_day_on(mechanism: Path) -> None:
    office = Office()
    before = policy_sha256()

    office.change_policy(limit_one=eur(50_000_000), window_days=60)

    with clock.at(office.now):
        assert policy_sha256() == before
    with clock.at(office.tick(timedelta(days=1)).replace(hour=0, minute=0)):
        assert (in_force().limit_one_minor, in_force().window_days) == (50_000_000, 60)
        assert policy_sha256() == PolicyVersion.objects.get(number=2).sha256


def test_a_lower_limit_asks_for_both_sides_and_a_longer_window_sums_longer(funded: Office) -> None:
    funded.change_policy(limit_one=eur(50_000_000), window_days=60)
    funded.tick(timedelta(days=1))

    assert funded.approve("ua.approver1", allocation(funded, 30_000_000)).state == "executed"
    funded.tick(timedelta(days=45))
    second = allocation(funded, 30_000_000)

    assert funded.approve("ua.approver1", second).state == "open"
    assert funded.approve("lt.approver", second).state == "executed"


def test_what_waited_under_the_old_policy_is_void(funded: Office) -> None:
    waiting = allocation(funded, 50_000_000)
    funded.change_policy(limit_two=eur(2_000_000_000))
    funded.tick(timedelta(days=1))

    with pytest.raises(ContentChanged) as caught:
        funded.approve("ua.approver1", waiting)

    assert caught.value.fields == ("policy",)
    assert Decision.objects.get(pk=waiting).state == "void"


def test_the_sheet_shows_old_and_new(office: Office) -> None:
    decision = Decision.objects.get(pk=ask(office, window_days=60, methods="keys"))
    facts = json.loads(bytes(decision.content))["facts"]

    assert (facts["window_days_before"], facts["window_days_after"]) == (30, 60)
    assert facts["methods_before"] == ["webauthn", "totp", "password"]
    assert facts["methods_after"] == ["webauthn"]
    assert facts["limit_one_before"] == facts["limit_one_after"] == eur(100_000_000)
    assert facts["rules_changed"] == []


@pytest.mark.parametrize("who", ["operator", "ua.manager", "lt.officer", "auditor", "ua.payer"])
def test_only_approvers_ask_for_it(office: Office, who: str) -> None:
    assert refused(NotAllowed, lambda: ask(office, who, window_days=60)).deny.reason is Denied.NO_ROLE


def test_one_side_alone_changes_nothing(office: Office) -> None:
    office.lithuanian_agreement()
    decision = ask(office, window_days=60)

    office.approve("ua.approver1", decision)
    again = refused(NotAllowed, lambda: office.approve("ua.approver2", decision))

    assert again.deny.reason is Denied.OWN_PROPOSAL
    assert not PolicyVersion.objects.filter(number=2).exists()


def test_an_approver_without_an_agreement_does_not_stand_for_a_side(office: Office) -> None:
    office.lithuanian_agreement()
    decision = ask(office, window_days=60)

    error = refused(NotAllowed, lambda: office.approve("dk.approver1", decision))

    assert error.deny.reason is Denied.WRONG_RELATION


def test_not_today_nor_in_the_past(office: Office) -> None:
    today = office.now.date().isoformat()

    assert guard(lambda: ask(office, effective_on=today, window_days=60)) == "effective_later"


def test_its_day_must_still_be_ahead_when_the_last_approver_agrees(office: Office) -> None:
    decision = ask(office, window_days=60)
    office.approve("ua.approver1", decision)
    office.tick(timedelta(days=1))

    assert guard(lambda: office.approve("lt.approver", decision)) == "effective_later"


def test_a_change_of_nothing_is_none(office: Office) -> None:
    assert guard(lambda: ask(office, limit_one=eur(100_000_000))) == "something_new"


def test_the_second_limit_is_not_below_the_first(office: Office) -> None:
    assert guard(lambda: ask(office, limit_one=eur(2_500_000_001))) == "limits_in_order"


def test_limits_have_one_currency(office: Office) -> None:
    crowns = {"amount_minor": 5, "currency": "DKK"}

    assert guard(lambda: ask(office, limit_one=crowns)) == "one_currency"
    assert guard(lambda: ask(office, limit_one=crowns, limit_two=eur(10))) == "one_currency"


@pytest.mark.parametrize(
    "parameters",
    [
        {"window_days": 6},
        {"window_days": 367},
        {"methods": "password"},
        {"key_models": "x"},
        {"key_models": "ANY"},
        {"limit_one": eur(0)},
        {"quorum_min": 1},
    ],
)
def test_no_parameter_goes_below_what_the_rules_allow(office: Office, parameters: dict[str, Any]) -> None:
    refused(BadArgument, lambda: ask(office, **parameters))


def test_models_of_keys_are_named_and_freed_again(office: Office) -> None:
    model = "2fc0579f-8113-47ea-b116-bb5a8db9202a"
    office.change_policy(key_models=f"{model}, {model}")
    office.tick(timedelta(days=1))
    with clock.at(office.now):
        assert in_force().aaguids == (model,)

    office.change_policy(key_models="any")

    with clock.at(office.tick(timedelta(days=1))):
        assert in_force().aaguids == ()


def test_the_change_decided_last_holds(office: Office) -> None:
    office.change_policy(window_days=60, effective_on="2024-09-20")
    office.change_policy(window_days=40, effective_on="2024-09-10")

    for day, days in ((9, 30), (10, 40), (20, 40)):
        with clock.at(office.now.replace(day=day)):
            assert in_force().window_days == days


def test_another_change_that_was_decided_first_voids_the_one_that_waits(office: Office) -> None:
    waiting = ask(office, window_days=60)
    office.change_policy(window_days=40)

    with pytest.raises(ContentChanged) as caught:
        office.approve("ua.approver1", waiting)

    assert "policy_after" in caught.value.fields


def test_a_hold_over_everything_stops_a_change(office: Office) -> None:
    office.propose(
        "auditor",
        "hold.place_all",
        cause="audit",
        review_on=office.now.date().isoformat(),
        reason="The books are looked at.",
    )

    refused(Held, lambda: ask(office, window_days=60))


class TestAnotherProgram:
    """A program whose rules differ from the version in force only proposes them."""

    @pytest.fixture
    def upgraded(self, funded: Office) -> Office:
        """The stored version knows allocations under other rules, and releases not at all."""
        stored = PolicyVersion.objects.get()
        found = json.loads(stored.parameters)
        found["rules"]["programme.allocate"] = "0" * 64
        del found["rules"]["contract.draft"]
        raw = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        PolicyVersion.objects.update(parameters=raw, sha256=hashlib.sha256(raw.encode()).hexdigest())
        return funded

    def test_what_is_new_or_changed_is_denied(self, upgraded: Office) -> None:
        error = refused(NotAllowed, lambda: allocation(upgraded, 5))

        assert error.deny.reason is Denied.NOT_IN_POLICY
        upgraded.programme("P-2")

    def test_what_waited_is_not_carried_out(self, funded: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        waiting = allocation(funded, 5)
        other = running_rules() | {"programme.allocate": "0" * 64}
        monkeypatch.setattr("tranche.actions.policy.running_rules", lambda: other)

        error = refused(NotAllowed, lambda: funded.approve("ua.approver1", waiting))

        assert error.deny.reason is Denied.NOT_IN_POLICY

    @pytest.mark.by_form("authority.change_policy")
    def test_both_sides_take_the_new_rules_over(self, upgraded: Office) -> None:
        decision = Decision.objects.get(pk=ask(upgraded))
        facts = json.loads(bytes(decision.content))["facts"]
        assert facts["rules_changed"] == ["contract.draft", "programme.allocate"]

        upgraded.approve("ua.approver1", decision.id)
        upgraded.approve("lt.approver", decision.id)
        upgraded.tick(timedelta(days=1))

        assert upgraded.approve("ua.approver1", allocation(upgraded, 5)).state == "executed"
