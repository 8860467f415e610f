"""Which moment a reader asks for: a log entry, a booking date or a value date, as written in an address."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from tranche.kernel.refusals import BadArgument
from tranche.ledger.balances import AsOf
from tranche.log.read import head

NUMBER: Final = re.compile("[0-9]{1,15}")
DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def moment(at: str = "", on: str = "", value_on: str = "") -> AsOf:
    """The moment that is asked for, now where nothing is; raises BadArgument.

    A log entry says what had been recorded then, and goes with either date; the two dates exclude each other.
    """
    if on and value_on:
        raise BadArgument("value_on", "one_date", value_on)
    return AsOf(
        log_seq=_log_entry(at) if at else None,
        booked_on=_day("on", on) if on else None,
        valued_on=_day("value_on", value_on) if value_on else None,
    )


def _log_entry(text: str) -> int:
    if not NUMBER.fullmatch(text):
        raise BadArgument("at", "whole", text)
    if int(text) >= head():
        raise BadArgument("at", "log_entry", text)
    return int(text)


def _day(name: str, text: str) -> date:
    if not DAY.fullmatch(text):
        raise BadArgument(name, "date", text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadArgument(name, "date", text) from error
