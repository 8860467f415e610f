"""Payments released over HTTP, many by one decision: proposed, signed by a key, released by the payer.

`python -m tests.bench.released --minutes 10` is the long form, `python -m tests.bench released` the short.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from tests.bench.mechanism import Mechanism
from tests.bench.signed import DECISION, Browser, NotServed, Run, drive, main, served, signed_in, signing

from tranche.kernel.canonical import Canonical, encode

TEAMS: Final = 1
"""Persons at three desks; a second team adds little on two cores that the clients use as well."""
DECISIONS_A_MINUTE: Final = 240
"""More than two cores get done; who has nothing left before the end of the time says so."""


@dataclass
class Team:
    """A fund manager, an approver and a payer at their own desks; each decision takes the next payments."""

    manager: Browser
    approver: Browser
    payer: Browser
    key: Any
    batches: Iterator[tuple[str, ...]]
    times: list[float] = field(default_factory=list)

    def post_one(self) -> None:
        refs = next(self.batches, None)
        if refs is None:
            raise NotServed("no payments are left: prepare more decisions a minute")
        arguments: dict[str, Canonical] = {"payments": list[Canonical](refs)}
        form = {"then": "confirm", "arguments": encode(arguments).decode(), "key": str(uuid.uuid4())}
        address, _ = self.timed(self.manager, "/act/payment.release_many/", form, 303)
        found = DECISION.search(address)
        if found is None:
            raise NotServed(f"no decision at {address}")
        signing(self, found[1])
        key = {"key": str(uuid.uuid4())}
        self.timed(self.payer, f"/decisions/{found[1]}/execute/", key, 303)

    def timed(self, browser: Browser, path: str, form: dict[str, str], wanted: int) -> tuple[str, str]:
        begin = time.perf_counter()
        answer = browser.post(path, form, wanted)
        self.times.append(time.perf_counter() - begin)
        return answer


def measure(mechanism: Mechanism, seconds: float) -> Run:
    """Release for so long with every team at once; the register counts at the end what was released."""
    from django.core.management import call_command
    from django.db import connections
    from tests.bench.orders import ordered
    from tests.keyring import registered

    from tranche.models import Record

    office, orders = ordered(max(2 * TEAMS, round(DECISIONS_A_MINUTE * seconds / 60)))
    keys = [registered(office, f"ua.approver{1 + number}") for number in range(TEAMS)]
    call_command("migrate", database="scratch", verbosity=0)
    connections.close_all()
    with served(mechanism) as port:
        teams = [
            Team(
                signed_in(port, "ua.manager"),
                signed_in(port, f"ua.approver{1 + number}"),
                signed_in(port, "ua.payer"),
                key,
                islice(iter(orders.batches), number, None, TEAMS),
            )
            for number, key in enumerate(keys)
        ]
        begin = time.perf_counter()
        failed = drive(teams, begin + seconds)
        spent = time.perf_counter() - begin
    if failed:
        raise failed[0]
    done = Record.objects.filter(kind="payment", state="released").count()
    return Run(done, spent, [took for team in teams for took in team.times])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], "released", __doc__ or "", measure))
