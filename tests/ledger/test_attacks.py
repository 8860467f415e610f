"""Attacks by whoever has the database open: refused, or found by the proof or the check at start."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction
from tests.databases import Server, close, point_at
from tests.ledger import desk
from tests.ledger.test_self_test import dump, rows, run

from tranche.kernel.chart import Kind, Place
from tranche.ledger.self_test import TABLES, Attack, attacks, is_refused, prepare, self_test
from tranche.ledger.verify import verify
from tranche.store.selfcheck import self_check

RECEIVED = 123_456_789
NAMES = tuple(table.name for table in TABLES)


@pytest.fixture
def book(mechanism: Path) -> Path:
    """One receipt, part of which was paid for a lot."""
    return filled(mechanism)


@pytest.fixture
def file(sqlite_mechanism: Path) -> Path:
    """The same in one file, which nobody has open."""
    filled(sqlite_mechanism)
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    return sqlite_mechanism / "tranche.sqlite3"


def filled(folder: Path) -> Path:
    desk.receive(desk.EARMARKED.code, "LT", RECEIVED)
    desk.paid_contract(desk.EARMARKED, Place(Kind.TRANCHE, "LT"), "C-1", (9_000, 8_000, 7_000))
    desk.flow("accept", desk.EARMARKED, Place(Kind.PREPAID, "C-1"), Place(Kind.LOT, "L-1"), 5_000)
    assert verify().differences == ()
    return folder


def refused(sql: str) -> bool:
    """Whether it is refused, at once or at COMMIT; a word that SQL does not know is no attack."""
    try:
        with transaction.atomic():
            run(sql)
    except DatabaseError as error:
        return "syntax error" not in str(error)
    return False


REWRITES = {
    "sqlite": (
        "INSERT INTO {table} SELECT * FROM {table} WHERE true LIMIT 1"
        " ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}",
        "UPDATE OR REPLACE {table} SET {column} = {column}",
        "UPDATE OR IGNORE {table} SET {column} = {column}",
        "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    ),
    "postgresql": (
        "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
        "MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET {column} = t.{column}",
        "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone",
    ),
}


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_other_word_for_a_change_passes(recursive: str) -> None:
    vendor = connections["default"].vendor
    if vendor == "sqlite":
        run(f"PRAGMA recursive_triggers = {recursive}")
    with transaction.atomic():
        prepare("default")
        before = dump()

        passed = [
            sql
            for table in TABLES
            for text in REWRITES[vendor]
            if not is_refused(
                Attack("", (sql := text.format(**table._asdict(), table=table.name),)), {}, "default"
            )
        ]

        assert passed == []
        assert dump() == before
        transaction.set_rollback(True)


SHADOWED = re.compile(rf"\b(INTO|FROM|UPDATE|TRUNCATE)\s+({'|'.join(NAMES)})\b")


def qualified(attack: Attack) -> Attack:
    """The same on the real tables, whatever else has their names."""
    return attack._replace(statements=tuple(SHADOWED.sub(r"\1 public.\2", sql) for sql in attack.statements))


@pytest.mark.postgres
@pytest.mark.usefixtures("postgresql_mechanism")
@pytest.mark.parametrize("table", [*NAMES, "idem_key"])
def test_an_empty_table_of_the_same_name_blinds_no_guard(table: str) -> None:
    with transaction.atomic():
        facts = prepare("default")
        run(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table}); GRANT ALL ON {table} TO public")

        passed = [
            one.name for one in attacks("postgresql") if not is_refused(qualified(one), facts, "default")
        ]

        assert passed == []
        transaction.set_rollback(True)


@pytest.mark.postgres
@pytest.mark.usefixtures("postgresql_mechanism")
def test_every_guard_that_thinks_reads_our_tables_alone() -> None:
    """A guard that only refuses has nothing to be deceived by."""
    free = rows(
        "SELECT DISTINCT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND NOT coalesce('search_path=public, pg_temp' = ANY(p.proconfig), false)"
    )

    assert {name for (name,) in free} == {"ledger_immutable", "log_refuse", "refuse_change"}


OF_THE_OWNER = (
    "ALTER TABLE movement DISABLE TRIGGER ALL",
    "ALTER TABLE movement DISABLE TRIGGER movement_apply",
    "DROP TRIGGER movement_apply ON movement",
    "ALTER TABLE account DROP CONSTRAINT floor_by_kind",
    "CREATE OR REPLACE FUNCTION movement_apply() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN NULL; END $$",
    "ALTER FUNCTION movement_apply() SET search_path = pg_temp",
    "DROP FUNCTION movement_apply() CASCADE",
    "DROP TABLE use_fragment",
    "ALTER TABLE movement RENAME TO movements",
    "SET session_replication_role = replica",
    "CREATE RULE quiet AS ON INSERT TO movement DO INSTEAD NOTHING",
    "UPDATE pg_trigger SET tgenabled = 'D'",
)


@pytest.fixture
def application(postgresql_mechanism: Path, postgres_server: Server) -> Iterator[None]:
    """The connection of a role that owns nothing and was granted every right on the tables."""
    name = connections["default"].settings_dict["NAME"]
    filled(postgresql_mechanism)
    run("CREATE ROLE application LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO application")
    point_at(postgresql_mechanism, postgres_server.url(name, "application"))
    yield
    point_at(postgresql_mechanism, postgres_server.url(name))
    run("DROP OWNED BY application; DROP ROLE application")


@pytest.mark.postgres
@pytest.mark.usefixtures("application")
def test_the_role_of_the_application_takes_no_guard_away() -> None:
    assert [sql for sql in OF_THE_OWNER if not refused(sql)] == []
    assert self_test() == ()
    assert verify().differences == ()


FOREIGN = (
    "INSERT INTO movement SELECT (SELECT max(id) + 1 FROM journal_entry), 1, src, dst, currency, 1,"
    " amount, amount FROM movement WHERE entry_id = 1",
    "INSERT INTO account(id, code, kind, floor_is, floor, holder, currency)"
    " VALUES (99, 'tranche:X:EUR', 'tranche', 'zero', -1, 'X', 'EUR')",
    "INSERT INTO fx_pair VALUES (99, 2, 1)",
    "INSERT INTO use_fragment VALUES (99, 1, 1, 0, 1, 1, 1, 0, 1, 'x', '')",
    "INSERT INTO account_close VALUES (2, 1, 'x')",
    "INSERT INTO period_close VALUES ('2024-12-31', 1, 0)",
    "INSERT INTO period_balance VALUES ('2024-12-31', 2, 1, 1, 0, 0)",
)
"""What SQLite lets pass where the connection has switched off keys and checks; no trigger is touched."""


@pytest.mark.parametrize("sql", FOREIGN)
def test_what_a_careless_connection_adds_is_found(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as foreign, foreign:
        foreign.execute("PRAGMA ignore_check_constraints = ON")
        foreign.execute(sql)

    assert verify().differences != ()


SCHEMA_EDITS = {
    "a guard struck out of the schema": "DELETE FROM sqlite_master WHERE name = 'movement_no_update'",
    "a guard made harmless": "UPDATE sqlite_master SET sql = replace(sql, 'ABORT, ''immutable''', 'IGNORE')"
    " WHERE name = 'movement_no_update'",
    "a guard moved to another table": "UPDATE sqlite_master SET tbl_name = 'fund',"
    " sql = replace(sql, 'ON movement', 'ON fund') WHERE name = 'movement_no_update'",
    "a check struck out of a table": "UPDATE sqlite_master SET sql ="
    " replace(sql, 'CHECK(amount BETWEEN 1 AND', 'CHECK(amount BETWEEN -1 AND') WHERE name = 'movement'",
}


@pytest.mark.parametrize("edit", SCHEMA_EDITS)
def test_an_edited_schema_is_found_at_start(file: Path, edit: str) -> None:
    with closing(sqlite3.connect(file)) as foreign, foreign:
        foreign.execute("PRAGMA writable_schema = ON")
        assert foreign.execute(SCHEMA_EDITS[edit]).rowcount == 1

    assert {finding.code for finding in self_check() if finding.level == "refuse"} == {"guard"}


def raise_receipt(foreign: sqlite3.Connection) -> None:
    """One more cent from the donor, consistent in every total and stamp."""
    foreign.execute(f"UPDATE movement SET amount = amount + 1 WHERE amount = {RECEIVED}")


def back_date(foreign: sqlite3.Connection) -> None:
    foreign.execute("UPDATE journal_entry SET booked_on = '2024-11-30' WHERE id = 1")


def forget_the_last_entry(foreign: sqlite3.Connection) -> None:
    for table, column in (("use_fragment", "entry_id"), ("movement", "entry_id"), ("journal_entry", "id")):
        foreign.execute(
            f"DELETE FROM {table} WHERE {column} = (SELECT max({column}) FROM movement, journal_entry)"
        )


CHANGES: dict[str, Callable[[sqlite3.Connection], None]] = {
    "a larger receipt": raise_receipt,
    "an earlier day": back_date,
    "no last entry": forget_the_last_entry,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_lifted_guards_that_stand_again_is_found(file: Path, change: str) -> None:
    with closing(sqlite3.connect(file)) as foreign, foreign:
        guards = foreign.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            foreign.execute(f"DROP TRIGGER {name}")
        CHANGES[change](foreign)
        for _, sql in guards:
            foreign.execute(sql)

    assert [finding for finding in self_check() if finding.code == "guard"] == []
    assert self_test() == ()
    assert "log_hash" in {difference.code for difference in verify().differences}


def places(data: bytes, wanted: bytes) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(wanted), data)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (RECEIVED.to_bytes(4, "big"), (RECEIVED + 1).to_bytes(4, "big")),
        (b"tranche:LT-UA-2024-T1:EUR", b"tranche:LT-UA-2024-T2:EUR"),
        (b"2024-12-02", b"2024-12-03"),
    ],
)
def test_bytes_edited_in_the_file_are_found(file: Path, old: bytes, new: bytes) -> None:
    data = file.read_bytes()
    found = places(data, old)
    assert found

    for place in found:
        file.write_bytes(data[:place] + new + data[place + len(old) :])
        assert is_found(), f"{old!r} at {place}"
        close()


def is_found() -> bool:
    """Whether the proof names a difference or the engine a broken page."""
    return verify().differences != () or rows("PRAGMA integrity_check") != [("ok",)]
