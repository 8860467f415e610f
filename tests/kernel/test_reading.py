"""Whose records a person may know of: the table of the roles, and its edges in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Actor, Grant, GrantScope
from tranche.kernel.reading import NOTHING, READS, reach

NOW = datetime(2024, 9, 2, 8, tzinfo=UTC)


def actor(role: str, party: str, *, active: bool = True, ended: bool = False) -> Actor:
    to_at = NOW if ended else None
    grant = Grant("g", Role(role), party, NOW - timedelta(days=1), to_at)
    return Actor("person", "login", "web", (grant,), active)


def test_every_role_has_a_letter_for_every_label() -> None:
    assert set(READS) == set(Role)
    assert {len(letters) for letters in READS.values()} == {len(Label)}


def test_ended_grant_and_inactive_person_reach_nothing() -> None:
    for gone in (actor("AU", "AUD", ended=True), actor("AU", "AUD", active=False)):
        assert reach(gone, NOW) == NOTHING


def test_reach_is_the_parties_of_grants_that_read_donor_fields() -> None:
    assert reach(actor("DO", "LT-MOD"), NOW).parties == {"LT-MOD"}
    assert reach(actor("AU", "AUD"), NOW).everything
    assert reach(actor("OP", "OPS"), NOW) == NOTHING


@pytest.mark.parametrize(
    ("role", "party", "opened"),
    [("DO", "LT-MOD", {"LT-MOD"}), ("PY", "UA-MOD", {"UA-MOD"}), ("IN", "UA-MOD", set()), ("OP", "X", set())],
)
def test_fields_for_auditors_are_open_on_own_records_alone(role: str, party: str, opened: set[str]) -> None:
    found = reach(actor(role, party), NOW)

    assert found.closed == opened
    assert found.opens(frozenset({"LT-MOD", "UA-MOD"})) == bool(opened)
    assert not found.opens(frozenset({"DK-MOD"}))


@pytest.mark.parametrize("scope", [GrantScope.PROGRAMME, GrantScope.CONTRACT])
def test_role_for_one_contract_opens_no_statement_of_the_party(scope: GrantScope) -> None:
    grant = Grant("g", Role.FUND_MANAGER, "UA-MOD", NOW - timedelta(days=1), None, None, scope, "C-1")
    found = reach(Actor("person", "login", "web", (grant,), active=True), NOW)

    assert found.parties == {"UA-MOD"}
    assert found.closed == frozenset()


def test_auditor_opens_every_field() -> None:
    assert reach(actor("AU", "AUD"), NOW).opens(frozenset())
