"""The versions of the policy, and the three persons who may give back what nobody can give any more.

A version is never changed: the newest that has begun is in force. Instants are UTC.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.kernel.policy import Policy
from tranche.kernel.policy_version import FIRST, Version, decoded
from tranche.models.fields import id_field
from tranche.models.person import Person


class PolicyVersion(models.Model):
    """Parameters and rules in canonical bytes under their SHA-256; the first has no decision."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField(unique=True)
    parameters = models.TextField()
    effective_at = models.DateTimeField()
    decision_id = models.CharField(max_length=36, null=True)

    LABELS: ClassVar = labels(donor="sha256 number parameters effective_at decision_id")

    class Meta:
        db_table = "policy_version"
        constraints = [
            models.CheckConstraint(
                name="policy_version_decided",
                condition=models.Q(number=FIRST, decision_id__isnull=True)
                | models.Q(number__gt=FIRST, decision_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class RecoveryPerson(models.Model):
    """One of three persons from both sides, two of whom can have a role given when nobody else can."""

    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recovers")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    decision_id = models.CharField(max_length=36, null=True)

    LABELS: ClassVar = labels(donor="id person named_at ended_at decision_id")

    class Meta:
        db_table = "recovery_person"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at__isnull=True), name="recovery_person_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)


def stored_in_force(now: datetime, using: str) -> Version | None:
    """Of the versions that have begun the one that was decided last; None before there is any."""
    begun = PolicyVersion.objects.using(using).filter(effective_at__lte=now)
    found = begun.order_by("-number").values_list("parameters", flat=True).first()
    return None if found is None else version_of(found)


def limits_in_force(now: datetime, using: str) -> Policy:
    """The amounts and days of the version in force, for pages that say who is still needed."""
    found = stored_in_force(now, using)
    return found.policy if found else Policy("limits")


@cache
def version_of(parameters: str) -> Version:
    """The version in these stored characters."""
    return decoded(parameters.encode())


def recovery_persons(using: str) -> tuple[Person, ...]:
    """The human beings who are named now, by name."""
    rows = RecoveryPerson.objects.using(using).select_related("person__root").filter(ended_at__isnull=True)
    people = {row.person.counts_as: row.person.root or row.person for row in rows}
    return tuple(sorted(people.values(), key=lambda person: (person.name, person.id)))
