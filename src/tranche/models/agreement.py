"""Agreements between states and the tranches that slice them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.concept import record_field
from tranche.models.fields import currency_field, name_field, ref_field
from tranche.models.party import Origin, Party


class SpendingRule(models.TextChoices):
    """How money of several tranches is told apart when it is spent (trace)."""

    EARMARK = "earmark"
    FIFO = "fifo"
    PRO_RATA = "pro_rata"


class Agreement(models.Model):
    """A memorandum, framework or implementing arrangement with its rules."""

    record = record_field("agreement")
    ref = ref_field()
    title = name_field()
    title_uk = name_field(blank=True)
    title_lt = name_field(blank=True)
    kind = models.CharField(
        max_length=20, choices=[(k, k) for k in ("memorandum", "framework", "implementing")]
    )
    binding = models.BooleanField(null=True)
    earmark = models.TextField(blank=True)
    spending_rule = models.CharField(max_length=10, choices=SpendingRule.choices)
    pool_ref = models.CharField(max_length=40, null=True, unique=True)
    return_rule = models.TextField(blank=True)
    reporting_duty = models.TextField(blank=True)
    approving_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True)
    in_force_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_cause = models.CharField(max_length=20, blank=True)

    LABELS: ClassVar = labels(
        public="record ref title title_uk title_lt kind signed_on in_force_on ended_on",
        donor="binding earmark spending_rule pool_ref return_rule reporting_duty approving_party recipient"
        " end_cause",
    )

    class Meta:
        db_table = "agreement"
        constraints = [
            models.CheckConstraint(
                name="agreement_pool_when_mixed",
                condition=models.Q(spending_rule__in=("fifo", "pro_rata"), pool_ref__isnull=False)
                | models.Q(spending_rule="earmark", pool_ref__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.ref


class AgreementParty(models.Model):
    """A party to an agreement and what it is there: donor, recipient or intermediary."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="parties")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="agreements")
    role = models.CharField(max_length=12, choices=[(r, r) for r in ("donor", "recipient", "intermediary")])

    LABELS: ClassVar = labels(public="id agreement party role")

    class Meta:
        db_table = "agreement_party"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party", "role"], name="agreement_party_role")
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.role}"


class Tranche(models.Model):
    """A slice of an agreement; its amounts from "received" on come from the ledger, never from here."""

    record = record_field("tranche")
    ref = ref_field()
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="tranches")
    ordinal = models.PositiveSmallIntegerField()
    title = name_field()
    title_uk = name_field(blank=True)
    title_lt = name_field(blank=True)
    donor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="tranches")
    origin = models.ForeignKey(Origin, on_delete=models.PROTECT, related_name="tranches")
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    earmark_ref = models.CharField(max_length=40, blank=True)  # a programme's ref, or any programme
    earmark = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    planned_on = models.DateField(null=True)
    sent_on = models.DateField(null=True)
    sent_reference = models.CharField(max_length=140, blank=True)

    LABELS: ClassVar = labels(
        public="record ref agreement ordinal title title_uk title_lt donor origin amount_minor currency",
        donor="earmark_ref earmark conditions planned_on sent_on",
        auditor="sent_reference",
    )

    class Meta:
        db_table = "tranche"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "ordinal"], name="tranche_ordinal"),
            models.CheckConstraint(name="tranche_amount_positive", condition=models.Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return self.ref
