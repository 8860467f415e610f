"""Decisions past their term end, each by itself: one that cannot end leaves the others alone."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from tests.office import Office, eur

from tranche.actions.expiry import KEY_PREFIX, expire
from tranche.log.append import append
from tranche.models import Decision
from tranche.store import clock
from tranche.store.errors import IdemConflict
from tranche.store.write import WriteTx, write_transaction
from tranche.worker.expire import expire_due

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

NAMESPACE_BEFORE = uuid.UUID("5f8b4c1e-0f6e-5f0e-9a51-6d1f2d1f7a10")


def waiting(office: Office, count: int) -> list[str]:
    """Open decisions, the oldest first, a month past their term."""
    office.received()
    office.programme()
    asked: dict[str, Any] = {"programme": "P-1", "funding": "LT-UA-2024-T1", "amount": eur(500_000_000)}
    found = [office.propose("ua.manager", "programme.allocate", **asked).decision_id for _ in range(count)]
    office.tick(timedelta(days=40))
    return found


def take(office: Office, key: str) -> None:
    """Let another request have the key."""

    def note(write: WriteTx) -> None:
        append(
            write,
            kind="system.setup",
            actor="system",
            object_type="register",
            object_id="x",
            fields={"ref": "X"},
        )

    with clock.at(office.now):
        write_transaction(key=key, request={"act": "test"}, act=note)


def states(decisions: list[str]) -> list[str]:
    return [Decision.objects.get(pk=decision).state for decision in decisions]


def test_a_taken_key_does_not_stop_the_round(caplog: pytest.LogCaptureFixture) -> None:
    office = Office()
    decisions = waiting(office, 3)
    take(office, KEY_PREFIX + decisions[0])

    with clock.at(office.now):
        with pytest.raises(IdemConflict):
            expire(decision_id=decisions[0])
        ended = expire_due()

    assert ended == 2
    assert states(decisions) == ["open", "expired", "expired"]
    assert decisions[0] in caplog.text


def test_no_uuid_is_the_key_of_an_expiry() -> None:
    office = Office()
    [decision] = waiting(office, 1)
    take(office, str(uuid.uuid5(NAMESPACE_BEFORE, decision)))
    take(office, decision)

    with clock.at(office.now):
        ended = [expire_due(), expire_due()]

    assert ended == [1, 0]
    assert states([decision]) == ["expired"]


def test_what_is_within_its_term_stays_open() -> None:
    office = Office()
    [decision] = waiting(office, 1)

    with clock.at(office.now - timedelta(days=39)):
        assert not expire(decision_id=decision)
        assert expire_due() == 0

    assert states([decision]) == ["open"]
