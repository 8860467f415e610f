"""Posting writes whole entries or nothing, and says in its own words why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from django.db import connections
from tests.ledger import desk

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.ledger import EntryDraft, Line, Posted, journal_hash
from tranche.kernel.ledger_errors import (
    AccountClosed,
    AlreadyReversed,
    BadAccount,
    EdgeNotAllowed,
    InsufficientFunds,
    NotMirror,
    PeriodClosed,
    PoolFull,
    SharesNotNested,
    StaleOffset,
    SumBroken,
    TooManyPieces,
    UnknownPayer,
)
from tranche.ledger import fragments, journal
from tranche.ledger.accounts import open_account, open_fund
from tranche.ledger.balances import balances
from tranche.ledger.post import post_many
from tranche.ledger.verify import verify
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")

T1 = Fund("LT-UA-2024-T1")
ORIGIN = desk.spec(Kind.ORIGIN, "LT:budget")
TRANCHE = desk.spec(Kind.TRANCHE, "LT", T1)
PROGRAMME = desk.spec(Kind.PROGRAMME, "P-1", T1)
START = Place(Kind.TRANCHE, "LT")


def run(sql: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)


def stored() -> dict[str, int]:
    return {row.code: row.balance for row in balances()}


def test_a_receipt_is_stored_with_its_stamps_dates_and_hash() -> None:
    posted: list[Posted] = []
    draft = EntryDraft(
        "receive", (Line(ORIGIN, TRANCHE, 1_000),), date(2024, 12, 2), date(2024, 12, 1), "d-1"
    )

    seq = desk.logged(lambda write: posted.extend(post_many([draft, draft], write=write)))

    second = journal.entry(2)
    assert (second.kind, second.booked_on, second.value_on) == (
        "receive",
        date(2024, 12, 2),
        date(2024, 12, 1),
    )
    assert (second.log_seq, second.decision_id, second.reverses) == (seq, "d-1", None)
    assert second.movements == ((1, ORIGIN.code, TRANCHE.code, "EUR", 1_000, 1_000, 1_000),)
    assert posted == [Posted(n, journal_hash(journal.entry(n))) for n in (1, 2)]
    assert stored() == {ORIGIN.code: -2_000, TRANCHE.code: 2_000}


def test_an_account_is_opened_once() -> None:
    numbers: list[int] = []

    def act(write: WriteTx) -> None:
        numbers.extend(open_account(TRANCHE, write=write) for _ in range(2))
        numbers.extend(open_fund(T1, write=write) for _ in range(2))

    desk.logged(act)
    assert numbers == [1, 1, 1, 1]


def test_donors_are_numbered_by_their_first_money() -> None:
    desk.danish_pool()
    desk.receive("DK-UA-2024-T2", "DK", 5, pool="DK-2024")

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT donor FROM fund WHERE pool = 'DK-2024' ORDER BY donor_no")
        assert [row[0] for row in cursor.fetchall()] == ["DK", "SE", "IS", "EU"]


def test_a_pool_has_place_for_64_donors() -> None:
    for n in range(64):
        desk.receive(f"T-{n}", f"D{n}", 1, pool="WIDE")

    with pytest.raises(PoolFull):
        desk.receive("T-64", "D64", 1, pool="WIDE")


@pytest.mark.parametrize(
    "other",
    [AccountSpec(Kind.TRANCHE, "DK", T1, "EUR"), AccountSpec(Kind.TRANCHE, "LT", Fund("x y"), "EUR")],
)
def test_an_account_of_other_words_is_refused(other: AccountSpec) -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)

    with pytest.raises(BadAccount):
        desk.post(desk.entry("receive", Line(ORIGIN, other, 1)))


def test_a_fund_keeps_its_pool_and_donor() -> None:
    desk.danish_pool()

    def act(write: WriteTx) -> None:
        open_fund(Fund("DK-2024/DK"), write=write)

    with pytest.raises(BadAccount):
        desk.logged(act)


def test_more_than_there_is_is_refused_and_nothing_stays() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    before = stored()

    with pytest.raises(InsufficientFunds) as refused:
        desk.post(
            desk.entry("allocate", Line(TRANCHE, PROGRAMME, 7)),
            desk.entry("allocate", Line(TRANCHE, PROGRAMME, 7)),
        )

    assert (refused.value.account, refused.value.missing_minor) == (TRANCHE.code, 4)
    assert stored() == before
    assert verify().differences == ()


def test_a_line_against_the_table_is_refused() -> None:
    with pytest.raises(EdgeNotAllowed):
        desk.post(desk.entry("receive", Line(ORIGIN, PROGRAMME, 7)))


def test_a_donor_may_not_pay_alone_for_the_pool() -> None:
    desk.danish_pool()
    fund = desk.pooled("DK-2024", "DK")
    line = Line(desk.spec(Kind.POOL, "DK-2024", fund), desk.spec(Kind.PROGRAMME, "P-1", fund), 100)

    with pytest.raises(SharesNotNested):
        desk.post(desk.entry("allocate", line))


def test_a_use_stores_its_fragments_with_the_path() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 100)
    desk.receive("LT-UA-2024-T1", "LT", 100)
    desk.paid_contract(desk.EARMARKED, START, "C-1", (150, 140, 130))

    use = desk.flow("accept", desk.EARMARKED, Place(Kind.PREPAID, "C-1"), Place(Kind.LOT, "L-1"), 120)

    found = fragments.of_use(use, 1)
    way = [
        f"{place}:LT-UA-2024-T1:EUR"
        for place in ("programme:P-1", "contract:C-1", "transit:C-1-PAY", "prepaid:C-1")
    ]
    assert [(str(f.source), f.lo, f.source_lo, f.amount_minor) for f in found] == [
        ("1:1", 0, 0, 100),
        ("2:1", 100, 0, 20),
    ]
    assert list(found[0].path) == [TRANCHE.code, *way]
    assert fragments.of_source(2, 1) == (found[1],)


def test_a_reversal_mirrors_the_entry_once() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    desk.post(desk.entry("allocate", Line(TRANCHE, PROGRAMME, 7)))

    number = desk.undo(2)

    assert journal.entry(number).reverses == 2
    assert stored() == {ORIGIN.code: -10, TRANCHE.code: 10, PROGRAMME.code: 0}
    with pytest.raises(AlreadyReversed):
        desk.undo(2)
    with pytest.raises(NotMirror):
        desk.undo(number)
    with pytest.raises(NotMirror):
        desk.undo(99)


def test_a_reversal_needs_the_money_to_be_there_still() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    desk.post(desk.entry("allocate", Line(TRANCHE, PROGRAMME, 7)))

    with pytest.raises(InsufficientFunds):
        desk.undo(1)


def test_a_reversal_that_is_no_exact_mirror_is_refused() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    half = EntryDraft("reverse", (Line(TRANCHE, ORIGIN, 5),), desk.DAY, reverses=1)
    whole = EntryDraft("reverse", (Line(TRANCHE, ORIGIN, 10),), desk.DAY, reverses=1)

    with pytest.raises(NotMirror):
        desk.post(half)
    with pytest.raises(AlreadyReversed):
        desk.post(whole, whole)


def test_a_reversed_use_counts_nothing() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 100)
    desk.paid_contract(desk.EARMARKED, START, "C-1", (100, 100, 100))
    use = desk.flow("accept", desk.EARMARKED, Place(Kind.PREPAID, "C-1"), Place(Kind.LOT, "L-1"), 60)

    undone = desk.undo(use)

    [back] = fragments.of_use(undone, 1)
    assert (back.left_kind, back.entered_kind, back.amount_minor) == (Kind.LOT, Kind.PREPAID, 60)
    assert back.path[-1] == "lot:L-1:LT-UA-2024-T1:EUR"


def test_money_of_an_unknown_payer_is_not_confirmed() -> None:
    suspense = desk.spec(Kind.SUSPENSE, "LINE-1")
    desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, "XX:unknown"), suspense, 10)))

    with pytest.raises(UnknownPayer):
        desk.post(desk.entry("confirm", Line(suspense, TRANCHE, 10)))


def test_money_of_a_known_payer_is_confirmed() -> None:
    suspense = desk.spec(Kind.SUSPENSE, "LINE-1")
    desk.post(desk.entry("receive", Line(ORIGIN, suspense, 10)))

    desk.post(desk.entry("confirm", Line(suspense, TRANCHE, 10)))

    assert stored()[TRANCHE.code] == 10


def test_a_closed_period_takes_no_entry() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    run("INSERT INTO period_close(upto, entry_id_max, log_seq) VALUES ('2024-12-31', 1, 0)")

    with pytest.raises(PeriodClosed) as refused:
        desk.receive("LT-UA-2024-T1", "LT", 10)

    assert refused.value.closed_upto == date(2024, 12, 31)
    desk.post(desk.entry("receive", Line(ORIGIN, TRANCHE, 5), day=date(2025, 1, 2)))


def test_a_closed_account_takes_no_movement() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    run("INSERT INTO account_close(account_id, entry_id, reason) VALUES (2, 1, 'test')")

    with pytest.raises(AccountClosed):
        desk.receive("LT-UA-2024-T1", "LT", 10)


def test_an_advance_is_not_opened_by_a_posting() -> None:
    advance = desk.spec(Kind.ADVANCE, "UA", Fund("ADV-1"))

    with pytest.raises(BadAccount):
        desk.post(desk.entry("prefinance", Line(advance, desk.spec(Kind.CONTRACT, "C", Fund("ADV-1")), 1)))


def test_what_only_the_database_refuses_is_a_stale_offset() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)

    class Foreign(WriteTx):
        """Another client posts between the reading of the totals and the lines."""

        def insert(
            self,
            table: str,
            columns: str,
            rows: Sequence[Sequence[object]],
            refusal: type[Exception] | None = None,
        ) -> None:
            if table == "movement":
                super().insert(table, columns, [(2, 1, 1, 2, "EUR", 1, 10, 10)])
                rows = [(3, *row[1:]) for row in rows]
            super().insert(table, columns, rows, refusal)

    def act(write: WriteTx) -> None:
        write.__class__ = Foreign
        post_many([desk.entry("receive", Line(ORIGIN, TRANCHE, 5))], write=write)

    with pytest.raises(StaleOffset):
        desk.logged(act)
    assert stored()[TRANCHE.code] == 10


def test_a_use_of_too_many_pieces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1)
    desk.receive("LT-UA-2024-T1", "LT", 1)
    desk.receive("LT-UA-2024-T1", "LT", 1)
    monkeypatch.setattr(fragments, "PIECES_MAX", 2)
    fee = desk.spec(Kind.FEE, "BANK", T1)

    with pytest.raises(TooManyPieces):
        desk.post(desk.entry("fee", Line(TRANCHE, fee, 3)))


def test_fragments_that_do_not_sum_to_their_use_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receive("LT-UA-2024-T1", "LT", 5)
    monkeypatch.setattr(fragments, "backward_all", lambda reader, windows: [[] for _ in windows])

    with pytest.raises(SumBroken):
        desk.post(desk.entry("fee", Line(TRANCHE, desk.spec(Kind.FEE, "BANK", T1), 3)))


def test_a_batch_of_many_entries_is_one_transaction() -> None:
    line = Line(ORIGIN, TRANCHE, 3)

    desk.post(*[desk.entry("receive", line, line) for _ in range(200)])

    assert stored()[TRANCHE.code] == 1_200
    assert verify().differences == ()


def test_more_than_a_part_is_posted_in_parts_and_told() -> None:
    line = Line(ORIGIN, TRANCHE, 3)
    told: list[tuple[int, int]] = []
    drafts = [desk.entry("receive", *[line] * 400) for _ in range(30)]

    desk.logged(
        lambda write: post_many(drafts, write=write, progress=lambda done, of: told.append((done, of)))
    )

    assert told == [(25, 30), (30, 30)]
    assert stored()[TRANCHE.code] == 36_000
    assert verify().differences == ()


class Stop(Exception):
    """The person pressed Ctrl-C."""


def test_a_posting_that_is_stopped_leaves_nothing() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1)
    drafts = [desk.entry("receive", *[Line(ORIGIN, TRANCHE, 3)] * 400) for _ in range(30)]

    def stop(_done: int, _total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        desk.logged(lambda write: post_many(drafts, write=write, progress=stop))

    assert stored()[TRANCHE.code] == 1
    assert [entry.id for entry in journal.entries()] == [1]
    assert verify().differences == ()


def test_one_code_in_two_meanings_is_refused_in_a_batch() -> None:
    other = desk.spec(Kind.TRANCHE, "DK", T1)

    with pytest.raises(BadAccount):
        desk.post(desk.entry("receive", Line(ORIGIN, TRANCHE, 1), Line(ORIGIN, other, 1)))


def test_uses_of_one_batch_are_cut_from_one_trace() -> None:
    for minor in (7, 5, 9):
        desk.receive("LT-UA-2024-T1", "LT", minor)
    fee = desk.spec(Kind.FEE, "BANK", T1)
    first, *_, last = desk.post(*[desk.entry("fee", Line(TRANCHE, fee, 3)) for _ in range(7)])

    told = [
        [(str(f.source), f.source_lo, f.lo, f.amount_minor) for f in fragments.of_use(entry, 1)]
        for entry in range(first, last + 1)
    ]
    assert told[2] == [("1:1", 6, 0, 1), ("2:1", 0, 1, 2)]
    assert told[4] == [("3:1", 0, 0, 3)]
    assert verify().differences == ()
