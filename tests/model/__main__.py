"""`python -m tests.model --depth 7`: every state of the small world of sign-off, with progress."""

from __future__ import annotations

import argparse
import sys
import time

from tests.model.search import search


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--depth", type=int, default=7, help="how many steps deep")
    parser.add_argument("--states", type=int, default=10_000_000, help="stop at so many states")
    options = parser.parse_args()
    started = time.monotonic()

    def tell(depth: int, states: int) -> None:
        sys.stdout.write(f"depth {depth}: {states:,} states, {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()

    found = search(options.depth, options.states, tell)
    sys.stdout.write(
        f"{found.states:,} states, {found.releases:,} releases: {found.why or 'no rule broken'}\n"
    )
    for step in found.path:
        sys.stdout.write(f"  {step}\n")
    return 1 if found.why else 0


if __name__ == "__main__":
    sys.exit(main())
