"""Drafts are judged by line and by conversion; stamps tile, and floors hold after every line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.chart import AccountSpec, Fund, Kind, fx_account
from tranche.kernel.journal import EntryDraft, Line, Pair
from tranche.kernel.ledger import (
    LINES_MAX,
    MOVEMENT_MINOR_MAX,
    ROUNDING_MINOR_MAX,
    TOTAL_MINOR_MAX,
    Stamp,
    Totals,
    check_draft,
    stamp,
)
from tranche.kernel.ledger_errors import AmountOutOfRange, EdgeNotAllowed, InsufficientFunds

DAY = date(2024, 12, 2)
T1 = Fund("LT-UA-2024-T1")
ORIGIN = AccountSpec(Kind.ORIGIN, "LT:budget", None, "EUR")
TRANCHE = AccountSpec(Kind.TRANCHE, "LT", T1, "EUR")
PROGRAMME = AccountSpec(Kind.PROGRAMME, "P-1", T1, "EUR")
TRANSIT = AccountSpec(Kind.TRANSIT, "PAY-1", T1, "EUR")
PREPAID = AccountSpec(Kind.PREPAID, "CON-1", T1, "UAH")
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


def conversion(
    kind: str, source: AccountSpec, target: AccountSpec, *, reverses: int | None = None
) -> EntryDraft:
    lines = (
        Line(source, fx_account(source.currency), 4_000),
        Line(fx_account(target.currency), target, 185_320),
    )
    return EntryDraft(kind, lines, DAY, reverses=reverses, fx=(Pair(1, 2),))


def test_a_conversion_is_judged_as_one_edge_from_end_to_end() -> None:
    abroad = replace(TRANCHE, currency="UAH")
    advance = AccountSpec(Kind.ADVANCE, "UA-MOD", Fund("UA-ADV-1"), "UAH")

    check_draft(conversion("settle", TRANSIT, PREPAID))
    check_draft(conversion("convert", TRANCHE, abroad))
    check_draft(conversion("reimburse", TRANCHE, advance))
    check_draft(conversion("reverse", PREPAID, TRANSIT, reverses=1))


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (conversion("allocate", TRANCHE, replace(PROGRAMME, currency="UAH")), "pair"),
        (conversion("settle", TRANSIT, replace(PREPAID, fund=Fund("T2"))), "fund"),
        (conversion("settle", TRANCHE, PREPAID), "edge"),
        (conversion("settle", TRANSIT, replace(PREPAID, currency="EUR")), "currency"),
        (conversion("convert", TRANCHE, replace(TRANCHE, currency="UAH", holder="DK")), "pair"),
        (conversion("settle", fx_account("USD"), PREPAID), "pair"),
        (replace(conversion("settle", TRANSIT, PREPAID), fx=()), "edge"),
        (replace(conversion("settle", TRANSIT, PREPAID), fx=(Pair(2, 1),)), "pair"),
        (replace(conversion("settle", TRANSIT, PREPAID), fx=(Pair(1, 3),)), "pair"),
        (replace(conversion("settle", TRANSIT, PREPAID), fx=(Pair(1, 2), Pair(1, 2))), "pair"),
    ],
)
def test_a_conversion_against_the_table_is_refused(refused: EntryDraft, why: str) -> None:
    with pytest.raises(EdgeNotAllowed) as error:
        check_draft(refused)

    assert error.value.why == why


def test_every_line_over_fx_needs_its_pair() -> None:
    two = conversion("settle", TRANSIT, PREPAID)
    lines = (*two.lines, *two.lines)

    check_draft(replace(two, lines=lines, fx=(Pair(1, 2), Pair(3, 4))))
    with pytest.raises(EdgeNotAllowed):
        check_draft(replace(two, lines=lines))


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        (Fund("P"), Fund("P'"), True),
        (Fund("P"), Fund("P/DK"), True),
        (Fund("P'"), Fund("P"), True),
        (Fund("P"), Fund("Q"), False),
        (Fund("P/DK", "P", "DK"), Fund("P'/DK", "P'", "DK"), True),
        (Fund("P/DK", "P", "DK"), Fund("P/SE", "P", "SE"), False),
    ],
)
def test_returned_money_follows_its_fund_to_the_successor(source: Fund, target: Fund, allowed: bool) -> None:
    held = AccountSpec(Kind.SUSPENSE, "LINE-1", source, "EUR")
    pool = AccountSpec(Kind.POOL, "P", target, "EUR")
    asked = draft("confirm", Line(held, pool, 1))

    if allowed:
        check_draft(asked)
    else:
        with pytest.raises(EdgeNotAllowed):
            check_draft(asked)


def test_what_cannot_move_has_not_moved() -> None:
    totals = {TRANCHE.code: Totals(3, 0, 0), PROGRAMME.code: Totals(0, 0, 0)}

    with pytest.raises(InsufficientFunds):
        stamp([Line(TRANCHE, PROGRAMME, 4)], totals)
    assert totals[TRANCHE.code].balance == 3
