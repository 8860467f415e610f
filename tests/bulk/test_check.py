"""The check agrees with an honest book and sees every fault that it is fed, on both engines."""

from __future__ import annotations

import pytest
from django.db import connections, transaction
from tests.bulk.whole_book import post_everything
from tests.tampering import guards_off, tamper

from tranche.bulk import check
from tranche.bulk.check import Difference, first_difference, stored_form
from tranche.bulk.loading import load
from tranche.bulk.table import Table
from tranche.bulk.trace import trace_all
from tranche.ledger.verify import verify

pytestmark = pytest.mark.usefixtures("mechanism")


@pytest.fixture
def table(mechanism: object) -> Table:
    """The trace of the whole book."""
    post_everything()
    return trace_all(load())


@pytest.mark.parametrize("entries_each", [1, 10_000])
def test_stored_fragments_are_those_of_the_movements(
    table: Table, entries_each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "ENTRIES_EACH", entries_each)
    seen: list[tuple[int, int]] = []

    assert first_difference(table, lambda done, total: seen.append((done, total))) is None

    assert seen[-1] == (table.columns.entries, table.columns.entries)
    assert verify().differences == ()
    assert len(table.uses) == verify().fragments > 30
    rows = stored_form(table, 0, len(table.uses))
    assert {bool(row[10]) for row in rows} == {True, False}
    assert any(" > " in row[10] for row in rows)


def use_with_two_pieces() -> tuple[int, int]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, line FROM use_fragment WHERE piece = 2 ORDER BY entry_id, line LIMIT 1"
        )
        row: tuple[int, int] = cursor.fetchone()
        return row


FAULTS = (
    "UPDATE use_fragment SET amount = amount + 1 WHERE :use AND piece = 1",
    "UPDATE use_fragment SET source_amount = source_amount - 1 WHERE :use AND piece = 2",
    "UPDATE use_fragment SET lo = lo + 1 WHERE :use AND piece = 2",
    "UPDATE use_fragment SET source_lo = source_lo + 1 WHERE :use AND piece = 1",
    "UPDATE use_fragment SET source_entry = source_entry - 1 WHERE :use AND piece = 2",
    "UPDATE use_fragment SET source_line = 2 WHERE :use AND piece = 1",
    "UPDATE use_fragment SET path = replace(path, 'tranche:', 'pool:') WHERE :use AND piece = 1",
    "UPDATE use_fragment SET fx_path = '1:1:1' WHERE :use AND piece = 1",
    "UPDATE use_fragment SET piece = 7 WHERE :use AND piece = 2",
    "DELETE FROM use_fragment WHERE :use AND piece = 1",
    "DELETE FROM use_fragment WHERE :use AND piece = 2",
    "DELETE FROM use_fragment WHERE :use",
    "INSERT INTO use_fragment SELECT entry_id, line, piece + 5, lo, amount, source_entry, source_line,"
    " source_lo, source_amount, path, fx_path FROM use_fragment WHERE :use AND piece = 1",
    "UPDATE use_fragment SET amount = amount + CASE piece WHEN 1 THEN 1 ELSE -1 END WHERE :use",
)


def test_each_fault_is_found_in_its_use(table: Table) -> None:
    guards_off()
    entry, line = use_with_two_pieces()
    found: dict[str, Difference | None] = {}

    for sql in FAULTS:
        with transaction.atomic():
            tamper(sql.replace(":use", f"entry_id = {entry} AND line = {line}"))
            found[sql] = first_difference(table, using="default")
            transaction.set_rollback(True)

    assert {
        sql for sql in FAULTS if (one := found[sql]) is None or (one.entry, one.line) != (entry, line)
    } == set()
    assert first_difference(table, using="default") is None


def test_a_fragment_of_what_is_no_use_is_found(table: Table) -> None:
    guards_off()

    tamper("INSERT INTO use_fragment VALUES (1, 1, 1, 0, 1, 1, 1, 0, 1, 'x', '')")

    found = first_difference(table)
    assert found is not None
    assert (found.entry, found.line, found.found) == (1, 1, (1, 1, 1, 0, 1, 1, 1, 0, 1, "x", ""))


def test_a_fragment_missing_at_the_very_end_is_found(table: Table) -> None:
    guards_off()
    last = stored_form(table, len(table.uses) - 1, len(table.uses))[0]

    tamper(f"DELETE FROM use_fragment WHERE entry_id = {last[0]} AND piece = {last[2]}")

    assert first_difference(table) == Difference(last[0], last[1], last, None)


@pytest.mark.usefixtures("table")
def test_a_cent_moved_between_two_receipts_is_found() -> None:
    guards_off()
    tamper("UPDATE movement SET amount = 6667 - amount WHERE amount IN (3333, 3334)")

    assert first_difference(trace_all(load())) is not None
