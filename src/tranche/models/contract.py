"""Contracts with manufacturers: milestones, payments, payee accounts and lots."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.concept import record_field
from tranche.models.fields import currency_field, id_field, name_field, ref_field
from tranche.models.party import Party
from tranche.models.person import Person
from tranche.models.programme import Programme


class Contract(models.Model):
    """A contract under a programme; its money is reserved in one restriction: a tranche or a pool."""

    record = record_field("contract")
    ref = ref_field()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="contracts")
    supplier = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contracts")
    title = name_field()
    funding_ref = models.CharField(max_length=40)  # a tranche's ref or a pool's
    price_minor = models.BigIntegerField()
    currency = currency_field()
    tender_reference = models.CharField(max_length=80)
    price_reason = models.TextField()
    signed_on = models.DateField(null=True)

    LABELS: ClassVar = labels(
        donor="record ref programme title funding_ref price_minor currency signed_on",
        auditor="supplier tender_reference price_reason",
    )

    class Meta:
        db_table = "contract"
        constraints = [
            models.CheckConstraint(name="contract_price_positive", condition=models.Q(price_minor__gt=0))
        ]

    def __str__(self) -> str:
        return self.ref


class Milestone(models.Model):
    """A part of a contract that is paid when it is verified, or when its lots are accepted."""

    record = record_field("milestone")
    ref = ref_field()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="milestones")
    title = name_field()
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    due_on = models.DateField()
    pay_after = models.CharField(max_length=10, choices=[(v, v) for v in ("verified", "accepted")])

    LABELS: ClassVar = labels(donor="record ref contract title amount_minor currency due_on pay_after")

    class Meta:
        db_table = "milestone"
        constraints = [
            models.CheckConstraint(name="milestone_amount_positive", condition=models.Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return self.ref


class Payee(models.Model):
    """A payee's bank account; a number is never edited, a new one names its predecessor."""

    record = record_field("payee")
    ref = ref_field()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payee_accounts")
    account_name = name_field()
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    predecessor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="successors")
    verified_on = models.DateField(null=True)
    active_on = models.DateField(null=True)

    LABELS: ClassVar = labels(
        donor="record ref party verified_on active_on predecessor", auditor="account_name iban bic"
    )

    class Meta:
        db_table = "payee"

    def __str__(self) -> str:
        return self.ref


class PayeeCallback(models.Model):
    """The call that verified a payee account, to a number on file before the request."""

    id = id_field()
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="callbacks")
    number_source = models.CharField(
        max_length=12, choices=[(s, s) for s in ("contract", "register", "earlier_file")]
    )
    number_recorded_on = models.DateField()
    requested_on = models.DateField()
    called_on = models.DateField()
    spoke_with = name_field()
    verifier = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    LABELS: ClassVar = labels(
        donor="id payee number_source number_recorded_on requested_on called_on",
        auditor="spoke_with verifier",
    )

    class Meta:
        db_table = "payee_callback"
        constraints = [
            models.CheckConstraint(
                name="callback_number_older",
                condition=models.Q(number_recorded_on__lt=models.F("requested_on")),
            )
        ]

    def __str__(self) -> str:
        return self.id


class Payment(models.Model):
    """An order to the bank that settles a milestone."""

    record = record_field("payment")
    ref = ref_field()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="payments")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="payments")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="payments")
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    end_to_end_id = models.CharField(max_length=35, unique=True)
    released_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)

    LABELS: ClassVar = labels(
        donor="record ref contract milestone amount_minor currency released_on settled_on",
        auditor="payee end_to_end_id",
    )

    class Meta:
        db_table = "payment"
        constraints = [
            models.CheckConstraint(name="payment_amount_positive", condition=models.Q(amount_minor__gt=0))
        ]

    def __str__(self) -> str:
        return self.ref


class Lot(models.Model):
    """What was made, handed over and accepted or rejected: a category, a quantity, a country and a value."""

    record = record_field("lot")
    ref = ref_field()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="lots")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="lots")
    category = models.CharField(max_length=24)
    quantity = models.PositiveIntegerField()
    unit = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    value_minor = models.BigIntegerField()
    currency = currency_field()
    handed_over_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    rejected_on = models.DateField(null=True)
    deviation = models.CharField(max_length=20, blank=True)
    drop_cause = models.CharField(max_length=20, blank=True)

    LABELS: ClassVar = labels(
        donor="record ref contract milestone category quantity unit country value_minor currency"
        " handed_over_on accepted_on rejected_on deviation drop_cause"
    )

    class Meta:
        db_table = "lot"
        constraints = [
            models.CheckConstraint(name="lot_value_positive", condition=models.Q(value_minor__gt=0)),
            models.CheckConstraint(name="lot_quantity_positive", condition=models.Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return self.ref
