"""Money by stage: what the ledger holds of a restriction or of everything, one currency at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tranche.kernel.chart import Kind
from tranche.ledger.balances import Balance, balances
from tranche.queries.codes import kind_of
from tranche.queries.conversions import Converted, conversions
from tranche.queries.viewer import UNFILTERED, Viewer, without_foreign

STAGE_OF = {
    Kind.SUSPENSE: "idle",
    Kind.UNASSIGNED: "idle",
    Kind.TRANCHE: "idle",
    Kind.POOL: "idle",
    Kind.PROGRAMME: "allocated",
    Kind.CONTRACT: "contracted",
    Kind.TRANSIT: "ordered",
    Kind.PREPAID: "paid",
    Kind.LOT: "accepted",
    Kind.RETURNED: "returned",
    Kind.FEE: "lost",
    Kind.WRITE_OFF: "lost",
    Kind.ROUNDING: "lost",
}
"""The stage that money in an account of this kind has reached; origins and pairs have none."""

STAGES = ("idle", "allocated", "contracted", "ordered", "paid", "accepted", "returned", "lost")


def stage_of(code: str) -> str:
    """The stage of money in an account; what repaid an advance before it was drawn is idle there."""
    return STAGE_OF.get(kind_of(code), "idle")


@dataclass(frozen=True, slots=True)
class StageSum:
    """What lies at one stage, in minor units."""

    stage: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MoneyByStage:
    """The stages of one currency, what conversions brought and took, and what states paid first.

    received + advanced + converted in = the stages + converted out.
    """

    currency: str
    stages: tuple[StageSum, ...]
    converted_in_minor: int = 0
    converted_out_minor: int = 0
    advanced_minor: int = 0

    @property
    def received_minor(self) -> int:
        """What came in this currency, by the identity above."""
        stages = sum(row.amount_minor for row in self.stages)
        return stages + self.converted_out_minor - self.converted_in_minor - self.advanced_minor

    def at(self, stage: str) -> int:
        return next(row.amount_minor for row in self.stages if row.stage == stage)


def by_stage(rows: Iterable[Balance], converted: Iterable[Converted] = ()) -> tuple[MoneyByStage, ...]:
    """Sum balances by currency and stage; currencies in alphabetical order.

    `converted` are the conversions of the same accounts; they carry money from one currency to another.
    """
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        stage = "advanced" if row.kind is Kind.ADVANCE else STAGE_OF.get(row.kind)
        if stage is not None:
            _of(sums, row.currency)[stage] += -row.balance if row.kind is Kind.ADVANCE else row.balance
    for change in converted:
        found = _of(sums, change.currency)
        found["in"] += change.in_minor
        found["out"] += change.out_minor
    return tuple(
        MoneyByStage(
            currency,
            tuple(StageSum(stage, found[stage]) for stage in STAGES),
            found["in"],
            found["out"],
            found["advanced"],
        )
        for currency, found in sorted(sums.items())
    )


def _of(sums: dict[str, dict[str, int]], currency: str) -> dict[str, int]:
    return sums.setdefault(currency, dict.fromkeys((*STAGES, "in", "out", "advanced"), 0))


def all_money(who: Viewer = UNFILTERED) -> tuple[MoneyByStage, ...]:
    """Everything in the mechanism that the viewer may know of, by stage."""
    return by_stage(without_foreign(who, balances()), without_foreign(who, conversions()))


def money_of(*restrictions: str) -> tuple[MoneyByStage, ...]:
    """The money of these tranches and pools, by stage."""
    rows = [row for name in restrictions for row in balances(restriction=name)]
    codes = {row.code for row in rows}
    return by_stage(rows, (change for change in conversions() if change.account in codes))
