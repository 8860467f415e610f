"""Calls by a second person, warnings of names, conditions precedent, interests and upload links.

The database's copy of the lifecycle gets the rows that it lacks; rows are only ever added.
"""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tranche.kernel.transitions import state_rows, transition_rows


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
    dependencies = [
        ("tranche", "0010_second_part"),
    ]

    operations = [
        migrations.CreateModel(
            name="Condition",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="condition",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("text", models.TextField()),
                ("long_stop_on", models.DateField()),
            ],
            options={
                "db_table": "condition",
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("employment", "Employment"),
                            ("part_owner", "Part Owner"),
                            ("family", "Family"),
                            ("other_tie", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(null=True)),
                ("decision_id", models.CharField(max_length=36)),
            ],
            options={
                "db_table": "interest",
            },
        ),
        migrations.CreateModel(
            name="LinkUpload",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(max_length=100)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "db_table": "link_upload",
            },
        ),
        migrations.CreateModel(
            name="UploadLink",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("evidence_kinds", models.JSONField()),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("issued_at", models.DateTimeField()),
                ("expires_on", models.DateField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "upload_link",
            },
        ),
        migrations.AddField(
            model_name="payee",
            name="name_warning",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="payeecallback",
            name="second_called_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="payeecallback",
            name="second_spoke_with",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="payeecallback",
            name="second_verifier",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
            ),
        ),
        migrations.AddConstraint(
            model_name="payeecallback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("second_called_on__isnull", True),
                        ("second_spoke_with", ""),
                        ("second_verifier__isnull", True),
                    ),
                    models.Q(
                        ("second_called_on__isnull", False),
                        ("second_verifier__isnull", False),
                        models.Q(("second_spoke_with", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="callback_second_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="payeecallback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second_verifier__isnull", True),
                    models.Q(("second_verifier", models.F("verifier")), _negated=True),
                    _connector="OR",
                ),
                name="callback_second_differs",
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="filing_party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="judging_party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="tranche",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="conditions_precedent",
                to="tranche.tranche",
            ),
        ),
        migrations.AddField(
            model_name="interest",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="interests", to="tranche.party"
            ),
        ),
        migrations.AddField(
            model_name="interest",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="interests", to="tranche.person"
            ),
        ),
        migrations.AddField(
            model_name="linkupload",
            name="evidence",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="upload",
                to="tranche.evidence",
            ),
        ),
        migrations.AddField(
            model_name="uploadlink",
            name="issued_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
            ),
        ),
        migrations.AddField(
            model_name="uploadlink",
            name="record",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="upload_links", to="tranche.record"
            ),
        ),
        migrations.AddField(
            model_name="linkupload",
            name="link",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="tranche.uploadlink"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="link",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tranche.uploadlink",
            ),
        ),
        migrations.AddConstraint(
            model_name="condition",
            constraint=models.CheckConstraint(
                condition=models.Q(("filing_party", models.F("judging_party")), _negated=True),
                name="condition_two_parties",
            ),
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"
                ),
                name="interest_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="linkupload",
            constraint=models.UniqueConstraint(fields=("link", "kind", "sha256"), name="link_upload_once"),
        ),
        migrations.RunPython(add_missing),
    ]
