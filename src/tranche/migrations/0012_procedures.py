"""Procedures that can be amended: templates of a ministry's own, joins, reminders, and removed steps.

Steps that are there wait since their procedure began and have the reminders that every step has.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tranche.kernel.transitions import state_rows, transition_rows


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Every step of a procedure that runs already."""
    steps = apps.get_model("tranche", "Step").objects
    for step in steps.select_related("procedure"):
        begun = datetime.combine(step.procedure.started_on, time(), UTC)
        steps.filter(pk=step.pk).update(waits_since=begun, remind_before=[5, 1], escalate_after=[1, 5, 10])


def add_missing(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the rows of the lifecycle that are not there yet."""
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
    dependencies = [("tranche", "0011_payees")]

    operations = [
        migrations.CreateModel(
            name="ProcedureTemplate",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="procedure_templates",
                        to="tranche.party",
                    ),
                ),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={"db_table": "procedure_template"},
        ),
        migrations.AddConstraint(
            "proceduretemplate",
            models.UniqueConstraint(fields=["key", "version"], name="procedure_template_version"),
        ),
        migrations.RemoveConstraint("step", "step_key"),
        migrations.AddField("procedure", "closures", models.JSONField(default=list)),
        migrations.AddField(
            "step",
            "assigned_to",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tranche.person",
            ),
        ),
        migrations.AddField("step", "escalate_after", models.JSONField(default=list)),
        migrations.AddField("step", "join", models.CharField(default="all", max_length=3)),
        migrations.AddField("step", "owner", models.CharField(blank=True, max_length=40)),
        migrations.AddField("step", "remind_before", models.JSONField(default=list)),
        migrations.AddField("step", "removed_on", models.DateField(null=True)),
        migrations.AddField("step", "sealed", models.BooleanField(default=False)),
        migrations.AddField(
            "step",
            "waits_since",
            models.DateTimeField(default=datetime(2024, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "step",
            models.UniqueConstraint(
                condition=models.Q(("removed_on__isnull", True)),
                fields=("procedure", "key"),
                name="step_key",
            ),
        ),
        migrations.RunPython(fill),
        migrations.RunPython(add_missing),
    ]
