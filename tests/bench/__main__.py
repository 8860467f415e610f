"""`python -m tests.bench [NAME ...]`: measure in a new folder on a real disk, print a table and JSON.

Ours and its peers are measured one after another in each round; the median of the rounds' ratios counts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench import batch, bulk, durable, keys, logs, reading, stored
from tests.bench.disk import forced_writes
from tests.bench.figures import Figure, Round, document, table
from tests.bench.ledgers import ledger
from tests.bench.mechanism import Mechanism, postgres_mechanism, postgres_server, set_up, sqlite_mechanism
from tests.databases import Server

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where to measure, and how much."""

    folder: Path
    server: Server | None
    rounds: int
    scale: float

    def count(self, full: int) -> int:
        return max(10, int(full * self.scale))


Measure = Callable[[Setting], list[Figure]]


def _each_engine(setting: Setting, measure: Callable[[Mechanism], list[Figure]]) -> list[Figure]:
    figures: list[Figure] = []
    with sqlite_mechanism(setting.folder) as mechanism:
        figures += measure(mechanism)
    if setting.server is not None:
        with postgres_mechanism(setting.server, setting.folder) as mechanism:
            figures += measure(mechanism)
    return figures


def _rounds(setting: Setting, what: str, measure: Callable[[], Round]) -> tuple[Round, ...]:
    rounds = []
    for number in range(setting.rounds):
        print(f"{what}: round {number + 1} of {setting.rounds}", file=sys.stderr, flush=True)
        rounds.append(measure())
    return tuple(rounds)


def disk(setting: Setting) -> list[Figure]:
    rounds = _rounds(
        setting, "forced writes", lambda: Round(forced_writes(setting.folder / "blocks", 2 * setting.scale))
    )
    return [Figure("disk", "writes of 4 KiB, each forced to disk", "a second", rounds)]


def single(setting: Setting) -> list[Figure]:
    def measure(mechanism: Mechanism) -> list[Figure]:
        what = f"one durable entry a commit, {mechanism.engine}"
        count = setting.count(500)
        rounds = _rounds(setting, what, lambda: durable.single(mechanism, count, setting.folder))
        figures = [Figure("single", what, "a second", rounds, "0.45 of raw")]
        if mechanism.server is not None:

            def beside() -> Round:
                ours = durable.single(mechanism, count, setting.folder).ours
                return Round(ours, {durable.HORDAK: durable.hordak(mechanism, "single", count)["per_second"]})

            rounds = _rounds(setting, f"{what}, beside hordak", beside)
            figures.append(Figure("single", what, "a second", rounds, "3 of django-hordak"))
        return figures

    return _each_engine(setting, measure)


def clients(setting: Setting) -> list[Figure]:
    def measure(mechanism: Mechanism) -> list[Figure]:
        slow: list[float] = []

        def together() -> Round:
            alone, _ = durable.clients(mechanism, 1, 10 * setting.scale)
            rate, times = durable.clients(mechanism, 16, 10 * setting.scale)
            slow.append(times[int(len(times) * 0.99)])
            return Round(rate, {"one client": alone})

        what = f"16 clients at once, {mechanism.engine}"
        rounds = _rounds(setting, what, together)
        note = f"99 of 100 writes within {max(slow) * 1000:.0f} ms"
        return [Figure("clients", what, "a second", rounds, "0.8 of one client", note)]

    return _each_engine(setting, measure)


def batches(setting: Setting) -> list[Figure]:
    def measure(mechanism: Mechanism) -> list[Figure]:
        figures = []
        count = setting.count(50_000)
        for lines in (1, 10, 100):
            what = f"10,000 movements a commit, entries of {lines} lines, {mechanism.engine}"
            measured = partial(batch.movements, mechanism, count, lines, setting.folder)
            rounds = _rounds(setting, what, measured)
            figures.append(Figure("batches", what, "a CPU second", rounds, _batch_target(mechanism)))
        for lines in (1, 10):
            what = f"10,000 uses of two fragments a commit, entries of {lines} lines, {mechanism.engine}"
            rounds = _rounds(setting, what, partial(batch.uses, mechanism, count // 2, lines))
            figures.append(Figure("batches", what, "a CPU second", rounds, "25,000"))
        if mechanism.server is not None:
            for lines in (1, 10):
                what = f"10,000 movements a commit by the clock, entries of {lines} lines, {mechanism.engine}"
                rounds = _rounds(setting, what, partial(batch.by_the_clock, mechanism, count, lines))
                figures.append(Figure("batches", what, "a second", rounds, "10 of django-hordak"))
        return figures

    return _each_engine(setting, measure)


def _batch_target(mechanism: Mechanism) -> str:
    return "45,000" if mechanism.server else "40,000"


def balances(setting: Setting) -> list[Figure]:
    count = setting.count(1_000_000)

    def measure(mechanism: Mechanism) -> list[Figure]:
        print(f"loading {count:,} movements, {mechanism.engine}", file=sys.stderr, flush=True)
        seconds = reading.load(mechanism, count, 10, "T-LOADED")
        what = f"balance of one account at {count:,} movements, {mechanism.engine}"
        target = "1 ms; 50 of hordak" if mechanism.server else "20 us"
        rounds = _rounds(setting, what, lambda: reading.one_balance(mechanism, count))
        figures = [Figure("balances", what, "seconds", rounds, target)]
        what = f"proof of {count:,} movements, {mechanism.engine}"
        proved = _rounds(setting, what, lambda: Round(reading.proof(mechanism)))
        figures.append(Figure("balances", what, "CPU seconds", proved, "20 s"))
        if mechanism.server is None:
            whole = seconds + reading.trial_balance(mechanism)
            peer = reading.beancount_seconds(count, setting.folder)
            what = f"load and trial balance of {count:,} movements, {mechanism.engine}"
            rounds = (Round(whole, {reading.BEANCOUNT: peer}),)
            figures.append(Figure("balances", what, "CPU seconds", rounds, "3 of beancount"))
        return figures

    return _each_engine(setting, measure)


def large(setting: Setting) -> list[Figure]:
    """What stored fragments answer in a large ledger, and what an entry costs there beside a small one."""
    count, uses = setting.count(10_000_000), setting.count(20_000)
    small: dict[str, list[float]] = {}

    def before(mechanism: Mechanism) -> list[Figure]:
        reading.load(mechanism, SMALL, 1, "T-SMALL")
        small[mechanism.engine] = [batch.uses(mechanism, uses, 1).ours for _ in range(setting.rounds)]
        return []

    def measure(mechanism: Mechanism) -> list[Figure]:
        print(f"filling in {count:,} movements, {mechanism.engine}", file=sys.stderr, flush=True)
        book, table = stored.filled(mechanism, count)
        where = f"at {count:,} movements, {mechanism.engine}"
        once, paid = stored.paid_once(table), stored.paid(book)
        whole, most = stored.bought(table)
        target = "2 ms" if mechanism.server else "0.1 ms"
        rates = [batch.uses(mechanism, uses, 1).ours for _ in range(setting.rounds)]
        peers = small[mechanism.engine]
        rounds = tuple(Round(ours, {f"at {SMALL:,}": peer}) for ours, peer in zip(rates, peers, strict=True))
        return [
            _times(f"who paid for this acceptance {where}", once, target),
            _times(f"who paid for this lot of dozens of acceptances {where}", paid),
            _times(f"what this receipt bought, up to {most:,} pieces, {where}", whole, "5, 50 ms"),
            Figure(
                "large", f"uses of two fragments {where}", "a CPU second", rounds, "0.77 of a small ledger"
            ),
        ]

    _each_engine(setting, before)
    return _each_engine(setting, measure)


SMALL: Final = 10_000


def whole(setting: Setting) -> list[Figure]:
    count = setting.count(10_000_000)
    print(f"tracing {count:,} movements", file=sys.stderr, flush=True)
    book, shorter = ledger(count), ledger(max(1_000, count // SIMULATED_PART))
    measured = bulk.in_its_own_process(book, setting.folder, setting.rounds)
    simulated = bulk.simulated_trace(shorter) / len(shorter.columns) * count
    rounds = tuple(Round(seconds, {"the simulation": simulated}) for seconds in measured.rounds)
    note = f"{measured.trace_mib:,} MiB at the peak; simulated {len(shorter.columns):,} movements"
    what = f"trace of a whole ledger of {count:,} movements"
    return [Figure("whole", what, "CPU seconds", rounds, "20 of the simulation; 4 s; 2 GiB", note)]


def inbox(setting: Setting) -> list[Figure]:
    from tests.bench import inbox as waiting  # its people are models, which want Django to be ready

    count = setting.count(10_000)

    def measure(mechanism: Mechanism) -> list[Figure]:
        office = waiting.filled(count)
        what = f"the inbox with {count:,} open decisions, {mechanism.engine}"
        times = waiting.opened(office, 100)
        note = f"95 of 100 within {stored.percentile(times, 95) * 1000:.0f} ms"
        return [Figure("inbox", what, "seconds", (Round(stored.percentile(times, 50)),), "150 ms", note)]

    return _each_engine(setting, measure)


def signatures(setting: Setting) -> list[Figure]:
    count, what = setting.count(5_000), "answers of security keys checked"
    rounds = _rounds(setting, what, lambda: keys.checked(count))
    return [Figure("signatures", what, "a CPU second", rounds, "5,000; 0.4 of webauthn")]


def rights(setting: Setting) -> list[Figure]:
    from tests.bench import rules_peer  # its peers are installed for measurements only

    count = setting.count(200_000)
    decided = _rounds(setting, "who may do what", lambda: rules_peer.decided(count))
    written = _rounds(setting, "canonical decisions", lambda: rules_peer.written(count // 10))
    return [
        Figure("rights", "who may do what, decided", "a CPU second", decided, "1 of rules"),
        Figure("rights", "a decision in canonical form, hashed", "a CPU second", written, "4 of rfc8785"),
    ]


def approved(setting: Setting) -> list[Figure]:
    from tests.bench import released, signed  # their people are models, which want Django to be ready

    def measured(how: str, run: Callable[[Mechanism, float], signed.Run]) -> list[Figure]:
        def measure(mechanism: Mechanism) -> list[Figure]:
            done = run(mechanism, 60 * setting.scale)
            what = f"approved postings over HTTP, {how}, {mechanism.engine}"
            return [Figure("approved", what, "a second", (Round(done.rate),), "50; p99 500 ms", done.said())]

        return _each_engine(setting, measure)

    return [*measured("a decision each", signed.measure), *measured("50 by one", released.measure)]


SIMULATED_PART: Final = 30  # the simulation takes its time, and each movement of it takes as long as another


def _times(what: str, times: Sequence[float], target: str = "") -> Figure:
    middle, most = (stored.percentile(times, share) for share in (50, 95))
    note = f"95 of 100 within {most * 1000:.3f} ms"
    return Figure("large", what, "seconds", (Round(middle),), target, note)


def _with_log(setting: Setting, mechanism: Mechanism) -> list[Figure]:
    """A whole action, and a bare posting, with the log and without."""
    from tests.bench.acts import drafts  # its people are models, which want Django to be ready

    target = "0.75" if mechanism.server else "0.95"
    what = f"a whole action with its log entry, {mechanism.engine}"
    drafted = drafts()
    rounds = _rounds(setting, what, lambda: drafted(setting.count(400)))
    action = Figure("log", what, "a second", rounds, target)
    what = f"one posting a commit with its log entry, {mechanism.engine}"
    rounds = _rounds(setting, what, lambda: logs.logged(mechanism, setting.count(400)))
    return [action, Figure("log", what, "a second", rounds, target)]


def log(setting: Setting) -> list[Figure]:
    """The log's own work; the proof is timed over a tree of a million leaves."""
    few, many = setting.count(20_000), setting.count(500_000)
    rounds = partial(_rounds, setting)
    tree = logs.Stored(setting.folder, setting.count(1_000_000))
    times = tree.seconds(1_000)
    middle, most = (stored.percentile(times, share) for share in (50, 95))
    hashes, file = tree.bytes_of_proof()
    seconds = logs.pymerkle(tree.size, setting.folder).get("proof")
    peer = {"pymerkle, SQLite": seconds} if seconds else {}
    note = f"95 of 100 within {most * 1000:.2f} ms; {hashes} bytes of hashes, {file} as a file"
    return [
        Figure(
            "log",
            "entries of eight places sealed",
            "a CPU second",
            rounds("seal", lambda: logs.sealed(few)),
            "30,000",
        ),
        Figure(
            "log",
            "leaves into tiles",
            "a CPU second",
            rounds("tiles", lambda: logs.grown(many, setting.folder)),
            "50,000; 1 of pymerkle in SQLite, 3 in memory",
        ),
        Figure(
            "log",
            "bodies to root",
            "a CPU second",
            rounds("bodies", lambda: logs.bodies(many)),
            "800,000; 0.5",
        ),
        Figure(
            "log",
            "with every item open",
            "a CPU second",
            rounds("items", lambda: logs.disclosed(few)),
            "40,000",
        ),
        Figure(
            "log",
            f"a proof of {tree.size:,} leaves, cold, SQLite",
            "seconds",
            (Round(middle, peer),),
            "1 ms; 900 of pymerkle",
            note,
        ),
        *_each_engine(setting, partial(_with_log, setting)),
    ]


MEASURES: dict[str, Measure] = {
    "disk": disk,
    "single": single,
    "clients": clients,
    "batches": batches,
    "balances": balances,
    "large": large,
    "whole": whole,
    "signatures": signatures,
    "inbox": inbox,
    "rights": rights,
    "log": log,
    "approved": approved,
}


def main(arguments: Sequence[str]) -> int:
    options = _parse(arguments)
    set_up()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=options.folder) as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server runs as somebody else
        with postgres_server(folder) as server:
            if server is None:
                print("PostgreSQL is not installed: SQLite alone is measured.", file=sys.stderr)
            setting = Setting(folder, server, options.rounds, options.scale)
            for chosen in options.names or MEASURES:
                figures += MEASURES[chosen](setting)
    if options.json:
        options.json.write_text(document(figures) + "\n", encoding="utf-8")
    print(table(figures))
    print(document(figures))
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", type=_known, help="what to measure; all when left out")
    parser.add_argument("--folder", type=Path, default=ROOT, help="a folder on the disk to measure")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the full size, for a quick look")
    parser.add_argument("--json", type=Path, help="also write the JSON document into this file")
    return parser.parse_args(arguments)


def _known(name: str) -> str:
    if name not in MEASURES:
        raise argparse.ArgumentTypeError(f"{name} is not measured; there are {', '.join(MEASURES)}")
    return name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
