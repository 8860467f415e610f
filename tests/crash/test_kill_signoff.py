"""A process killed at any write of a proposal, an approval, an execution or a hold: all of it or nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections
from tests.crash.children import FINISHED, Mechanism, run
from tests.crash.deeds import Place, deadly, is_sound
from tests.databases import close, copy_template
from tests.office import Office, eur, password

from tranche.actions.attestation import attest_password
from tranche.actions.decision import approve, execute, propose
from tranche.actions.decision_ends import Outcome
from tranche.actions.people import actor_of
from tranche.models import Decision, Login
from tranche.store import clock

pytestmark = pytest.mark.crash

KILLED = -signal.SIGKILL
WRITES = ("INSERT", "UPDATE")
KEY = "00000000-0000-4000-8000-000000000009"
TABLES = ("decision", "decision_slot", "approval", "record_event", "journal_entry", "movement", "hold")


@dataclass(frozen=True, slots=True)
class Deed:
    """One write of a kind, by whom, over which decision, and when."""

    kind: str
    decision: str
    at: datetime

    def do(self) -> Outcome:
        with clock.at(self.at):
            return DEEDS[self.kind](self.decision)


def _by(username: str) -> str:
    return str(Login.objects.get(username=username).id)


def _propose(_decision: str) -> Outcome:
    arguments = {"programme": "P-1", "funding": "LT-UA-2024-T1", "amount": eur(50_000_000)}
    by = actor_of(_by("ua.manager"), "cli")
    return propose(action="programme.allocate", arguments=arguments, key=KEY, by=by)


def _approve(decision: str) -> Outcome:
    by = actor_of(_by("ua.approver1"), "cli")
    shown = bytes(Decision.objects.get(pk=decision).hash).hex()
    attested = attest_password(by.login, password("ua.approver1"))
    return approve(
        decision_id=decision, shown_hash=shown, verdict="approve", attestation=attested, key=KEY, by=by
    )


def _execute(decision: str) -> Outcome:
    return execute(decision_id=decision, key=KEY, by=actor_of(_by("ua.payer"), "cli"))


def _hold(_decision: str) -> Outcome:
    return propose(
        action="hold.place",
        arguments={
            "over": "record",
            "over_ref": "PAY-1",
            "cause": "emergency",
            "review_on": (clock.today() + timedelta(days=2)).isoformat(),
        },
        reason="Somebody called about it.",
        key=KEY,
        by=actor_of(_by("ua.payer"), "cli"),
    )


DEEDS: dict[str, Callable[[str], Outcome]] = {
    "propose": _propose,
    "approve": _approve,
    "execute": _execute,
    "hold": _hold,
}


def do_and_die(deed: Deed, place: Place) -> None:
    with deadly(place):
        deed.do()


def counts() -> dict[str, int]:
    """How much every table of sign-off holds, the log's entries and the decisions that ended with it."""
    with connections["default"].cursor() as cursor:
        found = {}
        for table in (*TABLES, "log_entry", "idem_key"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = int(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM decision WHERE state = 'executed'")
        found["executed"] = int(cursor.fetchone()[0])
        return found


@pytest.fixture(scope="module")
def scene(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Deed]]:
    """A payment that the payer may release, and an allocation that wants its last approval."""
    folder = tmp_path_factory.mktemp("signoff")
    copy_template(template_folder, folder)
    Mechanism(folder).open()
    office = Office()
    released = office.approved_payment()
    allocation = office.propose(
        "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=eur(40_000_000)
    ).decision_id
    at = office.tick()
    deeds = {
        "propose": Deed("propose", "", at),
        "approve": Deed("approve", allocation, at),
        "execute": Deed("execute", released, at),
        "hold": Deed("hold", "", at),
    }
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    return folder, deeds


@pytest.mark.parametrize("kind", DEEDS)
def test_kill_after_any_write_leaves_all_or_nothing(
    scene: tuple[Path, dict[str, Deed]], kind: str, tmp_path: Path
) -> None:
    folder, deed = scene[0], scene[1][kind]
    whole: dict[str, int] | None = None
    written, code = 0, KILLED

    while code == KILLED:
        written += 1
        (place := tmp_path / str(written)).mkdir()
        copy_template(folder, place)
        (place / "evidence").symlink_to(folder / "evidence")
        mechanism = Mechanism(place)
        mechanism.open()
        before = counts()
        close()
        code = run(mechanism, do_and_die, deed, Place("after", WRITES, written))
        mechanism.open()
        assert counts() == before if code == KILLED else counts() != before

        outcome = deed.do()

        whole = whole or counts()
        assert (outcome.replayed, counts()) == (code == FINISHED, whole)
        close()

    assert is_sound(mechanism)
    close()
    assert code == FINISHED
    assert written > 4
