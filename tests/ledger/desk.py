"""A desk that posts to the real ledger, one logged write transaction an entry."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.ledger import EntryDraft, Line
from tranche.kernel.money import Money
from tranche.ledger.close import close
from tranche.ledger.flows import Restriction, conversion_for, lines_for
from tranche.ledger.post import post_many, reverse
from tranche.log.append import append
from tranche.store.write import WriteTx, write_transaction

DAY = date(2024, 12, 2)


def logged(act: Callable[[WriteTx], object]) -> int:
    """Run a write in its own transaction and return the number of its log entry."""

    def whole(write: WriteTx) -> None:
        act(write)
        append(
            write,
            kind="system.setup",
            actor=str(uuid.UUID(int=1)),
            object_type="ledger",
            object_id="desk",
            fields={},
        )

    return write_transaction(key=str(uuid.uuid4()), request={"test": "desk"}, act=whole).log_seq


def post(*drafts: EntryDraft) -> tuple[int, ...]:
    """Post entries in one transaction and return their numbers."""
    numbers: list[int] = []
    logged(lambda write: numbers.extend(posted.entry_id for posted in post_many(drafts, write=write)))
    return tuple(numbers)


def undo(entry: int) -> int:
    """Reverse an entry."""
    numbers: list[int] = []
    logged(
        lambda write: numbers.append(reverse(entry, write=write, booked_on=DAY, decision_id=None).entry_id)
    )
    return numbers[0]


def close_until(upto: date) -> int:
    """Close a period and return the number of its log entry."""
    return logged(lambda write: close(upto, write=write))


def spec(kind: Kind, holder: str, fund: Fund | None = None) -> AccountSpec:
    return AccountSpec(kind, holder, fund, "EUR")


def entry(kind: str, *lines: Line, day: date = DAY) -> EntryDraft:
    return EntryDraft(kind, lines, day)


def pooled(pool: str, donor: str) -> Fund:
    return Fund(f"{pool}/{donor}", pool, donor)


def receive(tranche: str, donor: str, amount: int, origin: str = "budget", pool: str | None = None) -> None:
    """Book a receipt to a tranche, and on into its pro-rata pool."""
    own = spec(Kind.TRANCHE, donor, Fund(tranche))
    drafts = [entry("receive", Line(spec(Kind.ORIGIN, f"{donor}:{origin}"), own, amount))]
    if pool is not None:
        share = spec(Kind.POOL, pool, pooled(pool, donor))
        drafts.append(entry("assign", Line(own, share, amount)))
    post(*drafts)


def convert(kind: str, rule: Restriction, source: Place, target: Place, out: Money, into: Money) -> int:
    """Move money across two currencies by one entry and return its number."""
    numbers: list[int] = []

    def act(write: WriteTx) -> None:
        split = conversion_for(rule, source, target, out, into, write=write)
        draft = EntryDraft(kind, split.lines, DAY, fx=split.fx)
        numbers.extend(p.entry_id for p in post_many([draft], write=write))

    logged(act)
    return numbers[0]


def flow(
    kind: str, rule: Restriction, source: Place, target: Place, amount: int, currency: str = "EUR"
) -> int:
    """Move money under a restriction by one entry and return its number."""
    numbers: list[int] = []

    def act(write: WriteTx) -> None:
        lines = lines_for(rule, currency, source, target, amount, write=write)
        numbers.extend(p.entry_id for p in post_many([EntryDraft(kind, lines, DAY)], write=write))

    logged(act)
    return numbers[0]


def amounts(lines: Sequence[Line]) -> list[int]:
    return [line.amount_minor for line in lines]


EARMARKED = Restriction("LT-UA-2024-T1", pro_rata=False)
DANISH = Restriction("DK-2024", pro_rata=True)


def danish_pool() -> None:
    """Receive the four tranches of 2024 into the pro-rata pool, in the order of first money."""
    for donor, minor, origin in (
        ("DK", 12_500_000_000, "budget"),
        ("SE", 2_000_000_000, "budget"),
        ("IS", 270_000_000, "budget"),
        ("EU", 39_000_000_000, "windfall"),
    ):
        receive(f"{donor}-UA-2024-T1", donor, minor, origin, pool="DK-2024")


def paid_contract(rule: Restriction, start: Place, contract: str, steps: Sequence[int]) -> None:
    """Allocate, reserve, order and settle these amounts."""
    programme, reserved = Place(Kind.PROGRAMME, "P-1"), Place(Kind.CONTRACT, contract)
    transit, prepaid = Place(Kind.TRANSIT, f"{contract}-PAY"), Place(Kind.PREPAID, contract)
    allocated, signed, ordered = steps
    flow("allocate", rule, start, programme, allocated)
    flow("reserve", rule, programme, reserved, signed)
    flow("order", rule, reserved, transit, ordered)
    flow("settle", rule, transit, prepaid, ordered)
