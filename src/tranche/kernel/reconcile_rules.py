"""The rules by which a bank line may be an expected movement: which keys agree, and what must hold besides.

M1, M3, M4 and X are those of the standards note, section 5. A window includes its first day, not its last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tranche.kernel.creditor_reference import creditor_reference

NAME_WORDS_MAX: Final = 7
"""An RF reference has at most 25 characters: seven words where it is printed in groups of four."""
WORD = re.compile(r"[0-9A-Z]+(?:-+[0-9A-Z]+)*")

Key = Hashable
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A booked bank line: credit above zero, debit below."""

    id: str
    booked_on: date
    amount_minor: int
    currency: str
    counterparty_iban: str
    references: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Expected:
    """Money that should come or go: signed like the line; any of the references in a text names it."""

    kind: str
    ref: str
    amount_minor: int
    currency: str
    end_to_end_id: str
    references: tuple[str, ...]
    ibans: frozenset[str]
    from_on: date
    to_on: date
    uetr: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A level: equal keys make candidates, `fits` has the last word."""

    name: str
    agrees: tuple[str, ...]
    of_line: Callable[[Line], Iterable[Key]]
    of_expected: Callable[[Expected], Iterable[Key]]
    fits: Callable[[Line, Expected], bool]


def account_agrees(line: Line, wanted: Expected) -> bool:
    """Equal, or not stated on either side."""
    return not line.counterparty_iban or not wanted.ibans or line.counterparty_iban in wanted.ibans


def _same_amount(line: Line, wanted: Expected) -> bool:
    return (line.amount_minor, line.currency) == (wanted.amount_minor, wanted.currency)


def _fits_order(line: Line, wanted: Expected) -> bool:
    return _same_amount(line, wanted) and account_agrees(line, wanted)


def _fits_reference(line: Line, wanted: Expected) -> bool:
    """Not where the order's own identity is on the line: then M1 has spoken, and its account decides."""
    is_our_order = bool(set(_order_of_line(line)) & set(_order_of_expected(wanted)))
    return _same_amount(line, wanted) and not is_our_order


def _fits_window(line: Line, wanted: Expected) -> bool:
    return wanted.from_on <= line.booked_on < wanted.to_on


def _order_of_line(line: Line) -> list[Key]:
    return [(name, line.references[name]) for name in ("EndToEndId", "UETR") if line.references.get(name)]


def _order_of_expected(wanted: Expected) -> list[Key]:
    stated = (("EndToEndId", wanted.end_to_end_id), ("UETR", wanted.uetr))
    return [(name, value) for name, value in stated if value]


def _words(text: str) -> Words:
    return tuple(WORD.findall(text.upper()))


def _names_of_line(line: Line) -> list[Key]:
    """Every run of up to `NAME_WORDS_MAX` words in the structured reference and in the text."""
    found: set[Words] = set()
    for text in (line.references.get("CdtrRef", ""), line.text):
        words = _words(text)
        for length in range(1, NAME_WORDS_MAX + 1):
            found |= {words[start : start + length] for start in range(len(words) - length + 1)}
    return list(found)


def _names_of_expected(wanted: Expected) -> list[Key]:
    """Our references and their RF forms, whole and in groups of four."""
    found: set[Words] = set()
    for reference in wanted.references:
        found.add(_words(reference))
        if form := creditor_reference(reference):
            found |= {(form,), tuple(form[start : start + 4] for start in range(0, len(form), 4))}
    return [words for words in found if words]


def _bears(line: Line) -> list[Key]:
    return [*_order_of_line(line), *_names_of_line(line)]


def _is_borne(wanted: Expected) -> list[Key]:
    return [*_order_of_expected(wanted), *_names_of_expected(wanted)]


def _account_of_line(line: Line) -> list[Key]:
    return [(line.counterparty_iban, line.amount_minor, line.currency)] if line.counterparty_iban else []


def _account_of_expected(wanted: Expected) -> list[Key]:
    return [(iban, wanted.amount_minor, wanted.currency) for iban in wanted.ibans]


BY_ORDER: Final = Rule("M1", ("order", "amount"), _order_of_line, _order_of_expected, _fits_order)
BY_REFERENCE: Final = Rule("M3", ("reference", "amount"), _names_of_line, _names_of_expected, _fits_reference)
BY_ANY_NAME: Final = Rule("X", ("reference",), _bears, _is_borne, lambda _line, _wanted: True)
BY_ACCOUNT: Final = Rule(
    "M4", ("account", "amount", "window"), _account_of_line, _account_of_expected, _fits_window
)
