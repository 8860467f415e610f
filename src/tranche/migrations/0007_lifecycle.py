"""Bring the database's copy of the lifecycle in step with the kernel's table; rows are only ever added."""

from __future__ import annotations

from django.apps.registry import Apps as StateApps
from django.db import connections, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tranche.kernel.transitions import state_rows, transition_rows


def add_missing(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the rows that are not there yet."""
    with connections[editor.connection.alias].cursor() as cursor:
        cursor.execute("SELECT kind, state, is_end FROM lifecycle_state")
        states = {tuple(row) for row in cursor.fetchall()}
        cursor.execute("SELECT kind, from_state, action, to_state FROM lifecycle_transition")
        steps = {tuple(row) for row in cursor.fetchall()}
        cursor.executemany(
            "INSERT INTO lifecycle_state(kind, state, is_end) VALUES (%s, %s, %s)",
            [row for row in state_rows() if row not in states],
        )
        cursor.executemany(
            "INSERT INTO lifecycle_transition(kind, from_state, action, to_state) VALUES (%s, %s, %s, %s)",
            [row for row in transition_rows() if row not in steps],
        )


class Migration(migrations.Migration):
    dependencies = [("tranche", "0006_contracts")]

    operations = [migrations.RunPython(add_missing)]
