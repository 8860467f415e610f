"""Conditions precedent: what must be true before a tranche is authorised, who shows it and who judges it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.agreement import Tranche
from tranche.models.concept import record_field
from tranche.models.fields import ref_field
from tranche.models.party import Party


class Condition(models.Model):
    """One condition of a tranche; one party files the document, another one judges it."""

    record = record_field("condition")
    ref = ref_field()
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="conditions_precedent")
    text = models.TextField()
    long_stop_on = models.DateField()
    filing_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    judging_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    LABELS: ClassVar = labels(donor="record ref tranche text long_stop_on filing_party judging_party")

    class Meta:
        db_table = "condition"
        constraints = [
            models.CheckConstraint(
                name="condition_two_parties",
                condition=~models.Q(filing_party=models.F("judging_party")),
            )
        ]

    def __str__(self) -> str:
        return self.ref
