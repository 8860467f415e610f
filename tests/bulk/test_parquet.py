"""The file holds the table, says of which state of the book it is, and is the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.bulk.books import columns_of
from tests.bulk.test_trace import chain_book
from tests.bulk.whole_book import post_everything

from tranche.bulk import parquet
from tranche.bulk.check import stored_form
from tranche.bulk.loading import load
from tranche.bulk.parquet import write
from tranche.bulk.table import Table, Total
from tranche.bulk.trace import trace_all

STORED = (
    *("entry", "line", "piece", "lo", "amount_minor"),
    *("source_entry", "source_line", "source_lo", "source_amount_minor", "path", "fx_path"),
)


def chain_table() -> Table:
    return trace_all(columns_of(chain_book()))


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


@pytest.mark.usefixtures("mechanism")
def test_rows_are_those_that_are_stored(tmp_path: Path) -> None:
    post_everything()
    table = trace_all(load())

    write(table, tmp_path / "t.parquet")

    rows = rows_of(tmp_path / "t.parquet")
    assert [tuple(row[name] for name in STORED) for row in rows] == stored_form(table, 0, len(table.uses))
    assert {row["currency"] for row in rows} == {"EUR", "UAH"}
    assert all(row["source_account"].split(":")[0] in ("origin", "advance", "rounding") for row in rows)
    assert all(row["left"].endswith(row["currency"]) for row in rows)
    assert [row["entered"] for row in rows if row["counts"] < 0] == [
        row["entered"] for row in rows if row["left"].split(":")[0] in ("lot", "returned")
    ]


def test_one_use_is_written_out_in_full(tmp_path: Path) -> None:
    write(chain_table(), tmp_path / "t.parquet")

    first, undone = rows_of(tmp_path / "t.parquet")

    assert first == {
        "entry": 4,
        "line": 1,
        "piece": 1,
        "counts": 1,
        "left": "4",
        "entered": "5",
        "currency": "UAH",
        "lo": 0,
        "amount_minor": 125,
        "source_entry": 1,
        "source_line": 1,
        "source_account": "1",
        "source_currency": "EUR",
        "source_lo": 0,
        "source_amount_minor": 3,
        "path": "2 > 3 > 4",
        "fx_path": "3:2:0",
    }
    assert (undone["counts"], undone["amount_minor"], undone["source_amount_minor"]) == (-1, 25, 0)


@pytest.mark.parametrize("rows_each", [1, 2, 1 << 20])
def test_row_groups_are_cut_at_their_size(
    rows_each: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROWS_EACH", rows_each)
    seen: list[tuple[int, int]] = []

    write(chain_table(), tmp_path / "t.parquet", lambda done, total: seen.append((done, total)))

    file = pq.ParquetFile(tmp_path / "t.parquet")
    assert file.num_row_groups == len(seen) == -(-2 // rows_each)
    assert seen[-1] == (2, 2)
    assert [row["counts"] for row in rows_of(tmp_path / "t.parquet")] == [1, -1]


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    found = write(chain_table(), tmp_path / "t.parquet")

    said = json.loads(pq.read_schema(tmp_path / "t.parquet").metadata[b"tranche"])
    assert found == (Total("EUR", 10, 3, 7),)
    assert said == {
        "format": "tranche-bulk-trace/1",
        "label": "auditor",
        "entries": 5,
        "movements": 6,
        "log_seq": 4,
        "fragments": 2,
        "totals": [{"currency": "EUR", "source_minor": 10, "used_minor": 3, "unspent_minor": 7}],
    }


def test_the_same_ledger_gives_the_same_bytes_and_only_its_owner_reads_them(tmp_path: Path) -> None:
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"

    write(chain_table(), one)
    write(chain_table(), other)

    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600


def test_a_table_without_uses_is_a_file_without_rows(tmp_path: Path) -> None:
    book = chain_book()
    book.movements = book.movements[:1]

    write(trace_all(columns_of(book)), tmp_path / "t.parquet")

    assert rows_of(tmp_path / "t.parquet") == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError])
def test_a_file_that_is_stopped_is_not_there(stop: Callable[[], BaseException], tmp_path: Path) -> None:
    def progress(done: int, total: int) -> None:
        raise stop()

    with pytest.raises((KeyboardInterrupt, OSError)):
        write(chain_table(), tmp_path / "t.parquet", progress)

    assert list(tmp_path.iterdir()) == []
