"""Attacks on the book's own guards, each in a savepoint of a transaction that is rolled back at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import DataError, IntegrityError, ProgrammingError, connections, transaction

from tranche.ledger.rows import reading, sql_file

FORBIDDEN: Final = "42501"  # the role may not even try
KEY: Final = "00000000-0000-4000-8000-000000000000"
FACTS: Final = """
SELECT (SELECT coalesce(max(id), 0) FROM journal_entry), (SELECT coalesce(max(id), 0) FROM account),
    (SELECT coalesce(max(id), 0) FROM fund), next_seq FROM log_head WHERE id = 1
"""
UPDATE: Final = "UPDATE :table SET :column = :column"
DELETE: Final = "DELETE FROM :table"
REPLACE: Final = "INSERT OR REPLACE INTO :table SELECT * FROM :table LIMIT 1"
UPSERT: Final = """
INSERT INTO :table SELECT * FROM :table LIMIT 1 ON CONFLICT (:key) DO UPDATE SET :column = excluded.:column
"""
TRUNCATE: Final = "TRUNCATE :table CASCADE"


class Table(NamedTuple):
    """A table of the book, its key, and a column to be set to itself."""

    name: str
    key: str
    column: str


TABLES: Final = (
    Table("account", "id", "holder"),
    Table("account_kind", "kind", "role"),
    Table("fund", "id", "spend_rank"),
    Table("journal_entry", "id", "kind"),
    Table("movement", "entry_id, line", "amount"),
    Table("fx_pair", "entry_id, in_line", "out_line"),
    Table("use_fragment", "entry_id, line, piece", "path"),
    Table("period_close", "upto", "log_seq"),
    Table("period_balance", "upto, account_id", "in_total"),
    Table("account_close", "account_id", "reason"),
)


class Attack(NamedTuple):
    """Statements that must not all succeed, and the word that the guard against them says."""

    name: str
    statements: tuple[str, ...]
    guard: str = ""


def attacks(vendor: str) -> Iterator[Attack]:
    """Return every attack on stored rows that this engine knows."""
    text = Path(__file__).with_name("self_test_attacks.sql").read_text(encoding="utf-8")
    for block in text.split("\n\n-- ")[1:]:
        name, _, body = block.partition("\n")
        yield Attack(name, _statements(body))
    replace = REPLACE if vendor == "sqlite" else UPSERT
    for table in TABLES:
        yield from (
            _attack("update", UPDATE, table, "immutable"),
            _attack("delete from", DELETE, table, "immutable"),
            _attack("replace in", replace, table, ""),
        )


def truncations(vendor: str) -> Iterator[Attack]:
    """Return the attacks that empty a table; SQLite has no such statement."""
    if vendor == "postgresql":
        yield from (_attack("truncate", TRUNCATE, table, "immutable") for table in TABLES)


def _attack(verb: str, template: str, table: Table, guard: str) -> Attack:
    sql = template.replace(":table", table.name).replace(":key", table.key).replace(":column", table.column)
    return Attack(f"{verb} {table.name}", (sql.strip(),), guard)


def self_test(using: str = "default") -> tuple[str, ...]:
    """Return the names of the attacks that no guard refused; none is the good answer."""
    vendor = connections[using].vendor
    with transaction.atomic(using=using):
        if vendor == "postgresql":
            reading(using)("SELECT next_seq FROM log_head WHERE id = 1 FOR UPDATE", [])
        # A table with checks still to be made at COMMIT cannot be truncated by anybody: these come first.
        passed = [attack.name for attack in truncations(vendor) if not is_refused(attack, {}, using)]
        facts = prepare(using)
        passed += [attack.name for attack in attacks(vendor) if not is_refused(attack, facts, using)]
        transaction.set_rollback(True, using=using)
    return tuple(passed)


def prepare(using: str) -> Mapping[str, Any]:
    """Write a row into every table and return the numbers that the attacks are made of."""
    [(entry, account, fund, seq)] = reading(using)(FACTS, [])
    facts = {"e": entry, "a": account, "f": fund, "seq": seq, "key": KEY, "hash": b"\0" * 32}
    for statement in _statements(sql_file("self_test_setup.sql")):
        _run(statement, facts, using)
    return facts


def is_refused(attack: Attack, facts: Mapping[str, Any], using: str) -> bool:
    """Tell whether the guard refuses an attack; nothing of it stays if it does not."""
    try:
        with transaction.atomic(using=using):
            for statement in attack.statements:
                _run(statement, facts, using)
            transaction.set_rollback(True, using=using)
    except (IntegrityError, DataError) as error:
        return attack.guard in str(error)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) == FORBIDDEN:
            return True
        raise
    return False


def _run(statement: str, facts: Mapping[str, Any], using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(statement, facts)


def _statements(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";\n") if part.strip())
