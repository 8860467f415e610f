"""The shipped SQL is applied whole and its guards are known by name and text."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from tests.store.guards import listed

from tranche.store import schema

LIST = Path(schema.__file__).parent / "sql" / "postgresql" / "guards.txt"


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@pytest.mark.usefixtures("mechanism")
def test_a_fresh_mechanism_has_every_guard_that_is_shipped() -> None:
    connection = connections["default"]

    present, shipped = schema.guards(connection), schema.shipped_guards(connection.vendor)

    assert {name: present.get(name) for name in shipped} == shipped
    assert {name for name in present if name.startswith("trigger ")} <= set(shipped)


@pytest.mark.postgres
@pytest.mark.usefixtures("postgresql_mechanism")
def test_the_list_for_postgresql_is_up_to_date() -> None:
    """After a change of the SQL write the list anew: python -m tests.store.guards > LIST."""
    assert LIST.read_text(encoding="utf-8") == listed(connections["default"])


@pytest.mark.postgres
@pytest.mark.usefixtures("postgresql_mechanism")
@pytest.mark.parametrize(
    ("change", "name"),
    [
        (
            "ALTER TABLE log_entry DISABLE TRIGGER log_entry_no_update",
            "trigger log_entry.log_entry_no_update",
        ),
        ("ALTER TABLE log_entry ENABLE TRIGGER log_entry_no_update", "trigger log_entry.log_entry_no_update"),
        ("DROP TRIGGER log_head_grows ON log_head", "trigger log_head.log_head_grows"),
        (
            "CREATE OR REPLACE FUNCTION log_head_grows() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RETURN NEW; END $$",
            "trigger log_head.log_head_grows",
        ),
        ("ALTER TABLE log_entry DROP CONSTRAINT log_entry_seq", "constraint log_entry.log_entry_seq"),
    ],
)
def test_a_guard_of_postgresql_that_was_changed_shows(change: str, name: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(change)

    present, shipped = schema.guards(connections["default"]), schema.shipped_guards("postgresql")

    assert {found for found, text in shipped.items() if present.get(found) != text} == {name}


@pytest.mark.usefixtures("mechanism")
def test_every_table_of_the_shipped_sql_is_there_and_the_log_is_empty() -> None:
    tables = set(connections["default"].introspection.table_names())

    assert {"log_head", "log_entry", "log_opening", "idem_key", "commit_barrier", "journal_entry"} <= tables
    assert {"movement", "account", "decision", "approval", "record", "record_event"} <= tables
    assert rows("SELECT next_seq FROM log_head") == [(0,)]


def test_a_script_is_cut_where_its_statements_end() -> None:
    text = """
    -- a comment; with a semicolon
    CREATE TABLE a(x);
    CREATE TRIGGER t BEFORE DELETE ON a BEGIN SELECT RAISE(ABORT, 'no;never'); SELECT 1; END;
    INSERT INTO a VALUES (';');
    """

    found = list(schema.statements(text))

    assert [statement.split()[-1] for statement in found] == ["a(x);", "END;", "(';');"]
    memory = sqlite3.connect(":memory:")
    for statement in found:
        memory.execute(statement)
    memory.close()


def test_a_script_that_ends_inside_a_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="ends inside"):
        list(schema.statements("CREATE TABLE a(x"))


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_both_engines_have_the_same_files(vendor: str) -> None:
    for name in schema.FILES:
        assert "CREATE" in schema.script(vendor, name)
