"""Outflows of a pro-rata pool carry every donor in proportion, to the cent, all the way down."""

from __future__ import annotations

import pytest
from tests.ledger import desk

from tranche.kernel.chart import AccountSpec, Kind, Place
from tranche.kernel.ledger import EntryDraft, Line
from tranche.kernel.ledger_errors import InsufficientFunds
from tranche.ledger import fragments, journal
from tranche.ledger.balances import balances
from tranche.ledger.flows import Restriction, lines_for
from tranche.ledger.post import post_many
from tranche.ledger.verify import verify
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")

POOL = Place(Kind.POOL, "DK-2024")
PROGRAMME = Place(Kind.PROGRAMME, "P-1")
CONTRACT = Place(Kind.CONTRACT, "C-1")
TRANSIT = Place(Kind.TRANSIT, "PAY-1")
PREPAID = Place(Kind.PREPAID, "C-1")
SMALL = Restriction("P", pro_rata=True)


def moved(entry: int) -> list[int]:
    return [row.amount_minor for row in journal.entry(entry).movements]


def held(kind: Kind, holder: str) -> list[int]:
    return [row.balance for row in balances(kinds=[kind], holders=[holder])]


def test_the_danish_case_is_exact_to_the_cent() -> None:
    desk.danish_pool()

    allocated = desk.flow("allocate", desk.DANISH, POOL, PROGRAMME, 10_000_000_000)
    desk.flow("reserve", desk.DANISH, PROGRAMME, CONTRACT, 6_000_000_000)
    ordered = desk.flow("order", desk.DANISH, CONTRACT, TRANSIT, 4_000_000_000)

    assert moved(allocated) == [2_324_716_385, 371_954_621, 50_213_874, 7_253_115_120]
    assert moved(ordered) == [929_886_554, 148_781_849, 20_085_549, 2_901_246_048]
    assert verify().differences == ()


def test_danish_lots_carry_all_four_and_sum_to_the_payment() -> None:
    desk.danish_pool()
    desk.paid_contract(desk.DANISH, POOL, "C-1", (10_000_000_000, 6_000_000_000, 4_000_000_000))
    lots = {"L-1": 1_500_000_033, "L-2": 1_100_000_001, "L-3": 1_399_999_966}

    entries = [
        desk.flow("accept", desk.DANISH, PREPAID, Place(Kind.LOT, lot), amount)
        for lot, amount in lots.items()
    ]

    for entry, amount in zip(entries, lots.values(), strict=True):
        shares = moved(entry)
        assert len(shares) == 4
        assert sum(shares) == amount
        for share, donor in zip(
            shares, (12_500_000_000, 2_000_000_000, 270_000_000, 39_000_000_000), strict=True
        ):
            assert abs(share * 53_770_000_000 - amount * donor) <= 10 * 53_770_000_000
    assert held(Kind.PREPAID, "C-1") == [0, 0, 0, 0]


def test_release_reversal_and_second_acceptance_change_no_sum() -> None:
    desk.danish_pool()
    desk.paid_contract(desk.DANISH, POOL, "C-1", (10_000_000_000, 6_000_000_000, 4_000_000_000))
    desk.flow("release", desk.DANISH, CONTRACT, PROGRAMME, 712_345_678)
    wrong = desk.flow("allocate", desk.DANISH, POOL, PROGRAMME, 999_999_999)
    desk.undo(wrong)
    desk.flow("accept", desk.DANISH, PREPAID, Place(Kind.LOT, "L-1"), 1_500_000_033)
    desk.flow("accept", desk.DANISH, PREPAID, Place(Kind.LOT, "L-2"), 1_100_000_001)
    desk.flow("unaccept", desk.DANISH, Place(Kind.LOT, "L-2"), PREPAID, 1_100_000_001)
    desk.flow("accept", desk.DANISH, PREPAID, Place(Kind.LOT, "L-2"), 2_499_999_967)

    assert sum(held(Kind.LOT, "L-1")) == 1_500_000_033
    assert sum(held(Kind.LOT, "L-1") + held(Kind.LOT, "L-2")) == 4_000_000_000
    assert sum(row.balance for row in balances()) == 0
    assert verify().differences == ()


def small_pool() -> None:
    for donor, amount in (("DK", 50), ("SE", 30), ("NO", 20)):
        desk.receive(f"T-{donor}", donor, amount, pool="P")


def test_every_lot_of_a_small_pool_is_exactly_in_proportion() -> None:
    small_pool()
    desk.paid_contract(SMALL, Place(Kind.POOL, "P"), "C-1", (50, 50, 50))

    lots = [
        desk.flow("accept", SMALL, PREPAID, Place(Kind.LOT, f"L-{n}"), amount)
        for n, amount in enumerate((20, 20, 10))
    ]

    assert [moved(lot) for lot in lots] == [[10, 6, 4], [10, 6, 4], [5, 3, 2]]


def test_every_fragment_of_a_pool_use_has_its_own_donors_source() -> None:
    small_pool()
    desk.paid_contract(SMALL, Place(Kind.POOL, "P"), "C-1", (50, 50, 50))

    desk.flow("accept", SMALL, PREPAID, Place(Kind.LOT, "L-1"), 33)

    lots = [row.account_id for row in balances(kinds=[Kind.LOT])]
    found = fragments.of_accounts(lots)
    assert [(f.path[0], f.entered) for f in found] == [
        (f"tranche:T-{donor}:EUR", f"lot:L-1:P/{donor}:EUR") for donor in ("DK", "SE", "NO")
    ]


def test_an_earmarked_tranche_moves_as_one_line() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1_000_000_000)

    entry = desk.flow("allocate", desk.EARMARKED, Place(Kind.TRANCHE, "LT"), PROGRAMME, 400_000_000)

    assert moved(entry) == [400_000_000]


def test_too_little_money_names_the_place_and_the_gap() -> None:
    small_pool()

    with pytest.raises(InsufficientFunds) as refused:
        desk.flow("allocate", SMALL, Place(Kind.POOL, "P"), PROGRAMME, 101)

    assert (refused.value.account, refused.value.missing_minor) == ("pool:P:EUR", 1)


def test_an_empty_place_is_short_of_everything() -> None:
    small_pool()
    desk.receive("LT-UA-2024-T1", "LT", 10)

    for rule in (SMALL, desk.EARMARKED):
        with pytest.raises(InsufficientFunds) as refused:
            desk.flow("reserve", rule, PROGRAMME, CONTRACT, 1)
        assert refused.value.missing_minor == 1


def test_a_donor_whose_first_money_comes_in_the_same_posting_pays_his_share() -> None:
    desk.receive("T-SE", "SE", 30, pool="P")
    funds = [desk.pooled("P", donor) for donor in ("DK", "SE")]
    pools = [desk.spec(Kind.POOL, "P", fund) for fund in funds]
    programmes = [desk.spec(Kind.PROGRAMME, "P-1", fund) for fund in funds]
    receipt = Line(desk.spec(Kind.ORIGIN, "DK:budget"), pools[0], 10)
    shares = [Line(pools[1], programmes[1], 15), Line(pools[0], programmes[0], 5)]

    _, allocated, reserved = desk.post(
        desk.entry("receive", receipt),
        desk.entry("allocate", *shares),
        desk.entry("reserve", *[Line(each.target, _reserved(each), each.amount_minor) for each in shares]),
    )

    assert moved(allocated) == moved(reserved) == [15, 5]
    assert verify().differences == ()


def _reserved(line: Line) -> AccountSpec:
    return desk.spec(Kind.CONTRACT, "C-1", line.source.fund)


def test_a_planned_account_of_a_new_donor_or_holder_counts_before_it_is_stored() -> None:
    small_pool()
    late = desk.pooled("P", "FI")
    receipt = Line(desk.spec(Kind.ORIGIN, "FI:budget"), desk.spec(Kind.POOL, "P", late), 100)
    found: list[tuple[Line, ...]] = []

    def act(write: WriteTx) -> None:
        planned: list[Line] = [receipt]
        for source, target in ((Place(Kind.POOL, "P"), PROGRAMME), (PROGRAMME, CONTRACT)):
            lines = lines_for(SMALL, "EUR", source, target, 40, write=write, planned=planned)
            planned += lines
            found.append(lines)
        drafts = [EntryDraft("receive", (receipt,), desk.DAY)]
        drafts += [EntryDraft(kind, lines, desk.DAY) for kind, lines in zip(STEPS, found, strict=True)]
        post_many(drafts, write=write)

    desk.logged(act)
    assert [desk.amounts(lines) for lines in found] == [[10, 6, 4, 20]] * 2
    assert verify().differences == ()


STEPS = ("allocate", "reserve")


def test_planned_lines_count_before_they_are_stored() -> None:
    small_pool()
    found: list[Line] = []

    def act(write: WriteTx) -> None:
        for amount in (33, 34):
            found.extend(
                lines_for(SMALL, "EUR", Place(Kind.POOL, "P"), PROGRAMME, amount, write=write, planned=found)
            )
        with pytest.raises(InsufficientFunds):
            lines_for(SMALL, "EUR", Place(Kind.POOL, "P"), PROGRAMME, 34, write=write, planned=found)
        post_many([EntryDraft("allocate", tuple(found[n : n + 3]), desk.DAY) for n in (0, 3)], write=write)

    desk.logged(act)
    assert sum(desk.amounts(found)) == 67
    assert verify().differences == ()
