"""Procedures: the steps between agreed and authorised, from a template; and the evidence of every record."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.agreement import Tranche
from tranche.models.concept import record_field
from tranche.models.fields import id_field, name_field, ref_field
from tranche.models.party import Party
from tranche.models.person import Person
from tranche.models.record import Record


class Procedure(models.Model):
    """One run of a template for one tranche; template and calendar are pinned by hash."""

    tranche = models.OneToOneField(Tranche, on_delete=models.PROTECT, primary_key=True)
    template = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    template_sha256 = models.CharField(max_length=64)
    calendar_sha256 = models.CharField(max_length=64)
    started_on = models.DateField()
    closures = models.JSONField(default=list)  # [country, day] pairs that the calendar does not know

    LABELS: ClassVar = labels(
        donor="tranche template version template_sha256 calendar_sha256 started_on closures"
    )

    class Meta:
        db_table = "procedure"

    def __str__(self) -> str:
        return f"{self.template} {self.version}"


class ProcedureTemplate(models.Model):
    """One published version of a ministry's own template; the shipped examples are files."""

    id = id_field()
    key = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    donor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="procedure_templates")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(donor="id key version donor text sha256 published_at log_seq")

    class Meta:
        db_table = "procedure_template"
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="procedure_template_version"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class Step(models.Model):
    """One step: who owns it, what must be done before, which evidence, and by when (working days).

    `waits_since` is when its present definition began to count; an amendment sets `removed_on`.
    """

    record = record_field("step")
    ref = ref_field()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="steps")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title = name_field()
    title_uk = name_field()
    title_lt = name_field()
    owner_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    owner_role = models.CharField(max_length=2)
    after = models.JSONField(default=list)
    due_working_days = models.PositiveSmallIntegerField()
    calendar = models.CharField(max_length=20)
    evidence_kinds = models.JSONField(default=list)
    opened_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    owner = models.CharField(max_length=40, blank=True)
    join = models.CharField(max_length=3, default="all")
    remind_before = models.JSONField(default=list)
    escalate_after = models.JSONField(default=list)
    sealed = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    waits_since = models.DateTimeField()
    removed_on = models.DateField(null=True)

    LABELS: ClassVar = labels(
        donor="record ref procedure key position title title_uk title_lt owner_party owner_role after"
        " due_working_days calendar evidence_kinds opened_on due_on done_on owner join remind_before"
        " escalate_after sealed assigned_to waits_since removed_on"
    )

    class Meta:
        db_table = "step"
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "key"],
                name="step_key",
                condition=models.Q(removed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="step_open_and_due",
                condition=models.Q(opened_on__isnull=True, due_on__isnull=True)
                | models.Q(opened_on__isnull=False, due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Evidence(models.Model):
    """A document behind a record, or behind a decision that moves none; kept by its hash, never deleted."""

    id = id_field()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="evidence")
    decision_id = models.CharField(max_length=36, blank=True)
    kind = models.CharField(max_length=40)
    name = name_field()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    label = models.CharField(max_length=10)
    filed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey("UploadLink", on_delete=models.PROTECT, null=True, related_name="+")

    LABELS: ClassVar = labels(
        donor="id record decision_id kind name sha256 size_bytes media_type label filed_by filed_at"
        " superseded_by link",
    )

    class Meta:
        db_table = "evidence"
        constraints = [
            models.CheckConstraint(
                name="evidence_of_one",
                condition=models.Q(record__isnull=False, decision_id="")
                | models.Q(record__isnull=True) & ~models.Q(decision_id=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"
