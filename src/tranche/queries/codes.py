"""What the code of an account says without asking the database: its kind, holder, fund and currency."""

from __future__ import annotations

from typing import NamedTuple

from tranche.kernel.chart import FUNDLESS, NAMED_ALONE, NAMED_BY_FUND, Kind

Path = tuple[str, ...]
"""Account codes in the order in which money passed them."""


class Code(NamedTuple):
    """The parts of a code; `holder` is empty where it names the fund alone, `fund` where there is none."""

    kind: Kind
    holder: str
    fund: str
    currency: str


def read_code(code: str) -> Code:
    """Take a code apart; raises ValueError for what is no code of ours."""
    kind_text, _colon, words = code.partition(":")
    middle, _colon, currency = words.rpartition(":")
    kind = Kind(kind_text)
    if kind in NAMED_ALONE:
        return Code(kind, "", "", currency)
    if kind in NAMED_BY_FUND:
        return Code(kind, "", middle, currency)
    if kind in FUNDLESS:
        return Code(kind, middle, "", currency)
    holder, _colon, fund = middle.rpartition(":")
    return Code(kind, holder, "" if fund == "-" else fund, currency)


def kind_of(code: str) -> Kind:
    return Kind(code.partition(":")[0])


def currency_of(code: str) -> str:
    return code.rpartition(":")[2]
