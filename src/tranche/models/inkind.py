"""Contributions in kind: what a donor gives as goods or places, and what it says they are worth."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.agreement import Agreement
from tranche.models.concept import record_field
from tranche.models.fields import currency_field, name_field, ref_field
from tranche.models.party import Party
from tranche.models.programme import Category


class InKind(models.Model):
    """Goods, training places or services of a public category; their value is never an amount of money."""

    record = record_field("inkind")
    ref = ref_field()
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="in_kind")
    donor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="in_kind")
    title = name_field()
    title_uk = name_field(blank=True)
    title_lt = name_field(blank=True)
    category = models.CharField(max_length=24, choices=Category.choices)
    quantity = models.PositiveIntegerField()
    unit = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    handed_over_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    deviation = models.CharField(max_length=20, blank=True)

    LABELS: ClassVar = labels(
        public="record ref agreement donor title title_uk title_lt category",
        donor="quantity unit country handed_over_on accepted_on deviation",
    )

    class Meta:
        db_table = "inkind"
        constraints = [
            models.CheckConstraint(name="inkind_quantity_positive", condition=models.Q(quantity__gt=0))
        ]

    def __str__(self) -> str:
        return self.ref


class InKindValue(models.Model):
    """A memorandum figure: what a contribution is worth, by which method, on which day, in whose view."""

    inkind = models.ForeignKey(InKind, on_delete=models.PROTECT, related_name="values")
    version = models.PositiveSmallIntegerField()
    value_minor = models.BigIntegerField()
    currency = currency_field()
    basis = models.CharField(max_length=20)
    valued_on = models.DateField()
    valuer = name_field()

    LABELS: ClassVar = labels(donor="id inkind version value_minor currency basis valued_on valuer")

    class Meta:
        db_table = "inkind_value"
        constraints = [
            models.UniqueConstraint(fields=["inkind", "version"], name="inkind_value_version"),
            models.CheckConstraint(name="inkind_value_positive", condition=models.Q(value_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.inkind_id} {self.version}"
