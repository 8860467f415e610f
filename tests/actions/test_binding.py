"""Every single field that approvers relied on: one that differs voids the decision, whatever else holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.actions.refusing import allocation
from tests.office import Office, document, eur

from tranche.actions import registry
from tranche.actions.carry_out import check
from tranche.actions.content import content_of
from tranche.actions.registry import Arguments, Basis
from tranche.kernel.canonical import Canonical
from tranche.kernel.refusals import ContentChanged
from tranche.models import Approval, Decision

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

Change = Callable[[Basis], Basis]


@pytest.fixture
def office() -> Office:
    return Office()


@contextmanager
def world_where(action: str, change: Change) -> Iterator[None]:
    """The register as it is, but for one thing that the action reads from it."""
    known = registry.find(action)

    def other(arguments: Arguments, today: date) -> Basis:
        return change(known.basis(arguments, today))

    registry._REGISTRY[action] = replace(known, basis=other)
    try:
        yield
    finally:
        registry._REGISTRY[action] = known


def altered(value: Canonical) -> Canonical:
    """The same value with its smallest part another."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, Mapping):
        first = sorted(value)[0] if value else ""
        return {**value, first: altered(value[first])} if value else {"x": 1}
    if isinstance(value, list):
        return [*value[:-1], altered(value[-1])] if value else ["x"]
    return "x"


def one_fact(name: str) -> Change:
    return lambda basis: replace(basis, facts={**basis.facts, name: altered(basis.facts[name])})


def without(name: str) -> Change:
    return lambda basis: replace(
        basis, facts={key: value for key, value in basis.facts.items() if key != name}
    )


def changes(content: Mapping[str, Any]) -> Iterator[tuple[str, Change]]:
    """Every way in which one field of the content may come out otherwise."""
    for name in content["facts"]:
        yield f"fact {name}", one_fact(name)
        yield f"fact {name} gone", without(name)
    yield "a fact more", lambda basis: replace(basis, facts={**basis.facts, "zz": "x"})
    yield "ref", lambda basis: replace(basis, ref=basis.ref + "X")
    yield "subject", lambda basis: replace(basis, subjects=basis.subjects | {"party:X"})
    for subject in content["subjects"]:
        yield f"no {subject}", lambda basis, gone=subject: replace(basis, subjects=basis.subjects - {gone})  # type: ignore[misc]  # a default binds the loop's value


def proposals(office: Office) -> list[str]:
    """Decisions of many kinds that wait; gives their ids."""
    office.contracted()
    office.do("ua.manager", "milestone.claim", milestone="C-1-M1", evidence=[document("invoice")])
    office.do("ua.inspector", "milestone.verify", milestone="C-1-M1", evidence=[document("visit_report")])
    office.draft_payment()
    office.lot("LOT-1", 100_000_000)
    share = {"programme": "P-1", "funding": "LT-UA-2024-T1", "amount": eur(100)}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("ua.manager", "programme.allocate", share),
        ("ua.manager", "programme.release", share),
        ("ua.manager", "contract.release", {"contract": "C-1", "amount": eur(100)}),
        ("ua.manager", "payment.release", {"payment": "PAY-1"}),
        ("ua.inspector", "lot.accept", {"lot": "LOT-1", "evidence": [document("acceptance_act")]}),
        ("ua.manager", "bank.park", {"line": office.bank_line(100, "unknown"), "origin": "LT:budget"}),
        ("lt.officer", "agreement.amend", {"agreement": "LT-UA-2024", "evidence": [document("amendment")]}),
        ("ua.manager", "contract.terminate", {"contract": "C-1", "evidence": [document("notice")]}),
    ]
    return [
        office.propose(who, action, reason="For the test of binding.", **arguments).decision_id
        for who, action, arguments in asked
    ]


@pytest.mark.by_form("agreement.amend", "bank.park", "contract.release", "contract.terminate")
def test_no_field_of_any_content_may_come_out_otherwise(office: Office) -> None:
    tried = 0
    for identifier in proposals(office):
        decision = Decision.objects.get(pk=identifier)
        assert check(decision, office.now).changed == (), decision.action
        for what, change in changes(content_of(decision)):
            with world_where(decision.action, change):
                assert check(decision, office.now).changed, f"{decision.action}: {what}"
            tried += 1
    assert tried > 60


@pytest.mark.parametrize("approvals", [0, 1])
def test_what_came_out_otherwise_voids_before_and_between_approvals(office: Office, approvals: int) -> None:
    office.received()
    office.programme()
    identifier = allocation(office, 500_000_000)
    for who in ("ua.approver1", "lt.approver")[:approvals]:
        office.approve(who, identifier)

    with world_where("programme.allocate", one_fact("earmark")), pytest.raises(ContentChanged) as caught:
        office.approve(("ua.approver1", "lt.approver")[approvals], identifier)

    assert caught.value.fields == ("earmark",)
    assert Decision.objects.get(pk=identifier).state == "void"
    assert Approval.objects.filter(decision_id=identifier).count() == approvals


def test_what_came_out_otherwise_voids_after_the_last_approval(office: Office) -> None:
    identifier = office.approved_payment()

    with world_where("payment.release", one_fact("iban")), pytest.raises(ContentChanged):
        office.execute("ua.payer", identifier)

    assert Decision.objects.get(pk=identifier).state == "void"


def test_what_was_merely_read_voids_nothing(office: Office) -> None:
    """Another payment, another allocation's proposal and more money leave what waits as it is."""
    identifier = office.approved_payment()
    office.milestone("C-1-M2", 1_000_000)
    office.programme("P-2")
    office.lot("LOT-9", 1_000)
    office.do("lt.officer", "evidence.file", record="LT-UA-2024", evidence=[document("document", "more")])

    assert office.execute("ua.payer", identifier).state == "executed"
