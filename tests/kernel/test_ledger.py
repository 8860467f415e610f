"""Drafts, stamps, shares, mirrors and the hash that binds an entry to the log."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.ledger import (
    LINES_MAX,
    MOVEMENT_MINOR_MAX,
    ROUNDING_MINOR_MAX,
    TOTAL_MINOR_MAX,
    EntryDraft,
    JournalEntry,
    Line,
    MovementRow,
    Stamp,
    Totals,
    check_draft,
    check_shares,
    is_split,
    journal_hash,
    mirror,
    split_outflow,
    stamp,
)
from tranche.kernel.ledger_errors import (
    AmountOutOfRange,
    EdgeNotAllowed,
    InsufficientFunds,
    SharesNotNested,
)

DAY = date(2024, 12, 2)
T1 = Fund("LT-UA-2024-T1")
ORIGIN = AccountSpec(Kind.ORIGIN, "LT:budget", None, "EUR")
TRANCHE = AccountSpec(Kind.TRANCHE, "LT", T1, "EUR")
PROGRAMME = AccountSpec(Kind.PROGRAMME, "P-1", T1, "EUR")
DONORS = tuple(Fund(f"DK-2024/{donor}", "DK-2024", donor) for donor in ("DK", "SE", "IS", "EU"))


def draft(kind: str, *lines: Line, reverses: int | None = None) -> EntryDraft:
    return EntryDraft(kind, lines, DAY, reverses=reverses)


def pooled(kind: Kind, holder: str, donor: int) -> AccountSpec:
    return AccountSpec(kind, holder, DONORS[donor], "EUR")


def test_a_receipt_and_an_allocation_are_allowed() -> None:
    check_draft(draft("receive", Line(ORIGIN, TRANCHE, 100)))
    check_draft(draft("allocate", Line(TRANCHE, PROGRAMME, 100)))


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (draft("receive", Line(ORIGIN, PROGRAMME, 1)), "edge"),
        (draft("receive", Line(ORIGIN, TRANCHE, 1), reverses=1), "reverses"),
        (draft("reverse", Line(TRANCHE, ORIGIN, 1)), "reverses"),
        (draft("allocate", Line(TRANCHE, replace(PROGRAMME, currency="UAH"), 1)), "currency"),
        (draft("allocate", Line(TRANCHE, replace(PROGRAMME, fund=Fund("T2")), 1)), "fund"),
        (draft("rollover", Line(TRANCHE, TRANCHE, 1)), "same account"),
        (draft("convert", Line(TRANCHE, replace(TRANCHE, fund=Fund("T2")), 1)), "pair"),
        (draft("assign", Line(TRANCHE, pooled(Kind.POOL, "DK-2024", 0), 1)), "donor"),
        (draft("assign", Line(AccountSpec(Kind.UNASSIGNED, "DK", None, "EUR"), TRANCHE, 1)), "donor"),
    ],
)
def test_a_line_against_the_table_is_refused(refused: EntryDraft, why: str) -> None:
    with pytest.raises(EdgeNotAllowed) as error:
        check_draft(refused)

    assert error.value.why == why


@pytest.mark.parametrize(
    "line",
    [
        Line(AccountSpec(Kind.SUSPENSE, "LINE-1", None, "EUR"), TRANCHE, 1),
        Line(
            AccountSpec(Kind.SUSPENSE, "LINE-1", T1, "EUR"),
            AccountSpec(Kind.UNASSIGNED, "LT", None, "EUR"),
            1,
        ),
        Line(AccountSpec(Kind.SUSPENSE, "LINE-1", T1, "EUR"), TRANCHE, 1),
    ],
)
def test_suspense_gives_to_the_fund_that_a_person_names(line: Line) -> None:
    check_draft(draft("confirm", line))


def test_a_tranche_joins_the_pool_as_its_donor() -> None:
    of_denmark = AccountSpec(Kind.TRANCHE, "DK", Fund("DK-UA-2024-T1"), "EUR")

    check_draft(draft("assign", Line(of_denmark, pooled(Kind.POOL, "DK-2024", 0), 5)))
    check_draft(draft("assign", Line(of_denmark, AccountSpec(Kind.POOL, "P", Fund("P"), "EUR"), 5)))


@pytest.mark.parametrize("amount", [0, -1, MOVEMENT_MINOR_MAX + 1])
def test_an_amount_out_of_range_is_refused(amount: int) -> None:
    with pytest.raises(AmountOutOfRange):
        check_draft(draft("receive", Line(ORIGIN, TRANCHE, amount)))


def test_an_entry_has_at_least_one_line_and_not_too_many() -> None:
    with pytest.raises(AmountOutOfRange):
        check_draft(draft("receive"))
    with pytest.raises(AmountOutOfRange):
        check_draft(draft("receive", *[Line(ORIGIN, TRANCHE, 1)] * (LINES_MAX + 1)))


def test_rounding_moves_odd_units_only() -> None:
    rounding = AccountSpec(Kind.ROUNDING, "", None, "EUR")
    transit = AccountSpec(Kind.TRANSIT, "PAY-1", T1, "EUR")

    check_draft(draft("settle", Line(transit, rounding, ROUNDING_MINOR_MAX)))
    check_draft(draft("settle", Line(rounding, transit, ROUNDING_MINOR_MAX)))
    with pytest.raises(AmountOutOfRange):
        check_draft(draft("settle", Line(transit, rounding, ROUNDING_MINOR_MAX + 1)))


def test_stamps_are_the_totals_before_each_line() -> None:
    lines = [Line(ORIGIN, TRANCHE, 10), Line(ORIGIN, TRANCHE, 5), Line(TRANCHE, PROGRAMME, 12)]
    totals = {
        ORIGIN.code: Totals(0, 3, None),
        TRANCHE.code: Totals(3, 0, 0),
        PROGRAMME.code: Totals(0, 0, 0),
    }

    stamps, after = stamp(lines, totals)

    assert stamps == (Stamp(3, 3), Stamp(13, 13), Stamp(0, 0))
    assert after == {
        ORIGIN.code: Totals(0, 18, None),
        TRANCHE.code: Totals(18, 12, 0),
        PROGRAMME.code: Totals(12, 0, 0),
    }
    assert totals[TRANCHE.code] == Totals(3, 0, 0)


def test_netting_inside_an_entry_makes_no_money() -> None:
    empty = {TRANCHE.code: Totals(0, 0, 0), PROGRAMME.code: Totals(0, 0, 0)}

    with pytest.raises(InsufficientFunds) as error:
        stamp([Line(TRANCHE, PROGRAMME, 9), Line(PROGRAMME, TRANCHE, 9)], empty)

    assert (error.value.account, error.value.missing_minor) == (TRANCHE.code, 9)


def test_a_total_beyond_exact_json_is_refused() -> None:
    totals = {ORIGIN.code: Totals(0, TOTAL_MINOR_MAX, None), TRANCHE.code: Totals(0, 0, 0)}

    with pytest.raises(AmountOutOfRange):
        stamp([Line(ORIGIN, TRANCHE, 1)], totals)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.integers(1, 9)), max_size=30))
def test_intervals_tile_and_floors_hold_after_every_line(moves: list[tuple[str, str, int]]) -> None:
    specs = {name: AccountSpec(Kind.PROGRAMME, name, T1, "EUR") for name in "abc"}
    totals = {spec.code: Totals(20, 0, 0) for spec in specs.values()}
    lines = [Line(specs[a], specs[b], amount) for a, b, amount in moves if a != b]

    try:
        stamps, after = stamp(lines, totals)
    except InsufficientFunds:
        return

    for spec in specs.values():
        out = [
            (s.src_off, line.amount_minor)
            for line, s in zip(lines, stamps, strict=True)
            if line.source == spec
        ]
        came = [
            (s.dst_off, line.amount_minor)
            for line, s in zip(lines, stamps, strict=True)
            if line.target == spec
        ]
        for start, tiles in ((0, out), (20, came)):
            for offset, amount in tiles:
                assert offset == start
                start += amount
        assert after[spec.code].balance >= 0
    assert sum(total.balance for total in after.values()) == 60


def test_a_mirror_turns_lines_round_and_starts_with_the_last() -> None:
    lines = (Line(ORIGIN, TRANCHE, 10), Line(TRANCHE, PROGRAMME, 4))

    assert mirror(lines) == (Line(PROGRAMME, TRANCHE, 4), Line(TRANCHE, ORIGIN, 10))
    assert mirror(mirror(lines)) == lines


def test_the_danish_allocation_is_split_to_the_cent() -> None:
    balances = list(zip(DONORS, (12_500_000_000, 2_000_000_000, 270_000_000, 39_000_000_000), strict=True))

    lines = split_outflow(
        balances, Place(Kind.POOL, "DK-2024"), Place(Kind.PROGRAMME, "P-1"), "EUR", 10_000_000_000
    )

    assert [line.amount_minor for line in lines] == [2_324_716_385, 371_954_621, 50_213_874, 7_253_115_120]
    assert [line.target.code for line in lines][1] == "programme:P-1:DK-2024/SE:EUR"


def test_a_donor_whose_share_is_nothing_has_no_line() -> None:
    balances = [(DONORS[0], 100), (DONORS[1], 0), (DONORS[2], 100)]

    lines = split_outflow(balances, Place(Kind.POOL, "P"), Place(Kind.PROGRAMME, "P-1"), "EUR", 10)

    assert [line.source.fund for line in lines] == [DONORS[0], DONORS[2]]


def outflow(amounts: dict[int, int]) -> EntryDraft:
    return draft(
        "allocate",
        *(
            Line(pooled(Kind.POOL, "DK-2024", donor), pooled(Kind.PROGRAMME, "P-1", donor), amount)
            for donor, amount in amounts.items()
        ),
    )


POOL_TOTALS = {
    pooled(kind, holder, donor).code: Totals(balance, 0, 0)
    for kind, holder, balances in (
        (Kind.POOL, "DK-2024", (50, 30, 20)),
        (Kind.PROGRAMME, "P-1", (0, 0, 0)),
    )
    for donor, balance in enumerate(balances)
}
POOL_CODES = [pooled(Kind.POOL, "DK-2024", donor).code for donor in range(3)]


def test_shares_that_follow_the_balances_pass() -> None:
    check_shares(outflow({0: 25, 1: 15, 2: 10}), lambda _: POOL_CODES, POOL_TOTALS)


@pytest.mark.parametrize("amounts", [{0: 26, 1: 14, 2: 10}, {0: 50}])
def test_shares_that_favour_a_donor_are_refused(amounts: dict[int, int]) -> None:
    with pytest.raises(SharesNotNested):
        check_shares(outflow(amounts), lambda _: POOL_CODES, POOL_TOTALS)


def test_a_second_outflow_of_an_entry_starts_from_what_the_first_left() -> None:
    second = [
        Line(pooled(Kind.POOL, "DK-2024", donor), pooled(Kind.PROGRAMME, "P-2", donor), amount)
        for donor, amount in ((0, 25), (1, 15), (2, 10))
    ]
    totals = POOL_TOTALS | {line.target.code: Totals(0, 0, 0) for line in second}
    both = outflow({0: 25, 1: 15, 2: 10})

    check_shares(replace(both, lines=(*both.lines, *second)), lambda _: POOL_CODES, totals)


def test_an_outflow_beyond_the_pool_is_short_of_money() -> None:
    with pytest.raises(InsufficientFunds):
        check_shares(outflow({0: 60, 1: 30, 2: 20}), lambda _: POOL_CODES, POOL_TOTALS)


@pytest.mark.parametrize(
    ("kind", "source", "target", "split"),
    [
        ("allocate", Kind.POOL, Kind.PROGRAMME, True),
        ("settle", Kind.TRANSIT, Kind.PREPAID, True),
        ("release", Kind.TRANSIT, Kind.CONTRACT, True),
        ("order", Kind.CONTRACT, Kind.TRANSIT, True),
        ("order", Kind.POOL, Kind.TRANSIT, False),
        ("settle", Kind.TRANSIT, Kind.RETURNED, False),
        ("release", Kind.TRANSIT, Kind.POOL, False),
        ("reverse", Kind.PROGRAMME, Kind.POOL, False),
    ],
)
def test_a_return_to_one_donor_is_not_split(kind: str, source: Kind, target: Kind, split: bool) -> None:
    assert is_split(kind, Line(pooled(source, "X", 0), pooled(target, "Y", 0), 1)) is split


def test_money_of_one_fund_is_never_split() -> None:
    assert not is_split("allocate", Line(TRANCHE, PROGRAMME, 1))


ENTRY = JournalEntry(
    id=7,
    key="00000000-0000-4000-8000-000000000001",
    kind="receive",
    recorded_at=datetime(2024, 12, 2, 9, 15, tzinfo=UTC),
    booked_on=DAY,
    value_on=date(2024, 12, 1),
    reverses=None,
    decision_id="d-1",
    log_seq=4,
    movements=(MovementRow(1, ORIGIN.code, TRANCHE.code, "EUR", 1_000_000_000, 0, 0),),
)


def test_the_hash_is_over_the_canonical_entry() -> None:
    canonical = (
        '{"booked_on":"2024-12-02","decision":"d-1","fx":[],"id":7,"kind":"receive","movements":'
        '[[1,"origin:LT:budget:EUR","tranche:LT-UA-2024-T1:EUR","EUR",1000000000,0,0]],'
        '"recorded_at":"2024-12-02T09:15:00.000000Z","reverses":null,"value_on":"2024-12-01"}'
    )

    assert journal_hash(ENTRY) == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        replace(ENTRY, id=8),
        replace(ENTRY, kind="assign"),
        replace(ENTRY, value_on=None),
        replace(ENTRY, decision_id=None),
        replace(ENTRY, reverses=3),
        replace(ENTRY, movements=(ENTRY.movements[0]._replace(amount_minor=999_999_999),)),
        replace(ENTRY, movements=(ENTRY.movements[0]._replace(dst_off=1),)),
    ],
)
def test_any_change_of_an_entry_changes_its_hash(changed: JournalEntry) -> None:
    assert journal_hash(changed) != journal_hash(ENTRY)
