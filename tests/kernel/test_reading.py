"""Who reads which label of whose record: the table of the roles, and its edges in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Actor, Grant, Situation
from tranche.kernel.reading import NOTHING, READS, is_within, reach, reads

NOW = datetime(2024, 9, 2, 8, tzinfo=UTC)
RECORD = Situation(
    owner="LT-MOD",
    parties=frozenset({"LT-MOD", "LT-FIN", "UA-MOD"}),
    named=frozenset({"INSPECTED"}),
    recipient="UA-MOD",
)
EVERY = frozenset(Label)
PUBLIC = frozenset({Label.PUBLIC})
DONOR = PUBLIC | {Label.DONOR}


def actor(role: str, party: str, *, active: bool = True, ended: bool = False) -> Actor:
    to_at = NOW if ended else None
    grant = Grant("g", Role(role), party, NOW - timedelta(days=1), to_at)
    return Actor("person", "login", "web", (grant,), active)


@pytest.mark.parametrize(
    ("role", "party", "labels"),
    [
        ("DO", "LT-MOD", DONOR | {Label.AUDITOR}),
        ("DA", "LT-FIN", DONOR),
        ("DO", "DK-MOD", PUBLIC),
        ("FM", "UA-MOD", DONOR | {Label.AUDITOR}),
        ("RA", "UA-MOD", DONOR | {Label.AUDITOR}),
        ("PY", "UA-OTHER", PUBLIC),
        ("IN", "INSPECTED", EVERY),
        ("IN", "UA-MOD", PUBLIC),
        ("AU", "AUD", EVERY),
        ("OP", "LT-MOD", PUBLIC),
    ],
)
def test_role_reads_the_labels_of_its_relation(role: str, party: str, labels: frozenset[Label]) -> None:
    assert reads(actor(role, party), RECORD, NOW) == labels


def test_every_role_has_a_letter_for_every_label() -> None:
    assert set(READS) == set(Role)
    assert {len(letters) for letters in READS.values()} == {len(Label)}


def test_ended_grant_and_inactive_person_read_what_is_public() -> None:
    for gone in (actor("AU", "AUD", ended=True), actor("AU", "AUD", active=False)):
        assert reads(gone, RECORD, NOW) == PUBLIC
        assert reach(gone, NOW) == NOTHING


def test_reach_is_the_parties_of_grants_that_read_donor_fields() -> None:
    assert reach(actor("DO", "LT-MOD"), NOW).parties == {"LT-MOD"}
    assert reach(actor("AU", "AUD"), NOW).everything
    assert reach(actor("OP", "OPS"), NOW) == NOTHING


def test_reach_covers_records_of_its_parties_alone() -> None:
    mine = reach(actor("DA", "LT-FIN"), NOW)

    assert is_within(mine, RECORD.parties)
    assert not is_within(mine, {"DK-MOD", "UA-MOD"})


@pytest.mark.parametrize(
    ("role", "party", "opened"),
    [("DO", "LT-MOD", {"LT-MOD"}), ("PY", "UA-MOD", {"UA-MOD"}), ("IN", "UA-MOD", set()), ("OP", "X", set())],
)
def test_fields_for_auditors_are_open_on_own_records_alone(role: str, party: str, opened: set[str]) -> None:
    found = reach(actor(role, party), NOW)

    assert found.closed == opened
    assert found.opens(frozenset({"LT-MOD", "UA-MOD"})) == bool(opened)
    assert not found.opens(frozenset({"DK-MOD"}))


def test_auditor_opens_every_field() -> None:
    assert reach(actor("AU", "AUD"), NOW).opens(frozenset())
