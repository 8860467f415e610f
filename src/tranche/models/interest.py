"""Interests: a person's own ties to a supplier, which keep that person out of the supplier's money."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.fields import id_field
from tranche.models.party import Party
from tranche.models.person import Person


class InterestKind(models.TextChoices):
    EMPLOYMENT = "employment"
    PART_OWNER = "part_owner"
    FAMILY = "family"
    OTHER = "other_tie"


class Interest(models.Model):
    """A declared interest; it holds from `from_on` on and before `to_on`, without end where there is none."""

    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="interests")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=12, choices=InterestKind.choices)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    decision_id = models.CharField(max_length=36)

    LABELS: ClassVar = labels(donor="id person party from_on to_on decision_id", auditor="kind")

    class Meta:
        db_table = "interest"
        constraints = [
            models.CheckConstraint(
                name="interest_days",
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.party_id}"
