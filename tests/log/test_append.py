"""Every entry says who, what and when, names the postings of its write, and takes the next number."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.store import writes

from tranche.kernel.canonical import Canonical, NotCanonical
from tranche.kernel.entries import EntryError
from tranche.kernel.ledger import Posted
from tranche.kernel.merkle import root
from tranche.log import append, read
from tranche.store import clock
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")

INSTANT = datetime(2024, 11, 25, 9, 15, 0, 120, tzinfo=UTC)


def items(seq: int) -> dict[str, Canonical]:
    entry = read.entry(seq)
    assert entry is not None
    assert entry.is_intact
    return {item.name: item.value for item in entry.items if item.name}


def posted(count: int) -> list[Posted]:
    return [Posted(n + 1, f"{n:064x}") for n in range(count)]


def test_an_entry_holds_what_every_entry_holds_and_its_own_fields() -> None:
    with clock.at(INSTANT):
        writes.run(lambda tx: writes.log(tx, {"reason": "Перша частка", "ref": "LT-UA-2024-T1"}))

    assert items(0) == {
        "kind": "system.setup",
        "day": "2024-11-25",
        "at": "2024-11-25T09:15:00.000120Z",
        "actor": writes.ACTOR,
        "object": {"id": "p", "type": "party"},
        "reason": "Перша частка",
        "ref": "LT-UA-2024-T1",
    }


def test_the_number_is_the_next_one_and_the_head_moves_with_it() -> None:
    numbers: list[int] = []

    for _ in range(2):
        writes.run(lambda tx: numbers.append(writes.log(tx)))

    assert numbers == [0, 1]
    assert read.head() == 2


def test_salts_differ_even_where_the_fields_are_the_same() -> None:
    with clock.at(INSTANT):
        for _ in range(2):
            writes.run(writes.log)

    first, second = read.entry(0), read.entry(1)
    assert first is not None
    assert second is not None
    assert first.root != second.root
    assert len({item.salt for item in (*first.items, *second.items)}) == 32


def test_an_entry_names_the_postings_made_since_the_one_before() -> None:
    def act(tx: WriteTx) -> None:
        tx.posted(posted(2))
        writes.log(tx)
        tx.posted([Posted(3, "ff" * 32)])
        writes.log(tx)
        writes.log(tx)

    writes.run(act)

    assert items(0)["ledger.entries"] == [{"id": 1, "sha256": f"{0:064x}"}, {"id": 2, "sha256": f"{1:064x}"}]
    assert items(1)["ledger.entries"] == [{"id": 3, "sha256": "ff" * 32}]
    assert "ledger.entries" not in items(2)


@pytest.mark.parametrize("count", [256, 257])
def test_many_postings_are_named_by_their_tree(count: int) -> None:
    def act(tx: WriteTx) -> None:
        tx.posted(posted(count))
        writes.log(tx)

    writes.run(act)

    named: Any = items(0)["ledger.entries"]
    if count <= append.LISTED_MAX:
        assert [row["id"] for row in named] == list(range(1, count + 1))
    else:
        tree = root([bytes.fromhex(entry.sha256) for entry in posted(count)]).hex()
        assert named == {"count": 257, "first": 1, "last": 257, "root": tree}


@pytest.mark.parametrize(
    ("kind", "fields", "error"),
    [
        ("made.up", {}, EntryError),
        ("system.setup", {"colour": "red"}, EntryError),
        ("system.setup", {"reason": "x" * 40_000}, EntryError),
        ("system.setup", {"amount": 1.5}, NotCanonical),
    ],
)
def test_an_entry_that_cannot_be_sealed_undoes_the_write(
    kind: str, fields: dict[str, Any], error: type[Exception]
) -> None:
    def act(tx: WriteTx) -> None:
        writes.insert(tx)
        writes.log(tx, fields, kind)

    with pytest.raises(error):
        writes.run(act)

    assert (writes.written(), writes.entries(), read.head()) == (0, 0, 0)
