"""Security keys and codes of persons; what an approval by key keeps stands in the decision tables already."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tranche", "0012_procedures")]

    operations = [
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("method", models.CharField(max_length=10)),
                ("handle", models.CharField(max_length=1364, unique=True)),
                ("public_key", models.BinaryField()),
                ("aaguid", models.CharField(blank=True, max_length=36)),
                ("device_bound", models.BooleanField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("last_step", models.BigIntegerField(default=0)),
                ("label", models.CharField(max_length=60)),
                ("offered_at", models.DateTimeField()),
                ("offered_seq", models.BigIntegerField()),
                ("registered_at", models.DateTimeField(null=True)),
                ("registered_seq", models.BigIntegerField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_seq", models.BigIntegerField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credentials",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "credential",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ("webauthn", "totp"))), name="credential_method"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("registered_at__isnull", True), ("registered_seq__isnull", True)),
                            models.Q(("registered_at__isnull", False), ("registered_seq__isnull", False)),
                            _connector="OR",
                        ),
                        name="credential_registered_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_seq__isnull", True)),
                            models.Q(("revoked_at__isnull", False), ("revoked_seq__isnull", False)),
                            _connector="OR",
                        ),
                        name="credential_revoked_pair",
                    ),
                ],
            },
        ),
    ]
