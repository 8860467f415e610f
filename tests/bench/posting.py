"""Drives the posting service as an action does: one transaction, its entries, its log entry last."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.db import connections
from tests.bench.figures import Round
from tests.bench.raw import insert_again, last_seq, record

from tranche.kernel.ledger import AccountSpec, EntryDraft, Fund, Kind, Line
from tranche.ledger.post import post_many
from tranche.log.append import append
from tranche.store.write import WriteTx, write_transaction

BOOKED_ON = date(2024, 11, 25)
AMOUNT_MINOR = 1_000
BATCH_ENTRIES = 250  # up to 256 journal entries are named one by one in a log entry
CHAIN = (
    (Kind.TRANCHE, "EU"),
    (Kind.PROGRAMME, "PRG-1"),
    (Kind.CONTRACT, "CON-1"),
    (Kind.TRANSIT, "PAY-1"),
    (Kind.PREPAID, "CON-1"),
)
CHAIN_KINDS = ("allocate", "reserve", "order", "settle")


def database() -> Path:
    return Path(str(connections["default"].settings_dict["NAME"]))


def post(drafts: Sequence[EntryDraft]) -> None:
    def act(write: WriteTx) -> None:
        post_many(drafts, write=write)
        append(
            write,
            kind="tranche.confirm_receipt",
            actor="bench",
            object_type="tranche",
            object_id="bench",
            fields={},
        )

    write_transaction(key=str(uuid.uuid4()), request={"entries": len(drafts)}, act=act)


def receipt(fund: str, amount_minor: int = AMOUNT_MINOR) -> EntryDraft:
    origin = AccountSpec(Kind.ORIGIN, "EU:windfall", None, "EUR")
    line = Line(origin, _account(Kind.TRANCHE, "EU", fund), amount_minor)
    return EntryDraft("receive", (line,), BOOKED_ON)


def acceptance(fund: str, lot: str, amount_minor: int) -> EntryDraft:
    line = Line(_account(Kind.PREPAID, "CON-1", fund), _account(Kind.LOT, lot, fund), amount_minor)
    return EntryDraft("accept", (line,), BOOKED_ON)


def _account(kind: Kind, holder: str, fund: str) -> AccountSpec:
    return AccountSpec(kind, holder, Fund(fund), "EUR")


def _measure(transactions: Sequence[Sequence[EntryDraft]], done: int, peer_folder: Path) -> Round:
    """Post the transactions, insert their rows again beside, and return `done` things per second of each."""
    before = last_seq(database())
    started = time.perf_counter()
    for drafts in transactions:
        post(drafts)
    ours = time.perf_counter() - started
    recording = record(database(), before, last_seq(database()))
    peer = insert_again(recording, peer_folder / f"peer-{uuid.uuid4()}.sqlite3")
    return Round(done / ours, done / peer)


def actions(count: int, peer_folder: Path) -> Round:
    """One receipt in each transaction."""
    fund = f"T-{uuid.uuid4().hex[:8].upper()}"
    post([receipt(fund)])
    return _measure([[receipt(fund)]] * count, count, peer_folder)


def movements(count: int, peer_folder: Path) -> Round:
    """Many receipts in each transaction, as for a file."""
    fund = f"T-{uuid.uuid4().hex[:8].upper()}"
    post([receipt(fund)])
    return _measure(_batches([receipt(fund)] * count), count, peer_folder)


def uses(count: int, peer_folder: Path) -> Round:
    """Many acceptances in each transaction, each of which used money of two receipts."""
    fund = f"T-{uuid.uuid4().hex[:8].upper()}"
    for drafts in _batches([receipt(fund)] * (count + 1)):
        post(drafts)
    places = [_account(kind, holder, fund) for kind, holder in CHAIN]
    for kind, source, target in zip(CHAIN_KINDS, places, places[1:], strict=False):
        post([EntryDraft(kind, (Line(source, target, AMOUNT_MINOR * (count + 1)),), BOOKED_ON)])
    post([acceptance(fund, "LOT-0", AMOUNT_MINOR // 2)])
    return _measure(_batches([acceptance(fund, "LOT-1", AMOUNT_MINOR)] * count), count, peer_folder)


def _batches(drafts: Sequence[EntryDraft]) -> list[Sequence[EntryDraft]]:
    return [drafts[first : first + BATCH_ENTRIES] for first in range(0, len(drafts), BATCH_ENTRIES)]
