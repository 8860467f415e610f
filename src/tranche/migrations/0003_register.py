"""The register over the raw tables, and the database's copy of the lifecycle."""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tranche.kernel.transitions import state_rows, transition_rows


def fill_lifecycle(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Give the database the same rows that the kernel enforces."""
    with connections[editor.connection.alias].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO lifecycle_state(kind, state, is_end) VALUES (%s, %s, %s)", state_rows()
        )
        cursor.executemany(
            "INSERT INTO lifecycle_transition(kind, from_state, action, to_state) VALUES (%s, %s, %s, %s)",
            transition_rows(),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("tranche", "0002_store"),
    ]

    operations = [
        migrations.RunPython(fill_lifecycle),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("login_id", models.CharField(max_length=36)),
                ("role", models.CharField(max_length=2)),
                ("grant_id", models.CharField(max_length=36)),
                ("party_ref", models.CharField(max_length=40)),
                ("verdict", models.CharField(max_length=10)),
                ("method", models.CharField(max_length=10)),
                ("statement", models.BinaryField()),
                ("statement_hash", models.BinaryField()),
                ("credential_id", models.TextField(null=True)),
                ("authenticator_data", models.BinaryField(null=True)),
                ("client_data", models.BinaryField(null=True)),
                ("signature", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "approval",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("action", models.CharField(max_length=40)),
                ("content", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("policy_sha256", models.CharField(max_length=64)),
                ("nonce", models.CharField(max_length=32)),
                ("state", models.CharField(max_length=10)),
                ("proposer_login_id", models.CharField(max_length=36)),
                ("proposer_grant_id", models.CharField(max_length=36, null=True)),
                ("via", models.CharField(max_length=10)),
                ("reason", models.TextField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3, null=True)),
                ("record_id", models.CharField(max_length=36, null=True)),
                ("end_reason", models.TextField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("replaced_by", models.CharField(max_length=36, null=True)),
                ("idempotency_key", models.CharField(max_length=36)),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "decision",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DecisionBarred",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "decision_id",
                        "person_id",
                        "executes",
                        "interest_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("executes", models.IntegerField()),
                ("interest_id", models.CharField(max_length=36)),
            ],
            options={
                "db_table": "decision_barred",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DecisionSlot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "decision_id",
                        "slot",
                        "role",
                        "party_ref",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("slot", models.IntegerField()),
                ("role", models.CharField(max_length=2)),
                ("party_ref", models.CharField(max_length=40)),
                ("wanted", models.IntegerField()),
                ("executes", models.IntegerField()),
            ],
            options={
                "db_table": "decision_slot",
                "managed": False,
            },
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
                ("subject", models.CharField(max_length=120)),
                ("amount_minor", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "decision_subject",
                "managed": False,
            },
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
                ("placed_at", models.DateTimeField()),
                ("review_on", models.DateField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "hold",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("version", models.BigIntegerField()),
                ("label", models.CharField(max_length=10)),
            ],
            options={
                "db_table": "record",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="RecordEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("version", models.BigIntegerField()),
                ("prev_version", models.BigIntegerField(null=True)),
                ("from_state", models.CharField(max_length=20)),
                ("action", models.CharField(max_length=40)),
                ("to_state", models.CharField(max_length=20)),
                ("undoes", models.BigIntegerField(null=True)),
                ("reason", models.TextField(null=True)),
                ("login_id", models.CharField(max_length=36)),
                ("grant_id", models.CharField(max_length=36, null=True)),
                ("via", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "record_event",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("rows_in", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("rejected", models.PositiveIntegerField()),
                ("report", models.JSONField(default=dict)),
                ("imported_at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "import_file",
            },
        ),
        migrations.CreateModel(
            name="ApprovalRevoked",
            fields=[
                (
                    "approval",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="revoked",
                        serialize=False,
                        to="tranche.approval",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "approval_revoked",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="HoldRelease",
            fields=[
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="release",
                        serialize=False,
                        to="tranche.hold",
                    ),
                ),
                ("released_at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "hold_release",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="agreement",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("title_uk", models.CharField(blank=True, max_length=300)),
                ("title_lt", models.CharField(blank=True, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("memorandum", "memorandum"),
                            ("framework", "framework"),
                            ("implementing", "implementing"),
                        ],
                        max_length=20,
                    ),
                ),
                ("binding", models.BooleanField(null=True)),
                ("earmark", models.TextField(blank=True)),
                (
                    "spending_rule",
                    models.CharField(
                        choices=[("earmark", "Earmark"), ("fifo", "Fifo"), ("pro_rata", "Pro Rata")],
                        max_length=10,
                    ),
                ),
                ("pool_ref", models.CharField(max_length=40, null=True, unique=True)),
                ("return_rule", models.TextField(blank=True)),
                ("reporting_duty", models.TextField(blank=True)),
                ("signed_on", models.DateField(null=True)),
                ("in_force_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("end_cause", models.CharField(blank=True, max_length=20)),
                (
                    "approving_party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
            ],
            options={
                "db_table": "agreement",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("pool_ref__isnull", False), ("spending_rule__in", ("fifo", "pro_rata"))
                            ),
                            models.Q(("pool_ref__isnull", True), ("spending_rule", "earmark")),
                            _connector="OR",
                        ),
                        name="agreement_pool_when_mixed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payee",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="payee",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("account_name", models.CharField(max_length=300)),
                ("iban", models.CharField(max_length=34)),
                ("bic", models.CharField(blank=True, max_length=11)),
                ("verified_on", models.DateField(null=True)),
                ("active_on", models.DateField(null=True)),
                ("name_warning", models.CharField(blank=True, max_length=300)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payee_accounts",
                        to="tranche.party",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="tranche.payee",
                    ),
                ),
            ],
            options={
                "db_table": "payee",
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
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interests",
                        to="tranche.party",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interests",
                        to="tranche.person",
                    ),
                ),
            ],
            options={
                "db_table": "interest",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="interest_days",
                    )
                ],
            },
        ),
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
        migrations.CreateModel(
            name="ProcedureTemplate",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("published_at", models.DateTimeField()),
                ("log_seq", models.BigIntegerField()),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="procedure_templates",
                        to="tranche.party",
                    ),
                ),
            ],
            options={
                "db_table": "procedure_template",
                "constraints": [
                    models.UniqueConstraint(fields=("key", "version"), name="procedure_template_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("funding_ref", models.CharField(blank=True, max_length=90)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("log_seq", models.BigIntegerField()),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
            ],
            options={
                "db_table": "set_aside",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="set_aside_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceDocument",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField()),
                ("text_sha256", models.CharField(max_length=64)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("outlet", models.CharField(blank=True, max_length=300)),
                ("source_class", models.CharField(max_length=30)),
                ("published_year", models.PositiveSmallIntegerField(null=True)),
                ("published_month", models.PositiveSmallIntegerField(null=True)),
                ("published_day", models.PositiveSmallIntegerField(null=True)),
                ("published_basis", models.CharField(max_length=10)),
                ("language", models.CharField(max_length=2)),
                ("reader_version", models.CharField(max_length=40)),
                ("notices", models.JSONField(default=list)),
                ("added_at", models.DateTimeField()),
                ("label", models.CharField(max_length=10)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
                    ),
                ),
            ],
            options={
                "db_table": "source_document",
                "constraints": [
                    models.UniqueConstraint(fields=("text_sha256", "url"), name="sd_sha_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_month__isnull", True),
                                ("published_year__isnull", False),
                                _connector="OR",
                            ),
                            models.Q(
                                ("published_day__isnull", True),
                                ("published_month__isnull", False),
                                _connector="OR",
                            ),
                        ),
                        name="sd_date_prefix",
                    ),
                ],
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
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="upload_links",
                        to="tranche.record",
                    ),
                ),
            ],
            options={
                "db_table": "upload_link",
            },
        ),
        migrations.CreateModel(
            name="Priority",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="priority",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("production", "Production"),
                            ("joint_production", "Joint Production"),
                            ("training_and_equipping", "Training And Equipping"),
                            ("air_defence", "Air Defence"),
                            ("ammunition", "Ammunition"),
                        ],
                        max_length=24,
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("title_uk", models.CharField(blank=True, max_length=300)),
                ("title_lt", models.CharField(blank=True, max_length=300)),
                ("quantity", models.PositiveIntegerField(null=True)),
                ("unit", models.CharField(blank=True, max_length=40)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "db_table": "priority",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="priority_amount_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="programme",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("title_uk", models.CharField(blank=True, max_length=300)),
                ("title_lt", models.CharField(blank=True, max_length=300)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("production", "Production"),
                            ("joint_production", "Joint Production"),
                            ("training_and_equipping", "Training And Equipping"),
                            ("air_defence", "Air Defence"),
                            ("ammunition", "Ammunition"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="tranche.party",
                    ),
                ),
            ],
            options={
                "db_table": "programme",
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="claim",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=24)),
                ("stage", models.CharField(blank=True, max_length=20)),
                ("modality", models.CharField(max_length=12)),
                ("zone", models.CharField(max_length=12)),
                ("ordinal", models.PositiveSmallIntegerField(null=True)),
                ("summary", models.TextField()),
                ("fields", models.JSONField(default=dict)),
                ("confidence", models.PositiveSmallIntegerField()),
                ("linked_ref", models.CharField(blank=True, max_length=40)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.person",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="tranche.sourcedocument",
                    ),
                ),
            ],
            options={
                "db_table": "claim",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="claim_confirmed_by_and_at",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InKind",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="inkind",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("title_uk", models.CharField(blank=True, max_length=300)),
                ("title_lt", models.CharField(blank=True, max_length=300)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("production", "Production"),
                            ("joint_production", "Joint Production"),
                            ("training_and_equipping", "Training And Equipping"),
                            ("air_defence", "Air Defence"),
                            ("ammunition", "Ammunition"),
                        ],
                        max_length=24,
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("unit", models.CharField(max_length=40)),
                ("country", models.CharField(max_length=2)),
                ("handed_over_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("deviation", models.CharField(blank=True, max_length=20)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_kind",
                        to="tranche.agreement",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="in_kind",
                        to="tranche.party",
                    ),
                ),
            ],
            options={
                "db_table": "inkind",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="inkind_quantity_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Joint",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="joint",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("title_uk", models.CharField(blank=True, max_length=300)),
                ("title_lt", models.CharField(blank=True, max_length=300)),
                ("output_rule", models.CharField(max_length=12)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joint_projects",
                        to="tranche.programme",
                    ),
                ),
            ],
            options={
                "db_table": "joint",
            },
        ),
        migrations.CreateModel(
            name="Selection",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="selection",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("tender_reference", models.CharField(max_length=80)),
                ("offer_minor", models.BigIntegerField()),
                ("lowest_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("screening_list", models.CharField(blank=True, max_length=300)),
                ("screening_version", models.CharField(blank=True, max_length=80)),
                ("screening_sha256", models.CharField(blank=True, max_length=64)),
                ("screening_result", models.CharField(blank=True, max_length=10)),
                ("screened_on", models.DateField(null=True)),
                ("written_reason", models.TextField(blank=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selections",
                        to="tranche.agreement",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selections",
                        to="tranche.programme",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selections",
                        to="tranche.party",
                    ),
                ),
            ],
            options={
                "db_table": "selection",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lowest_minor__gt", 0)), name="selection_lowest_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("offer_minor__gte", models.F("lowest_minor"))),
                        name="selection_offer_not_below_lowest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("screened_on__isnull", True),
                                ("screening_list", ""),
                                ("screening_result", ""),
                                ("screening_sha256", ""),
                                ("screening_version", ""),
                            ),
                            models.Q(
                                ("screened_on__isnull", False),
                                models.Q(("screening_list", ""), _negated=True),
                                models.Q(("screening_version", ""), _negated=True),
                                models.Q(("screening_sha256", ""), _negated=True),
                                models.Q(("screening_result", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="selection_screening_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tranche",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="tranche",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("ordinal", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("title_uk", models.CharField(blank=True, max_length=300)),
                ("title_lt", models.CharField(blank=True, max_length=300)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("earmark_ref", models.CharField(blank=True, max_length=40)),
                ("earmark", models.TextField(blank=True)),
                ("conditions", models.TextField(blank=True)),
                ("planned_on", models.DateField(null=True)),
                ("sent_on", models.DateField(null=True)),
                ("sent_reference", models.CharField(blank=True, max_length=140)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranches",
                        to="tranche.agreement",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranches",
                        to="tranche.party",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranches",
                        to="tranche.origin",
                    ),
                ),
            ],
            options={
                "db_table": "tranche",
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "ordinal"), name="tranche_ordinal"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="tranche_amount_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("stmt_id", models.CharField(max_length=35)),
                ("seq_no", models.PositiveIntegerField(null=True)),
                ("from_on", models.DateField(null=True)),
                ("to_on", models.DateField(null=True)),
                ("opening_minor", models.BigIntegerField()),
                ("closing_minor", models.BigIntegerField()),
                ("lines_digest", models.CharField(max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="tranche.bankaccount",
                    ),
                ),
                (
                    "previous",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="tranche.bankstatement",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="tranche.importfile",
                    ),
                ),
            ],
            options={
                "db_table": "bank_statement",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "stmt_id"), name="bank_statement_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("decision_id", models.CharField(blank=True, max_length=36)),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(max_length=100)),
                ("label", models.CharField(max_length=10)),
                ("filed_at", models.DateTimeField()),
                (
                    "record",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="tranche.record",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.evidence",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.uploadlink",
                    ),
                ),
            ],
            options={
                "db_table": "evidence",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision_id", ""), ("record__isnull", False)),
                            models.Q(("record__isnull", True), models.Q(("decision_id", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="evidence_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FundRule",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("fund", models.CharField(max_length=90, unique=True)),
                (
                    "rule",
                    models.CharField(
                        choices=[("earmark", "Earmark"), ("fifo", "Fifo"), ("pro_rata", "Pro Rata")],
                        max_length=10,
                    ),
                ),
                ("earmark_ref", models.CharField(blank=True, max_length=40)),
                ("valid_from", models.DateField()),
                ("log_seq", models.BigIntegerField()),
                ("ended_on", models.DateField(null=True)),
                ("successor", models.CharField(blank=True, max_length=90)),
                ("ended_seq", models.BigIntegerField(null=True)),
                (
                    "donor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.party",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fund_rules",
                        to="tranche.agreement",
                    ),
                ),
            ],
            options={
                "db_table": "fund_rule",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_on__isnull", True), ("ended_seq__isnull", True), ("successor", "")
                            ),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("ended_seq__isnull", False),
                                models.Q(("successor", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="fund_rule_ended_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementParty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("donor", "donor"),
                            ("recipient", "recipient"),
                            ("intermediary", "intermediary"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="tranche.party",
                    ),
                ),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="tranche.agreement",
                    ),
                ),
            ],
            options={
                "db_table": "agreement_party",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agreement", "party", "role"), name="agreement_party_role"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Advance",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("limit_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("opened_on", models.DateField()),
                ("log_seq", models.BigIntegerField()),
                ("closed_on", models.DateField(null=True)),
                ("closed_seq", models.BigIntegerField(null=True)),
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
            ],
            options={
                "db_table": "advance",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("limit_minor__gt", 0)), name="advance_limit_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", True), ("closed_seq__isnull", True)),
                            models.Q(("closed_on__isnull", False), ("closed_seq__isnull", False)),
                            _connector="OR",
                        ),
                        name="advance_closed_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayeeCallback",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                (
                    "number_source",
                    models.CharField(
                        choices=[
                            ("contract", "contract"),
                            ("register", "register"),
                            ("earlier_file", "earlier_file"),
                        ],
                        max_length=12,
                    ),
                ),
                ("number_recorded_on", models.DateField()),
                ("requested_on", models.DateField()),
                ("called_on", models.DateField()),
                ("spoke_with", models.CharField(max_length=300)),
                ("second_called_on", models.DateField(null=True)),
                ("second_spoke_with", models.CharField(blank=True, max_length=300)),
                ("log_seq", models.BigIntegerField()),
                (
                    "second_verifier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.person",
                    ),
                ),
                (
                    "verifier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="callbacks",
                        to="tranche.payee",
                    ),
                ),
            ],
            options={
                "db_table": "payee_callback",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number_recorded_on__lt", models.F("requested_on"))),
                        name="callback_number_older",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_verifier__isnull", True),
                            models.Q(("second_verifier", models.F("verifier")), _negated=True),
                            _connector="OR",
                        ),
                        name="callback_second_differs",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("booked_on", models.DateField()),
                ("value_on", models.DateField(null=True)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("instructed_minor", models.BigIntegerField(null=True)),
                ("instructed_currency", models.CharField(blank=True, max_length=3)),
                ("references", models.JSONField(default=dict)),
                ("counterparty_name", models.CharField(blank=True, max_length=300)),
                ("counterparty_iban", models.CharField(blank=True, max_length=34)),
                ("text", models.TextField(blank=True)),
                ("tx_code", models.CharField(blank=True, max_length=40)),
                ("fingerprint", models.CharField(max_length=64)),
                ("occurrence", models.PositiveSmallIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="tranche.bankaccount",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="tranche.bankstatement",
                    ),
                ),
            ],
            options={
                "db_table": "bank_line",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "fingerprint", "occurrence"), name="uq_line"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("instructed_currency", ""), ("instructed_minor__isnull", True)),
                            models.Q(
                                ("instructed_minor__gt", 0),
                                models.Q(("instructed_currency", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_line_instructed_pair",
                    ),
                ],
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
                (
                    "evidence",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="upload",
                        to="tranche.evidence",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="tranche.uploadlink",
                    ),
                ),
            ],
            options={
                "db_table": "link_upload",
                "constraints": [
                    models.UniqueConstraint(fields=("link", "kind", "sha256"), name="link_upload_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimParty",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=14)),
                ("name_printed", models.CharField(max_length=300)),
                ("code", models.CharField(blank=True, max_length=40)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="tranche.claim",
                    ),
                ),
            ],
            options={
                "db_table": "claim_party",
            },
        ),
        migrations.CreateModel(
            name="ClaimEvidence",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("field", models.CharField(max_length=30)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("quote", models.TextField()),
                ("basis", models.CharField(max_length=10)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="spans", to="tranche.claim"
                    ),
                ),
            ],
            options={
                "db_table": "claim_evidence",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("start__lt", models.F("end"))), name="ce_span")
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimAmount",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=16)),
                ("amount_text", models.CharField(max_length=80)),
                ("amount_minor", models.BigIntegerField()),
                ("upper_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("precision", models.CharField(max_length=10)),
                ("scope", models.CharField(max_length=14)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amounts",
                        to="tranche.claim",
                    ),
                ),
            ],
            options={
                "db_table": "claim_amount",
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="contract",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("funding_ref", models.CharField(max_length=90)),
                ("price_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("planned_minor", models.BigIntegerField()),
                ("fund_currency", models.CharField(max_length=3)),
                ("rate_num", models.BigIntegerField(null=True)),
                ("rate_scale", models.PositiveSmallIntegerField(null=True)),
                ("rate_base", models.CharField(blank=True, max_length=3)),
                ("rate_on", models.DateField(null=True)),
                ("rate_source", models.CharField(blank=True, max_length=300)),
                ("margin_bp", models.PositiveIntegerField(default=0)),
                ("tender_reference", models.CharField(max_length=80)),
                ("price_reason", models.TextField()),
                ("signed_on", models.DateField(null=True)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="tranche.party",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="tranche.programme",
                    ),
                ),
                (
                    "selection",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="tranche.selection",
                    ),
                ),
            ],
            options={
                "db_table": "contract",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("price_minor__gt", 0)), name="contract_price_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("planned_minor__gt", 0)), name="contract_planned_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("fund_currency", models.F("currency")),
                                ("margin_bp", 0),
                                ("planned_minor", models.F("price_minor")),
                                ("rate_base", ""),
                                ("rate_num__isnull", True),
                                ("rate_on__isnull", True),
                                ("rate_scale__isnull", True),
                                ("rate_source", ""),
                            ),
                            models.Q(
                                ("rate_num__gt", 0),
                                ("rate_on__isnull", False),
                                ("rate_scale__isnull", False),
                                models.Q(("rate_base", ""), _negated=True),
                                models.Q(("rate_source", ""), _negated=True),
                                models.Q(("fund_currency", models.F("currency")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contract_rate_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InKindValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("value_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("basis", models.CharField(max_length=20)),
                ("valued_on", models.DateField()),
                ("valuer", models.CharField(max_length=300)),
                (
                    "inkind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="tranche.inkind",
                    ),
                ),
            ],
            options={
                "db_table": "inkind_value",
                "constraints": [
                    models.UniqueConstraint(fields=("inkind", "version"), name="inkind_value_version"),
                    models.CheckConstraint(
                        condition=models.Q(("value_minor__gt", 0)), name="inkind_value_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JointShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("weight", models.BigIntegerField()),
                ("due_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("valid_from", models.DateField()),
                ("cause", models.CharField(blank=True, max_length=10)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joint_shares",
                        to="tranche.party",
                    ),
                ),
                (
                    "joint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="tranche.joint"
                    ),
                ),
            ],
            options={
                "db_table": "joint_share",
                "constraints": [
                    models.UniqueConstraint(fields=("joint", "version", "party"), name="joint_share_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0)), name="joint_share_weight_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("currency", ""), ("due_minor__isnull", True)),
                            models.Q(("due_minor__gt", 0), models.Q(("currency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="joint_share_due_pair",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SelectionCard",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("advice", models.CharField(max_length=12)),
                ("finding", models.CharField(max_length=12)),
                ("has_interest", models.BooleanField()),
                ("filed_on", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
                    ),
                ),
                (
                    "selection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cards",
                        to="tranche.selection",
                    ),
                ),
            ],
            options={
                "db_table": "selection_card",
                "constraints": [
                    models.UniqueConstraint(fields=("selection", "person"), name="selection_card_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Procedure",
            fields=[
                (
                    "tranche",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="tranche.tranche",
                    ),
                ),
                ("template", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                ("template_sha256", models.CharField(max_length=64)),
                ("calendar_sha256", models.CharField(max_length=64)),
                ("started_on", models.DateField()),
                ("closures", models.JSONField(default=list)),
            ],
            options={
                "db_table": "procedure",
            },
        ),
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
                (
                    "filing_party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
                (
                    "judging_party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
                (
                    "tranche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conditions_precedent",
                        to="tranche.tranche",
                    ),
                ),
            ],
            options={
                "db_table": "condition",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("filing_party", models.F("judging_party")), _negated=True),
                        name="condition_two_parties",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LineMatch",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("target_kind", models.CharField(max_length=20)),
                ("target_ref", models.CharField(max_length=90)),
                ("amount_minor", models.BigIntegerField()),
                ("rule", models.CharField(max_length=8)),
                ("reason", models.JSONField(default=dict)),
                ("decision_id", models.CharField(max_length=36)),
                ("log_seq", models.BigIntegerField()),
                ("released_seq", models.BigIntegerField(null=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matches",
                        to="tranche.bankline",
                    ),
                ),
            ],
            options={
                "db_table": "line_match",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="line_match_positive"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("released_seq__isnull", True)),
                        fields=("line",),
                        name="line_match_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="milestone",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=300)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("due_on", models.DateField()),
                (
                    "pay_after",
                    models.CharField(
                        choices=[("verified", "verified"), ("accepted", "accepted")], max_length=10
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="tranche.contract",
                    ),
                ),
            ],
            options={
                "db_table": "milestone",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="milestone_amount_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="step",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("key", models.CharField(max_length=40)),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("title_uk", models.CharField(max_length=300)),
                ("title_lt", models.CharField(max_length=300)),
                ("owner_role", models.CharField(max_length=2)),
                ("after", models.JSONField(default=list)),
                ("due_working_days", models.PositiveSmallIntegerField()),
                ("calendar", models.CharField(max_length=20)),
                ("evidence_kinds", models.JSONField(default=list)),
                ("opened_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("done_on", models.DateField(null=True)),
                ("owner", models.CharField(blank=True, max_length=40)),
                ("join", models.CharField(default="all", max_length=3)),
                ("remind_before", models.JSONField(default=list)),
                ("escalate_after", models.JSONField(default=list)),
                ("sealed", models.BooleanField(default=False)),
                ("waits_since", models.DateTimeField()),
                ("removed_on", models.DateField(null=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tranche.person",
                    ),
                ),
                (
                    "owner_party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="tranche.procedure",
                    ),
                ),
            ],
            options={
                "db_table": "step",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_on__isnull", True)),
                        fields=("procedure", "key"),
                        name="step_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_on__isnull", True), ("opened_on__isnull", True)),
                            models.Q(("due_on__isnull", False), ("opened_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="step_open_and_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="lot",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[("contract", "contract"), ("in_kind", "in_kind")],
                        default="contract",
                        max_length=10,
                    ),
                ),
                ("category", models.CharField(max_length=24)),
                ("quantity", models.PositiveIntegerField()),
                ("unit", models.CharField(max_length=40)),
                ("country", models.CharField(max_length=2)),
                ("value_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("handed_over_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("rejected_on", models.DateField(null=True)),
                ("deviation", models.CharField(blank=True, max_length=20)),
                ("drop_cause", models.CharField(blank=True, max_length=20)),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="tranche.contract",
                    ),
                ),
                (
                    "inkind",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="tranche.inkind",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="tranche.milestone",
                    ),
                ),
            ],
            options={
                "db_table": "lot",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value_minor__gt", 0)), name="lot_value_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="lot_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("contract__isnull", False),
                                ("inkind__isnull", True),
                                ("origin", "contract"),
                                ("value_minor__isnull", False),
                                models.Q(("currency", ""), _negated=True),
                            ),
                            models.Q(
                                ("contract__isnull", True),
                                ("currency", ""),
                                ("inkind__isnull", False),
                                ("milestone__isnull", True),
                                ("origin", "in_kind"),
                                ("value_minor__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="lot_origin_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        db_column="record_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="payment",
                        serialize=False,
                        to="tranche.record",
                    ),
                ),
                ("ref", models.CharField(max_length=40, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("supply", "Supply"), ("return", "Return")], default="supply", max_length=8
                    ),
                ),
                ("clause", models.TextField(blank=True)),
                ("funding_ref", models.CharField(blank=True, max_length=90)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("planned_minor", models.BigIntegerField()),
                ("fund_currency", models.CharField(max_length=3)),
                ("bank_minor", models.BigIntegerField(null=True)),
                ("end_to_end_id", models.CharField(max_length=35, unique=True)),
                ("released_on", models.DateField(null=True)),
                ("settled_on", models.DateField(null=True)),
                ("settled_seq", models.BigIntegerField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="tranche.contract",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="tranche.party",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="tranche.milestone",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="tranche.payee",
                    ),
                ),
                (
                    "retry_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retries",
                        to="tranche.payment",
                    ),
                ),
            ],
            options={
                "db_table": "payment",
                "indexes": [models.Index(fields=["payee", "settled_seq"], name="payment_first_settled")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="payment_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("planned_minor__gt", 0)), name="payment_planned_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("contract__isnull", False),
                                ("donor__isnull", True),
                                ("milestone__isnull", False),
                                ("purpose", "supply"),
                                models.Q(("funding_ref", ""), _negated=True),
                            ),
                            models.Q(
                                ("contract__isnull", True),
                                ("donor__isnull", False),
                                ("milestone__isnull", True),
                                ("purpose", "return"),
                                models.Q(("clause", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_purpose",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JointOutput",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("share_version", models.PositiveSmallIntegerField()),
                ("quantity", models.PositiveIntegerField()),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
                (
                    "joint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outputs",
                        to="tranche.joint",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outputs", to="tranche.lot"
                    ),
                ),
            ],
            options={
                "db_table": "joint_output",
                "constraints": [models.UniqueConstraint(fields=("lot", "party"), name="joint_output_once")],
            },
        ),
    ]
