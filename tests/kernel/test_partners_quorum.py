"""The quorum of a joint project: one approver of each partner, and nobody twice."""

from __future__ import annotations

import pytest

from tranche.kernel.approval import ApprovalView, Missing, Ready, evaluate, quorum_for
from tranche.kernel.lifecycle import QuorumKey, Role
from tranche.kernel.policy import Policy, Situation

POLICY = Policy("first_run")


def approvals(*given: str) -> list[ApprovalView]:
    """Written as PERSON:ROLE@PARTY."""
    found = []
    for text in given:
        person, _, grant = text.partition(":")
        role, party = grant.split("@")
        found.append(ApprovalView(person, Role(role), party, standing=True))
    return found


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), ["LT-MOD", "UA-MOD"]),
        (("a:DA@LT-MOD",), ["UA-MOD"]),
        (("a:DA@LT-MOD", "b:DA@LT-MOD"), ["UA-MOD"]),
        (("a:DA@LT-MOD", "b:DA@DK-MOD"), ["UA-MOD"]),
        (("a:DA@LT-MOD", "a:RA@UA-MOD"), ["UA-MOD"]),
        (("a:FM@LT-MOD", "b:RA@UA-MOD"), ["LT-MOD"]),
        (("a:DA@LT-MOD", "b:RA@UA-MOD"), []),
    ],
)
def test_one_approver_of_each_partner(given: tuple[str, ...], missing: list[str]) -> None:
    situation = Situation("UA-MOD", partners=frozenset({"LT-MOD", "UA-MOD"}))
    quorum = quorum_for(QuorumKey.QE, Role.FUND_MANAGER, None, situation, POLICY)

    found = evaluate(quorum, approvals(*given))

    open_slots = found.slots if isinstance(found, Missing) else ()
    assert isinstance(found, Ready) is not bool(missing)
    assert [party for slot in open_slots for party in slot.parties] == missing


def test_project_without_partners_can_be_approved_by_nobody() -> None:
    quorum = quorum_for(QuorumKey.QE, Role.FUND_MANAGER, None, Situation("UA-MOD"), POLICY)

    assert isinstance(evaluate(quorum, approvals("a:DA@LT-MOD", "b:RA@UA-MOD")), Missing)
