"""Every outflow of a pro-rata pool carries every donor in proportion, to the unit, in both currencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place, rounding_account
from tranche.kernel.journal import EntryDraft, Line
from tranche.kernel.ledger import check_draft
from tranche.kernel.ledger_errors import InsufficientFunds, SharesNotNested
from tranche.kernel.money import nested_shares
from tranche.kernel.shares import Split, check_shares, is_split, split_conversion, split_fx, split_outflow

DAY = date(2024, 12, 2)
T1 = Fund("LT-UA-2024-T1")
TRANCHE = AccountSpec(Kind.TRANCHE, "LT", T1, "EUR")
PROGRAMME = AccountSpec(Kind.PROGRAMME, "P-1", T1, "EUR")
DONORS = tuple(Fund(f"DK-2024/{donor}", "DK-2024", donor) for donor in ("DK", "SE", "IS", "EU"))


def draft(kind: str, *lines: Line) -> EntryDraft:
    return EntryDraft(kind, lines, DAY)


def pooled(kind: Kind, holder: str, donor: int, currency: str = "EUR") -> AccountSpec:
    return AccountSpec(kind, holder, DONORS[donor], currency)


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


POOL_BALANCES = {
    pooled(kind, holder, donor).code: balance
    for kind, holder, balances in (
        (Kind.POOL, "DK-2024", (50, 30, 20)),
        (Kind.PROGRAMME, "P-1", (0, 0, 0)),
    )
    for donor, balance in enumerate(balances)
}
POOL_CODES = [pooled(Kind.POOL, "DK-2024", donor).code for donor in range(3)]


def test_shares_that_follow_the_balances_pass() -> None:
    check_shares(outflow({0: 25, 1: 15, 2: 10}), lambda _: POOL_CODES, POOL_BALANCES.__getitem__)


@pytest.mark.parametrize("amounts", [{0: 26, 1: 14, 2: 10}, {0: 50}])
def test_shares_that_favour_a_donor_are_refused(amounts: dict[int, int]) -> None:
    with pytest.raises(SharesNotNested):
        check_shares(outflow(amounts), lambda _: POOL_CODES, POOL_BALANCES.__getitem__)


def test_a_second_outflow_of_an_entry_starts_from_what_the_first_left() -> None:
    second = [
        Line(pooled(Kind.POOL, "DK-2024", donor), pooled(Kind.PROGRAMME, "P-2", donor), amount)
        for donor, amount in ((0, 25), (1, 15), (2, 10))
    ]
    balances = POOL_BALANCES | {line.target.code: 0 for line in second}
    both = outflow({0: 25, 1: 15, 2: 10})

    check_shares(replace(both, lines=(*both.lines, *second)), lambda _: POOL_CODES, balances.__getitem__)


def test_an_outflow_beyond_the_pool_is_short_of_money() -> None:
    with pytest.raises(InsufficientFunds):
        check_shares(outflow({0: 60, 1: 30, 2: 20}), lambda _: POOL_CODES, POOL_BALANCES.__getitem__)


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
    assert is_split(kind, pooled(source, "X", 0), pooled(target, "Y", 0)) is split


def test_money_of_one_fund_is_never_split() -> None:
    assert not is_split("allocate", TRANCHE, PROGRAMME)


TRANSIT, PREPAID = Place(Kind.TRANSIT, "PAY-1"), Place(Kind.PREPAID, "CON-1")
ORDERED = (929_886_554, 148_781_849, 20_085_549, 2_901_246_048)


def converted(balances: Sequence[int], out: int, into: int) -> Split:
    held = list(zip(DONORS, balances, strict=False))
    return split_conversion(held, TRANSIT, PREPAID, (out, "EUR"), (into, "UAH"))


def test_the_danish_payment_is_converted_to_the_kopeck() -> None:
    lines, pairs = converted(ORDERED, 4_000_000_000, 185_320_000_000)

    assert [line.amount_minor for line in lines[0::2]] == list(ORDERED)
    assert [line.amount_minor for line in lines[1::2]] == [
        43_081_644_047,
        6_893_063_064,
        930_563_485,
        134_414_729_404,
    ]
    assert [tuple(pair) for pair in pairs] == [(1, 2), (3, 4), (5, 6), (7, 8)]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=6), st.integers(1, 5_000), st.data())
def test_both_sums_of_a_conversion_are_exact(balances: list[int], into: int, data: st.DataObject) -> None:
    held = sum(balances)
    if not held:
        return
    out = data.draw(st.integers(1, held))
    shares = nested_shares(balances, out)

    got = split_fx(shares, into)

    assert sum(got) == into
    assert all(share >= 0 for share in got)
    assert all(not share for share, given in zip(got, shares, strict=True) if not given)
    if into >= out:
        assert all(share for share, given in zip(got, shares, strict=True) if given)


def test_a_share_worth_nothing_abroad_goes_to_rounding() -> None:
    back = split_conversion(
        list(zip(DONORS, (4_440, 60), strict=False)),
        Place(Kind.PREPAID, "CON-1"),
        Place(Kind.CONTRACT, "CON-1"),
        (4_500, "UAH"),
        (1, "EUR"),
    )

    assert [line.amount_minor for line in back.lines] == [4_440, 1, 60]
    assert back.lines[2].target == rounding_account("UAH")
    check_draft(EntryDraft("refund", back.lines, DAY, fx=back.fx))


def settled(split: Split) -> EntryDraft:
    return EntryDraft("settle", split.lines, DAY, fx=split.fx)


def balances_of(split: Split, balances: Sequence[int]) -> dict[str, int]:
    codes = {code: 0 for line in split.lines for code in (line.source.code, line.target.code)}
    return codes | {pooled(*TRANSIT, n).code: balance for n, balance in enumerate(balances)}


CODES = [pooled(*TRANSIT, donor).code for donor in range(3)]


def test_a_conversion_by_the_donors_shares_passes() -> None:
    split = converted((50, 30, 20), 50, 2_317)

    check_shares(settled(split), lambda _: CODES, balances_of(split, (50, 30, 20)).__getitem__)


def test_a_conversion_that_favours_a_donor_abroad_is_refused() -> None:
    split = converted((50, 30, 20), 50, 2_317)
    first, second = split.lines[1], split.lines[3]
    moved = (
        replace(first, amount_minor=first.amount_minor + 1),
        replace(second, amount_minor=second.amount_minor - 1),
    )
    lines = (split.lines[0], moved[0], split.lines[2], moved[1], *split.lines[4:])

    with pytest.raises(SharesNotNested):
        check_shares(
            replace(settled(split), lines=lines),
            lambda _: CODES,
            balances_of(split, (50, 30, 20)).__getitem__,
        )


def test_an_advance_is_repaid_by_every_donor_of_the_pool() -> None:
    advance = AccountSpec(Kind.ADVANCE, "UA-MOD", Fund("UA-ADV-1"), "UAH")
    held = list(zip(DONORS, (50, 30, 20), strict=False))
    pool = Place(Kind.POOL, "DK-2024")

    split = split_conversion(held, pool, pool, (10, "EUR"), (463, "UAH"), to=advance)

    assert {line.target for line in split.lines[1::2]} == {advance}
    assert [line.amount_minor for line in split.lines[0::2]] == [5, 3, 2]
    check_draft(EntryDraft("reimburse", split.lines, DAY, fx=split.fx))
    assert is_split("reimburse", pooled(Kind.POOL, "DK-2024", 0), advance)
