"""beancount, in a process of its own: `python -m tests.bench.beancount_peer FILE` prints CPU seconds."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from decimal import Decimal


def main(file: str) -> float:
    """Load the file and add the postings up by account and currency."""
    from beancount import loader
    from beancount.core.data import Transaction

    started = time.process_time()
    entries, errors, _ = loader.load_file(file)
    assert not errors
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        assert isinstance(entry, Transaction) or type(entry).__name__ == "Open"
        for posting in getattr(entry, "postings", ()):
            totals[posting.account, posting.units.currency] += posting.units.number
    assert sum(totals.values()) == 0
    return time.process_time() - started


if __name__ == "__main__":
    print(main(sys.argv[1]))
