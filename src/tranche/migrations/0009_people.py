"""People that turned out to be one, lent and scoped grants, one-time passwords, accounts elsewhere."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import PROTECT, Q

PERSON = "tranche.person"


class Migration(migrations.Migration):
    dependencies = [("tranche", "0008_signoff")]

    operations = [
        migrations.AddField(
            "person",
            "root",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="duplicates", to=PERSON),
        ),
        migrations.AddField(
            "login", "issuer", models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=PERSON)
        ),
        migrations.AddField("login", "password_until", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                (
                    "login",
                    models.ForeignKey(on_delete=PROTECT, related_name="identities", to="tranche.login"),
                ),
                ("issuer", models.CharField(max_length=300)),
                ("subject", models.CharField(max_length=255)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "identity",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at__isnull=True),
                        fields=("issuer", "subject"),
                        name="identity_of_one_login",
                    )
                ],
            },
        ),
        migrations.AddField("rolegrant", "scope", models.CharField(default="party", max_length=10)),
        migrations.AddField(
            "rolegrant", "scope_ref", models.CharField(blank=True, default="", max_length=40)
        ),
        migrations.AddField(
            "rolegrant",
            "delegated_by",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="lent", to=PERSON),
        ),
        migrations.AddField(
            "rolegrant",
            "parent",
            models.ForeignKey(null=True, on_delete=PROTECT, related_name="lent", to="tranche.rolegrant"),
        ),
        migrations.AddField("rolegrant", "lent_days", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("rolegrant", "decision_id", models.CharField(max_length=36, null=True)),
        migrations.AddConstraint(
            "rolegrant",
            models.CheckConstraint(
                name="grant_scope",
                condition=Q(scope="party", scope_ref="")
                | Q(scope__in=("programme", "contract")) & ~Q(scope_ref=""),
            ),
        ),
        migrations.AddConstraint(
            "rolegrant",
            models.CheckConstraint(
                name="grant_delegation_60d",
                condition=Q(delegated_by__isnull=True, parent__isnull=True, lent_days__isnull=True)
                | Q(
                    delegated_by__isnull=False,
                    parent__isnull=False,
                    lent_days__gte=1,
                    lent_days__lte=60,
                    to_at__isnull=False,
                ),
            ),
        ),
    ]
