"""Who may do what: reach, conflicts between deeds, and roles that one person never holds together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import (
    CONFLICTS,
    REACH,
    Actor,
    Allow,
    Deed,
    Denied,
    Deny,
    Grant,
    Policy,
    Scope,
    Situation,
    conflicts,
    decide,
    static_conflict,
)
from tranche.kernel.standing import OF_THE_LOG
from tranche.kernel.transitions import ACTIONS, DECISION_ACTIONS, TABLE

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
FM = frozenset({Role.FUND_MANAGER})


def grant(
    role: str, party: str, *, from_at: datetime = NOW - timedelta(days=1), to_at: datetime | None = None
) -> Grant:
    return Grant(f"{role}@{party}", Role(role), party, from_at, to_at)


def actor(*grants: Grant, person: str = "anna", active: bool = True) -> Actor:
    return Actor(person, f"login-{person}", "web", grants, active)


SITUATION = Situation(
    owner="UA-MOD", parties=frozenset({"DK-MOD", "UA-MOD"}), named=frozenset({"UA-MOD"}), recipient="UA-MOD"
)


def test_fund_manager_of_the_owner_may_allocate() -> None:
    mine = grant("FM", "UA-MOD")

    assert decide(actor(mine), "programme.allocate", FM, SITUATION, Deed.PROPOSED, NOW) == Allow(mine)


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (actor(), Denied.NO_ROLE),
        (actor(grant("RA", "UA-MOD")), Denied.NO_ROLE),
        (actor(grant("FM", "XX-MOD")), Denied.WRONG_RELATION),
        (actor(grant("FM", "UA-MOD"), active=False), Denied.INACTIVE),
        (actor(grant("FM", "UA-MOD", to_at=NOW)), Denied.NO_ROLE),
        (actor(grant("FM", "UA-MOD", from_at=NOW + timedelta(seconds=1))), Denied.NO_ROLE),
    ],
)
def test_others_may_not_allocate(who: Actor, reason: Denied) -> None:
    assert decide(who, "programme.allocate", FM, SITUATION, Deed.PROPOSED, NOW) == Deny(reason)


def test_a_donor_reaches_agreements_it_is_party_to_and_no_other() -> None:
    roles = frozenset({Role.DONOR_OFFICER})

    inside = decide(actor(grant("DO", "DK-MOD")), "tranche.announce", roles, SITUATION, Deed.PROPOSED, NOW)
    outside = decide(actor(grant("DO", "LT-MOD")), "tranche.announce", roles, SITUATION, Deed.PROPOSED, NOW)

    assert isinstance(inside, Allow)
    assert outside == Deny(Denied.WRONG_RELATION)


def test_a_step_belongs_to_its_owner_alone() -> None:
    step = Situation(owner="LT-FIN", parties=frozenset({"LT-MOD", "LT-FIN"}), named=frozenset({"LT-FIN"}))
    roles = frozenset({Role.DONOR_OFFICER})

    assert isinstance(
        decide(actor(grant("DO", "LT-FIN")), "step.complete", roles, step, Deed.PROPOSED, NOW), Allow
    )
    assert isinstance(
        decide(actor(grant("DO", "LT-MOD")), "step.complete", roles, step, Deed.PROPOSED, NOW), Deny
    )


def test_an_unknown_family_reaches_nothing() -> None:
    assert decide(actor(grant("FM", "UA-MOD")), "money.print", FM, SITUATION, Deed.PROPOSED, NOW) == Deny(
        Denied.WRONG_RELATION
    )


def test_conflicts_are_symmetric() -> None:
    assert all((b, a, scope) in CONFLICTS for a, b, scope in CONFLICTS)


@pytest.mark.parametrize(("done", "new", "scope"), sorted(CONFLICTS))
def test_each_conflict_bites_in_its_scope_and_for_that_person_only(
    done: Deed, new: Deed, scope: Scope
) -> None:
    deeds = {done: frozenset({"anna"})}
    chain = Situation("X", chain_deeds=deeds) if scope is Scope.CHAIN else Situation("X", record_deeds=deeds)

    assert done in conflicts(frozenset({"anna"}), chain, new)
    assert conflicts(frozenset({"boris"}), chain, new) == frozenset()


def test_a_record_conflict_does_not_reach_along_the_chain() -> None:
    elsewhere = Situation("X", chain_deeds={Deed.VERIFIED: frozenset({"anna"})})

    assert conflicts(frozenset({"anna"}), elsewhere, Deed.APPROVED) == frozenset()


def test_the_inspector_of_a_chain_does_not_propose_on_it() -> None:
    inspected = Situation(
        "UA-MOD",
        parties=frozenset({"UA-MOD"}),
        chain_deeds={Deed.INSPECTED: frozenset({"anna"})},
    )

    denied = decide(actor(grant("FM", "UA-MOD")), "payment.draft", FM, inspected, Deed.PROPOSED, NOW)

    assert denied == Deny(Denied.CONFLICT, frozenset({Deed.INSPECTED}))


def test_declared_interest_keeps_a_person_out_whatever_the_role() -> None:
    mine = Situation(owner="UA-MOD", parties=frozenset({"UA-MOD"}), interested=frozenset({"anna"}))
    others = Situation(owner="UA-MOD", parties=frozenset({"UA-MOD"}), interested=frozenset({"petro"}))
    manager = actor(grant("FM", "UA-MOD"))

    denied = decide(manager, "payment.draft", FM, mine, Deed.PROPOSED, NOW)

    assert denied == Deny(Denied.INTEREST)
    assert isinstance(decide(manager, "payment.draft", FM, others, Deed.PROPOSED, NOW), Allow)


@pytest.mark.parametrize(
    ("done", "deed"),
    [(Deed.VERIFIED, Deed.VERIFIED), (Deed.FILED, Deed.VERIFIED), (Deed.FILED, Deed.JUDGED)],
)
def test_who_filed_or_verified_neither_verifies_nor_judges(done: Deed, deed: Deed) -> None:
    record = Situation(owner="UA-MOD", record_deeds={done: frozenset({"anna"})})

    assert conflicts(frozenset({"anna"}), record, deed) == frozenset({done})
    assert conflicts(frozenset({"petro"}), record, deed) == frozenset()


@pytest.mark.parametrize(
    ("roles", "refused"),
    [
        ("FM PY", False),
        ("DO DA", False),
        ("IN FM", False),
        ("OP FM", True),
        ("AU IN", True),
        ("OP", False),
        ("DO FM", True),
        ("DA RA", True),
    ],
)
def test_roles_that_exclude_each_other(roles: str, refused: bool) -> None:
    assert static_conflict(frozenset(Role(code) for code in roles.split())) is refused


def test_every_action_belongs_to_a_family_with_a_reach() -> None:
    set_up = {"system.setup", "authority.grant"}

    for action in ACTIONS - DECISION_ACTIONS - OF_THE_LOG - set_up:
        assert action.split(".")[0] in REACH, action


def test_every_role_of_every_row_can_reach_something() -> None:
    for row in TABLE:
        for role in row.roles:
            assert role.value in REACH[row.kind], (row.action, role)


def test_policy_names_its_whole_content() -> None:
    written = Policy("first_run").as_canonical()

    assert written["limit_one_minor"] == 100_000_000
    assert written["limit_two_minor"] == 2_500_000_000
    assert "P-A@chain" in written["conflicts"]  # type: ignore[operator]  # a list of text
