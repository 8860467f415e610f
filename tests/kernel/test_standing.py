"""Actions without a record: sound as shipped, each fault found, and all of them under the policy's hash."""

from __future__ import annotations

import pytest

from tranche.kernel.lifecycle import Defect, EvidenceMissing, Facts, GuardFailed, QuorumKey, Role, Tag, check
from tranche.kernel.policy import REACH
from tranche.kernel.standing import SET_UP, STANDING, check_standing
from tranche.kernel.transitions import ACTIONS, TABLE, rows_of

ROW = STANDING[0]


def test_shipped_rows_have_no_defect() -> None:
    assert check_standing(STANDING) == ()


def test_no_action_both_moves_a_record_and_stands_alone() -> None:
    assert {row.action for row in STANDING} & {row.action for row in TABLE} == set()
    assert {row.action for row in STANDING} | SET_UP <= ACTIONS


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (ROW, "twice"),
        (ROW._replace(action="party.move", target="moved"), "moves a record"),
        (ROW._replace(action="party.pay", tags=frozenset({Tag.MOVES_MONEY})), "money needs QA or QJ"),
        (
            ROW._replace(action="party.book", quorum=QuorumKey.Q0, tags=frozenset({Tag.BOOKS_FACT})),
            "facts and authority need an approver",
        ),
    ],
)
def test_check_finds_a_planted_defect(broken: object, rule: str) -> None:
    found = check_standing([*STANDING, broken])  # type: ignore[list-item]  # a row, untyped by parametrize

    assert Defect(rule, getattr(broken, "action", "")) in found


def test_a_row_asks_for_its_evidence_and_its_guards() -> None:
    row = ROW._replace(evidence=("letter",), guards=("enough",))

    with pytest.raises(EvidenceMissing):
        check(row, Facts(frozenset(), {}))
    with pytest.raises(GuardFailed):
        check(row, Facts(frozenset({"letter"}), {"enough": "1 EUR"}))
    check(row, Facts(frozenset({"letter"}), {"line_free": "not asked"}))


@pytest.mark.parametrize("row", STANDING, ids=lambda row: row.action)
def test_every_role_of_every_row_can_reach_something(row: object) -> None:
    kind, roles = getattr(row, "kind", ""), getattr(row, "roles", frozenset[Role]())

    assert roles
    assert {role.value for role in roles} <= set(REACH[kind])


def test_rows_of_an_action_are_found_in_either_table() -> None:
    assert [row.source for row in rows_of("party.register")] == [""]
    assert {row.source for row in rows_of("tranche.confirm_receipt")} == {"authorised", "sent", "received"}
    assert rows_of("tranche.steal") == ()
