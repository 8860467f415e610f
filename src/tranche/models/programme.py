"""What is funded: programmes, and the yearly priorities that they cover."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.concept import record_field
from tranche.models.fields import currency_field, name_field, ref_field
from tranche.models.party import Party


class Category(models.TextChoices):
    """The public categories; nothing finer about a product is kept anywhere."""

    PRODUCTION = "production"
    JOINT_PRODUCTION = "joint_production"
    TRAINING_AND_EQUIPPING = "training_and_equipping"
    AIR_DEFENCE = "air_defence"
    AMMUNITION = "ammunition"


class Programme(models.Model):
    """A production programme, a joint production project, training and equipping: a category and a title."""

    record = record_field("programme")
    ref = ref_field()
    title = name_field()
    title_uk = name_field(blank=True)
    title_lt = name_field(blank=True)
    category = models.CharField(max_length=24, choices=Category.choices)
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="programmes")

    LABELS: ClassVar = labels(public="record ref title title_uk title_lt category holder")

    class Meta:
        db_table = "programme"

    def __str__(self) -> str:
        return self.ref


class Priority(models.Model):
    """A need for a year: category, quantity, amount; covered by allocations to programmes of the category."""

    record = record_field("priority")
    ref = ref_field()
    year = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=24, choices=Category.choices)
    title = name_field()
    title_uk = name_field(blank=True)
    title_lt = name_field(blank=True)
    quantity = models.PositiveIntegerField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    amount_minor = models.BigIntegerField()
    currency = currency_field()

    LABELS: ClassVar = labels(
        public="record ref year category title title_uk title_lt",
        donor="quantity unit amount_minor currency",
    )

    class Meta:
        db_table = "priority"
        constraints = [
            models.CheckConstraint(name="priority_amount_positive", condition=models.Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return self.ref
