"""Selection of a maker: what it offers, the assessors' cards, the screening, and why it was chosen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.agreement import Agreement
from tranche.models.concept import record_field
from tranche.models.fields import currency_field, id_field, name_field, ref_field
from tranche.models.party import Party
from tranche.models.person import Person
from tranche.models.programme import Programme


class Selection(models.Model):
    """One maker considered for a programme; the donor behind the agreement has its say.

    `lowest_minor` is the lowest offer of the same tender: a higher price is chosen with a written reason.
    """

    record = record_field("selection")
    ref = ref_field()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="selections")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="selections")
    supplier = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="selections")
    title = name_field()
    tender_reference = models.CharField(max_length=80)
    offer_minor = models.BigIntegerField()
    lowest_minor = models.BigIntegerField()
    currency = currency_field()
    screening_list = name_field(blank=True)
    screening_version = models.CharField(max_length=80, blank=True)
    screening_sha256 = models.CharField(max_length=64, blank=True)
    screening_result = models.CharField(max_length=10, blank=True)
    screened_on = models.DateField(null=True)
    written_reason = models.TextField(blank=True)

    LABELS: ClassVar = labels(
        donor="record ref programme agreement title screening_list screening_version screening_sha256"
        " screening_result screened_on supplier tender_reference offer_minor lowest_minor currency"
        " written_reason",
    )

    class Meta:
        db_table = "selection"
        constraints = [
            models.CheckConstraint(name="selection_lowest_positive", condition=models.Q(lowest_minor__gt=0)),
            models.CheckConstraint(
                name="selection_offer_not_below_lowest",
                condition=models.Q(offer_minor__gte=models.F("lowest_minor")),
            ),
            models.CheckConstraint(
                name="selection_screening_whole",
                condition=models.Q(
                    screening_list="",
                    screening_version="",
                    screening_sha256="",
                    screening_result="",
                    screened_on__isnull=True,
                )
                | models.Q(screened_on__isnull=False)
                & ~models.Q(screening_list="")
                & ~models.Q(screening_version="")
                & ~models.Q(screening_sha256="")
                & ~models.Q(screening_result=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class SelectionCard(models.Model):
    """One assessor's card: advice and finding as codes, and whether the assessor declared an interest."""

    id = id_field()
    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="cards")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    advice = models.CharField(max_length=12)
    finding = models.CharField(max_length=12)
    has_interest = models.BooleanField()
    filed_on = models.DateField()

    LABELS: ClassVar = labels(donor="id selection person filed_on", sealed="advice finding has_interest")

    class Meta:
        db_table = "selection_card"
        constraints = [
            models.UniqueConstraint(fields=["selection", "person"], name="selection_card_once"),
        ]

    def __str__(self) -> str:
        return f"{self.selection_id} {self.person_id}"
