"""Joint production projects: partners, versions of their shares, and what each got of every lot."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.concept import record_field
from tranche.models.contract import Lot
from tranche.models.fields import name_field, ref_field
from tranche.models.party import Party
from tranche.models.programme import Programme


class Joint(models.Model):
    """A project of several partners over one programme; money comes by ordinary receipts and allocations."""

    record = record_field("joint")
    ref = ref_field()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="joint_projects")
    title = name_field()
    title_uk = name_field(blank=True)
    title_lt = name_field(blank=True)
    output_rule = models.CharField(max_length=12)

    LABELS: ClassVar = labels(public="record ref programme title title_uk title_lt", donor="output_rule")

    class Meta:
        db_table = "joint"

    def __str__(self) -> str:
        return self.ref


class JointShare(models.Model):
    """One partner's weight and due in one version of the shares; a version is never edited."""

    joint = models.ForeignKey(Joint, on_delete=models.PROTECT, related_name="shares")
    version = models.PositiveSmallIntegerField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="joint_shares")
    weight = models.BigIntegerField()
    due_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    valid_from = models.DateField()
    cause = models.CharField(max_length=10, blank=True)

    LABELS: ClassVar = labels(donor="id joint version party weight due_minor currency valid_from cause")

    class Meta:
        db_table = "joint_share"
        constraints = [
            models.UniqueConstraint(fields=["joint", "version", "party"], name="joint_share_once"),
            models.CheckConstraint(name="joint_share_weight_positive", condition=models.Q(weight__gt=0)),
            models.CheckConstraint(
                name="joint_share_due_pair",
                condition=models.Q(due_minor__isnull=True, currency="")
                | models.Q(due_minor__gt=0) & ~models.Q(currency=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.joint_id} {self.version} {self.party_id}"


class JointOutput(models.Model):
    """The whole units of an accepted lot that one partner gets, under one version of the shares."""

    joint = models.ForeignKey(Joint, on_delete=models.PROTECT, related_name="outputs")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="outputs")
    share_version = models.PositiveSmallIntegerField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    LABELS: ClassVar = labels(donor="id joint lot share_version party quantity")

    class Meta:
        db_table = "joint_output"
        constraints = [models.UniqueConstraint(fields=["lot", "party"], name="joint_output_once")]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.party_id}"
