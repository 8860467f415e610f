"""Contracts in a currency of their own, and payments that take money back to a donor.

What is there already is in the currency of its fund, so its plan is its price.
"""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F, OuterRef, Subquery


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Every contract and payment as it was: one currency, one purpose."""
    contracts = apps.get_model("tranche", "Contract").objects
    contracts.update(planned_minor=F("price_minor"), fund_currency=F("currency"))
    payments = apps.get_model("tranche", "Payment").objects
    funding = contracts.filter(pk=OuterRef("contract_id")).values("funding_ref")
    payments.update(
        planned_minor=F("amount_minor"), fund_currency=F("currency"), funding_ref=Subquery(funding)
    )
    payments.exclude(settled_on=None).update(bank_minor=F("amount_minor"))


class Migration(migrations.Migration):
    dependencies = [("tranche", "0005_funds")]

    operations = [
        migrations.AlterField(
            model_name="contract", name="funding_ref", field=models.CharField(max_length=90)
        ),
        migrations.AddField(
            model_name="contract",
            name="planned_minor",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="contract",
            name="fund_currency",
            field=models.CharField(default="", max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(model_name="contract", name="rate_num", field=models.BigIntegerField(null=True)),
        migrations.AddField(
            model_name="contract", name="rate_scale", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="contract",
            name="rate_base",
            field=models.CharField(blank=True, default="", max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(model_name="contract", name="rate_on", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="contract",
            name="rate_source",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="contract", name="margin_bp", field=models.PositiveIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="payment",
            name="purpose",
            field=models.CharField(
                choices=[("supply", "Supply"), ("return", "Return")], default="supply", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="donor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returns",
                to="tranche.party",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="clause",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="payment",
            name="funding_ref",
            field=models.CharField(blank=True, default="", max_length=90),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="payment",
            name="planned_minor",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="payment",
            name="fund_currency",
            field=models.CharField(default="", max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(model_name="payment", name="bank_minor", field=models.BigIntegerField(null=True)),
        migrations.AddField(
            model_name="payment",
            name="retry_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="retries",
                to="tranche.payment",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="contract",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="tranche.contract",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="milestone",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="tranche.milestone",
            ),
        ),
        migrations.RunPython(fill),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(planned_minor__gt=0), name="contract_planned_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    rate_num__isnull=True,
                    rate_scale__isnull=True,
                    rate_base="",
                    rate_on__isnull=True,
                    rate_source="",
                    margin_bp=0,
                    planned_minor=F("price_minor"),
                    fund_currency=F("currency"),
                )
                | models.Q(rate_num__gt=0, rate_scale__isnull=False, rate_on__isnull=False)
                & ~models.Q(rate_base="")
                & ~models.Q(rate_source="")
                & ~models.Q(fund_currency=F("currency")),
                name="contract_rate_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(planned_minor__gt=0), name="payment_planned_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    purpose="supply", contract__isnull=False, milestone__isnull=False, donor__isnull=True
                )
                & ~models.Q(funding_ref="")
                | models.Q(
                    purpose="return", contract__isnull=True, milestone__isnull=True, donor__isnull=False
                )
                & ~models.Q(clause=""),
                name="payment_purpose",
            ),
        ),
    ]
