"""Holds, approvals taken back and the subjects of decisions: raw tables like the decisions themselves."""

from __future__ import annotations

from django.apps.registry import Apps as StateApps
from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.deletion import DO_NOTHING

from tranche.store.schema import apply


def create(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apply(connections[editor.connection.alias], "0005_signoff")


def one_to_one(to: str, name: str, *, key: bool = False) -> models.OneToOneField[models.Model, models.Model]:
    return models.OneToOneField(
        to=to, on_delete=DO_NOTHING, related_name=name, primary_key=key, serialize=not key
    )


class Migration(migrations.Migration):
    dependencies = [("tranche", "0007_lifecycle")]

    operations = [
        migrations.RunPython(create),
        migrations.CreateModel(
            name="ApprovalRevoked",
            fields=[
                ("approval", one_to_one("tranche.approval", "revoked", key=True)),
                ("made_at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={"db_table": "approval_revoked", "managed": False},
        ),
        migrations.CreateModel(
            name="DecisionSubject",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "decision_id",
                        "subject",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(to="tranche.decision", on_delete=DO_NOTHING, related_name="subjects"),
                ),
                ("subject", models.CharField(max_length=120)),
            ],
            options={"db_table": "decision_subject", "managed": False},
        ),
        migrations.CreateModel(
            name="DecisionSlot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        *("decision_id", "slot", "role", "party_ref"),
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(to="tranche.decision", on_delete=DO_NOTHING, related_name="slots"),
                ),
                ("slot", models.IntegerField()),
                ("role", models.CharField(max_length=2)),
                ("party_ref", models.CharField(max_length=40)),
                ("wanted", models.IntegerField()),
                ("executes", models.IntegerField()),
            ],
            options={"db_table": "decision_slot", "managed": False},
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("scope_kind", models.CharField(max_length=10)),
                ("scope_ref", models.CharField(blank=True, max_length=40)),
                ("cause", models.CharField(max_length=10)),
                ("reason", models.TextField()),
                (
                    "placed_by",
                    models.ForeignKey(to="tranche.person", on_delete=DO_NOTHING, related_name="+"),
                ),
                ("placed_at", models.DateTimeField()),
                ("review_on", models.DateField()),
                ("decision", one_to_one("tranche.decision", "hold")),
                ("log_seq", models.BigIntegerField()),
            ],
            options={"db_table": "hold", "managed": False},
        ),
        migrations.CreateModel(
            name="HoldRelease",
            fields=[
                ("hold", one_to_one("tranche.hold", "release", key=True)),
                ("released_at", models.DateTimeField()),
                ("decision", one_to_one("tranche.decision", "+")),
                ("log_seq", models.BigIntegerField()),
            ],
            options={"db_table": "hold_release", "managed": False},
        ),
    ]
