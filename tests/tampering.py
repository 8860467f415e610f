"""What the owner of a database can do beside the program: take the guards away, and edit."""

from __future__ import annotations

from django.db import connections


def guards_off() -> None:
    """Take away what the owner of the database can take away."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
            return
        cursor.execute("ALTER TABLE account DROP CONSTRAINT floor_by_kind")
        for table in connection.introspection.table_names():
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')


def tamper(*statements: str) -> None:
    """Run statements, several of which may stand in one text."""
    with connections["default"].cursor() as cursor:
        for sql in (part for statement in statements for part in statement.split(";")):
            cursor.execute(sql)
