"""`python -m tests.bench [NAME ...]`: measure in a new folder on a real disk, print a table and JSON."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import posting
from tests.bench.disk import forced_writes
from tests.bench.figures import Figure, Round, document, table
from tests.bench.mechanism import open_mechanism

ROOT = Path(__file__).resolve().parents[2]
PEER = "raw SQLite, same rows, as many commits"
NAMES = {
    "disk": ("forced writes of 4 KiB", ""),
    "actions": ("durable actions, one receipt each", PEER),
    "movements": ("movements, 250 entries a transaction", PEER),
    "uses": ("uses with two fragments, 250 a transaction", PEER),
}


def main(arguments: Sequence[str]) -> int:
    options = _parse(arguments)
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=options.folder) as name:
        folder = Path(name)
        open_mechanism(folder)
        figures = [_figure(chosen, options, folder) for chosen in options.names or NAMES]
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
    parser.add_argument("--actions", type=int, default=500, help="transactions in a round")
    parser.add_argument("--movements", type=int, default=5_000, help="entries in a round")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a round of the disk takes")
    parser.add_argument("--json", type=Path, help="also write the JSON document into this file")
    return parser.parse_args(arguments)


def _known(name: str) -> str:
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"{name} is not measured; there are {', '.join(NAMES)}")
    return name


def _figure(name: str, options: argparse.Namespace, folder: Path) -> Figure:
    measure = _measurement(name, options, folder)
    what, peer = NAMES[name]
    rounds = []
    for number in range(options.rounds):
        print(f"{what}: round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
        rounds.append(measure())
    return Figure(name, what, peer, tuple(rounds))


def _measurement(name: str, options: argparse.Namespace, folder: Path) -> Callable[[], Round]:
    if name == "disk":
        return lambda: Round(forced_writes(folder / "blocks", options.seconds))
    if name == "actions":
        return lambda: posting.actions(options.actions, folder)
    if name == "movements":
        return lambda: posting.movements(options.movements, folder)
    return lambda: posting.uses(options.movements, folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
