"""Upload links: a way for a supplier to hand in documents of one record without a sign-in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.fields import id_field, name_field
from tranche.models.person import Person
from tranche.models.procedure import Evidence
from tranche.models.record import Record


class UploadLink(models.Model):
    """For which record, which kinds of documents and until when; of the token only the hash is kept."""

    id = id_field()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="upload_links")
    evidence_kinds = models.JSONField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_on = models.DateField()  # the first day on which it no longer works
    revoked_at = models.DateTimeField(null=True)

    LABELS: ClassVar = labels(
        donor="id record evidence_kinds issued_by issued_at expires_on revoked_at", sealed="token_sha256"
    )

    class Meta:
        db_table = "upload_link"

    def __str__(self) -> str:
        return self.id


class LinkUpload(models.Model):
    """A file that came through a link; it is no evidence until a person takes it over."""

    id = id_field()
    link = models.ForeignKey(UploadLink, on_delete=models.PROTECT, related_name="uploads")
    kind = models.CharField(max_length=40)
    name = name_field()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, null=True, related_name="upload")

    LABELS: ClassVar = labels(
        donor="id link kind sha256 size_bytes media_type received_at evidence", auditor="name"
    )

    class Meta:
        db_table = "link_upload"
        constraints = [models.UniqueConstraint(fields=["link", "kind", "sha256"], name="link_upload_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"
