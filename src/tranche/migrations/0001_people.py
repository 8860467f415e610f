"""Parties and people: what the ledger, log and decision tables point at."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("state", "State"),
                            ("ministry", "Ministry"),
                            ("union", "Union"),
                            ("manufacturer", "Manufacturer"),
                            ("bank", "Bank"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=20,
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("name", models.CharField(max_length=300)),
                ("name_uk", models.CharField(blank=True, max_length=300)),
                ("name_lt", models.CharField(blank=True, max_length=300)),
                ("org_scheme", models.CharField(max_length=20)),
                ("org_number", models.CharField(max_length=40)),
                ("payment_name", models.CharField(blank=True, max_length=70)),
                ("ownership_group", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "db_table": "party",
                "constraints": [
                    models.UniqueConstraint(fields=("org_scheme", "org_number"), name="party_org_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("email", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="en", max_length=2)),
                ("theme", models.CharField(default="auto", max_length=5)),
                ("density", models.CharField(default="normal", max_length=8)),
                ("active", models.BooleanField(default=True)),
                (
                    "root",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "person",
            },
        ),
        migrations.CreateModel(
            name="Login",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("username", models.CharField(max_length=60, unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("password_until", models.DateTimeField(null=True)),
                (
                    "issuer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="logins",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "login",
            },
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("iban", models.CharField(max_length=34)),
                ("bic", models.CharField(max_length=11)),
                ("currency", models.CharField(max_length=3)),
                ("opening_minor", models.BigIntegerField(default=0)),
                ("opened_on", models.DateField()),
                (
                    "use",
                    models.CharField(
                        choices=[("mechanism", "Mechanism"), ("state", "State")],
                        default="mechanism",
                        max_length=10,
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="tranche.party",
                    ),
                ),
            ],
            options={
                "db_table": "bank_account",
                "constraints": [models.UniqueConstraint(fields=("iban", "currency"), name="uq_bank_account")],
            },
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("budget", "budget"),
                            ("windfall", "windfall"),
                            ("interest", "interest"),
                            ("unknown", "unknown"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="origins",
                        to="tranche.party",
                    ),
                ),
            ],
            options={
                "db_table": "origin",
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=2)),
                ("ceiling_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3, null=True)),
                ("from_at", models.DateTimeField()),
                ("to_at", models.DateTimeField(null=True)),
                ("scope", models.CharField(default="party", max_length=10)),
                ("scope_ref", models.CharField(blank=True, default="", max_length=40)),
                ("lent_days", models.PositiveSmallIntegerField(null=True)),
                ("decision_id", models.CharField(max_length=36, null=True)),
                (
                    "delegated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lent",
                        to="tranche.person",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lent",
                        to="tranche.rolegrant",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="tranche.party"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "role_grant",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ceiling_minor__isnull", True), ("currency__isnull", True)),
                            models.Q(("ceiling_minor__isnull", False), ("currency__isnull", False)),
                            _connector="OR",
                        ),
                        name="grant_ceiling_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scope", "party"), ("scope_ref", "")),
                            models.Q(
                                ("scope__in", ("programme", "contract")),
                                models.Q(("scope_ref", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="grant_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("delegated_by__isnull", True),
                                ("lent_days__isnull", True),
                                ("parent__isnull", True),
                            ),
                            models.Q(
                                ("delegated_by__isnull", False),
                                ("lent_days__gte", 1),
                                ("lent_days__lte", 60),
                                ("parent__isnull", False),
                                ("to_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="grant_delegation_60d",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("issuer", models.CharField(max_length=300)),
                ("subject", models.CharField(max_length=255)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "login",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identities",
                        to="tranche.login",
                    ),
                ),
            ],
            options={
                "db_table": "identity",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("issuer", "subject"),
                        name="identity_of_one_login",
                    )
                ],
            },
        ),
    ]
