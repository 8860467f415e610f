"""Money across currencies: the bank's two amounts are exact on both sides, for every donor."""

from __future__ import annotations

import pytest
from tests.ledger import desk
from tests.ledger.test_money_flows import (
    CONTRACT,
    EARMARKED,
    PREPAID,
    PROGRAMME,
    START,
    T1,
    TRANSIT,
    advance,
    drawn,
    eur,
    ordered,
    stored,
    uah,
)

from tranche.kernel.chart import Kind, Place
from tranche.kernel.journal import EntryDraft, Line
from tranche.kernel.money import Money
from tranche.kernel.trace import MvId
from tranche.ledger import fragments, journal
from tranche.ledger.balances import balances, now
from tranche.ledger.flows import Restriction, conversion_for, lines_for
from tranche.ledger.post import post_many
from tranche.ledger.verify import verify
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")


def accept(rule: Restriction, lot: str, minor: int) -> int:
    numbers: list[int] = []

    def act(write: WriteTx) -> None:
        lines = lines_for(rule, "UAH", PREPAID, Place(Kind.LOT, lot), minor, write=write)
        numbers.extend(p.entry_id for p in post_many([desk.entry("accept", *lines)], write=write))

    desk.logged(act)
    return numbers[0]


def shares_of(entry: int) -> list[int]:
    return [movement.amount_minor for movement in journal.entry(entry).movements]


def fragments_of(entry: int) -> list[fragments.Fragment]:
    lines = range(1, len(journal.entry(entry).movements) + 1)
    return [fragment for line in lines for fragment in fragments.of_use(entry, line)]


def test_the_danish_case_in_hryvnia_is_exact_in_both_currencies() -> None:
    desk.danish_pool()
    ordered(desk.DANISH, Place(Kind.POOL, "DK-2024"), (10_000_000_000, 6_000_000_000, 4_000_000_000))
    settled = desk.convert("settle", desk.DANISH, TRANSIT, PREPAID, eur(4_000_000_000), uah(185_320_000_000))
    first = accept(desk.DANISH, "L-1", 70_000_000_033)
    second = accept(desk.DANISH, "L-2", 50_000_000_001)
    third = accept(desk.DANISH, "L-3", 185_320_000_000 - 120_000_000_034)

    assert shares_of(settled)[1::2] == [43_081_644_047, 6_893_063_064, 930_563_485, 134_414_729_404]
    found = [fragment for entry in (first, second, third) for fragment in fragments_of(entry)]
    assert sum(fragment.amount_minor for fragment in found) == 185_320_000_000
    assert sum(fragment.source_amount_minor for fragment in found) == 4_000_000_000
    assert {fragment.source.entry for fragment in found} == {1, 3, 5, 7}
    assert all(fragment.path[0].startswith("tranche:") and fragment.fx_path for fragment in found)
    for entry in (first, second, third):
        shares = shares_of(entry)
        for share, whole in zip(
            shares, (43_081_644_047, 6_893_063_064, 930_563_485, 134_414_729_404), strict=True
        ):
            assert abs(share * 185_320_000_000 - whole * sum(shares)) <= 10 * 185_320_000_000
    assert verify().differences == ()


def test_releases_reversals_and_second_acceptances_change_neither_sum() -> None:
    desk.danish_pool()
    pool = Place(Kind.POOL, "DK-2024")
    ordered(desk.DANISH, pool, (10_000_000_000, 6_000_000_000, 4_000_000_000))
    desk.flow("release", desk.DANISH, PROGRAMME, pool, 712_345_678)
    wrong = desk.flow("allocate", desk.DANISH, pool, PROGRAMME, 1_000_003)
    desk.undo(wrong)
    desk.convert("settle", desk.DANISH, TRANSIT, PREPAID, eur(4_000_000_000), uah(185_320_000_000))
    accept(desk.DANISH, "L-1", 70_000_000_033)
    undone = accept(desk.DANISH, "L-2", 50_000_000_001)
    desk.undo(undone)
    again = accept(desk.DANISH, "L-2", 50_000_000_001)
    last = accept(desk.DANISH, "L-3", 185_320_000_000 - 120_000_000_034)

    lots = balances(kinds=[Kind.LOT])
    assert sum(lot.balance for lot in lots) == 185_320_000_000
    net = fragments.of_accounts([lot.account_id for lot in lots])
    signs = [1 if f.entered_kind is Kind.LOT else -1 for f in net]
    assert sum(s * f.source_amount_minor for s, f in zip(signs, net, strict=True)) == 4_000_000_000
    assert shares_of(again) == shares_of(undone)
    assert now("prepaid:C-1:DK-2024/DK:UAH") == 0 == now("prepaid:C-1:DK-2024/EU:UAH")
    assert last > again
    assert verify().differences == ()


def test_a_settlement_in_another_currency_takes_what_the_bank_took_and_releases_the_rest() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10_000)
    ordered(EARMARKED, START, (9_000, 8_000, 5_000))
    desk.convert("settle", EARMARKED, TRANSIT, PREPAID, eur(4_876), uah(225_901))
    desk.flow("release", EARMARKED, TRANSIT, CONTRACT, 124)

    assert stored() == {
        "origin:LT:budget:EUR": -10_000,
        "tranche:LT-UA-2024-T1:EUR": 1_000,
        "programme:P-1:LT-UA-2024-T1:EUR": 1_000,
        "contract:C-1:LT-UA-2024-T1:EUR": 3_124,
        "fx:EUR": 4_876,
        "fx:UAH": -225_901,
        "prepaid:C-1:LT-UA-2024-T1:UAH": 225_901,
    }
    assert verify().differences == ()


def test_a_conversion_is_reversed_whole_at_its_own_integers() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10_000)
    ordered(EARMARKED, START, (9_000, 8_000, 5_000))
    settled = desk.convert("settle", EARMARKED, TRANSIT, PREPAID, eur(5_000), uah(231_650))

    desk.undo(settled)

    assert now("transit:PAY:LT-UA-2024-T1:EUR") == 5_000
    assert now("fx:EUR") == now("fx:UAH") == now("prepaid:C-1:LT-UA-2024-T1:UAH") == 0
    [entry] = journal.entries(limit=1)
    assert (entry.reverses, [tuple(pair) for pair in entry.fx]) == (settled, [(1, 2)])
    assert verify().differences == ()


def test_a_supplier_pays_back_at_the_banks_new_integers() -> None:
    desk.danish_pool()
    ordered(desk.DANISH, Place(Kind.POOL, "DK-2024"), (10_000, 9_000, 8_000))
    desk.convert("settle", desk.DANISH, TRANSIT, PREPAID, eur(8_000), uah(370_640))
    refund = desk.convert("refund", desk.DANISH, PREPAID, CONTRACT, uah(92_660), eur(1_903))

    entry = journal.entry(refund)
    back = [m.amount_minor for m in entry.movements if m.target.startswith("contract:")]
    assert sum(back) == 1_903
    assert sum(m.amount_minor for m in entry.movements if m.source.startswith("prepaid:")) == 92_660
    assert verify().differences == ()


def test_money_of_a_repayment_that_was_reversed_is_spent_and_confirmed_as_the_advances() -> None:
    paid_first = advance()
    drawn(paid_first, 90_000)
    desk.receive("LT-UA-2024-T1", "LT", 1_000)
    numbers: list[int] = []

    def reimburse(write: WriteTx) -> None:
        split = conversion_for(EARMARKED, START, START, eur(1_000), uah(45_000), write=write, to=paid_first)
        draft = EntryDraft("reimburse", split.lines, desk.DAY, fx=split.fx)
        numbers.extend(each.entry_id for each in post_many([draft], write=write))

    desk.logged(reimburse)
    back = desk.undo(numbers[0])
    tranche, held = desk.spec(Kind.TRANCHE, "LT", T1), desk.spec(Kind.SUSPENSE, "LINE-1", T1)
    [fee] = desk.post(desk.entry("fee", Line(tranche, desk.spec(Kind.FEE, "BANK", T1), 12)))
    desk.post(desk.entry("recall", Line(tranche, held, 500)))
    desk.post(desk.entry("confirm", Line(held, tranche, 500)))

    [use] = fragments.of_use(fee, 1)
    assert (use.source, use.source_amount_minor, use.path) == (MvId(back, 1), 540, (tranche.code,))
    assert verify().differences == ()


def test_a_refund_worth_less_than_a_cent_for_one_donor_goes_to_rounding() -> None:
    desk.receive("DK-T", "DK", 1_000_000, pool="P")
    desk.receive("SE-T", "SE", 400, pool="P")
    rule = Restriction("P", pro_rata=True)
    ordered(rule, Place(Kind.POOL, "P"), (1_000_400, 1_000_400, 1_000_400))
    desk.convert("settle", rule, TRANSIT, PREPAID, eur(1_000_400), uah(46_018_400))

    desk.convert("refund", rule, PREPAID, CONTRACT, uah(50_000), eur(1_087))

    assert now("rounding:UAH") == 20
    assert now("contract:C-1:P/SE:EUR") == 0
    [use] = fragments.of_accounts([row.account_id for row in balances(kinds=[Kind.ROUNDING])])
    assert (use.amount_minor, use.path[0]) == (20, "tranche:SE-T:EUR")
    assert verify().differences == ()


def test_a_holding_is_converted_inside_its_fund() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10_000)

    desk.convert("convert", EARMARKED, START, START, eur(4_000), Money(4_212, "USD"))

    assert now("tranche:LT-UA-2024-T1:USD") == 4_212
    assert verify().differences == ()
