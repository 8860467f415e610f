"""The ledger is read whole, from one snapshot and up to its last sealed entry, on both engines."""

from __future__ import annotations

import pytest
from django.db import connections
from tests.bulk.whole_book import post_everything
from tests.ledger import desk
from tests.tampering import guards_off, tamper

from tranche.bulk import loading
from tranche.bulk.columns import KINDS, Columns
from tranche.bulk.errors import BookBroken
from tranche.bulk.loading import load
from tranche.bulk.table import totals
from tranche.bulk.trace import trace_all
from tranche.kernel.chart import Kind
from tranche.ledger import fragments
from tranche.ledger.balances import balances
from tranche.log.read import head

pytestmark = pytest.mark.usefixtures("mechanism")


def lines_of(columns: Columns) -> list[tuple[object, ...]]:
    codes = columns.codes
    rows = zip(
        columns.entry.tolist(),
        columns.line.tolist(),
        [codes[account] for account in columns.src.tolist()],
        [codes[account] for account in columns.dst.tolist()],
        columns.amount.tolist(),
        strict=True,
    )
    return list(rows)


def stored_lines() -> list[tuple[object, ...]]:
    with connections["read"].cursor() as cursor:
        cursor.execute(
            "SELECT m.entry_id, m.line, s.code, d.code, m.amount FROM movement m"
            " JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst ORDER BY m.entry_id, m.line"
        )
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.parametrize("rows_each", [7, 50_000])
def test_every_line_is_read_in_order_with_its_conversion(
    rows_each: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_everything()
    monkeypatch.setattr(loading, "ROWS_EACH", rows_each)
    seen: list[tuple[int, int]] = []

    columns = load(lambda done, total: seen.append((done, total)))

    assert lines_of(columns) == stored_lines()
    assert seen[-1] == (columns.entries, columns.entries)
    assert columns.log_seq == head() - 1
    assert [KINDS[kind].value for kind in columns.kinds] == [code.split(":")[0] for code in columns.codes]
    assert all(code.endswith(name) for code, name in zip(columns.codes, columns.currencies, strict=True))
    converting = [n for n, other in enumerate(columns.partner.tolist()) if other >= 0]
    assert converting == [
        n
        for n, (_, _, source, target, _) in enumerate(lines_of(columns))
        if "fx:" in (str(source)[:3], str(target)[:3])
    ]
    assert all(columns.entry[n] == columns.entry[columns.partner[n]] for n in converting)


def test_what_is_left_is_what_the_ledger_calls_idle() -> None:
    post_everything()

    table = trace_all(load())

    codes = table.columns.codes
    found: dict[str, list[tuple[int, int]]] = {}
    for row in table.rests.tolist():
        found.setdefault(codes[row[4]], []).append((row[1], row[3]))
    held = [row.code for row in balances() if row.balance and row.kind is not Kind.FX]
    idle: dict[str, list[tuple[int, int]]] = {}
    for piece in fragments.idle([code for code in held if code in found]):
        idle.setdefault(piece.account, []).append((piece.amount_minor, piece.source_amount_minor))
    assert {code: found[code] for code in idle} == idle
    assert len(idle) > 10
    assert {total.currency for total in totals(table)} == {"EUR", "UAH"}


def test_an_empty_ledger_is_an_empty_table() -> None:
    columns = load()

    assert (len(columns), columns.entries, columns.log_seq, columns.codes) == (0, 0, -1, ())
    assert len(trace_all(columns).uses) == 0


def test_lines_without_a_header_are_not_read() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1_000)
    guards_off()

    tamper("INSERT INTO movement VALUES (2, 1, 1, 2, 'EUR', 5, 1000, 1000)")

    assert load().entry.tolist() == [1]


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("UPDATE movement SET src = 999 WHERE entry_id = 2", (2, 1)),
        ("UPDATE movement SET dst = 0 WHERE entry_id = 1", (1, 1)),
        ("INSERT INTO fx_pair VALUES (2, 2, 1)", (2, 1)),
        ("INSERT INTO fx_pair VALUES (2, 9, 1)", (2, 1)),
    ],
)
def test_a_line_that_cannot_be_is_named(sql: str, line: tuple[int, int]) -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1_000)
    desk.receive("LT-UA-2024-T1", "LT", 2_000)
    guards_off()
    tamper(sql)

    with pytest.raises(BookBroken) as stopped:
        load(using="default")

    assert stopped.value.entry == line[0]
