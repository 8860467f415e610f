"""The source and use table of a whole ledger, and the proof that it loses and adds nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tranche.bulk.columns import KINDS, Columns
from tranche.bulk.exact import exact_sum
from tranche.bulk.state import SOURCE, USE, Records
from tranche.kernel.chart import Kind
from tranche.kernel.ledger_errors import SumBroken


@dataclass(frozen=True, slots=True)
class Table:
    """Every use with its sources in the order of the book, and what lies unspent, account by account.

    The rows of `uses` and `rests` are of `state.PIECE`: a use is named by its movement, a rest by its
    account. `nodes` are the ways of the money, `frames` the conversions behind a row.
    """

    columns: Columns
    uses: Records
    rests: Records
    nodes: Records
    frames: Records


@dataclass(frozen=True, slots=True)
class Total:
    """In the currency of the sources: what came in, what of it was used (net of undone), what is left.

    What was put back into its origin is in the first two; `taken_back` says how much.
    """

    currency: str
    source_minor: int
    used_minor: int
    unspent_minor: int


def counts(table: Table) -> NDArray[np.int8]:
    """Return 1 for each row into a use or back into a source, -1 for one out of a use, 0 for both at once."""
    columns, owner = table.columns, table.uses["owner"]
    roles = columns.roles
    into = roles[columns.dst[owner]]
    is_use = (into == USE) | (into == SOURCE)
    signs: NDArray[np.int8] = is_use.astype(np.int8) - (roles[columns.src[owner]] == USE)
    return signs


def taken_back(table: Table) -> dict[str, int]:
    """Return by currency what was put back into an origin by a reversal: it counts as come in and as used."""
    columns, uses = table.columns, table.uses
    is_back = columns.kinds[columns.dst[uses["owner"]]] == KINDS.index(Kind.ORIGIN)
    found: dict[str, int] = {}
    for source, amount in zip(
        uses["source"][is_back].tolist(), uses["source_amount"][is_back].tolist(), strict=True
    ):
        currency = columns.currencies[columns.src[source]]
        found[currency] = found.get(currency, 0) + amount
    return found


def totals(table: Table) -> tuple[Total, ...]:
    """Return the totals of each currency that money came in; raises SumBroken where they do not add up."""
    columns, uses, rests = table.columns, table.uses, table.rests
    names = sorted(set(columns.currencies))
    of_account = np.array([names.index(currency) for currency in columns.currencies], np.uint8)
    of_movement = of_account[columns.src]
    is_source = columns.roles[columns.src] == SOURCE
    signed = uses["source_amount"] * counts(table)
    of_use, of_rest = of_movement[uses["source"]], of_movement[rests["source"]]
    found = []
    for number, name in enumerate(names):
        total = Total(
            name,
            exact_sum(columns.amount[is_source & (of_movement == number)]),
            exact_sum(signed[of_use == number]),
            exact_sum(rests["source_amount"][of_rest == number]),
        )
        if total.source_minor != total.used_minor + total.unspent_minor:
            raise SumBroken(name, total.source_minor, total.used_minor + total.unspent_minor)
        if total.source_minor:
            found.append(total)
    return tuple(found)
