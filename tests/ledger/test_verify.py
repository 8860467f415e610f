"""Verify passes over an honest book and names each fault that it is fed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections, transaction
from tests.ledger import desk
from tests.tampering import guards_off, tamper

from tranche.kernel.chart import Fund, Kind, Place
from tranche.kernel.differences import FOUND_MAX, Differences
from tranche.kernel.ledger import Line
from tranche.kernel.merkle import root
from tranche.ledger.binding import summary
from tranche.ledger.verify import verify

pytestmark = pytest.mark.usefixtures("mechanism")

PREPAID = Place(Kind.PREPAID, "C-1")


LATER = Line(desk.spec(Kind.ORIGIN, "DK:budget"), desk.spec(Kind.TRANCHE, "DK", Fund("DK-UA-2024-T1")), 7)


def codes() -> set[str]:
    return {difference.code for difference in verify(using="default").differences}


@pytest.fixture
def book(mechanism: object) -> None:
    """A pro-rata pool and a tranche; lots, a reversal, an acceptance undone."""
    desk.danish_pool()
    desk.receive("LT-UA-2024-T1", "LT", 1_000_000_000)
    desk.paid_contract(desk.DANISH, Place(Kind.POOL, "DK-2024"), "C-1", (10_000, 9_000, 8_000))
    desk.flow("accept", desk.DANISH, PREPAID, Place(Kind.LOT, "L-1"), 5_000)
    desk.flow("unaccept", desk.DANISH, Place(Kind.LOT, "L-1"), PREPAID, 1_000)
    wrong = desk.flow("accept", desk.DANISH, PREPAID, Place(Kind.LOT, "L-2"), 2_000)
    desk.undo(wrong)


@pytest.mark.usefixtures("book")
def test_an_honest_book_verifies_and_is_counted() -> None:
    seen: list[tuple[int, int]] = []

    report = verify(progress=lambda done, total: seen.append((done, total)))

    assert report.differences == ()
    assert (report.entries, report.movements, report.fragments) == (17, 41, 16)
    assert report.accounts == 38
    assert seen == [(17, 17)]


def test_an_empty_book_verifies() -> None:
    assert verify().differences == ()


EVENT = (
    "INSERT INTO record_event(id, record_id, kind, version, prev_version, from_state, action, to_state,"
    " decision_id, person_id, login_id, via, at, log_seq) VALUES "
)
RECORD = "INSERT INTO record(id, ref, kind, state, version, label, holder_party_id) VALUES "
WHO = "'d', 'p', 'l', 'web', '2024-12-02T00:00:00Z', 0"
FAULTS = (
    (RECORD + "('r', 'R-1', 'lot', 'made', 1, 'donor', 'x')", "record"),
    (
        RECORD
        + "('r', 'R-1', 'lot', 'accepted', 1, 'donor', 'x');"
        + EVENT
        + f"(1, 'r', 'lot', 1, NULL, '', 'lot.record', 'made', {WHO})",
        "record",
    ),
    (
        EVENT + f"(1, 'r', 'lot', 1, NULL, '', 'lot.record', 'made', {WHO}),"
        f" (2, 'r', 'lot', 2, 1, 'handed_over', 'lot.accept', 'accepted', {WHO})",
        "record_event",
    ),
    ("UPDATE account SET holder = 'a b' WHERE id = 9", "account"),
    ("UPDATE account SET code = 'tranche:OTHER:EUR' WHERE id = 2", "account"),
    ("UPDATE account SET floor = -5 WHERE id = 2", "floor"),
    ("UPDATE movement SET src_off = src_off + 1 WHERE entry_id = 10", "src_off"),
    ("UPDATE movement SET dst_off = dst_off + 1 WHERE entry_id = 10", "dst_off"),
    ("UPDATE movement SET amount = amount + 1 WHERE entry_id = 10 AND line = 1", "rule"),
    ("UPDATE movement SET amount = amount * 10000000 WHERE entry_id = 10", "overdraft"),
    ("UPDATE movement SET currency = 'UAH' WHERE entry_id = 1", "currency"),
    ("UPDATE movement SET src = 999 WHERE entry_id = 1", "account_missing"),
    ("DELETE FROM movement WHERE entry_id = 10 AND line = 4", "line_count"),
    ("INSERT INTO movement VALUES (18, 1, 1, 2, 'EUR', 1, 12500000000, 12500000000)", "entry_missing"),
    ("UPDATE journal_entry SET kind = 'assign' WHERE id = 1", "rule"),
    ("UPDATE journal_entry SET reverses = 15 WHERE id = 17", "mirror"),
    ("UPDATE journal_entry SET booked_on = '2024-12-03' WHERE id = 3", "log_hash"),
    ("UPDATE journal_entry SET key_n = 7 WHERE id = 3", "key"),
    ("INSERT INTO fx_pair VALUES (10, 2, 1)", "rule"),
    ("UPDATE journal_entry SET log_seq = 0 WHERE id = 9", "log_hash"),
    ("DELETE FROM journal_entry WHERE id = 9", "entry_missing"),
    ("UPDATE use_fragment SET source_lo = source_lo + 1 WHERE entry_id = 14", "fragment"),
    ("UPDATE use_fragment SET path = 'x' WHERE entry_id = 14 AND line = 2", "fragment"),
    ("DELETE FROM use_fragment WHERE entry_id = 14 AND line = 1", "fragment"),
    ("INSERT INTO use_fragment VALUES (14, 9, 1, 0, 1, 1, 1, 0, 1, 'x', '')", "fragment"),
    ("UPDATE log_opening SET doc = replace(doc, 'desk', 'disk') WHERE seq = 3", "log_opening"),
    ("DELETE FROM log_opening WHERE seq = 3", "log_opening"),
    ("UPDATE log_head SET next_seq = 99", "log_head"),
    ("UPDATE log_head SET last_at = ''", "log_head_times"),
    ("UPDATE log_head SET last_at = '2099-01-01T00:00:00.000000Z'", "log_head_times"),
    ("DELETE FROM log_entry WHERE seq = 4", "log_gap"),
    ("UPDATE journal_entry SET log_seq = 99 WHERE id = 9", "log_missing"),
    ("INSERT INTO period_close VALUES ('2024-12-31', 5, 0)", "period"),
    ("INSERT INTO account_close VALUES (2, 1, 'x')", "closed"),
    ("INSERT INTO fx_pair VALUES (99, 2, 1)", "entry_missing"),
    ("INSERT INTO period_balance VALUES ('2024-12-31', 2, 1, 1, 0, 0)", "period_balance"),
)


@pytest.mark.usefixtures("book")
def test_each_fault_is_named() -> None:
    guards_off()
    named: dict[str, set[str]] = {}

    for sql, _ in FAULTS:
        with transaction.atomic():
            tamper(sql)
            named[sql] = codes()
            transaction.set_rollback(True)

    assert {sql: code for sql, code in FAULTS if code not in named[sql]} == {}


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("column", ["in_total", "out_total", "in_scan", "out_scan"])
def test_kept_totals_of_a_period_that_do_not_follow_from_the_lines_are_named(column: str) -> None:
    desk.close_until(desk.DAY - timedelta(days=1))
    desk.close_until(desk.DAY)
    later = desk.entry("receive", LATER, day=desk.DAY + timedelta(days=1))
    desk.post(later)
    assert codes() == set()
    guards_off()

    tamper(f"UPDATE period_balance SET {column} = {column} + 1 WHERE account_id = 2 AND upto = '{desk.DAY}'")
    found = verify(using="default").differences

    assert [(one.code, one.row) for one in found] == [("period_balance", str(desk.DAY))]


@pytest.mark.usefixtures("book")
def test_kept_totals_that_are_missing_are_named() -> None:
    desk.close_until(desk.DAY)
    guards_off()

    tamper("DELETE FROM period_balance WHERE account_id = 2")

    assert codes() == {"period_balance"}


@pytest.mark.usefixtures("book")
def test_a_closed_account_that_holds_money_is_named() -> None:
    guards_off()
    tamper("INSERT INTO account_close VALUES (3, 99, 'x')")

    assert codes() == {"closed_balance"}


@pytest.mark.usefixtures("book")
def test_the_first_difference_says_where_to_look() -> None:
    guards_off()
    tamper("UPDATE movement SET dst_off = 7 WHERE entry_id = 9")

    first = verify().differences[0]

    assert (first.code, first.entry, first.account) == ("dst_off", 9, "tranche:LT-UA-2024-T1:EUR")
    assert (first.expected, first.found) == ("0", "7")


def test_a_book_without_records_verifies() -> None:
    guards_off()
    last = " CASCADE" if connections["default"].vendor == "postgresql" else ""

    tamper(f"DROP TABLE record_event{last}")

    assert codes() == set()


@pytest.mark.usefixtures("book")
def test_an_advance_has_its_own_limit() -> None:
    guards_off()

    tamper(
        "INSERT INTO account(id, code, kind, floor_is, floor, holder, fund_id, currency)"
        " VALUES (99, 'advance:UA:LT-UA-2024-T1:EUR', 'advance', 'limit', -500, 'UA',"
        " (SELECT id FROM fund WHERE code = 'LT-UA-2024-T1'), 'EUR')"
    )

    assert codes() == set()


def test_differences_are_limited() -> None:
    differences = Differences()

    for n in range(FOUND_MAX + 5):
        differences.note("x", 0, n)

    assert len(differences.found) == FOUND_MAX


def test_many_entries_of_one_log_entry_are_named_by_their_tree_root() -> None:
    line = Line(desk.spec(Kind.ORIGIN, "LT:budget"), desk.spec(Kind.UNASSIGNED, "LT"), 5)
    desk.post(*[desk.entry("receive", line)] * 300)
    assert verify().differences == ()

    guards_off()
    tamper("UPDATE journal_entry SET booked_on = '2024-12-03' WHERE id = 300")

    assert codes() == {"log_hash"}


def test_a_summary_holds_count_ends_and_root() -> None:
    one, two = "11" * 32, "22" * 32

    assert summary({}) == {}
    assert summary({8: two, 7: one}) == {
        "count": 2,
        "first": 7,
        "last": 8,
        "root": root([bytes.fromhex(one), bytes.fromhex(two)]).hex(),
    }
