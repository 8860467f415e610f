"""Versions of the policy, and recovery persons."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tranche", "0004_outbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField(unique=True)),
                ("parameters", models.TextField()),
                ("effective_at", models.DateTimeField()),
                ("decision_id", models.CharField(max_length=36, null=True)),
            ],
            options={
                "db_table": "policy_version",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision_id__isnull", True), ("number", 1)),
                            models.Q(("decision_id__isnull", False), ("number__gt", 1)),
                            _connector="OR",
                        ),
                        name="policy_version_decided",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryPerson",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("named_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("decision_id", models.CharField(max_length=36, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recovers",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "recovery_person",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("person",),
                        name="recovery_person_once",
                    )
                ],
            },
        ),
    ]
