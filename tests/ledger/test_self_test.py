"""The database guards itself: every attack is refused, and a missing guard is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from tests.ledger import desk

from tranche.ledger.self_test import TABLES, Attack, attacks, is_refused, prepare, self_test, truncations
from tranche.ledger.verify import verify

either = pytest.mark.usefixtures("mechanism")


def vendor() -> str:
    return str(connections["default"].vendor)


def run(sql: str, params: Mapping[str, Any] | None = None) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, params)


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def dump() -> list[tuple[str, list[tuple[Any, ...]]]]:
    return [(table.name, sorted(rows(f"SELECT * FROM {table.name}"), key=str)) for table in TABLES]


def guards() -> list[tuple[str, str]]:
    """Return name and table of every trigger of the book."""
    if vendor() == "sqlite":
        found = rows("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    else:
        found = rows(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal"
        )
    names = {table.name for table in TABLES}
    return sorted((name, table) for name, table in found if table in names)


@either
def test_every_attack_is_refused_and_leaves_no_trace() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 100)
    before = dump()

    assert self_test() == ()

    assert dump() == before
    assert verify().differences == ()


@either
def test_the_list_of_attacks_covers_every_table() -> None:
    names = {attack.name for attack in attacks(vendor())}

    assert len(names) == len(list(attacks(vendor()))) > 60
    for table in TABLES:
        assert {f"update {table.name}", f"delete from {table.name}", f"replace in {table.name}"} <= names


@either
def test_a_legal_write_is_not_taken_for_a_refusal() -> None:
    harmless = Attack("none", ("UPDATE log_head SET next_seq = next_seq + 1",))

    assert not is_refused(harmless, {}, "default")
    assert rows("SELECT next_seq FROM log_head") == [(0,)]


@either
def test_every_guard_that_is_taken_away_is_missed() -> None:
    if vendor() == "sqlite":
        run("PRAGMA recursive_triggers = OFF")  # else the guard against DELETE also stops OR REPLACE

    unnoticed = [name for name, table in guards() if not _noticed(name, table)]

    assert unnoticed == SECOND_LINES[vendor()]


def _noticed(name: str, table: str) -> bool:
    with transaction.atomic():
        run(f"DROP TRIGGER {name}" + (f" ON {table}" if vendor() == "postgresql" else ""))
        try:
            with transaction.atomic():
                noticed = bool(self_test())
        except DatabaseError:
            noticed = True  # without it the legal rows of the test itself are refused
        transaction.set_rollback(True)
    return noticed


# Before each of these stands the guard of a table that TRUNCATE would empty too.
SECOND_LINES: dict[str, list[str]] = {
    "sqlite": [],
    "postgresql": [
        "account_kind_no_truncate",
        "account_no_truncate",
        "fund_no_truncate",
        "journal_entry_no_truncate",
        "movement_no_truncate",
        "period_close_no_truncate",
    ],
}


@pytest.mark.usefixtures("sqlite_mechanism")
@pytest.mark.parametrize("clause", ["INSERT OR IGNORE", "INSERT OR REPLACE", "INSERT OR FAIL"])
def test_a_conflict_clause_passes_no_attack(clause: str) -> None:
    for recursive in ("ON", "OFF"):
        run(f"PRAGMA recursive_triggers = {recursive}")
        passed = _changed_by(clause)
        assert passed == []


def _changed_by(clause: str) -> list[str]:
    passed = []
    with transaction.atomic():
        facts = prepare("default")
        before = dump()
        for attack in attacks("sqlite"):
            with transaction.atomic():
                for sql in attack.statements:
                    try:
                        with transaction.atomic():
                            run(sql.replace("INSERT", clause, 1) if " OR " not in sql else sql, facts)
                    except IntegrityError:
                        break
                if dump() != before and len(attack.statements) == 1:
                    passed.append(attack.name)
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return passed


@either
def test_lines_without_a_header_do_not_commit() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 100)
    before = dump()

    with pytest.raises(IntegrityError), transaction.atomic():
        run("INSERT INTO movement VALUES (2, 1, 1, 2, 'EUR', 5, 100, 100)")

    assert dump() == before


@either
def test_an_entry_without_its_log_entry_does_not_commit() -> None:
    before = dump()

    with pytest.raises(IntegrityError), transaction.atomic():
        prepare("default")

    assert dump() == before


@pytest.mark.postgres
@pytest.mark.usefixtures("postgresql_mechanism")
def test_a_replication_role_does_not_switch_the_guards_off() -> None:
    with transaction.atomic():
        facts = prepare("default")
        run("SET LOCAL session_replication_role = replica")
        guarded = [attack for attack in attacks("postgresql") if attack.name.startswith(("update", "delete"))]

        assert [attack.name for attack in guarded if not is_refused(attack, facts, "default")] == []
        assert [attack.name for attack in truncations("postgresql")] != []
        transaction.set_rollback(True)
