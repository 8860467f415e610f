"""Drives the posting service as an action does: one transaction, its entries, its log entry last."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tests.bench.mechanism import Mechanism

from tranche.kernel.chart import AccountSpec, Fund, Kind
from tranche.kernel.journal import EntryDraft, Line
from tranche.kernel.ledger import instant_text
from tranche.ledger.post import post_many
from tranche.log.append import GROW, append
from tranche.store.write import WriteTx, write_transaction

BOOKED_ON = date(2024, 11, 25)
AMOUNT_MINOR = 1_000
BATCH_MOVEMENTS = 10_000
ORIGIN = AccountSpec(Kind.ORIGIN, "EU:windfall", None, "EUR")
CHAIN = (
    (Kind.TRANCHE, "EU"),
    (Kind.PROGRAMME, "PRG-1"),
    (Kind.CONTRACT, "CON-1"),
    (Kind.TRANSIT, "PAY-1"),
    (Kind.PREPAID, "CON-1"),
)
CHAIN_KINDS = ("allocate", "reserve", "order", "settle")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a measurement took."""

    wall_seconds: float
    cpu_seconds: float


def append_number(write: WriteTx, *, kind: str, object_type: str, object_id: str, **_left_out: object) -> int:
    """What `append` does without anything of the log but the number, which other rows refer to."""
    write.take_posted()
    at = instant_text(write.now)
    row = (write.seq, kind, bytes(32), object_type, object_id)
    write.insert("log_entry", "seq, kind, root, object_type, object_id", [row])
    write.later(GROW, (at, at, at))
    return write.logged()


def post(drafts: Sequence[EntryDraft], key: str | None = None, appended: Callable[..., int] = append) -> None:
    """One write: the entries and their log entry, or the number alone with `append_number`."""

    def act(write: WriteTx) -> None:
        post_many(drafts, write=write)
        appended(
            write,
            kind="tranche.confirm_receipt",
            actor="bench",
            object_type="tranche",
            object_id="bench",
            fields={},
        )

    write_transaction(key=key or str(uuid.uuid4()), request={"entries": len(drafts)}, act=act)


def timed(mechanism: Mechanism, transactions: Sequence[Sequence[EntryDraft]]) -> Spent:
    """Post the transactions one after another."""
    cpu, wall = mechanism.cpu_seconds(), time.perf_counter()
    for drafts in transactions:
        post(drafts)
    return Spent(time.perf_counter() - wall, mechanism.cpu_seconds() - cpu)


def account(kind: Kind, holder: str, fund: str) -> AccountSpec:
    return AccountSpec(kind, holder, Fund(fund), "EUR")


def receipts(fund: str, count: int, lines: int = 1) -> list[EntryDraft]:
    """Entries of so many equal lines each, `count` lines in all."""
    line = Line(ORIGIN, account(Kind.TRANCHE, "EU", fund), AMOUNT_MINOR)
    return [EntryDraft("receive", (line,) * lines, BOOKED_ON) for _ in range(count // lines)]


def batches(drafts: Sequence[EntryDraft], movements: int = BATCH_MOVEMENTS) -> Iterator[list[EntryDraft]]:
    """The drafts in transactions of so many movements."""
    batch: list[EntryDraft] = []
    size = 0
    for draft in drafts:
        batch.append(draft)
        size += len(draft.lines)
        if size >= movements:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def prepaid(fund: str, count: int) -> AccountSpec:
    """Money of `count` receipts brought to a paid contract, half a receipt already spent.

    Every acceptance of a receipt's amount then uses the money of two.
    """
    for batch in batches(receipts(fund, count + 1, lines=1)):
        post(batch)
    places = [account(kind, holder, fund) for kind, holder in CHAIN]
    for kind, source, target in zip(CHAIN_KINDS, places, places[1:], strict=False):
        post([EntryDraft(kind, (Line(source, target, AMOUNT_MINOR * (count + 1)),), BOOKED_ON)])
    half = Line(places[-1], account(Kind.LOT, "LOT-0", fund), AMOUNT_MINOR // 2)
    post([EntryDraft("accept", (half,), BOOKED_ON)])
    return places[-1]


def acceptances(fund: str, source: AccountSpec, count: int, lines: int = 1) -> list[EntryDraft]:
    """Uses of two pieces each."""
    line = Line(source, account(Kind.LOT, "LOT-1", fund), AMOUNT_MINOR)
    return [EntryDraft("accept", (line,) * lines, BOOKED_ON) for _ in range(count // lines)]


def new_fund() -> str:
    return f"T-{uuid.uuid4().hex[:8].upper()}"
