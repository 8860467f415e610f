"""Parties: states, ministries, manufacturers, banks, auditors; and where money comes from before a donor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.fields import currency_field, id_field, name_field, ref_field


class PartyKind(models.TextChoices):
    STATE = "state"
    MINISTRY = "ministry"
    UNION = "union"
    MANUFACTURER = "manufacturer"
    BANK = "bank"
    AUDITOR = "auditor"


class Party(models.Model):
    """A state, ministry, manufacturer, bank or auditor, identified by org-id scheme and number.

    Parties with the same word as their ownership group belong to one owner, so their payments add up.
    """

    id = id_field()
    ref = ref_field()
    kind = models.CharField(max_length=20, choices=PartyKind.choices)
    country = models.CharField(max_length=2)
    name = name_field()
    name_uk = name_field(blank=True)
    name_lt = name_field(blank=True)
    org_scheme = models.CharField(max_length=20)
    org_number = models.CharField(max_length=40)
    payment_name = models.CharField(max_length=70, blank=True)
    ownership_group = models.CharField(max_length=40, blank=True, default="")

    LABELS: ClassVar = labels(
        public="id ref kind country name name_uk name_lt org_scheme org_number",
        donor="ownership_group",
        auditor="payment_name",
    )

    class Meta:
        db_table = "party"
        constraints = [models.UniqueConstraint(fields=["org_scheme", "org_number"], name="party_org_id")]

    def __str__(self) -> str:
        return self.ref


class Origin(models.Model):
    """Where money comes from before the donor: a budget or windfall proceeds; never the donor itself."""

    id = id_field()
    ref = models.CharField(max_length=60, unique=True)  # "EU:windfall": the holder of the origin account
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="origins")
    kind = models.CharField(
        max_length=10, choices=[(k, k) for k in ("budget", "windfall", "interest", "unknown")]
    )
    title = name_field()

    LABELS: ClassVar = labels(public="id ref party kind title")

    class Meta:
        db_table = "origin"

    def __str__(self) -> str:
        return self.ref


class AccountUse(models.TextChoices):
    """Whose money a bank account holds: that of the mechanism, or the state's own, which pays first."""

    MECHANISM = "mechanism"
    STATE = "state"


class BankAccount(models.Model):
    """A bank account whose statements are facts."""

    id = id_field()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bank_accounts")
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11)
    currency = currency_field()
    opening_minor = models.BigIntegerField(default=0)
    opened_on = models.DateField()
    use = models.CharField(max_length=10, choices=AccountUse.choices, default=AccountUse.MECHANISM)

    LABELS: ClassVar = labels(donor="id party currency opened_on use", auditor="iban bic opening_minor")

    class Meta:
        db_table = "bank_account"
        constraints = [models.UniqueConstraint(fields=["iban", "currency"], name="uq_bank_account")]

    def __str__(self) -> str:
        return self.iban
