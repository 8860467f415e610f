"""Balances, journal, statements and idle money read back exactly what was posted."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime

import pytest
from tests.ledger import desk

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place, PoolPlace
from tranche.kernel.ledger import Line
from tranche.kernel.trace import MvId
from tranche.ledger import book, fragments, journal
from tranche.ledger.accounts import donors_at
from tranche.ledger.balances import balances
from tranche.ledger.rows import day, instant, optional_day, parts, reading
from tranche.ledger.statement import statement

T1 = Fund("LT-UA-2024-T1")
TRANCHE = desk.spec(Kind.TRANCHE, "LT", T1)
PROGRAMME = desk.spec(Kind.PROGRAMME, "P-1", T1)
both = pytest.mark.usefixtures("mechanism")


@pytest.fixture
def posted(mechanism: object) -> None:
    desk.danish_pool()
    desk.receive("LT-UA-2024-T1", "LT", 1_000)
    desk.post(desk.entry("allocate", Line(TRANCHE, PROGRAMME, 400)))
    desk.post(desk.entry("release", Line(PROGRAMME, TRANCHE, 150)))


@pytest.mark.usefixtures("posted")
def test_balances_are_chosen_by_kind_holder_and_restriction() -> None:
    def found(**chosen: object) -> list[str]:
        return [row.code for row in balances(**chosen)]  # type: ignore[arg-type]  # passed on by name

    pools = [f"pool:DK-2024/{donor}:EUR" for donor in ("DK", "SE", "IS", "EU")]
    assert found(kinds=[Kind.POOL]) == pools
    assert found(restriction="DK-2024") == pools
    assert found(restriction="DK-2024/SE") == [pools[1]]
    assert found(holders=["LT"], restriction="LT-UA-2024-T1") == [TRANCHE.code]
    assert found(kinds=[Kind.LOT]) == []
    assert found(codes=[TRANCHE.code, "tranche:NOBODY:EUR"]) == [TRANCHE.code]


@pytest.mark.usefixtures("posted")
def test_a_balance_knows_its_words() -> None:
    [row] = balances(restriction="DK-2024/SE")

    assert (row.kind, row.holder, row.fund, row.pool, row.donor) == (
        Kind.POOL,
        "DK-2024",
        "DK-2024/SE",
        "DK-2024",
        "SE",
    )
    assert (row.in_total, row.out_total, row.balance) == (2_000_000_000, 0, 2_000_000_000)


@pytest.mark.usefixtures("posted")
def test_donors_stand_in_the_order_of_first_money() -> None:
    place = PoolPlace(Kind.POOL, "DK-2024", "DK-2024", "EUR")

    found = donors_at(place, reading("read"))

    assert [account.spec for account in found] == [
        AccountSpec(Kind.POOL, "DK-2024", desk.pooled("DK-2024", donor), "EUR")
        for donor in ("DK", "SE", "IS", "EU")
    ]


@pytest.mark.usefixtures("posted")
def test_a_statement_runs_from_line_to_line() -> None:
    rows = statement(TRANCHE.code)

    assert [(row.kind, row.other, row.amount_minor, row.balance_minor) for row in rows] == [
        ("receive", "origin:LT:budget:EUR", 1_000, 1_000),
        ("allocate", PROGRAMME.code, -400, 600),
        ("release", PROGRAMME.code, 150, 750),
    ]
    assert statement(TRANCHE.code, first=1, limit=1) == rows[1:2]
    assert statement("tranche:NOBODY:EUR") == ()


@pytest.mark.usefixtures("posted")
def test_entries_are_found_by_log_entry_and_account() -> None:
    everything = journal.entries()

    assert [entry.id for entry in everything] == list(range(11, 0, -1))
    assert [entry.id for entry in journal.entries(account=PROGRAMME.code)] == [11, 10]
    assert journal.entries(log_seq=everything[0].log_seq) == everything[:1]
    assert journal.entries(decision_id="none") == ()
    assert len(journal.entries(limit=2)) == 2


@pytest.mark.usefixtures("posted")
def test_the_entries_of_log_entries_are_numbered() -> None:
    [release, allocate] = journal.entries(account=PROGRAMME.code)

    assert journal.numbers([release.log_seq, allocate.log_seq, 99]) == {
        allocate.log_seq: ((10, "allocate"),),
        release.log_seq: ((11, "release"),),
    }


@pytest.mark.usefixtures("posted")
def test_an_entry_knows_what_undid_it() -> None:
    number = desk.undo(11)

    assert journal.reversed_by(11) == number
    assert journal.reversed_by(10) is None


@both
def test_an_unknown_entry_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        journal.entry(1)


@pytest.mark.usefixtures("posted")
def test_idle_money_is_told_by_source() -> None:
    found = fragments.idle([TRANCHE.code, PROGRAMME.code])

    assert [(piece.account, piece.amount_minor, str(piece.source)) for piece in found] == [
        (TRANCHE.code, 600, "9:1"),
        (TRANCHE.code, 150, "9:1"),
        (PROGRAMME.code, 250, "9:1"),
    ]
    assert [piece.path for piece in found][-1] == (TRANCHE.code, PROGRAMME.code)


@both
def test_many_windows_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "WINDOWS_MAX", 2)
    desk.danish_pool()
    pool, programme = Place(Kind.POOL, "DK-2024"), Place(Kind.PROGRAMME, "P-1")
    desk.flow("allocate", desk.DANISH, pool, programme, 10_000)

    fee = desk.flow("fee", desk.DANISH, programme, Place(Kind.FEE, "BANK"), 5_000)

    assert sum(f.amount_minor for n in range(1, 5) for f in fragments.of_use(fee, n)) == 5_000


def test_stored_dates_are_read_on_either_engine() -> None:
    at = datetime(2024, 12, 2, 9, 15, tzinfo=UTC)

    assert instant("2024-12-02T09:15:00.000000Z") == instant(at) == at
    assert day("2024-12-02") == day(date(2024, 12, 2)) == date(2024, 12, 2)
    assert optional_day(None) is None
    for read in (instant, day):
        with pytest.raises(TypeError):
            read(20241202)


def test_a_long_list_is_cut_into_parts() -> None:
    assert [list(part) for part in parts(list(range(5)), 2)] == [[0, 1], [2, 3], [4]]


@pytest.fixture
def bought(mechanism: object) -> None:
    """Two receipts, two lots, and a part of the first one undone."""
    desk.receive("LT-UA-2024-T1", "LT", 300)
    desk.receive("LT-UA-2024-T1", "LT", 700, origin="interest")
    desk.paid_contract(desk.EARMARKED, Place(Kind.TRANCHE, "LT"), "C-1", (900, 900, 900))
    prepaid = Place(Kind.PREPAID, "C-1")
    desk.flow("accept", desk.EARMARKED, prepaid, Place(Kind.LOT, "L-1"), 400)
    desk.flow("unaccept", desk.EARMARKED, Place(Kind.LOT, "L-1"), prepaid, 100)
    desk.flow("accept", desk.EARMARKED, prepaid, Place(Kind.LOT, "L-2"), 150)


@pytest.mark.usefixtures("bought")
def test_who_paid_for_a_lot_is_added_up_by_source_and_way() -> None:
    first, second, nothing = (
        [row.account_id for row in balances(codes=[f"lot:L-{number}:LT-UA-2024-T1:EUR"])]
        for number in (1, 2, 9)
    )
    lot, prepaid = "lot:L-1:LT-UA-2024-T1:EUR", "prepaid:C-1:LT-UA-2024-T1:EUR"

    found = fragments.spent_in(first)

    assert [(row.source, row.left, row.entered, row.amount_minor) for row in found] == [
        (MvId(1, 1), prepaid, lot, 300),
        (MvId(1, 1), lot, prepaid, 100),
        (MvId(2, 1), prepaid, lot, 100),
    ]
    assert [(row.source, row.amount_minor) for row in fragments.spent_in(second)] == [(MvId(2, 1), 150)]
    assert fragments.spent_in(nothing) == ()


@pytest.mark.usefixtures("bought")
def test_what_a_source_bought_is_what_its_fragments_add_up_to() -> None:
    for source in (MvId(1, 1), MvId(2, 1)):
        each: dict[tuple[object, ...], int] = defaultdict(int)
        for row in fragments.of_source(*source):
            each[row.source, row.path, row.left, row.entered] += row.source_amount_minor

        found = fragments.spent([source])

        assert {
            (row.source, row.path, row.left, row.entered): row.source_amount_minor for row in found
        } == each
    assert fragments.spent([MvId(9, 1)]) == ()
