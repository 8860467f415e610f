"""What a roster can complete, checked against every choice of people tried out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.approval import ApprovalView, Quorum, Ready, Slot, evaluate, may_approve
from tranche.kernel.attainable import can_be_seated, lacking
from tranche.kernel.lifecycle import QuorumKey, Role
from tranche.kernel.money import Money
from tranche.kernel.policy import (
    Actor,
    Allow,
    Deed,
    Denied,
    Deny,
    Grant,
    GrantScope,
    Policy,
    Situation,
    covers,
    decide,
)
from tranche.kernel.transitions import rows_of

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
POLICY = Policy("first_run")
SITUATION = Situation(
    "UA-MOD",
    parties=frozenset({"UA-MOD", "LT-MOD"}),
    named=frozenset({"UA-MOD"}),
    approving="LT-MOD",
    recipient="UA-MOD",
)
RELEASE = rows_of("payment.release")[0]


def grant(role: str, party: str = "UA-MOD", delegator: str = "") -> Grant:
    return Grant(f"{role}@{party}", Role(role), party, NOW - timedelta(days=1), None, delegator=delegator)


def actor(person: str, *grants: Grant) -> Actor:
    return Actor(person, f"login-{person}", "web", grants)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


SMALL = (
    actor("manager", grant("FM")),
    actor("approver", grant("RA")),
    actor("payer", grant("PY")),
    actor("donor", grant("DA", "LT-MOD")),
)


def test_smallest_roster_completes_a_payment_up_to_the_second_limit() -> None:
    for amount in (1, 100_000_001, 2_500_000_000):
        assert lacking(RELEASE, SMALL, SITUATION, eur(amount), POLICY, NOW) is None

    found = lacking(RELEASE, SMALL, SITUATION, eur(2_500_000_001), POLICY, NOW)

    assert found is not None
    assert (found.part, found.wanted, found.there) == ("approver", 2, 1)


def test_whoever_is_missing_is_named() -> None:
    parts = {}
    for away in SMALL:
        found = lacking(
            RELEASE, [one for one in SMALL if one is not away], SITUATION, eur(100_000_001), POLICY, NOW
        )
        assert found is not None
        parts[away.person] = found.part

    assert parts == {
        "manager": "proposer",
        "approver": "approver",
        "payer": "executor",
        "donor": "approver",
    }


def test_one_person_in_two_seats_is_not_enough() -> None:
    both = actor("both", grant("FM"), grant("RA"))
    payer = actor("payer", grant("PY"))

    found = lacking(RELEASE, [both, payer], SITUATION, eur(1), POLICY, NOW)

    assert found is not None
    assert found.part == "distinct"
    assert lacking(RELEASE, [both, payer, SMALL[0]], SITUATION, eur(1), POLICY, NOW) is None


def test_the_payer_may_propose_but_not_approve() -> None:
    pays = actor("pays", grant("FM"), grant("PY"))

    assert lacking(RELEASE, [pays, SMALL[1]], SITUATION, eur(1), POLICY, NOW) is None
    approves = actor("approves", grant("RA"), grant("PY"))
    assert lacking(RELEASE, [SMALL[0], approves], SITUATION, eur(1), POLICY, NOW) is not None


def test_who_gets_power_is_not_counted() -> None:
    row = rows_of("authority.grant")[0]
    operator = actor("operator", grant("OP", "OPS"))
    situation = Situation("", parties=frozenset({"LT-MOD"}), empowered=frozenset({"donor"}))

    assert lacking(row, [operator, SMALL[3]], situation, None, POLICY, NOW) is not None
    other = actor("other", grant("DA", "LT-MOD"))
    assert lacking(row, [operator, SMALL[3], other], situation, None, POLICY, NOW) is None


SEATS = st.lists(
    st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1, max_size=2), max_size=4), max_size=4
)


@given(SEATS)
def test_seating_agrees_with_trying_everything(seats: list[list[frozenset[str]]]) -> None:
    tried = any(sum(map(len, chosen)) == len(frozenset().union(*chosen)) for chosen in product(*seats))

    assert can_be_seated(seats) is tried


def view(person: str, role: str, party: str, delegator: str = "") -> ApprovalView:
    return ApprovalView(person, Role(role), party, standing=True, delegator=delegator)


TWO = Quorum(QuorumKey.QJ, (Slot(frozenset({Role.RECIPIENT_APPROVER}), frozenset({"UA-MOD"}), 2),))


def test_substitute_and_absent_fill_one_place_between_them() -> None:
    lent, own = view("deputy", "RA", "UA-MOD", "chief"), view("chief", "RA", "UA-MOD")

    assert not isinstance(evaluate(TWO, [lent, own]), Ready)
    assert isinstance(evaluate(TWO, [lent, view("third", "RA", "UA-MOD")]), Ready)


def asked(who: Actor, given_approvals: list[ApprovalView], *proposers: str) -> Allow | Deny:
    return may_approve(who, TWO, given_approvals, frozenset(proposers), SITUATION, eur(1), NOW)


def test_nobody_approves_beside_a_substitute_or_for_a_proposer() -> None:
    deputy = actor("deputy", grant("RA", delegator="chief"))
    chief = actor("chief", grant("RA"))

    assert asked(chief, [view("deputy", "RA", "UA-MOD", "chief")]) == Deny(Denied.SUBSTITUTE)
    assert asked(deputy, [view("chief", "RA", "UA-MOD")]) == Deny(Denied.SUBSTITUTE)
    assert asked(deputy, [], "chief") == Deny(Denied.SUBSTITUTE)
    assert asked(chief, [], "deputy", "chief") == Deny(Denied.OWN_PROPOSAL)
    assert isinstance(asked(deputy, [], "manager"), Allow)


def test_what_the_absent_did_excludes_the_substitute() -> None:
    done = Situation(
        "UA-MOD", parties=frozenset({"UA-MOD"}), chain_deeds={Deed.APPROVED: frozenset({"chief"})}
    )
    roles = frozenset({Role.PAYER})
    deputy = actor("deputy", grant("PY", delegator="chief"))

    assert decide(deputy, "payment.release", roles, done, Deed.PAID, NOW) == Deny(
        Denied.CONFLICT, frozenset({Deed.APPROVED})
    )
    own = grant("PY")
    both = actor("deputy", grant("PY", delegator="chief"), own)
    assert decide(both, "payment.release", roles, done, Deed.PAID, NOW) == Allow(own)


def test_scope_of_a_grant() -> None:
    inside = Situation("UA-MOD", programme="P-1", contract="C-1")
    outside = Situation("UA-MOD", programme="P-2", contract="C-2")
    start = NOW - timedelta(days=1)
    scoped = [
        Grant("1", Role.FUND_MANAGER, "UA-MOD", start, None, scope=GrantScope.PROGRAMME, scope_ref="P-1"),
        Grant("2", Role.FUND_MANAGER, "UA-MOD", start, None, scope=GrantScope.CONTRACT, scope_ref="C-1"),
    ]

    assert [covers(row, inside) for row in scoped] == [True, True]
    assert [covers(row, outside) for row in scoped] == [False, False]
    assert covers(grant("FM"), outside)
