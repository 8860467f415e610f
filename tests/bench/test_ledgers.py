"""A synthetic ledger is a legal book, the same for the same seed, in columns, in the kernel and in tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.db import IntegrityError, connections
from tests.bench import bulk, stored
from tests.bench.ledgers import DONORS, STAGES, Ledger, ledger, movements_of, offsets
from tests.bench.mechanism import Mechanism
from tests.bench.rows import fill
from tests.bulk.books import uses_of

from tranche.bulk.check import first_difference
from tranche.bulk.loading import load
from tranche.bulk.trace import trace_all
from tranche.kernel.chart import EDGES, FLOORLESS, check_account
from tranche.kernel.simulate import simulate
from tranche.kernel.trace import is_undo, is_use
from tranche.ledger.verify import verify

MOVEMENTS = 3_000


@pytest.fixture(scope="module")
def book() -> Ledger:
    """A small ledger of a few funds."""
    return ledger(MOVEMENTS, funds=8)


def test_the_same_seed_gives_the_same_ledger(book: Ledger) -> None:
    again, other = ledger(MOVEMENTS, funds=8), ledger(MOVEMENTS, funds=8, seed=2)

    assert (again.columns.amount == book.columns.amount).all()
    assert again.specs == book.specs
    assert (other.columns.amount != book.columns.amount).any()


def test_it_has_as_many_movements_as_asked(book: Ledger) -> None:
    assert MOVEMENTS - 1 <= len(book.columns) <= MOVEMENTS
    assert set(np.unique(book.stages).tolist()) == set(range(len(STAGES)))


def test_no_account_falls_below_its_floor_at_any_line(book: Ledger) -> None:
    balances = [0] * len(book.specs)

    for mv in movements_of(book):
        balances[mv.src] -= mv.amount
        balances[mv.dst] += mv.amount
        assert balances[mv.src] >= 0 or book.specs[mv.src].kind in FLOORLESS


def test_every_edge_is_in_the_table_and_every_account_in_the_chart(book: Ledger) -> None:
    for spec in book.specs:
        check_account(spec)
    for mv, stage in zip(movements_of(book), book.stages, strict=True):
        source, target = mv.src_kind, mv.dst_kind
        if mv.pair is not None:
            source, target = (mv.pair.kind, target) if mv.src < DONORS + 2 else (source, mv.pair.kind)
        assert (source, target, STAGES[stage]) in EDGES


def test_conversions_have_two_lines_of_two_currencies(book: Ledger) -> None:
    columns = book.columns
    [legs] = (columns.partner >= 0).nonzero()
    assert len(legs) > 20
    for leg in legs.tolist():
        other = int(columns.partner[leg])
        assert columns.partner[other] == leg
        assert columns.entry[other] == columns.entry[leg]
        assert columns.currencies[columns.src[other]] != columns.currencies[columns.src[leg]]


def test_offsets_tile_the_line_of_every_account() -> None:
    accounts = np.array([1, 0, 1, 1, 0], np.int32)

    found = offsets(accounts, np.array([5, 7, 2, 1, 4], np.int64))

    assert found.tolist() == [0, 0, 5, 7, 7]


def test_its_trace_is_the_simulation(book: Ledger) -> None:
    movements = list(movements_of(book))
    expected = simulate(movements)

    table = trace_all(book.columns)

    owners = [mv.id for mv in movements if is_use(mv) or is_undo(mv)]
    found = uses_of(table, book.columns.codes.index)
    assert found == {owner: expected[owner] for owner in owners}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest) -> Mechanism:
    """An empty mechanism, on each engine in turn, as measurements know it."""
    folder = request.getfixturevalue(f"{request.param}_mechanism")
    if request.param == "sqlite":
        return Mechanism(folder)
    name = str(connections["default"].settings_dict["NAME"])
    return Mechanism(folder, request.getfixturevalue("postgres_server"), name)


def test_it_fills_a_database_that_reads_back_the_same(book: Ledger, empty: Mechanism) -> None:
    table = trace_all(book.columns)

    fill(empty, book, table)

    columns = load()
    assert (columns.amount == book.columns.amount).all()
    assert (columns.partner == book.columns.partner).all()
    assert columns.codes == book.columns.codes
    assert first_difference(trace_all(columns)) is None
    assert {difference.code for difference in verify().differences} <= {"log_missing", "log_hash", "key"}
    with pytest.raises(IntegrityError, match="immutable"), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE movement SET amount = 1")


def test_stored_answers_are_asked_of_a_ledger_with_many_uses_a_receipt(empty: Mechanism) -> None:
    book, table = stored.filled(empty, MOVEMENTS)

    times, most = stored.bought(table)

    assert 0 < len(stored.paid(book)) <= stored.ASKED
    assert len(times) == stored.ASKED or len(times) == len(np.unique(table.uses["source"]))
    assert most == np.bincount(table.uses["source"]).max()
    assert 0 < stored.percentile(times, 50) <= stored.percentile(times, 95)


def test_the_bench_prints_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = bulk.main(["--movements=3000", "--simulated=2000", "--rounds=1", f"--folder={tmp_path}"])

    said = capsys.readouterr().out
    assert code == 0
    assert "compiled trace" in said
    assert "of 2,000 movements only" in said
    assert list(tmp_path.iterdir()) == []
