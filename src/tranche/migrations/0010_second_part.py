"""Selection of makers, contributions in kind and joint projects; lots that come in kind.

The database's copy of the lifecycle gets the rows of the new kinds; rows are only ever added.
"""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps as StateApps
from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tranche.kernel.transitions import state_rows, transition_rows


def add_missing(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Insert the rows that are not there yet."""
    with connections[editor.connection.alias].cursor() as cursor:
        cursor.execute("SELECT kind, state, is_end FROM lifecycle_state")
        states = {tuple(row) for row in cursor.fetchall()}
        cursor.execute("SELECT kind, from_state, action, to_state FROM lifecycle_transition")
        steps = {tuple(row) for row in cursor.fetchall()}
        cursor.executemany(
            "INSERT INTO lifecycle_state(kind, state, is_end) VALUES (%s, %s, %s)",
            [row for row in state_rows() if row not in states],
        )
        cursor.executemany(
            "INSERT INTO lifecycle_transition(kind, from_state, action, to_state) VALUES (%s, %s, %s, %s)",
            [row for row in transition_rows() if row not in steps],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("tranche", "0009_people"),
    ]

    operations = [
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
            ],
            options={
                "db_table": "inkind_value",
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
            ],
            options={
                "db_table": "joint",
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
            ],
            options={
                "db_table": "joint_output",
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
            ],
            options={
                "db_table": "joint_share",
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
            ],
            options={
                "db_table": "selection",
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
            ],
            options={
                "db_table": "selection_card",
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="origin",
            field=models.CharField(
                choices=[("contract", "contract"), ("in_kind", "in_kind")], default="contract", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="lot",
            name="contract",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="tranche.contract",
            ),
        ),
        migrations.AlterField(
            model_name="lot",
            name="currency",
            field=models.CharField(blank=True, max_length=3),
        ),
        migrations.AlterField(
            model_name="lot",
            name="value_minor",
            field=models.BigIntegerField(null=True),
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
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="inkind",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="tranche.inkind",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddField(
            model_name="inkindvalue",
            name="inkind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="values", to="tranche.inkind"
            ),
        ),
        migrations.AddField(
            model_name="joint",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joint_projects",
                to="tranche.programme",
            ),
        ),
        migrations.AddField(
            model_name="jointoutput",
            name="joint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="outputs", to="tranche.joint"
            ),
        ),
        migrations.AddField(
            model_name="jointoutput",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="outputs", to="tranche.lot"
            ),
        ),
        migrations.AddField(
            model_name="jointoutput",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.party"
            ),
        ),
        migrations.AddField(
            model_name="jointshare",
            name="joint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="tranche.joint"
            ),
        ),
        migrations.AddField(
            model_name="jointshare",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="joint_shares", to="tranche.party"
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="selections", to="tranche.agreement"
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="selections", to="tranche.programme"
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="selections", to="tranche.party"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="selection",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contracts",
                to="tranche.selection",
            ),
        ),
        migrations.AddField(
            model_name="selectioncard",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tranche.person"
            ),
        ),
        migrations.AddField(
            model_name="selectioncard",
            name="selection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cards", to="tranche.selection"
            ),
        ),
        migrations.AddConstraint(
            model_name="inkind",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="inkind_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="inkindvalue",
            constraint=models.UniqueConstraint(fields=("inkind", "version"), name="inkind_value_version"),
        ),
        migrations.AddConstraint(
            model_name="inkindvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("value_minor__gt", 0)), name="inkind_value_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="jointoutput",
            constraint=models.UniqueConstraint(fields=("lot", "party"), name="joint_output_once"),
        ),
        migrations.AddConstraint(
            model_name="jointshare",
            constraint=models.UniqueConstraint(fields=("joint", "version", "party"), name="joint_share_once"),
        ),
        migrations.AddConstraint(
            model_name="jointshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gt", 0)), name="joint_share_weight_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="jointshare",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", ""), ("due_minor__isnull", True)),
                    models.Q(("due_minor__gt", 0), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="joint_share_due_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.CheckConstraint(
                condition=models.Q(("lowest_minor__gt", 0)), name="selection_lowest_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.CheckConstraint(
                condition=models.Q(("offer_minor__gte", models.F("lowest_minor"))),
                name="selection_offer_not_below_lowest",
            ),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="selectioncard",
            constraint=models.UniqueConstraint(fields=("selection", "person"), name="selection_card_once"),
        ),
        migrations.RunPython(add_missing),
    ]
