"""A ledger as columns, a number a movement: all that the trace of the whole needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tranche.bulk.state import FX, HOLDING, SOURCE, USE, Book, Int32, Int64, UInt8
from tranche.kernel.chart import SOURCES, USES, Kind

KINDS: Final = tuple(Kind)
"""What the numbers in `Columns.kinds` mean."""


def _role(kind: Kind) -> int:
    if kind is Kind.FX:
        return FX
    if kind in SOURCES:
        return SOURCE
    return USE if kind in USES else HOLDING


ROLES: Final = np.array([_role(kind) for kind in KINDS], np.uint8)


@dataclass(frozen=True, slots=True)
class Columns:
    """Movements in the order of the book, and its accounts by dense numbers from 0.

    `partner` is the place of the other leg of a conversion, or -1. The book ends with entry `entries` and
    log entry `log_seq`, which is -1 where there is none.
    """

    entry: Int64
    line: Int32
    src: Int32
    dst: Int32
    amount: Int64
    partner: Int32
    kinds: UInt8
    codes: tuple[str, ...]
    currencies: tuple[str, ...]
    entries: int
    log_seq: int

    def __len__(self) -> int:
        return len(self.entry)

    @property
    def roles(self) -> UInt8:
        """What each account is to the trace."""
        return ROLES[self.kinds]

    @property
    def book(self) -> Book:
        """What the compiled loops take."""
        return Book(self.src, self.dst, self.amount, self.partner, self.roles)
