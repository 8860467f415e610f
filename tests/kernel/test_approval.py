"""Quorums: by code and amount, filled by distinct standing persons, never by the proposer."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.approval import (
    APPROVAL_PREFIX,
    DECISION_PREFIX,
    QUORUM_MIN,
    ApprovalView,
    Missing,
    Quorum,
    Ready,
    bits_of,
    decision_hash,
    evaluate,
    may_approve,
    quorum_for,
    short_code,
    statement_hash,
)
from tranche.kernel.lifecycle import QuorumKey, Role, Tag
from tranche.kernel.money import Money
from tranche.kernel.policy import Actor, Allow, Deed, Denied, Deny, Grant, Policy, Situation
from tranche.kernel.transitions import TABLE

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
POLICY = Policy("first_run")
SITUATION = Situation("UA-MOD", approving="DK-MOD", recipient="UA-MOD")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def quorum(key: str, role: str = "FM", amount: Money | None = None) -> Quorum:
    return quorum_for(QuorumKey(key), Role(role), amount, SITUATION, POLICY)


def sides(found: Quorum) -> list[tuple[str, str, int]]:
    return [("".join(sorted(slot.roles)), "".join(sorted(slot.parties)), slot.wanted) for slot in found.slots]


def approver(person: str, role: str, party: str, ceiling: Money | None = None) -> Actor:
    grant = Grant(f"g-{person}", Role(role), party, NOW - timedelta(days=1), None, ceiling)
    return Actor(person, f"l-{person}", "web", (grant,))


@pytest.mark.parametrize(
    ("key", "role", "amount", "expected"),
    [
        ("Q0", "FM", None, []),
        ("Q1", "FM", None, [("RA", "UA-MOD", 1)]),
        ("Q1", "IN", None, [("RA", "UA-MOD", 1)]),
        ("Q1", "DO", None, [("DA", "DK-MOD", 1)]),
        ("Q1", "AU", None, [("DARA", "DK-MODUA-MOD", 1)]),
        ("QA", "FM", eur(100_000_000), [("RA", "UA-MOD", 1)]),
        ("QA", "FM", eur(100_000_001), [("DA", "DK-MOD", 1), ("RA", "UA-MOD", 1)]),
        ("QA", "FM", eur(2_500_000_000), [("DA", "DK-MOD", 1), ("RA", "UA-MOD", 1)]),
        ("QA", "FM", eur(2_500_000_001), [("DA", "DK-MOD", 2), ("RA", "UA-MOD", 2)]),
        ("QA", "FM", Money(1, "UAH"), [("DA", "DK-MOD", 1), ("RA", "UA-MOD", 1)]),
        ("QJ", "FM", Money(2_500_000_000, "UAH"), [("DA", "DK-MOD", 1), ("RA", "UA-MOD", 1)]),
        ("QJ", "FM", Money(2_500_000_001, "UAH"), [("DA", "DK-MOD", 2), ("RA", "UA-MOD", 2)]),
        ("QJ", "DO", None, [("DA", "DK-MOD", 1), ("RA", "UA-MOD", 1)]),
        ("QJ", "DO", eur(2_500_000_001), [("DA", "DK-MOD", 2), ("RA", "UA-MOD", 2)]),
        ("QS", "OP", None, [("DARA", "DK-MOD", 1)]),
    ],
)
def test_slots_by_code_and_amount(
    key: str, role: str, amount: Money | None, expected: list[tuple[str, str, int]]
) -> None:
    assert sides(quorum(key, role, amount)) == expected


@pytest.mark.parametrize("row", [r for r in TABLE if r.tags & {Tag.MOVES_MONEY, Tag.GRANTS_AUTHORITY}])
def test_no_money_or_authority_moves_on_fewer_than_two_persons(row: object) -> None:
    for role in row.roles:  # type: ignore[attr-defined]  # a Transition, untyped by parametrize
        found = quorum_for(row.quorum, role, eur(1), SITUATION, POLICY)  # type: ignore[attr-defined]  # as above

        assert 1 + found.approvals >= QUORUM_MIN


def view(person: str, role: str, party: str, *, standing: bool = True) -> ApprovalView:
    return ApprovalView(person, Role(role), party, standing)


BOTH = quorum("QJ")
BIG = quorum("QJ", amount=eur(2_500_000_001))


def test_one_of_each_side_is_ready() -> None:
    assert evaluate(BOTH, [view("d", "DA", "DK-MOD"), view("r", "RA", "UA-MOD")]) == Ready()


@pytest.mark.parametrize(
    "given_approvals",
    [
        [],
        [view("d", "DA", "DK-MOD")],
        [view("d", "DA", "LT-MOD"), view("r", "RA", "UA-MOD")],
        [view("d", "DA", "DK-MOD", standing=False), view("r", "RA", "UA-MOD")],
        [view("d", "RA", "DK-MOD"), view("r", "RA", "UA-MOD")],
        [view("same", "DA", "DK-MOD"), view("same", "RA", "UA-MOD")],
    ],
)
def test_anything_less_is_missing(given_approvals: list[ApprovalView]) -> None:
    assert isinstance(evaluate(BOTH, given_approvals), Missing)


def test_one_person_twice_counts_once() -> None:
    twice = [
        view("d", "DA", "DK-MOD"),
        view("d", "DA", "DK-MOD"),
        view("r", "RA", "UA-MOD"),
        view("s", "RA", "UA-MOD"),
    ]

    missing = evaluate(BIG, twice)

    assert isinstance(missing, Missing)
    assert [(sorted(slot.roles), slot.wanted) for slot in missing.slots] == [([Role.DONOR_APPROVER], 1)]


PEOPLE = st.lists(
    st.builds(
        ApprovalView,
        st.sampled_from("abcdef"),
        st.sampled_from([Role.DONOR_APPROVER, Role.RECIPIENT_APPROVER]),
        st.sampled_from(["DK-MOD", "UA-MOD"]),
        st.booleans(),
    ),
    max_size=8,
)


@given(PEOPLE)
def test_ready_means_enough_distinct_standing_persons(approvals: list[ApprovalView]) -> None:
    if isinstance(evaluate(BIG, approvals), Ready):
        donors = {a.person for a in approvals if a.standing and (a.role, a.party) == ("DA", "DK-MOD")}
        others = {a.person for a in approvals if a.standing and (a.role, a.party) == ("RA", "UA-MOD")}

        assert len(donors) >= 2
        assert len(others) >= 2
        assert len(donors | others) >= 4


@given(PEOPLE, PEOPLE)
def test_more_approvals_never_undo_a_quorum(some: list[ApprovalView], more: list[ApprovalView]) -> None:
    one_role = {a.person: a for a in [*more, *some]}
    base = [a for a in some if one_role[a.person] == a]
    wider = base + [a for a in more if one_role[a.person] == a]

    if isinstance(evaluate(BOTH, base), Ready):
        assert isinstance(evaluate(BOTH, wider), Ready)


def allowed(
    who: Actor, given_approvals: list[ApprovalView], situation: Situation = SITUATION
) -> Allow | Deny:
    return may_approve(who, BOTH, given_approvals, frozenset({"proposer"}), situation, eur(5_000), NOW)


def test_an_entitled_person_may_approve() -> None:
    assert isinstance(allowed(approver("d", "DA", "DK-MOD"), []), Allow)


@pytest.mark.parametrize(
    ("who", "given_approvals", "reason"),
    [
        (approver("proposer", "DA", "DK-MOD"), [], Denied.OWN_PROPOSAL),
        (approver("d", "DA", "DK-MOD"), [view("d", "DA", "DK-MOD")], Denied.ALREADY_APPROVED),
        (approver("d", "DA", "LT-MOD"), [], Denied.WRONG_RELATION),
        (approver("f", "FM", "UA-MOD"), [], Denied.NO_ROLE),
        (approver("e", "DA", "DK-MOD"), [view("d", "DA", "DK-MOD")], Denied.NO_ROLE),
        (approver("d", "DA", "DK-MOD", eur(4_999)), [], Denied.CEILING),
        (approver("d", "DA", "DK-MOD", Money(9_999, "DKK")), [], Denied.CEILING),
        (
            approver("d", "DA", "DK-MOD"),
            [view("x", "DA", "DK-MOD"), view("y", "RA", "UA-MOD")],
            Denied.NOT_NEEDED,
        ),
    ],
)
def test_everybody_else_is_told_why_not(
    who: Actor, given_approvals: list[ApprovalView], reason: Denied
) -> None:
    assert allowed(who, given_approvals) == Deny(reason)


def test_who_proposed_on_the_chain_does_not_approve_on_it() -> None:
    drafted = Situation(
        "UA-MOD", approving="DK-MOD", recipient="UA-MOD", chain_deeds={Deed.PROPOSED: frozenset("d")}
    )

    assert allowed(approver("d", "DA", "DK-MOD"), [], drafted) == Deny(
        Denied.CONFLICT, frozenset({Deed.PROPOSED})
    )


def test_an_inactive_person_does_not_approve() -> None:
    asleep = Actor("d", "l", "web", approver("d", "DA", "DK-MOD").grants, active=False)

    assert allowed(asleep, []) == Deny(Denied.INACTIVE)


def test_hashes_are_bound_to_their_purpose() -> None:
    assert decision_hash(b"{}") == hashlib.sha256(DECISION_PREFIX + b"{}").digest()
    assert statement_hash(b"{}") == hashlib.sha256(APPROVAL_PREFIX + b"{}").digest()
    assert decision_hash(b"{}") != statement_hash(b"{}")


def test_short_code_is_the_first_forty_bits_in_crockford_letters() -> None:
    assert short_code(bytes(32)) == "0000 0000"
    assert short_code(b"\xff" * 32) == "ZZZZ ZZZZ"
    assert short_code(bytes.fromhex("0842108421") + bytes(27)) == "1111 1111"


@pytest.mark.parametrize("digest", [bytes(32), b"\xff" * 32, bytes(range(7, 39))])
def test_short_code_leads_back_however_it_is_typed(digest: bytes) -> None:
    code = short_code(digest)

    assert bits_of(code) == bits_of(code.lower().replace(" ", "")) == digest[:5]
    assert bits_of(code.replace("0", "o").replace("1", "l")) == digest[:5]
    assert bits_of(code[:-1]) == bits_of("UUUU UUUU") == bits_of("") == b""


@given(st.binary(min_size=32, max_size=32))
def test_short_code_reads_back_to_the_first_bytes(digest: bytes) -> None:
    letters = short_code(digest).replace(" ", "")
    value = 0
    for letter in letters:
        value = value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)

    assert value.to_bytes(5, "big") == digest[:5]
