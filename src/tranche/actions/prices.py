"""What a contract is planned to take out of its fund: its price, or its price at a stated rate and margin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.funds import Funding, currencies_of
from tranche.actions.registry import Arguments
from tranche.kernel.canonical import Canonical
from tranche.kernel.money import AmountOutOfRange, Money
from tranche.kernel.rates import Rate, parse_rate, planned
from tranche.kernel.refusals import BadArgument, CurrencyDiffers
from tranche.models import Contract

MARGIN_BP_MAX = 5_000  # half the price: beyond that a plan is a guess
RATE_ARGUMENTS = (
    a.rate("rate", required=False),
    a.currency("rate_base", required=False),
    a.day("rate_on", required=False),
    a.title("rate_source", required=False),
    a.whole("margin_bp", required=False, most=MARGIN_BP_MAX),
)
STATED = ("rate", "rate_base", "rate_on", "rate_source")


@dataclass(frozen=True, slots=True)
class Plan:
    """The price, and what is reserved for it in the fund's currency at which rate."""

    price: Money
    reserved: Money
    rate: Rate | None = None
    rate_on: date | None = None
    rate_source: str = ""
    margin_bp: int = 0

    @property
    def columns(self) -> dict[str, object]:
        """The columns of the contract."""
        return {
            "price_minor": self.price.amount_minor,
            "currency": self.price.currency,
            "planned_minor": self.reserved.amount_minor,
            "fund_currency": self.reserved.currency,
            "rate_num": self.rate.num if self.rate else None,
            "rate_scale": self.rate.scale if self.rate else None,
            "rate_base": self.rate.base if self.rate else "",
            "rate_on": self.rate_on,
            "rate_source": self.rate_source,
            "margin_bp": self.margin_bp,
        }

    @property
    def facts(self) -> dict[str, Canonical]:
        """What approvers see of a plan across currencies; nothing where the price is the plan."""
        if self.rate is None:
            return {}
        return {
            "planned": {"amount_minor": self.reserved.amount_minor, "currency": self.reserved.currency},
            "planned_rate": f"1 {self.rate.base} = {self.rate.text} {self.rate.quote}",
            "rate_on": self.rate_on.isoformat() if self.rate_on else "",
            "rate_source": self.rate_source,
            "margin_bp": self.margin_bp,
        }


def plan(arguments: Arguments, source: Funding) -> Plan:
    """The plan of a new contract; raises BadArgument unless a rate is stated exactly where one is needed."""
    price = a.money_of(arguments, "price")
    given = [name for name in STATED if name in arguments]
    if not given and "margin_bp" not in arguments:
        if price.currency not in currencies_of(source):
            if source.currency:
                raise BadArgument("rate", "rate_wanted", f"{price.currency} {source.currency}")
            raise CurrencyDiffers(price.currency, source.currency)
        return Plan(price, price)
    if price.currency == source.currency or not source.currency:
        raise BadArgument("rate", "rate_unwanted", price.currency)
    return stated(arguments, price, source.currency)


def stated(arguments: Arguments, price: Money, into: str) -> Plan:
    """A price at the rate of the arguments; raises BadArgument where a part of the rate is missing."""
    missing = [name for name in STATED if name not in arguments]
    if missing:
        raise BadArgument(missing[0], "missing")
    base = cast(str, arguments["rate_base"])
    if base not in (price.currency, into):
        raise BadArgument("rate_base", "rate_base", f"{price.currency} {into}")
    quote = into if base == price.currency else price.currency
    rate = parse_rate(cast(str, arguments["rate"]), base, quote)
    margin = cast(int, arguments.get("margin_bp", 0))
    return Plan(
        price,
        _reserved(price, rate, margin),
        rate,
        date.fromisoformat(cast(str, arguments["rate_on"])),
        cast(str, arguments["rate_source"]),
        margin,
    )


def _reserved(price: Money, rate: Rate, margin_bp: int) -> Money:
    try:
        return planned(price, rate, margin_bp)
    except AmountOutOfRange as error:
        raise BadArgument("price", "range", str(error)) from error


def plan_of(contract: Contract, price: Money | None = None) -> Plan:
    """The plan as the register holds it, or what it would be for another price at the same rate."""
    old = Money(contract.price_minor, contract.currency)
    price = price or old
    if contract.rate_num is None:
        return Plan(price, price)
    other = contract.fund_currency if contract.rate_base == contract.currency else contract.currency
    rate = Rate(contract.rate_base, other, contract.rate_num, contract.rate_scale or 0)
    reserved = _reserved(price, rate, contract.margin_bp)
    if price == old:
        reserved = Money(contract.planned_minor, contract.fund_currency)
    return Plan(price, reserved, rate, contract.rate_on, contract.rate_source, contract.margin_bp)


def at_plan(contract: Contract, amount: Money) -> Money:
    """An amount of a contract in the currency of its fund, at the rate of the plan and without its margin.

    It is what the limits of sign-off are asked for; nothing is ever booked at it.
    """
    rate = plan_of(contract).rate
    return planned(amount, rate, 0) if rate else amount


def amended(arguments: Mapping[str, Canonical], contract: Contract) -> Plan:
    """The plan for a new price, at a new rate where one is stated."""
    price = a.money_of(arguments, "price")
    if price.currency != contract.currency:
        raise CurrencyDiffers(price.currency, contract.currency)
    if not any(name in arguments for name in (*STATED, "margin_bp")):
        return plan_of(contract, price)
    if contract.rate_num is None:
        raise BadArgument("rate", "rate_unwanted", price.currency)
    return stated(arguments, price, contract.fund_currency)
