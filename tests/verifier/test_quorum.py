"""What was carried out had the approvals that the action wants at least, over the amount that it moved."""

from __future__ import annotations

import pytest
from tests.verifier.given import checked
from tests.verifier.minilog import MiniLog, approval, content, decided

from tranche.kernel.approval import decision_hash
from tranche.kernel.canonical import Canonical
from tranche.verifier.report import Verdict

EUR: dict[str, Canonical] = {"amount_minor": 1000, "currency": "EUR"}


def log(action: str, *roles: str, said: dict[str, Canonical] | None = None, **changes: Canonical) -> MiniLog:
    """A log in which these people, one of each role, approved an action that was carried out."""
    text = content(action=action, **changes)
    sha256 = decision_hash(text.encode()).hex()
    approvals: list[Canonical] = [
        approval(sha256, f"P-{number}", role=role) for number, role in enumerate(roles, 2)
    ]
    fields = decided(
        kind=action,
        content=text,
        decision={"action": action, "id": "D-1", "sha256": sha256, "policy": "x"},
        approvals=approvals,
        amount=said or EUR,
    )
    return MiniLog().add(action, fields)


@pytest.mark.parametrize(
    ("action", "roles", "is_enough"),
    [
        ("tranche.confirm_receipt", ("RA",), True),
        ("tranche.confirm_receipt", (), False),
        ("party.register", (), True),
        ("period.close", (), False),
        ("authority.change_policy", ("DA", "RA"), True),
        ("authority.change_policy", ("DA", "DA"), False),
        ("authority.change_policy", ("RA",), False),
        ("authority.recover", ("OP", "AU"), True),
        ("authority.recover", ("OP",), False),
    ],
)
def test_as_many_approved_as_the_action_wants_at_least(
    action: str, roles: tuple[str, ...], is_enough: bool
) -> None:
    report = checked(log(action, *roles).whole())

    assert report.verdict == (Verdict.VALID if is_enough else Verdict.INVALID)
    assert is_enough or "approvals in" not in report.findings[0].what
    assert is_enough or report.findings[0].step == "approvals"


def test_a_proposer_is_nobody_else() -> None:
    report = checked(log("period.close", "RA", proposer="P-2").whole())

    assert report.verdict == Verdict.INVALID


def test_the_amount_is_one_that_was_approved() -> None:
    facts: dict[str, Canonical] = {"planned": EUR, "amount": {"amount_minor": 5, "currency": "UAH"}}
    other: dict[str, Canonical] = {"amount_minor": 1001, "currency": "EUR"}

    assert checked(log("period.close", "RA", facts=facts).whole()).verdict == Verdict.VALID
    assert checked(log("period.close", "RA", facts=facts, said=other).whole()).verdict == Verdict.INVALID


def test_a_rejection_is_no_approval() -> None:
    rows = log("period.close", "RA")
    text = content(action="period.close")
    sha256 = decision_hash(text.encode()).hex()
    fields = decided(
        kind="period.close",
        content=text,
        decision={"action": "period.close", "id": "D-1", "sha256": sha256, "policy": "x"},
        approvals=[approval(sha256, "P-2", verdict="reject", role="RA")],
    )

    assert checked(rows.whole()).verdict == Verdict.VALID
    assert checked(MiniLog().add("period.close", fields).whole()).verdict == Verdict.INVALID
