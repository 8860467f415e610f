"""Bank lines may be booked anew, say what was exchanged, and papers may stand behind a decision alone."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tranche", "0003_register")]

    operations = [
        migrations.AddField(
            model_name="bankaccount",
            name="use",
            field=models.CharField(
                choices=[("mechanism", "Mechanism"), ("state", "State")], default="mechanism", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="instructed_currency",
            field=models.CharField(blank=True, default="", max_length=3),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="bankline", name="instructed_minor", field=models.BigIntegerField(null=True)
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(instructed_minor__isnull=True, instructed_currency="")
                | models.Q(instructed_minor__gt=0) & ~models.Q(instructed_currency=""),
                name="bank_line_instructed_pair",
            ),
        ),
        migrations.AddField(
            model_name="linematch", name="released_seq", field=models.BigIntegerField(null=True)
        ),
        migrations.AlterField(
            model_name="linematch",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="tranche.bankline"
            ),
        ),
        migrations.AlterField(
            model_name="linematch", name="target_ref", field=models.CharField(max_length=90)
        ),
        migrations.AddConstraint(
            model_name="linematch",
            constraint=models.UniqueConstraint(
                condition=models.Q(released_seq__isnull=True), fields=("line",), name="line_match_once"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="decision_id",
            field=models.CharField(blank=True, default="", max_length=36),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="evidence",
            name="record",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="tranche.record",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(record__isnull=False, decision_id="")
                | models.Q(record__isnull=True) & ~models.Q(decision_id=""),
                name="evidence_of_one",
            ),
        ),
    ]
