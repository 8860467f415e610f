"""Reading at a million movements: one balance, the trial balance, beside django-hordak and beancount."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.durable import HORDAK, hordak
from tests.bench.figures import Round
from tests.bench.mechanism import Mechanism
from tests.bench.posting import ORIGIN, batches, post, receipts

from tranche.ledger.balances import balances, now
from tranche.ledger.verify import verify

BEANCOUNT = "beancount"


def load(mechanism: Mechanism, count: int, lines: int, fund: str) -> float:
    """Post so many movements and give the processor time that it took."""
    before = mechanism.cpu_seconds()
    for batch in batches(receipts(fund, count, lines)):
        post(batch)
    return mechanism.cpu_seconds() - before


def one_balance(mechanism: Mechanism, peer_count: int) -> Round:
    """Seconds for the balance of one account with every movement in it."""
    ours = _median(lambda: now(ORIGIN.code), 2_000)
    if mechanism.server is None or not peer_count:
        return Round(ours)
    return Round(ours, {HORDAK: hordak(mechanism, "balance", peer_count)["balance_seconds"]})


def trial_balance(mechanism: Mechanism) -> float:
    """Processor seconds for the balances of all accounts, summed by kind and currency."""
    before = mechanism.cpu_seconds()
    totals: dict[tuple[str, str], int] = {}
    for row in balances():
        key = (row.currency, row.kind)
        totals[key] = totals.get(key, 0) + row.balance
    assert sum(totals.values()) == 0
    return mechanism.cpu_seconds() - before


def proof(mechanism: Mechanism) -> float:
    """Processor seconds of proving the whole book from its lines, as `tranche doctor --ledger` does."""
    before = mechanism.cpu_seconds()
    report = verify()
    assert not report.differences, report.differences[:3]
    return mechanism.cpu_seconds() - before


def beancount_seconds(count: int, folder: Path) -> float:
    """Processor seconds that beancount takes to load as many transactions and add them up by account."""
    file = folder / "peer.beancount"
    with file.open("w", encoding="utf-8") as out:
        out.write('option "operating_currency" "EUR"\n')
        out.write("2024-01-01 open Income:EU EUR\n2024-01-01 open Assets:Tranche EUR\n")
        for _ in range(count):
            out.write('2024-11-25 * "receive"\n  Income:EU  -10.00 EUR\n  Assets:Tranche  10.00 EUR\n')
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.beancount_peer", str(file)],
        check=True,
        capture_output=True,
        text=True,
    )
    file.unlink()
    return float(done.stdout)


def _median(ask: Callable[[], object], rounds: int) -> float:
    ask()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        ask()
        times.append(time.perf_counter() - started)
    return sorted(times)[rounds // 2]
