"""Notices, how persons want to be written to, calendar addresses; read marks in the scratch file."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tranche", "0003_register"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailSetting",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="mail_setting",
                        serialize=False,
                        to="tranche.person",
                    ),
                ),
                ("mail", models.CharField(max_length=5)),
            ],
            options={
                "db_table": "mail_setting",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["each", "daily", "never"])),
                        name="mail_setting_choice",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("person_id", models.CharField(max_length=36)),
                ("notice_id", models.BigIntegerField()),
                ("upto", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "read_mark",
                "constraints": [
                    models.UniqueConstraint(fields=("person_id", "notice_id", "upto"), name="read_mark_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                ("token_sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_addresses",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "calendar_address",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("person",),
                        name="calendar_address_of_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                ("subject", models.CharField(max_length=40)),
                ("payload", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("done_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "outbox",
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["subject"],
                        name="outbox_asks",
                    ),
                    models.Index(fields=["person", "id"], name="outbox_of_person"),
                    models.Index(
                        condition=models.Q(("dead_at__isnull", True), ("done_at__isnull", True)),
                        fields=["not_before", "id"],
                        name="outbox_to_send",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "step_open",
                                    "reminder",
                                    "escalation",
                                    "decision_waiting",
                                    "decision_void",
                                    "decision_ended",
                                    "hold_placed",
                                    "hold_review",
                                    "payee_changed",
                                    "payment_file",
                                    "recovery_asked",
                                    "proof_alarm",
                                ],
                            )
                        ),
                        name="outbox_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", True), ("dead_at__isnull", True), _connector="OR"
                        ),
                        name="outbox_ends_once",
                    ),
                ],
            },
        ),
    ]
