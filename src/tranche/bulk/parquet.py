"""The table as a Parquet file: the same ledger gives the same bytes, whatever machine and engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tranche.bulk.state import Int32
from tranche.bulk.table import Table, Total, counts, totals
from tranche.bulk.texts import Numbers, Part, part
from tranche.formats.files import whole_file
from tranche.kernel.canonical import Canonical, encode
from tranche.kernel.disclosure import Label

FORMAT: Final = "tranche-bulk-trace/1"
ROWS_EACH: Final = 1 << 20
NAMES: Final = pa.dictionary(pa.int32(), pa.string())
SCHEMA: Final = pa.schema(
    [
        ("entry", pa.int64()),
        ("line", pa.int32()),
        ("piece", pa.int32()),
        ("counts", pa.int8()),
        ("left", NAMES),
        ("entered", NAMES),
        ("currency", NAMES),
        ("lo", pa.int64()),
        ("amount_minor", pa.int64()),
        ("source_entry", pa.int64()),
        ("source_line", pa.int32()),
        ("source_account", NAMES),
        ("source_currency", NAMES),
        ("source_lo", pa.int64()),
        ("source_amount_minor", pa.int64()),
        ("path", NAMES),
        ("fx_path", NAMES),
    ]
)


def write(table: Table, path: Path, progress: Callable[[int, int], None] | None = None) -> tuple[Total, ...]:
    """Write the uses, whole or not at all, readable by the owner alone; return the totals that stand in it.

    `progress` is told how many rows of how many are written. Raises SumBroken.
    """
    found, rows, signs = totals(table), len(table.uses), counts(table)
    schema = SCHEMA.with_metadata({"tranche": encode(describe(table, found))})
    with whole_file(path) as out, pq.ParquetWriter(out, schema, compression="zstd", version="2.6") as writer:
        for start in range(0, rows, ROWS_EACH):
            end = min(start + ROWS_EACH, rows)
            columns = _columns(table, part(table, start, end), signs[start:end])
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=ROWS_EACH)
            if progress is not None:
                progress(end, rows)
    return found


def describe(table: Table, found: Iterable[Total]) -> dict[str, Canonical]:
    """What the file says of itself: of which state of the book it is, and what its rows add up to."""
    return {
        "format": FORMAT,
        "label": Label.AUDITOR.value,
        "entries": table.columns.entries,
        "movements": len(table.columns),
        "log_seq": table.columns.log_seq,
        "fragments": len(table.uses),
        "totals": [asdict(total) for total in found],
    }


def _columns(table: Table, made: Part, signs: NDArray[np.int8]) -> list[Any]:
    columns, rows = table.columns, made.rows
    owner, source = rows["owner"], rows["source"]
    left, came = columns.src[owner], columns.src[source]
    return [
        pa.array(made.entry),
        pa.array(made.line),
        pa.array(made.piece.astype(np.int32)),
        pa.array(signs),
        _names(left, columns.codes),
        _names(columns.dst[owner], columns.codes),
        _names(left, columns.currencies),
        pa.array(rows["lo"]),
        pa.array(rows["amount"]),
        pa.array(made.source_entry),
        pa.array(made.source_line),
        _names(came, columns.codes),
        _names(came, columns.currencies),
        pa.array(rows["source_lo"]),
        pa.array(rows["source_amount"]),
        _texts(made.path, made.paths),
        _texts(made.crossing, made.crossings),
    ]


def _names(accounts: Int32, names: Sequence[str]) -> Any:
    found, number = np.unique(accounts, return_inverse=True)
    return _texts(number, [names[account] for account in found.tolist()])


def _texts(number: Numbers, texts: Sequence[str]) -> Any:
    """A text for each number; in the file each text stands once a row group, in the order of the numbers."""
    places: dict[str, int] = {}
    place = np.array([places.setdefault(text, len(places)) for text in texts], np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(place[number]), pa.array(list(places)))
