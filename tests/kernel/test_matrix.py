"""Who may do what as an auditor reads it: the file and the page say what the functions of the kernel say."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from tranche.kernel.lifecycle import QuorumKey, Role
from tranche.kernel.matrix import COLUMNS, RELATIONS, as_csv, as_markdown, matrix, relations
from tranche.kernel.policy import REACH, Policy
from tranche.kernel.standing import STANDING
from tranche.kernel.transitions import TABLE

ROOT = Path(__file__).parents[2]
POLICY = Policy("first_run")
MAKE = "run tools/make_policy.py and read what changed"
NEAR = {"o": {"own"}, "p": {"own", "party"}, "n": {"named"}, "s": {"self"}, "a": set(RELATIONS)}
"""The relations of the letters that the table of reaches is written in."""


def test_golden_file_is_the_policy() -> None:
    golden = (ROOT / "tests/golden/policy.csv").read_text(encoding="utf-8")

    assert golden == as_csv(matrix(POLICY)), MAKE


def test_page_of_the_documents_is_the_policy() -> None:
    page = (ROOT / "docs/policy.md").read_text(encoding="utf-8")

    assert page.endswith(as_markdown(matrix(POLICY))), MAKE


def test_file_reads_as_it_was_written() -> None:
    lines = matrix(POLICY)

    read = list(csv.reader(StringIO(as_csv(lines))))

    assert read == [list(COLUMNS), *(list(line) for line in lines)]


def test_every_action_can_be_asked_for_by_somebody() -> None:
    asked = {line.action for line in matrix(POLICY) if line.part == "act"}

    assert asked == {row.action for row in (*TABLE, *STANDING)}


def test_relations_are_those_of_the_reach_and_of_no_other_role() -> None:
    for row in (*TABLE, *STANDING):
        reach = REACH[row.action.split(".")[0]]
        for role in Role:
            wanted = NEAR[reach[role]] if role in row.roles and role in reach else set()
            assert set(relations(row.action, role, row.roles)) == wanted, (row.action, role)


def test_what_asks_for_others_names_them_and_what_does_not_names_nobody() -> None:
    for line in matrix(POLICY):
        if line.part == "act":
            assert bool(line.approvals) == (line.quorum != QuorumKey.Q0), line


def test_money_above_a_limit_needs_more_people() -> None:
    release = [line for line in matrix(POLICY) if line.action == "payment.release"]

    assert [line.role for line in release] == ["FM"]
    assert release[0].approvals == "1 RA"
    assert release[0].above_limit_1 == "1 DA + 1 RA"
    assert release[0].above_limit_2 == "2 DA + 2 RA"
    assert release[0].executes == "PY"


def test_approver_of_a_payment_is_not_who_proposed_paid_or_inspected() -> None:
    [release] = [line for line in matrix(POLICY) if line.action == "payment.release"]

    assert {"P@chain", "Y@chain", "I@chain"} <= set(release.approver_not_who.split())
