"""Funds: by which rule the money of each is told apart and since when, and what a state may pay first."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.agreement import Agreement, SpendingRule
from tranche.models.fields import FUND_LENGTH_MAX, currency_field, id_field, ref_field
from tranche.models.party import Party


class FundRule(models.Model):
    """The rule of one fund, for life: it is never changed, only ended when the fund is rolled over.

    `donor` is the one whose money alone it is; a pool has none.
    """

    id = id_field()
    fund = models.CharField(max_length=FUND_LENGTH_MAX, unique=True)
    rule = models.CharField(max_length=10, choices=SpendingRule.choices)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="fund_rules")
    donor = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    earmark_ref = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    log_seq = models.BigIntegerField()
    ended_on = models.DateField(null=True)
    successor = models.CharField(max_length=FUND_LENGTH_MAX, blank=True)
    ended_seq = models.BigIntegerField(null=True)

    LABELS: ClassVar = labels(
        donor="id fund rule agreement donor earmark_ref valid_from log_seq ended_on successor ended_seq"
    )

    class Meta:
        db_table = "fund_rule"
        constraints = [
            models.CheckConstraint(
                name="fund_rule_ended_whole",
                condition=models.Q(ended_on__isnull=True, successor="", ended_seq__isnull=True)
                | models.Q(ended_on__isnull=False, ended_seq__isnull=False) & ~models.Q(successor=""),
            )
        ]

    def __str__(self) -> str:
        return self.fund


class Advance(models.Model):
    """What a state may pay first, up to a limit, to be repaid with money of donors under an agreement."""

    id = id_field()
    ref = ref_field()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="advances")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="advances")
    limit_minor = models.BigIntegerField()
    currency = currency_field()
    opened_on = models.DateField()
    log_seq = models.BigIntegerField()
    closed_on = models.DateField(null=True)
    closed_seq = models.BigIntegerField(null=True)

    LABELS: ClassVar = labels(
        donor="id ref party agreement limit_minor currency opened_on log_seq closed_on closed_seq"
    )

    class Meta:
        db_table = "advance"
        constraints = [
            models.CheckConstraint(name="advance_limit_positive", condition=models.Q(limit_minor__gt=0)),
            models.CheckConstraint(
                name="advance_closed_pair",
                condition=models.Q(closed_on__isnull=True, closed_seq__isnull=True)
                | models.Q(closed_on__isnull=False, closed_seq__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class SetAside(models.Model):
    """Money that a donor's bank asks back, kept apart until the bank takes it."""

    id = id_field()
    ref = ref_field()
    donor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    funding_ref = models.CharField(max_length=FUND_LENGTH_MAX, blank=True)  # empty: unassigned money
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(donor="id ref donor funding_ref amount_minor currency log_seq")

    class Meta:
        db_table = "set_aside"
        constraints = [
            models.CheckConstraint(name="set_aside_positive", condition=models.Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return self.ref
