"""The campaign of the test run: fixed seeds, and what they must have come across between them."""

from __future__ import annotations

import pytest
from tests.simulation.campaign import Failed, run
from tests.simulation.mechanisms import fresh_mechanisms
from tests.simulation.soak import repeat_command, shrunk

from tranche.kernel.chart import EDGES

SEEDS = range(1, 21)
BOOK = 5_000
REFUSALS = {
    "AccountClosed",
    "AlreadyReversed",
    "AmountOutOfRange",
    "BadAccount",
    "EdgeNotAllowed",
    "IdemConflict",
    "InsufficientFunds",
    "NotMirror",
    "PeriodClosed",
    "PoolFull",
    "SharesNotNested",
    "UnknownPayer",
}


def assert_agreement(engine: str) -> None:
    """Every seed agrees; together they use every edge of the chart and meet every refusal."""
    edges, refused = set[object](), set[str]()
    with fresh_mechanisms(engine) as fresh:
        for seed in SEEDS:
            try:
                with fresh():
                    stream = run(seed, BOOK)
            except Failed as failed:
                least = shrunk(fresh, seed, failed.number)
                commands = (repeat_command(engine, seed, count) for count in (failed.number, least))
                pytest.fail("\n".join([f"Seed {seed}: {failed}", *commands]))
            edges |= stream.edges()
            refused |= stream.refused
    assert edges == EDGES
    assert refused == REFUSALS
