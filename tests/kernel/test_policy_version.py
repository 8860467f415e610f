"""Versions of the policy: the same bytes again, what a change keeps, and never fewer than two persons."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.approval import QUORUM_MIN, quorum_for
from tranche.kernel.lifecycle import Role, Tag
from tranche.kernel.money import Money
from tranche.kernel.policy import Policy, Situation
from tranche.kernel.policy_version import (
    CHANGES_POLICY,
    METHOD_SETS,
    Version,
    Wanted,
    changed,
    decoded,
    differing,
    is_approved,
    refused,
    rules_of,
)
from tranche.kernel.recovery import approved_from, set_refused
from tranche.kernel.standing import STANDING
from tranche.kernel.transitions import TABLE

ROWS = (*TABLE, *STANDING)
RULES = rules_of(ROWS)
FIRST = Version(1, Policy("first_run"), RULES)
SITUATION = Situation(
    owner="UA",
    parties=frozenset({"LT", "UA", "OPS"}),
    approving="LT",
    recipient="UA",
    partners=frozenset({"LT", "UA"}),
    recovering=frozenset({"a", "b", "c"}),
)
AMOUNTS = st.integers(1, 10**15)


def test_a_version_is_read_from_its_own_bytes() -> None:
    assert decoded(FIRST.encoded()) == FIRST
    assert decoded(FIRST.encoded()).sha256 == FIRST.sha256


@given(first=AMOUNTS, second=AMOUNTS, amount=AMOUNTS, methods=st.sampled_from([None, *METHOD_SETS]))
def test_no_change_leads_below_two_persons_nor_back_to_a_password(
    first: int, second: int, amount: int, methods: str | None
) -> None:
    wanted = Wanted(Money(first, "EUR"), Money(second, "EUR"), 7, methods)
    assert ("limits_in_order" in refused(FIRST.policy, wanted)) is (first > second)
    after = changed(FIRST.policy, wanted)

    for row in ROWS:
        if row.tags & {Tag.MOVES_MONEY, Tag.GRANTS_AUTHORITY, Tag.PUBLISHES}:
            role = min(row.roles)
            quorum = quorum_for(row.quorum, role, Money(amount, "EUR"), SITUATION, after)
            assert 1 + quorum.approvals >= QUORUM_MIN, row.action
    strict = changed(after, Wanted(methods="keys"))
    again = changed(strict, Wanted(methods=methods))
    assert (strict.name, "password" in again.methods) == ("strict", False)


def test_a_demonstration_stays_one_whatever_changes() -> None:
    assert changed(Policy("demo", synced_keys=True), Wanted(methods="keys")).name == "demo"


def test_what_differs_is_named_and_denied_but_the_way_to_approve_it() -> None:
    running = RULES | {"hold.place": "0", CHANGES_POLICY: "0", "new.action": "0"}

    assert differing(FIRST.rules, running) == (CHANGES_POLICY, "hold.place", "new.action")
    assert not is_approved("hold.place", FIRST, running)
    assert not is_approved("new.action", FIRST, running)
    assert not is_approved("unknown", FIRST, running)
    assert is_approved("hold.release", FIRST, running)
    assert is_approved(CHANGES_POLICY, FIRST, running)


@pytest.mark.parametrize(
    ("change", "guards"),
    [
        (Wanted(limit_one=Money(5, "DKK")), {"one_currency"}),
        (Wanted(limit_one=Money(5, "DKK"), limit_two=Money(6, "EUR")), {"one_currency"}),
        (Wanted(limit_one=Money(5, "DKK"), limit_two=Money(6, "DKK")), set()),
        (Wanted(limit_two=Money(5, "EUR")), {"limits_in_order"}),
        (Wanted(window_days=60), set()),
    ],
)
def test_limits_have_one_currency_and_one_order(change: Wanted, guards: set[str]) -> None:
    assert set(refused(FIRST.policy, change)) == guards


@pytest.mark.parametrize(
    ("roles", "guards"),
    [
        ({"a": "DO", "b": "FM", "c": "RA"}, set()),
        ({"a": "DO", "b": "FM"}, {"three_persons"}),
        ({"a": "DO", "b": "DA", "c": "DO"}, {"both_sides"}),
        ({"a": "DO", "b": "FM", "c": "AU"}, {"both_sides"}),
        ({}, {"three_persons", "both_sides"}),
    ],
)
def test_the_three_stand_for_both_sides(roles: dict[str, str], guards: set[str]) -> None:
    assert set(set_refused({who: [Role(role)] for who, role in roles.items()})) == guards


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        (date(2024, 9, 2), date(2024, 9, 5)),
        (date(2024, 9, 6), date(2024, 9, 11)),
        (date(2024, 9, 7), date(2024, 9, 11)),
    ],
)
def test_two_whole_working_days_lie_before_an_approval(asked: date, first: date) -> None:
    assert approved_from(asked, frozenset()) == first
