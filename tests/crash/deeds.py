"""The deed of the crash tests: the last approval of a waiting decision, which carries it out."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from tests.crash.children import Mechanism, die
from tests.databases import close, copy_template
from tests.office import Office, document, eur, password

from tranche.actions.attestation import attest_password
from tranche.actions.decision import approve
from tranche.actions.decision_ends import Outcome
from tranche.actions.people import actor_of
from tranche.ledger.verify import verify
from tranche.models import Approval, Decision, Login
from tranche.store import clock, driver

APPROVER = "ua.approver1"
EFFECTS = (
    "SELECT count(*) FROM journal_entry WHERE decision_id = %s",
    "SELECT count(*) FROM record_event WHERE decision_id = %s",
    "SELECT count(*) FROM approval WHERE decision_id = %s",
    "SELECT count(*) FROM decision WHERE id = %s AND state = 'executed'",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that wants one more approval, those it has, the key of the last one, and when it comes."""

    decision_id: str
    shown_hash: str
    approvals: int
    key: str
    at: datetime


def waiting(office: Office, decision_id: str, key: str) -> Waiting:
    decision = Decision.objects.get(pk=decision_id)
    given = Approval.objects.filter(decision=decision).count()
    return Waiting(decision_id, bytes(decision.hash).hex(), given, key, office.tick())


def allocation(office: Office, amount_minor: int, number: int = 1) -> Waiting:
    """An allocation to the programme with this number, approved by the donor."""
    outcome = office.do(
        "ua.manager",
        "programme.allocate",
        "lt.approver",
        programme=f"P-{number}",
        funding="LT-UA-2024-T1",
        amount=eur(amount_minor),
    )
    return waiting(office, outcome.decision_id, f"00000000-0000-4000-8000-{number:012}")


def funded(office: Office) -> list[Waiting]:
    """Ten million received, and an allocation of six waiting."""
    office.received()
    office.programme()
    return [allocation(office, 600_000_000)]


def acceptance(office: Office) -> list[Waiting]:
    """A paid lot that waits for its acceptance, which stores fragments."""
    office.paid()
    office.lot("LOT-1", 150_000_000)
    outcome = office.do("ua.inspector", "lot.accept", lot="LOT-1", evidence=[document("acceptance_act")])
    return [waiting(office, outcome.decision_id, "00000000-0000-4000-8000-000000000001")]


def give(deed: Waiting) -> Outcome:
    """Give the last approval with its key."""
    by = actor_of(Login.objects.get(username=APPROVER).id, "cli")
    with clock.at(deed.at):
        return approve(
            decision_id=deed.decision_id,
            shown_hash=deed.shown_hash,
            verdict="approve",
            attestation=attest_password(by.login, password(APPROVER)),
            key=deed.key,
            by=by,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the process dies: before or after the n-th statement that begins so, or around COMMIT."""

    when: str
    statement: str | tuple[str, ...]
    n: int = 1


def give_and_die(deed: Waiting, place: Place) -> None:
    with deadly(place):
        give(deed)


@contextmanager
def deadly(place: Place) -> Iterator[None]:
    """Kill this process when it comes to the place."""
    connection = connections["default"]
    if place.statement == "COMMIT":
        real = connection._commit  # type: ignore[attr-defined]  # Django's own last step
        connection._commit = _fatal(real, place)  # type: ignore[attr-defined]  # as above
    seen = 0

    def at(sql: str, act: Callable[[], Any]) -> Any:
        nonlocal seen
        is_it = sql.lstrip().startswith(place.statement)
        seen += is_it
        if is_it and seen == place.n and place.when == "before":
            die()
        result = act()
        if is_it and seen == place.n:
            die()
        return result

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        return at(sql, lambda: execute(sql, params, many, context))

    with connection.execute_wrapper(watch), _watched_driver(at):
        yield


@contextmanager
def _watched_driver(at: Callable[[str, Callable[[], Any]], Any]) -> Iterator[None]:
    """The same for what goes straight to the driver, one statement after another."""
    run, insert = driver.run, driver.insert

    def run_one(connection: Any, text: str, params: Any = ()) -> Any:
        return at(text, lambda: run(connection, text, params))

    def insert_rows(connection: Any, table: str, columns: str, rows: Any) -> Any:
        return at(f"INSERT INTO {table}", lambda: insert(connection, table, columns, rows))

    def run_each(connection: Any, asked: Any) -> Any:
        return [run_one(connection, text, params) for text, params in asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver, "run", run_one)
        patch.setattr(driver, "insert", insert_rows)
        patch.setattr(driver, "run_together", run_each)
        yield


def _fatal(commit: Callable[[], object], place: Place) -> Callable[[], object]:
    count = iter(range(1, 10**6))

    @functools.wraps(commit)
    def fatal() -> object:
        is_it = next(count) == place.n
        if is_it and place.when == "before":
            die()
        result = commit()
        if is_it:
            die()
        return result

    return fatal


def effects(deed: Waiting) -> tuple[int, ...]:
    """How many journal entries, events, approvals and executions the decision has."""
    with connections["default"].cursor() as cursor:
        counts = []
        for query in EFFECTS:
            cursor.execute(query, [deed.decision_id])
            counts.append(int(cursor.fetchone()[0]))
        return tuple(counts)


def is_sound(mechanism: Mechanism) -> bool:
    """Open what is left, recompute the book and ask the engine."""
    mechanism.open()
    connection = connections["default"]
    assert verify().differences == ()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]
    return True


@dataclass(frozen=True, slots=True)
class Scene:
    """A folder prepared once, to be copied for every test."""

    folder: Path
    deeds: tuple[Waiting, ...]

    def copy(self, target: Path) -> Mechanism:
        copy_template(self.folder, target)
        shutil.copytree(self.folder / "evidence", target / "evidence")
        return Mechanism(target)


def prepare(template: Path, folder: Path, act: Callable[[Office], Sequence[Waiting]]) -> Scene:
    """Play a scene on a fresh SQLite mechanism and close its files."""
    copy_template(template, folder)
    Mechanism(folder).open()
    deeds = tuple(act(Office()))
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    return Scene(folder, deeds)
