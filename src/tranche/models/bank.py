"""Bank statements as imported: files, statements, lines never updated, and what they were matched to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from tranche.kernel.disclosure import labels
from tranche.models.fields import FUND_LENGTH_MAX, currency_field, id_field, name_field
from tranche.models.party import BankAccount


class ImportFile(models.Model):
    """A file that an importer staged; its bytes stand in the evidence store under its hash."""

    id = id_field()
    sha256 = models.CharField(max_length=64, unique=True)
    name = name_field()
    size_bytes = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20)
    rows_in = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    report = models.JSONField(default=dict)
    imported_at = models.DateTimeField()
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(
        donor="id sha256 size_bytes kind rows_in accepted rejected imported_at log_seq", auditor="name report"
    )

    class Meta:
        db_table = "import_file"

    def __str__(self) -> str:
        return self.sha256[:12]


class BankStatement(models.Model):
    """One statement on the chain of its account: its opening is its predecessor's closing."""

    id = id_field()
    file = models.ForeignKey(ImportFile, on_delete=models.PROTECT, related_name="statements")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    stmt_id = models.CharField(max_length=35)
    seq_no = models.PositiveIntegerField(null=True)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    lines_digest = models.CharField(max_length=64)
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="next")

    LABELS: ClassVar = labels(
        auditor="id file account stmt_id seq_no from_on to_on opening_minor closing_minor lines_digest"
        " previous"
    )

    class Meta:
        db_table = "bank_statement"
        constraints = [models.UniqueConstraint(fields=["account", "stmt_id"], name="bank_statement_once")]

    def __str__(self) -> str:
        return self.stmt_id


class BankLine(models.Model):
    """One booked entry of a statement, signed: credit above zero, debit below."""

    id = id_field()
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    ordinal = models.PositiveIntegerField()
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    instructed_minor = models.BigIntegerField(null=True)  # in the other currency, where it was exchanged
    instructed_currency = models.CharField(max_length=3, blank=True)
    references = models.JSONField(default=dict)
    counterparty_name = name_field(blank=True)
    counterparty_iban = models.CharField(max_length=34, blank=True)
    text = models.TextField(blank=True)
    tx_code = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64)
    occurrence = models.PositiveSmallIntegerField()

    LABELS: ClassVar = labels(
        auditor="id statement account ordinal booked_on value_on amount_minor currency instructed_minor"
        " instructed_currency references counterparty_name counterparty_iban text tx_code fingerprint"
        " occurrence"
    )

    class Meta:
        db_table = "bank_line"
        constraints = [
            models.UniqueConstraint(fields=["account", "fingerprint", "occurrence"], name="uq_line"),
            models.CheckConstraint(
                name="bank_line_instructed_pair",
                condition=models.Q(instructed_minor__isnull=True, instructed_currency="")
                | models.Q(instructed_minor__gt=0) & ~models.Q(instructed_currency=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}:{self.ordinal}"


class LineMatch(models.Model):
    """What a person confirmed a bank line to be; a booking that was undone stays, marked as released."""

    id = id_field()
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="matches")
    target_kind = models.CharField(max_length=20)
    target_ref = models.CharField(max_length=FUND_LENGTH_MAX)
    amount_minor = models.BigIntegerField()
    rule = models.CharField(max_length=8)
    reason = models.JSONField(default=dict)
    decision_id = models.CharField(max_length=36)
    log_seq = models.BigIntegerField()
    released_seq = models.BigIntegerField(null=True)  # the log entry that freed the line again

    LABELS: ClassVar = labels(
        auditor="id line target_kind target_ref amount_minor rule reason decision_id log_seq released_seq"
    )

    class Meta:
        db_table = "line_match"
        constraints = [
            models.CheckConstraint(name="line_match_positive", condition=models.Q(amount_minor__gt=0)),
            models.UniqueConstraint(
                name="line_match_once", fields=["line"], condition=models.Q(released_seq__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_ref} {self.rule}"


def free(lines: QuerySet[BankLine]) -> QuerySet[BankLine]:
    """Those of the lines that are not booked as anything."""
    booked = LineMatch.objects.filter(line=OuterRef("pk"), released_seq__isnull=True)
    return lines.filter(~Exists(booked))
