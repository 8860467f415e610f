"""The rule of every fund as a dated row, pools that mix in order, advances, money that is asked back.

Funds that are there already get their rule from the event that made it: the signature of a pool's agreement,
the agreement to an earmarked tranche.
"""

from __future__ import annotations

import uuid
from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RULES = [("earmark", "Earmark"), ("fifo", "Fifo"), ("pro_rata", "Pro Rata")]


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """One row for each fund whose rule is in force."""
    events = apps.get_model("tranche", "RecordEvent").objects
    agreements: Any = apps.get_model("tranche", "Agreement").objects
    for agreement in agreements.exclude(pool_ref=None):
        signed = events.filter(record_id=agreement.pk, action="agreement.sign").first()
        if signed is not None:
            _row(apps, agreement.pool_ref, agreement.spending_rule, agreement.pk, signed)
    tranches = apps.get_model("tranche", "Tranche").objects.filter(agreement__spending_rule="earmark")
    for tranche in tranches:
        agreed = events.filter(record_id=tranche.pk, action="tranche.agree").first()
        if agreed is not None:
            own = {"donor_id": tranche.donor_id, "earmark_ref": tranche.earmark_ref}
            _row(apps, tranche.ref, "earmark", tranche.agreement_id, agreed, **own)


def _row(apps: StateApps, fund: str, rule: str, agreement: str, event: Any, **more: str) -> None:
    apps.get_model("tranche", "FundRule").objects.create(
        id=str(uuid.uuid4()),
        fund=fund,
        rule=rule,
        agreement_id=agreement,
        valid_from=event.at.date(),
        log_seq=event.log_seq,
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [("tranche", "0004_lines")]

    operations = [
        migrations.RemoveConstraint(model_name="agreement", name="agreement_pool_when_pro_rata"),
        migrations.AlterField(
            model_name="agreement",
            name="spending_rule",
            field=models.CharField(choices=RULES, max_length=10),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(spending_rule__in=("fifo", "pro_rata"), pool_ref__isnull=False)
                | models.Q(spending_rule="earmark", pool_ref__isnull=True),
                name="agreement_pool_when_mixed",
            ),
        ),
        migrations.CreateModel(
            name="FundRule",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("fund", models.CharField(max_length=90, unique=True)),
                ("rule", models.CharField(choices=RULES, max_length=10)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fund_rules",
                        to="tranche.agreement",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.party",
                    ),
                ),
                ("earmark_ref", models.CharField(blank=True, max_length=40)),
                ("valid_from", models.DateField()),
                ("log_seq", models.BigIntegerField()),
                ("ended_on", models.DateField(null=True)),
                ("successor", models.CharField(blank=True, max_length=90)),
                ("ended_seq", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "fund_rule",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(ended_on__isnull=True, successor="", ended_seq__isnull=True)
                        | models.Q(ended_on__isnull=False, ended_seq__isnull=False) & ~models.Q(successor=""),
                        name="fund_rule_ended_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Advance",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advances",
                        to="tranche.party",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advances",
                        to="tranche.agreement",
                    ),
                ),
                ("limit_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("opened_on", models.DateField()),
                ("log_seq", models.BigIntegerField()),
                ("closed_on", models.DateField(null=True)),
                ("closed_seq", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "advance",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(limit_minor__gt=0), name="advance_limit_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(closed_on__isnull=True, closed_seq__isnull=True)
                        | models.Q(closed_on__isnull=False, closed_seq__isnull=False),
                        name="advance_closed_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
                ("funding_ref", models.CharField(blank=True, max_length=90)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "set_aside",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="set_aside_positive")
                ],
            },
        ),
        migrations.RunPython(fill),
    ]
