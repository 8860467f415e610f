"""The concept tables of the register, over the raw tables of 0002."""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tranche.kernel.transitions import state_rows, transition_rows


def fill_lifecycle(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Give the database the same rows that the kernel enforces."""
    alias = editor.connection.alias
    with connections[alias].cursor() as cursor:
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
        migrations.RunPython(fill_lifecycle, migrations.RunPython.noop),
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
                        choices=[("earmark", "Earmark"), ("pro_rata", "Pro Rata")], max_length=10
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
            ],
            options={
                "db_table": "claim",
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
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("media_type", models.CharField(max_length=100)),
                ("label", models.CharField(max_length=10)),
                ("filed_at", models.DateTimeField()),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
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
            ],
            options={
                "db_table": "evidence",
            },
        ),
        migrations.CreateModel(
            name="LineMatch",
            fields=[
                ("id", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("target_kind", models.CharField(max_length=20)),
                ("target_ref", models.CharField(max_length=40)),
                ("amount_minor", models.BigIntegerField()),
                ("rule", models.CharField(max_length=8)),
                ("reason", models.JSONField(default=dict)),
                ("decision_id", models.CharField(max_length=36)),
                ("log_seq", models.BigIntegerField()),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match",
                        to="tranche.bankline",
                    ),
                ),
            ],
            options={
                "db_table": "line_match",
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
        migrations.AddField(
            model_name="claim",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="tranche.sourcedocument",
            ),
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
                ("funding_ref", models.CharField(max_length=40)),
                ("price_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
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
            ],
            options={
                "db_table": "contract",
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
                ("category", models.CharField(max_length=24)),
                ("quantity", models.PositiveIntegerField()),
                ("unit", models.CharField(max_length=40)),
                ("country", models.CharField(max_length=2)),
                ("value_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("handed_over_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("rejected_on", models.DateField(null=True)),
                ("deviation", models.CharField(blank=True, max_length=20)),
                ("drop_cause", models.CharField(blank=True, max_length=20)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="tranche.contract",
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
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("end_to_end_id", models.CharField(max_length=35, unique=True)),
                ("released_on", models.DateField(null=True)),
                ("settled_on", models.DateField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="tranche.contract",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="tranche.milestone",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="tranche.payee",
                    ),
                ),
            ],
            options={
                "db_table": "payment",
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
        migrations.AddField(
            model_name="contract",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contracts", to="tranche.programme"
            ),
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
                (
                    "owner_party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
                    ),
                ),
            ],
            options={
                "db_table": "step",
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
            ],
            options={
                "db_table": "procedure",
            },
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("account", "fingerprint", "occurrence"), name="uq_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(fields=("account", "stmt_id"), name="bank_statement_once"),
        ),
        migrations.AddConstraint(
            model_name="linematch",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="line_match_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcedocument",
            constraint=models.UniqueConstraint(fields=("text_sha256", "url"), name="sd_sha_unique"),
        ),
        migrations.AddConstraint(
            model_name="sourcedocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("published_month__isnull", True), ("published_year__isnull", False), _connector="OR"
                    ),
                    models.Q(
                        ("published_day__isnull", True), ("published_month__isnull", False), _connector="OR"
                    ),
                ),
                name="sd_date_prefix",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementparty",
            constraint=models.UniqueConstraint(
                fields=("agreement", "party", "role"), name="agreement_party_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pool_ref__isnull", False), ("spending_rule", "pro_rata")),
                    models.Q(("pool_ref__isnull", True), ("spending_rule", "earmark")),
                    _connector="OR",
                ),
                name="agreement_pool_when_pro_rata",
            ),
        ),
        migrations.AddConstraint(
            model_name="claimevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("start__lt", models.F("end"))), name="ce_span"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                    _connector="OR",
                ),
                name="claim_confirmed_by_and_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="milestone_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("value_minor__gt", 0)), name="lot_value_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="lot_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="payeecallback",
            constraint=models.CheckConstraint(
                condition=models.Q(("number_recorded_on__lt", models.F("requested_on"))),
                name="callback_number_older",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="payment_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_minor__gt", 0)), name="contract_price_positive"
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="procedure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="tranche.procedure"
            ),
        ),
        migrations.AddConstraint(
            model_name="tranche",
            constraint=models.UniqueConstraint(fields=("agreement", "ordinal"), name="tranche_ordinal"),
        ),
        migrations.AddConstraint(
            model_name="tranche",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="tranche_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("procedure", "key"), name="step_key"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_on__isnull", True), ("opened_on__isnull", True)),
                    models.Q(("due_on__isnull", False), ("opened_on__isnull", False)),
                    _connector="OR",
                ),
                name="step_open_and_due",
            ),
        ),
    ]
