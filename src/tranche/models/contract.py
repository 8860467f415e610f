"""Contracts with manufacturers: milestones, payments, payee accounts and lots."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.kernel.money import Money
from tranche.models.concept import record_field
from tranche.models.fields import (
    FUND_LENGTH_MAX,
    NAME_LENGTH_MAX,
    currency_field,
    id_field,
    name_field,
    ref_field,
)
from tranche.models.inkind import InKind
from tranche.models.party import Party
from tranche.models.person import Person
from tranche.models.programme import Programme
from tranche.models.selection import Selection


class Contract(models.Model):
    """A contract under a programme, in a currency of its own; its money is reserved in that of one fund.

    `planned_minor` is what was reserved for the whole price; the rate says so many units of the other
    currency for one of `rate_base`: `rate_num / 10^rate_scale`, the digits as printed by the source.
    """

    record = record_field("contract")
    ref = ref_field()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="contracts")
    supplier = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contracts")
    title = name_field()
    funding_ref = models.CharField(max_length=FUND_LENGTH_MAX)  # a tranche, a pool or an advance
    price_minor = models.BigIntegerField()
    currency = currency_field()
    planned_minor = models.BigIntegerField()
    fund_currency = currency_field()
    rate_num = models.BigIntegerField(null=True)
    rate_scale = models.PositiveSmallIntegerField(null=True)
    rate_base = models.CharField(max_length=3, blank=True)
    rate_on = models.DateField(null=True)
    rate_source = name_field(blank=True)
    margin_bp = models.PositiveIntegerField(default=0)
    tender_reference = models.CharField(max_length=80)
    price_reason = models.TextField()
    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, null=True, related_name="contracts")
    signed_on = models.DateField(null=True)

    LABELS: ClassVar = labels(
        donor="record ref programme title funding_ref price_minor currency planned_minor fund_currency"
        " rate_num rate_scale rate_base rate_on rate_source margin_bp signed_on supplier tender_reference"
        " price_reason selection",
    )

    class Meta:
        db_table = "contract"
        constraints = [
            models.CheckConstraint(name="contract_price_positive", condition=models.Q(price_minor__gt=0)),
            models.CheckConstraint(name="contract_planned_positive", condition=models.Q(planned_minor__gt=0)),
            models.CheckConstraint(
                name="contract_rate_whole",
                condition=models.Q(
                    rate_num__isnull=True,
                    rate_scale__isnull=True,
                    rate_base="",
                    rate_on__isnull=True,
                    rate_source="",
                    margin_bp=0,
                    planned_minor=models.F("price_minor"),
                    fund_currency=models.F("currency"),
                )
                | models.Q(rate_num__gt=0, rate_scale__isnull=False, rate_on__isnull=False)
                & ~models.Q(rate_base="")
                & ~models.Q(rate_source="")
                & ~models.Q(fund_currency=models.F("currency")),
            ),
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
    name_warning = models.CharField(max_length=NAME_LENGTH_MAX, blank=True)

    LABELS: ClassVar = labels(
        donor="record ref party account_name name_warning verified_on active_on predecessor",
        auditor="iban bic",
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
    second_verifier = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    second_called_on = models.DateField(null=True)
    second_spoke_with = name_field(blank=True)
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(
        donor="id payee number_source number_recorded_on requested_on called_on verifier second_called_on"
        " second_verifier log_seq",
        auditor="spoke_with second_spoke_with",
    )

    class Meta:
        db_table = "payee_callback"
        constraints = [
            models.CheckConstraint(
                name="callback_number_older",
                condition=models.Q(number_recorded_on__lt=models.F("requested_on")),
            ),
            models.CheckConstraint(
                name="callback_second_whole",
                condition=models.Q(
                    second_verifier__isnull=True, second_called_on__isnull=True, second_spoke_with=""
                )
                | models.Q(second_verifier__isnull=False, second_called_on__isnull=False)
                & ~models.Q(second_spoke_with=""),
            ),
            models.CheckConstraint(
                name="callback_second_differs",
                condition=models.Q(second_verifier__isnull=True)
                | ~models.Q(second_verifier=models.F("verifier")),
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Purpose(models.TextChoices):
    """What a payment is for: a milestone of a contract, or money that goes back to its donor."""

    SUPPLY = "supply"
    RETURN = "return"


class Payment(models.Model):
    """An order to the bank: it settles a milestone, or takes money back to a donor.

    `amount_minor` is what the payee gets, `planned_minor` what was ordered of the fund, `bank_minor` what the
    account lost when it was settled; the last two are in the fund's currency.
    """

    record = record_field("payment")
    ref = ref_field()
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.SUPPLY)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="payments")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="payments")
    donor = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="returns")
    clause = models.TextField(blank=True)
    payee = models.ForeignKey(
        Payee, on_delete=models.PROTECT, related_name="payments", db_index=False
    )  # the index of settlements begins with it
    funding_ref = models.CharField(max_length=FUND_LENGTH_MAX, blank=True)  # empty: unassigned money
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    planned_minor = models.BigIntegerField()
    fund_currency = currency_field()
    bank_minor = models.BigIntegerField(null=True)
    retry_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="retries")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    released_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    settled_seq = models.BigIntegerField(null=True)  # the log entry

    LABELS: ClassVar = labels(
        donor="record ref purpose contract milestone donor clause funding_ref amount_minor currency"
        " planned_minor fund_currency bank_minor retry_of released_on settled_on payee",
        auditor="end_to_end_id settled_seq",
    )

    class Meta:
        db_table = "payment"
        indexes: ClassVar = [models.Index(fields=["payee", "settled_seq"], name="payment_first_settled")]
        constraints = [
            models.CheckConstraint(name="payment_amount_positive", condition=models.Q(amount_minor__gt=0)),
            models.CheckConstraint(name="payment_planned_positive", condition=models.Q(planned_minor__gt=0)),
            models.CheckConstraint(
                name="payment_purpose",
                condition=models.Q(
                    purpose="supply", contract__isnull=False, milestone__isnull=False, donor__isnull=True
                )
                & ~models.Q(funding_ref="")
                | models.Q(
                    purpose="return", contract__isnull=True, milestone__isnull=True, donor__isnull=False
                )
                & ~models.Q(clause=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def title(self) -> str:
        """What it is for: its milestone, or the clause by which the money goes back."""
        return self.milestone.title if self.milestone else self.clause


class Lot(models.Model):
    """What was made, handed over and accepted or rejected: a category, a quantity, a country and a value.

    A lot of a contribution in kind has no contract, and no value among the amounts of money.
    """

    record = record_field("lot")
    ref = ref_field()
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="lots")
    origin = models.CharField(
        max_length=10, choices=[(o, o) for o in ("contract", "in_kind")], default="contract"
    )
    inkind = models.ForeignKey(InKind, on_delete=models.PROTECT, null=True, related_name="lots")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="lots")
    category = models.CharField(max_length=24)
    quantity = models.PositiveIntegerField()
    unit = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    value_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    handed_over_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    rejected_on = models.DateField(null=True)
    deviation = models.CharField(max_length=20, blank=True)
    drop_cause = models.CharField(max_length=20, blank=True)

    LABELS: ClassVar = labels(
        donor="record ref contract origin inkind milestone category quantity unit country value_minor"
        " currency handed_over_on accepted_on rejected_on deviation drop_cause"
    )

    class Meta:
        db_table = "lot"
        constraints = [
            models.CheckConstraint(name="lot_value_positive", condition=models.Q(value_minor__gt=0)),
            models.CheckConstraint(name="lot_quantity_positive", condition=models.Q(quantity__gt=0)),
            models.CheckConstraint(
                name="lot_origin_whole",
                condition=models.Q(
                    origin="contract",
                    contract__isnull=False,
                    inkind__isnull=True,
                    value_minor__isnull=False,
                )
                & ~models.Q(currency="")
                | models.Q(
                    origin="in_kind",
                    contract__isnull=True,
                    milestone__isnull=True,
                    inkind__isnull=False,
                    value_minor__isnull=True,
                    currency="",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def title(self) -> str:
        """What it is a part of: its contract, or its contribution in kind."""
        part = self.contract or self.inkind
        return part.title if part else ""

    @property
    def ordered(self) -> Contract:
        """The contract of a lot that was made for money; a lot in kind takes no step that asks for it."""
        assert self.contract is not None, "a lot under a contract"
        return self.contract

    @property
    def value(self) -> Money | None:
        """What it costs; nothing for a lot in kind."""
        return None if self.value_minor is None else Money(self.value_minor, self.currency)
