"""An insider writes anywhere into the log's tables: its own look, or a head that was kept, finds it.

Which columns say nothing by themselves is listed; everything else is found, whatever is written.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import Error as DatabaseSaysNo
from django.db import connections, transaction
from tests.log.operator import signed_by
from tests.office import Office
from tests.tampering import guards_off

from tranche.kernel.log_policy import parse_policy
from tranche.kernel.notes import COSIGNATURE, Head
from tranche.kernel.tiles import TileError, head
from tranche.ledger.verify import verify
from tranche.log import cosigned, heads, tiles
from tranche.log.keys import new_key
from tranche.log.verify import verify_log

SEED: Final = 20_261_129
WRITES: Final = int(os.environ.get("INSIDER_WRITES", "300"))
"""On each of the two engines; the campaign is INSIDER_WRITES=2000, which takes a minute."""
TABLES: Final = (
    *("log_entry", "log_opening", "log_head", "log_tree", "log_tile"),
    *("log_checkpoint", "log_cosignature"),
)
NOT_PROVED: Final = frozenset({"log_checkpoint.signed_at", "log_cosignature"})
"""When a head was signed is said by the clock of the signer: what counts is the time of a witness. And what a
witness said once, it says again when it is asked."""

Row = dict[str, Any]


@pytest.fixture
def attacked(mechanism: Path) -> Any:
    """A log with a signed and cosigned head, and an insider who owns the database."""
    office = Office()
    office.received()
    signer = signed_by(office, mechanism)
    signed = signer.checkpoint()
    witness = new_key("witness.example", COSIGNATURE)
    (mechanism / "witnesses").write_text(f"witness w {witness.vkey.text()}\nquorum w\n")
    policy = parse_policy(f"log {signer.key().vkey.text()}\nwitness w {witness.vkey.text()}\nquorum w\n")
    cosigned.take(witness.cosign(signed.note.text, 1_795_167_000).text().encode(), policy)
    guards_off()
    return signed.head


def rows_of(table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return [column[0] for column in cursor.description], cursor.fetchall()


def forgeries(rng: random.Random) -> Iterator[tuple[str, str, list[Any]]]:
    """A column or row, and a statement that spoils it."""
    while True:
        table = rng.choice(TABLES)
        columns, rows = rows_of(table)
        row = rng.choice(rows)
        where = " AND ".join(f"{name} = %s" for name in columns[:2])
        if rng.random() < 0.15 and table not in ("log_head", "log_tree"):
            yield table, f"DELETE FROM {table} WHERE {where}", list(row[:2])
            continue
        at = rng.randrange(len(columns))
        value = forged(rng, row[at], [other[at] for other in rows])
        if value is not None:
            sql = f"UPDATE {table} SET {columns[at]} = %s WHERE {where}"
            yield f"{table}.{columns[at]}", sql, [value, *row[:2]]


def forged(rng: random.Random, value: Any, others: list[Any]) -> Any:
    """Another value of the same kind, as often as not one that stands elsewhere in the table."""
    if rng.random() < 0.5 and (different := [other for other in others if other != value]):
        return rng.choice(different)
    if isinstance(value, int):
        return value + rng.choice([1, 2, 1000])
    if isinstance(value, str):
        at = rng.randrange(len(value)) if value else 0
        return value[:at] + chr((ord(value[at]) - 32 + 1) % 90 + 33) + value[at + 1 :] if value else "x"
    raw = bytearray(value)
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


def is_kept(known: Head) -> bool:
    try:
        return head(known.size, tiles.reader("default")) == known
    except TileError:
        return False


def is_found(known: Head) -> bool:
    """By the log's look at itself, by that of the ledger at the log, or by the head that somebody kept."""
    if verify_log("default")[1] or not is_kept(known):
        return True
    return bool(verify(using="default").differences)


def test_whatever_an_insider_writes_is_found(attacked: Any) -> None:
    connection, missed, done = connections["default"], list[str](), 0
    for what, sql, params in forgeries(random.Random(SEED)):  # noqa: S311 - the same ones each time
        with transaction.atomic(using="default"), connection.cursor() as cursor:
            try:
                with transaction.atomic(using="default"):
                    cursor.execute(sql, params)
            except DatabaseSaysNo:  # what the engine itself refuses is no write
                continue
            done += 1
            if what not in NOT_PROVED and not is_found(attacked):
                missed.append(f"{what}: {sql} {params}")
            transaction.set_rollback(True, using="default")
        if done >= WRITES:
            break

    assert missed == []
    assert len(heads.checkpoints("default")) == 1
