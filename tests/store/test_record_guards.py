"""Decisions, approvals, records and their events are never rewritten, and nothing joins them out of turn.

Each attack is rolled back, so that one mechanism an engine serves them all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from tests.databases import Server, close, copy_template, point_at
from tests.office import Office, document
from tests.store.test_guards import TABLES as LOG_TABLES

from tranche.ledger import self_test
from tranche.models import DecisionSubject, Hold

Row = dict[str, Any]

TABLES = {
    "decision": ("id", "reason"),
    "approval": ("id", "verdict"),
    "record": ("id", "label"),
    "record_event": ("id", "reason"),
    "hold": ("id", "reason"),
    "hold_release": ("hold_id", "released_at"),
    "approval_revoked": ("approval_id", "made_at"),
    "decision_subject": ("decision_id, subject", "subject"),
    "decision_slot": ("decision_id, slot, role, party_ref", "wanted"),
    "decision_barred": ("decision_id, person_id, executes, interest_id", "executes"),
    "lifecycle_state": ("kind, state", "is_end"),
    "lifecycle_transition": ("kind, from_state, action, to_state", "to_state"),
}
"""The key of each protected table, and a column to be set to what it holds."""

REWRITES = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE true LIMIT 1"
    " ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}",
}
SQLITE_REWRITES = {
    "insert or replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    "update or replace": "UPDATE OR REPLACE {table} SET {column} = {column}",
    "update or ignore": "UPDATE OR IGNORE {table} SET {column} = {column}",
}
POSTGRESQL_REWRITES = {
    "truncate": "TRUNCATE {table} CASCADE",
    "merge": "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
}


def prepare() -> None:
    """Decisions that are executed and one that waits, approvals, records with several events."""
    office = Office()
    office.lithuanian_tranche()
    office.programme()
    paper = [document("amendment")]
    amendment = office.propose("lt.officer", "agreement.amend", agreement="LT-UA-2024", evidence=paper)
    taken_back = amendment.decision_id
    office.approve("ua.approver1", taken_back)
    office.revoke("ua.approver1", taken_back)
    DecisionSubject.objects.create(decision_id=taken_back, subject="party:MFR-1")
    office.withdraw("lt.officer", taken_back)
    held = {"over": "record", "over_ref": "P-1", "cause": "audit", "review_on": office.today().isoformat()}
    for _ in range(2):
        office.propose("ua.payer", "hold.place", reason="For the attacks.", **held)
    last = Hold.objects.order_by("-log_seq")[0].ref
    office.do("ua.manager", "hold.release", "ua.approver1", reason="For the attacks.", hold=last)
    office.propose("ua.manager", "programme.close", programme="P-1")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def attacked(
    request: pytest.FixtureRequest, template_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("attacked")
    copy_template(template_folder, folder)
    url = ""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        server.execute("CREATE DATABASE attacked TEMPLATE template_tranche")
        url = server.url("attacked")
    point_at(folder, url)
    prepare()
    yield connections["default"]
    close()
    if url:
        server.execute("DROP DATABASE attacked WITH (FORCE)")


def is_refused(attack: Callable[[], object]) -> bool:
    """Whether a guard refuses, at once or before COMMIT; a statement that is merely wrong raises."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                attack()
                connections["default"].check_constraints()
        except IntegrityError:
            return True
        finally:
            transaction.set_rollback(True)
    return False


def execute(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def rewrites(vendor: str) -> Mapping[str, str]:
    return REWRITES | (SQLITE_REWRITES if vendor == "sqlite" else POSTGRESQL_REWRITES)


def survivors(vendor: str) -> list[str]:
    """The tables and ways in which a stored row could be rewritten."""
    found = []
    for table, (key, column) in TABLES.items():
        assert execute(f"SELECT count(*) FROM {table}") != [(0,)], table
        for name, text in rewrites(vendor).items():
            sql = text.format(table=table, key=key, column=column)
            if not is_refused(partial(execute, sql)):
                found.append(f"{table}: {name}")
    return found


def test_no_stored_row_is_rewritten(attacked: Any) -> None:
    assert survivors(attacked.vendor) == []


def test_no_setting_of_a_session_opens_a_way(attacked: Any) -> None:
    off, on = {
        "sqlite": ("PRAGMA recursive_triggers=OFF", "PRAGMA recursive_triggers=ON"),
        "postgresql": ("SET session_replication_role = replica", "SET session_replication_role = origin"),
    }[attacked.vendor]

    execute(off)
    try:
        assert survivors(attacked.vendor) == []
    finally:
        execute(on)


def test_a_dropped_guard_is_what_these_attacks_find(attacked: Any) -> None:
    drop = "DROP TRIGGER hold_release_no_delete" + ("" if attacked.vendor == "sqlite" else " ON hold_release")

    with transaction.atomic():
        execute(drop)
        found = survivors(attacked.vendor)
        transaction.set_rollback(True)

    assert "hold_release: delete" in found
    assert survivors(attacked.vendor) == []


def one(table: str, where: str, *params: Any) -> Row:
    """The newest row that fits."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where}", params)
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchall()[-1], strict=True))


def insert(table: str, row: Row) -> None:
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    execute(f"INSERT INTO {table}({names}) VALUES ({marks})", *row.values())


def last_event(ref: str, **changes: Any) -> Row:
    """The newest event of a record with another number and these changes."""
    record = one("record", "ref = %s", ref)
    event = one("record_event", "record_id = %s AND version = %s", record["id"], record["version"])
    [(number,)] = execute("SELECT max(id) + 1 FROM record_event")
    return event | {"id": number} | changes


AGREED = {
    "prev_version": 2,
    "version": 3,
    "from_state": "agreed",
    "action": "tranche.start_procedure",
    "to_state": "in_procedure",
}
"""The one event that may follow on the agreed tranche."""

TRANCHE = "LT-UA-2024-T1"


def follow(**changes: Any) -> Callable[[], None]:
    return lambda: insert("record_event", last_event(TRANCHE, **(AGREED | changes)))


def record_without_event() -> None:
    insert("record", one("record", "ref = %s", TRANCHE) | {"id": "new", "ref": "NEW-1", "version": 1})


def record_born_late() -> None:
    """A record that starts at the version of an event which exists."""
    record = one("record", "ref = %s", TRANCHE)
    insert("record", record | {"id": "new", "ref": "NEW-1"})


def event_of_another_kind() -> None:
    event = last_event("P-1", **(AGREED | {"kind": "tranche"}))
    insert("record_event", event)


def jump(state: str, version: int) -> Callable[[], object]:
    return lambda: execute(
        "UPDATE record SET state = %s, version = %s WHERE ref = %s", state, version, TRANCHE
    )


RECORD_ATTACKS: dict[str, Callable[[], object]] = {
    "a state by hand": jump("received", 2),
    "a state by hand with the next version": jump("in_procedure", 3),
    "a record without an event": record_without_event,
    "a record that is born late": record_born_late,
    "an event that skips a version": follow(version=4, prev_version=3),
    "an event that leaves a gap": follow(version=4),
    "an event on an older version": follow(version=2, prev_version=1, from_state="announced"),
    "an event from another state": follow(from_state="authorised"),
    "an event to a state that the action does not reach": follow(to_state="received"),
    "an event by an unknown action": follow(action="tranche.invent"),
    "an event of another kind of record": event_of_another_kind,
    "an event without a decision": follow(decision_id="none"),
    "an event without a log entry": follow(log_seq=10**6),
    "an event under a number that is taken": follow(id=1),
    "a second beginning": follow(version=1, prev_version=None, from_state=""),
}


@pytest.mark.parametrize("attack", RECORD_ATTACKS)
def test_a_record_moves_by_its_next_event_alone(attacked: Any, attack: str) -> None:
    assert is_refused(RECORD_ATTACKS[attack])


def test_the_next_event_moves_its_record(attacked: Any) -> None:
    with transaction.atomic():
        follow()()
        record = one("record", "ref = %s", TRANCHE)
        attacked.check_constraints()
        transaction.set_rollback(True)

    assert (record["state"], record["version"]) == ("in_procedure", 3)


ENDED = "state = 'executed', ended_at = created_at"


def end(assignments: str, of: str = "open") -> Callable[[], object]:
    return lambda: execute(f"UPDATE decision SET {assignments} WHERE state = '{of}'")


def new_decision(**changes: Any) -> Callable[[], object]:
    fresh = {"id": str(uuid.uuid4()), "nonce": uuid.uuid4().hex, "idempotency_key": str(uuid.uuid4())}
    return lambda: insert("decision", one("decision", "state = 'open'") | fresh | changes)


def taken(column: str) -> Callable[[], object]:
    return lambda: new_decision(**{column: one("decision", "state = 'open'")[column]})()


DECISION_ATTACKS: dict[str, Callable[[], object]] = {
    "reopened": end("state = 'open', ended_at = NULL", of="executed"),
    "ended again": end("state = 'void'", of="executed"),
    "ended without its time": end("state = 'executed'"),
    "ended with a time but open": end("ended_at = created_at"),
    "in a state that there is not": end("state = 'maybe', ended_at = created_at"),
    "ended with other content": end(f"{ENDED}, content = hash"),
    "ended with another hash": end(f"{ENDED}, hash = (SELECT root FROM log_entry WHERE seq = 0)"),
    "ended with another amount": end(f"{ENDED}, amount_minor = 1, currency = 'EUR'"),
    "ended with another reason": end(f"{ENDED}, reason = 'another'"),
    "ended with another record": end(f"{ENDED}, record_id = 'other'"),
    "ended with another deadline": end(f"{ENDED}, expires_at = created_at"),
    "ended with another proposer": end(
        f"{ENDED}, proposer_person_id = (SELECT max(id) FROM person WHERE id <> proposer_person_id)"
    ),
    "made with a nonce that is used": taken("nonce"),
    "made with a key that is used": taken("idempotency_key"),
    "made under a number that is taken": taken("id"),
    "made with an amount without a currency": new_decision(amount_minor=1, currency=None),
    "made without a log entry": new_decision(log_seq=10**6),
}


@pytest.mark.parametrize("attack", DECISION_ATTACKS)
def test_a_decision_only_ends_and_only_once(attacked: Any, attack: str) -> None:
    assert is_refused(DECISION_ATTACKS[attack])


def test_an_open_decision_may_end(attacked: Any) -> None:
    assert not is_refused(end(ENDED))
    assert not is_refused(new_decision())


def approval(decision: str = "open", **changes: Any) -> Callable[[], object]:
    """An approval like one that was given, on a decision in this state."""

    def give() -> None:
        fresh = {
            "id": str(uuid.uuid4()),
            "statement_hash": uuid.uuid4().bytes * 2,
            "decision_id": one("decision", "state = %s", decision)["id"],
        }
        insert("approval", one("approval", "verdict = 'approve'") | fresh | changes)

    return give


def given_again(*kept: str) -> Callable[[], object]:
    """A second row that shares these columns with a first one on the same open decision."""

    def give() -> None:
        approval(id="first", statement_hash=b"1" * 32)()
        first = one("approval", "id = 'first'")
        others = {"id": "second", "statement_hash": b"2" * 32, "person_id": one("person", "true")["id"]}
        insert("approval", first | {name: value for name, value in others.items() if name not in kept})

    return give


SIGNED: Row = {"signature": b"s", "authenticator_data": b"a", "client_data": b"c", "credential_id": "k"}
APPROVAL_ATTACKS: dict[str, Callable[[], object]] = {
    "of a decision that is over": approval("executed"),
    "of a decision that there is not": approval(decision_id="none"),
    "of one person twice": given_again("person_id"),
    "with a statement that is used": given_again("statement_hash"),
    "under a number that is taken": given_again("id"),
    "signed without a signature": approval(method="webauthn"),
    "signed in part": approval(method="webauthn", **(SIGNED | {"client_data": None})),
    "by password with a signature": approval(**SIGNED),
    "without a log entry": approval(log_seq=10**6),
}


@pytest.mark.parametrize("attack", APPROVAL_ATTACKS)
def test_an_approval_is_given_once_and_while_it_is_open(attacked: Any, attack: str) -> None:
    assert is_refused(APPROVAL_ATTACKS[attack])


def test_an_open_decision_takes_an_approval_of_each_person(attacked: Any) -> None:
    assert not is_refused(approval())
    assert not is_refused(approval(method="webauthn", **SIGNED))
    assert not is_refused(given_again())


TREE = frozenset({"log_tree", "log_tile", "log_checkpoint", "log_cosignature", "log_incident"})
"""Attacked in tests/log/test_tiles.py; tree, tiles and alarms follow from others and are not guarded."""


def test_every_raw_table_is_attacked_here_or_as_log_or_as_book(attacked: Any) -> None:
    names = set(attacked.introspection.table_names())
    managed = {*attacked.introspection.django_table_names(), "django_migrations"} - set(TABLES)

    book = {table.name for table in self_test.TABLES}
    assert names - managed == {*TABLES, *LOG_TABLES, *book, *TREE, "commit_barrier"}
