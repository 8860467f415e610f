"""Money by stage: what the ledger holds of a restriction or of everything, one currency at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tranche.kernel.chart import Kind
from tranche.ledger.balances import Balance, balances
from tranche.ledger.conversions import exchanged

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
    Kind.FX: "exchanged",
    Kind.ADVANCE: "advanced",
}
"""The stage that money in an account of this kind has reached; origins have none.

Exchanged is what was given for another currency, negative where it was got; advanced is negative: it is what
a state paid first and is not repaid.
"""

STAGES = (
    *("idle", "allocated", "contracted", "ordered", "paid", "accepted", "returned", "lost"),
    *("exchanged", "advanced"),
)


@dataclass(frozen=True, slots=True)
class StageSum:
    """What lies at one stage, in minor units."""

    stage: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MoneyByStage:
    """The stages of one currency; their sum is what was received."""

    currency: str
    stages: tuple[StageSum, ...]

    @property
    def received_minor(self) -> int:
        return sum(row.amount_minor for row in self.stages)

    def at(self, stage: str) -> int:
        return next(row.amount_minor for row in self.stages if row.stage == stage)


def by_stage(rows: Iterable[Balance]) -> tuple[MoneyByStage, ...]:
    """Sum balances by currency and stage; currencies in alphabetical order."""
    sums: dict[str, dict[str, int]] = {}
    for row in rows:
        stage = STAGE_OF.get(row.kind)
        if stage is not None:
            found = sums.setdefault(row.currency, dict.fromkeys(STAGES, 0))
            found[stage] += row.balance
    return tuple(
        MoneyByStage(currency, tuple(StageSum(stage, found[stage]) for stage in STAGES))
        for currency, found in sorted(sums.items())
    )


def all_money() -> tuple[MoneyByStage, ...]:
    """Everything in the mechanism, by stage."""
    return by_stage(balances())


def money_of(*restrictions: str) -> tuple[MoneyByStage, ...]:
    """The money of these tranches and pools, by stage, with what was exchanged out of them."""
    pairs = [row for row in exchanged() if {row.fund, row.pool} & {*restrictions}]
    return by_stage([*(row for name in restrictions for row in balances(restriction=name)), *pairs])
