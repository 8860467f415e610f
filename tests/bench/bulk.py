"""`python -m tests.bench.bulk`: the trace of a whole ledger, compiled and by the simulation that defines it.

The compiled trace runs in a process of its own that has loaded nothing but the columns, so the memory is its
own. Times are of the processor: a busy machine changes them less than the clock.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from tests.bench.ledgers import Ledger, ledger, movements_of
from tests.bench.mechanism import set_up, sqlite_mechanism
from tests.bench.rows import fill

from tranche.bulk.check import first_difference
from tranche.bulk.columns import Columns
from tranche.bulk.loading import load
from tranche.bulk.parquet import write
from tranche.bulk.trace import trace_all
from tranche.kernel.simulate import Simulation

ROOT: Final = Path(__file__).resolve().parents[2]
ARRAYS: Final = ("entry", "line", "src", "dst", "amount", "partner", "kinds")
NAMES: Final = "names.json"
KIBIBYTES_EACH: Final = 1024
WARM_MOVEMENTS: Final = 2_000
SIMULATED_EACH: Final = 100_000
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Measured:
    """One compiled trace: seconds of the processor, and the most memory that the process has held."""

    movements: int
    fragments: int
    rounds: tuple[float, ...]
    columns_mib: int
    trace_mib: int
    file_seconds: float
    file_mib: int
    with_file_mib: int

    @property
    def seconds(self) -> float:
        return statistics.median(self.rounds)


def main(arguments: Sequence[str]) -> int:
    options = _parse(arguments)
    _say(f"making a ledger of {options.movements:,} movements")
    book = ledger(options.movements, seed=options.seed)
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=options.folder) as name:
        folder = Path(name)
        _say("tracing it, compiled, in a process of its own")
        measured = in_its_own_process(book, folder, options.rounds)
        _print_compiled(measured)
        if options.database:
            _measure_database(book, folder)
    if options.simulated:
        smaller = book if options.simulated >= len(book.columns) else ledger(options.simulated)
        _say(f"tracing {len(smaller.columns):,} movements by the simulation")
        _print_ratio(measured, len(smaller.columns), simulated_trace(smaller))
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk", description=__doc__)
    parser.add_argument("--movements", type=int, default=1_000_000, help="how large the ledger is")
    parser.add_argument("--simulated", type=int, default=300_000, help="0 leaves the simulation out")
    parser.add_argument("--rounds", type=int, default=3, help="compiled traces, of which the median counts")
    parser.add_argument("--database", action="store_true", help="also read it from SQLite and compare")
    parser.add_argument("--seed", type=int, default=1, help="of the ledger")
    parser.add_argument("--folder", type=Path, default=ROOT, help="where its temporary files stand")
    return parser.parse_args(arguments)


def in_its_own_process(book: Ledger, folder: Path, rounds: int) -> Measured:
    """Trace the book in a process that holds nothing else, through files of this folder."""
    _keep(book.columns, folder)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(compiled_trace, folder, rounds).result()


def compiled_trace(folder: Path, rounds: int) -> Measured:
    """Trace the columns of a folder; the loops are compiled before the clock starts."""
    trace_all(ledger(WARM_MOVEMENTS).columns)
    columns = _kept(folder)
    before = _held_mib()
    table, seconds = _timed(lambda: trace_all(columns))
    held, all_seconds = _held_mib(), [seconds]
    for _ in range(rounds - 1):
        del table
        table, seconds = _timed(lambda: trace_all(columns))
        all_seconds.append(seconds)
    out = folder / "trace.parquet"
    _, file_seconds = _timed(lambda: write(table, out))
    return Measured(
        movements=len(columns),
        fragments=len(table.uses),
        rounds=tuple(all_seconds),
        columns_mib=before,
        trace_mib=held,
        file_seconds=file_seconds,
        file_mib=out.stat().st_size // KIBIBYTES_EACH**2,
        with_file_mib=_held_mib(),
    )


def simulated_trace(book: Ledger) -> float:
    """Move the same movements through the simulation; what makes them is not timed."""
    simulation, movements, seconds = Simulation(), movements_of(book), 0.0
    gc.disable()
    while part := list(islice(movements, SIMULATED_EACH)):
        started = time.process_time()
        for mv in part:
            simulation.apply(mv)
        seconds += time.process_time() - started
    gc.enable()
    return seconds


def _measure_database(book: Ledger, folder: Path) -> None:
    set_up()
    with sqlite_mechanism(folder) as mechanism:
        _say("putting it into a database")
        fill(mechanism, book, trace_all(book.columns))
        _say("reading and comparing it")
        columns, load_seconds = _timed(load)
        table = trace_all(columns)
        difference, check_seconds = _timed(lambda: first_difference(table))
    _line("read from SQLite", load_seconds, len(columns))
    _line("compared with what is stored", check_seconds, len(columns))
    print(f"first difference: {difference}")


def _print_compiled(one: Measured) -> None:
    rounds = ", ".join(f"{seconds:.2f}" for seconds in one.rounds)
    print(f"{one.movements:,} movements, {one.fragments:,} fragments of uses")
    _line("compiled trace", one.seconds, one.movements, f"rounds {rounds}")
    _line("Parquet file", one.file_seconds, one.movements, f"{one.file_mib:,} MiB")
    print(f"memory at its peak: columns {one.columns_mib:,} MiB, trace {one.trace_mib:,} MiB,", end=" ")
    print(f"file {one.with_file_mib:,} MiB")


def _print_ratio(one: Measured, count: int, seconds: float) -> None:
    ratio = seconds / count / (one.seconds / one.movements)
    _line("simulation", seconds, count, "" if count == one.movements else f"of {count:,} movements only")
    print(f"simulation over compiled: {ratio:.1f}")
    print(json.dumps({**asdict(one), "simulated": count, "simulated_seconds": seconds, "ratio": ratio}))


def _line(what: str, seconds: float, movements: int, note: str = "") -> None:
    each = seconds / movements * 1e9
    print(f"{what:30}{seconds:10.2f} s{each:10,.0f} ns a movement  {note}".rstrip())


def _timed(act: Callable[[], Made]) -> tuple[Made, float]:
    started = time.process_time()
    made = act()
    return made, time.process_time() - started


def _held_mib() -> int:
    """The most memory that this process has held at once; getrusage would count its parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kibibytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kibibytes) // KIBIBYTES_EACH


def _keep(columns: Columns, folder: Path) -> None:
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(columns, name))
    names = {"codes": columns.codes, "currencies": columns.currencies}
    (folder / NAMES).write_text(json.dumps(names), encoding="utf-8")


def _kept(folder: Path) -> Columns:
    arrays = {name: np.load(folder / f"{name}.npy") for name in ARRAYS}
    names = json.loads((folder / NAMES).read_text(encoding="utf-8"))
    codes, currencies = tuple(names["codes"]), tuple(names["currencies"])
    entries = int(arrays["entry"][-1])
    return Columns(**arrays, codes=codes, currencies=currencies, entries=entries, log_seq=0)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
