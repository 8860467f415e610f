"""What published sources say: documents, claims with their spans; they never move money."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.concept import record_field
from tranche.models.fields import id_field, name_field, ref_field
from tranche.models.person import Person


class SourceDocument(models.Model):
    """A published text, stored as NFC with LF line ends and never edited; offsets are code points."""

    id = id_field()
    ref = ref_field()
    title = name_field()
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    url = models.CharField(max_length=500, blank=True)
    outlet = name_field(blank=True)
    source_class = models.CharField(max_length=30)
    published_year = models.PositiveSmallIntegerField(null=True)
    published_month = models.PositiveSmallIntegerField(null=True)
    published_day = models.PositiveSmallIntegerField(null=True)
    published_basis = models.CharField(max_length=10)
    language = models.CharField(max_length=2)
    reader_version = models.CharField(max_length=40)
    notices = models.JSONField(default=list)
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    label = models.CharField(max_length=10)

    LABELS: ClassVar = labels(
        public="id ref title url outlet source_class published_year published_month published_day"
        " published_basis language label text text_sha256 reader_version",
        donor="notices added_by added_at",
    )

    class Meta:
        db_table = "source_document"
        constraints = [
            models.UniqueConstraint(fields=["text_sha256", "url"], name="sd_sha_unique"),
            models.CheckConstraint(
                name="sd_date_prefix",
                condition=(models.Q(published_month__isnull=True) | models.Q(published_year__isnull=False))
                & (models.Q(published_day__isnull=True) | models.Q(published_month__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Claim(models.Model):
    """What one source says about one fact, as printed."""

    record = record_field("claim")
    ref = ref_field()
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="claims")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=24)
    stage = models.CharField(max_length=20, blank=True)
    modality = models.CharField(max_length=12)
    zone = models.CharField(max_length=12)
    ordinal = models.PositiveSmallIntegerField(null=True)
    summary = models.TextField()
    fields = models.JSONField(default=dict)
    confidence = models.PositiveSmallIntegerField()
    linked_ref = models.CharField(max_length=40, blank=True)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    LABELS: ClassVar = labels(
        public="record ref document position kind stage modality zone ordinal summary fields confidence"
        " linked_ref",
        donor="confirmed_by confirmed_at",
    )

    class Meta:
        db_table = "claim"
        constraints = [
            models.CheckConstraint(
                name="claim_confirmed_by_and_at",
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.ref


class ClaimAmount(models.Model):
    """An amount that a claim prints; no total is ever made of these rows."""

    id = id_field()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="amounts")
    role = models.CharField(max_length=16)
    amount_text = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField()
    upper_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    precision = models.CharField(max_length=10)
    scope = models.CharField(max_length=14)

    LABELS: ClassVar = labels(
        public="id claim role amount_text amount_minor upper_minor currency precision scope"
    )

    class Meta:
        db_table = "claim_amount"

    def __str__(self) -> str:
        return self.amount_text


class ClaimParty(models.Model):
    """A party or person that a claim names, as printed."""

    id = id_field()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(max_length=14)
    name_printed = name_field()
    code = models.CharField(max_length=40, blank=True)

    LABELS: ClassVar = labels(public="id claim role name_printed code")

    class Meta:
        db_table = "claim_party"

    def __str__(self) -> str:
        return str(self.name_printed)


class ClaimEvidence(models.Model):
    """Where in the text a field of a claim stands: half-open code point offsets and the quote."""

    id = id_field()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="spans")
    field = models.CharField(max_length=30)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    basis = models.CharField(max_length=10)

    LABELS: ClassVar = labels(public="id claim field start end quote basis")

    class Meta:
        db_table = "claim_evidence"
        constraints = [models.CheckConstraint(name="ce_span", condition=models.Q(start__lt=models.F("end")))]

    def __str__(self) -> str:
        return self.quote[:40]
