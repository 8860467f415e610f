"""`python -m tests.simulation`: drive the ledger and its model by one seed, or by one seed after another.

A seed that fails prints the command that repeats it, and is cut down to the operation that makes it fail.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence

BOOK = 5_000
"""Operations of one book in a soak: a new book is fast, and its seed can be repeated in seconds."""
ENGINES = ("sqlite", "postgresql")


def main(arguments: Sequence[str]) -> int:
    options = _parse(arguments)
    _set_up()
    from tests.simulation.mechanisms import fresh_mechanisms
    from tests.simulation.soak import soak

    try:
        with fresh_mechanisms(options.engine) as fresh:
            return soak(fresh, options.engine, options.seed, options.operations, options.book)
    except KeyboardInterrupt:
        print("\nStopped; what had been compared until then agreed.", file=sys.stderr)
        return 130


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the seed, or the first of them")
    parser.add_argument("--operations", type=_positive, default=BOOK, help="how many in all")
    parser.add_argument("--book", type=_positive, help="how many a seed; all of them when left out")
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("one operation is the least")
    return number


def _set_up() -> None:
    """Point the settings at a folder that nobody needs, before Django reads them."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tranche.conf.settings",
        TRANCHE_DATA_DIR=tempfile.gettempdir(),
        TRANCHE_DEMO="1",
        TRANCHE_STORAGE_WARNS="1",
    )
    import django

    django.setup()


if __name__ == "__main__":
    started = time.monotonic()
    code = main(sys.argv[1:])
    print(f"{time.monotonic() - started:.0f} seconds", file=sys.stderr)
    sys.exit(code)
