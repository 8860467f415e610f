"""Every way that money takes in one currency: advances, suspense, fees, losses, odd units, roll-overs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.ledger import desk

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place, rounding_account
from tranche.kernel.journal import EntryDraft, Line
from tranche.kernel.ledger_errors import (
    AccountClosed,
    AmountOutOfRange,
    BadAccount,
    EdgeNotAllowed,
    InsufficientFunds,
    PeriodClosed,
)
from tranche.kernel.money import Money
from tranche.kernel.trace import MvId
from tranche.ledger import fragments, journal
from tranche.ledger.accounts import close_account, open_account
from tranche.ledger.balances import balances, now
from tranche.ledger.close import close, closes
from tranche.ledger.flows import Restriction, conversion_for, lines_for, roll_over
from tranche.ledger.post import post_many, reversal_of
from tranche.ledger.verify import verify
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")

T1 = Fund("LT-UA-2024-T1")
EARMARKED = desk.EARMARKED
START = Place(Kind.TRANCHE, "LT")
TRANSIT, PREPAID, CONTRACT = (
    Place(Kind.TRANSIT, "PAY"),
    Place(Kind.PREPAID, "C-1"),
    Place(Kind.CONTRACT, "C-1"),
)
PROGRAMME = Place(Kind.PROGRAMME, "P-1")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def uah(minor: int) -> Money:
    return Money(minor, "UAH")


def stored() -> dict[str, int]:
    return {row.code: row.balance for row in balances() if row.balance}


def ordered(rule: Restriction, start: Place, amounts: tuple[int, int, int]) -> None:
    allocated, reserved, wanted = amounts
    desk.flow("allocate", rule, start, PROGRAMME, allocated)
    desk.flow("reserve", rule, PROGRAMME, CONTRACT, reserved)
    desk.flow("order", rule, CONTRACT, TRANSIT, wanted)


def advance(limit: int = 500_000) -> AccountSpec:
    spec = AccountSpec(Kind.ADVANCE, "UA-MOD", Fund("UA-ADV-1"), "UAH")
    desk.logged(lambda write: open_account(spec, write=write, limit_minor=limit))
    return spec


ADVANCED = Restriction("UA-ADV-1", pro_rata=False)


def drawn(spec: AccountSpec, minor: int) -> None:
    contract = AccountSpec(Kind.CONTRACT, "C-9", spec.fund, "UAH")
    desk.post(desk.entry("prefinance", Line(spec, contract, minor)))


def test_a_state_pays_first_down_to_its_limit_and_no_further() -> None:
    spec = advance(500_000)
    drawn(spec, 450_000)

    with pytest.raises(InsufficientFunds) as refused:
        drawn(spec, 50_001)

    assert refused.value.missing_minor == 1
    assert now(spec.code) == -450_000
    assert verify().differences == ()


@pytest.mark.parametrize("limit", [None, 0, -5])
def test_an_advance_needs_a_limit(limit: int | None) -> None:
    spec = AccountSpec(Kind.ADVANCE, "UA-MOD", Fund("UA-ADV-1"), "UAH")

    with pytest.raises(BadAccount):
        desk.logged(lambda write: open_account(spec, write=write, limit_minor=limit))


def test_an_advance_is_opened_once() -> None:
    advance()

    with pytest.raises(BadAccount):
        advance()


def test_a_repaid_advance_names_the_donors_in_the_refined_trace() -> None:
    spec = advance()
    drawn(spec, 90_000)
    contract, transit = Place(Kind.CONTRACT, "C-9"), Place(Kind.TRANSIT, "PAY-9")
    prepaid, lot = Place(Kind.PREPAID, "C-9"), Place(Kind.LOT, "L-9")
    for kind, source, target in (("order", contract, transit), ("settle", transit, prepaid)):
        _same(kind, ADVANCED, source, target, 90_000)
    use = _same("accept", ADVANCED, prepaid, lot, 90_000)
    desk.receive("LT-UA-2024-T1", "LT", 1_000)

    def reimburse(write: WriteTx) -> None:
        split = conversion_for(EARMARKED, START, START, eur(1_000), uah(46_330), write=write, to=spec)
        post_many([EntryDraft("reimburse", split.lines, desk.DAY, fx=split.fx)], write=write)

    desk.logged(reimburse)

    [stored_piece] = fragments.of_use(use, 1)
    assert stored_piece.path == (
        "contract:C-9:UA-ADV-1:UAH",
        "transit:PAY-9:UA-ADV-1:UAH",
        "prepaid:C-9:UA-ADV-1:UAH",
    )
    refined = fragments.refined([MvId(use, 1)])[MvId(use, 1)]
    assert [(piece.amount, piece.source_amount, path[0]) for piece, path in refined] == [
        (46_330, 1_000, "tranche:LT-UA-2024-T1:EUR"),
        (43_670, 43_670, "contract:C-9:UA-ADV-1:UAH"),
    ]
    assert now(spec.code) == -43_670
    assert verify().differences == ()


def _same(kind: str, rule: Restriction, source: Place, target: Place, minor: int) -> int:
    numbers: list[int] = []

    def act(write: WriteTx) -> None:
        lines = lines_for(rule, "UAH", source, target, minor, write=write)
        numbers.extend(p.entry_id for p in post_many([desk.entry(kind, *lines)], write=write))

    desk.logged(act)
    return numbers[0]


def test_unspent_money_of_an_advance_goes_back_to_it_alone() -> None:
    spec = advance()
    drawn(spec, 1_000)
    contract = AccountSpec(Kind.CONTRACT, "C-9", spec.fund, "UAH")
    other = AccountSpec(Kind.ADVANCE, "UA-MOD", Fund("UA-ADV-2"), "UAH")

    with pytest.raises(EdgeNotAllowed):
        desk.post(desk.entry("release", Line(contract, other, 400)))
    desk.post(desk.entry("release", Line(contract, spec, 400)))

    assert (now(spec.code), now(contract.code)) == (-600, 600)
    assert verify().differences == ()


LINE_7 = AccountSpec(Kind.SUSPENSE, "LINE-7", None, "EUR")


def test_a_payer_who_is_identified_is_received_anew() -> None:
    unknown = desk.spec(Kind.ORIGIN, "BANK:unknown")
    [parked] = desk.post(desk.entry("receive", Line(unknown, LINE_7, 700)))

    def identify(write: WriteTx) -> None:
        right = Line(desk.spec(Kind.ORIGIN, "LT:budget"), LINE_7, 700)
        undo = reversal_of(parked, desk.DAY, None, write=write)
        post_many([undo, desk.entry("receive", right)], write=write)
        post_many([desk.entry("confirm", Line(LINE_7, desk.spec(Kind.UNASSIGNED, "LT"), 700))], write=write)

    desk.logged(identify)

    assert stored() == {"origin:LT:budget:EUR": -700, "unassigned:LT:EUR": 700}
    assert verify().differences == ()


def test_money_that_comes_back_waits_and_keeps_its_donor() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1_000)
    ordered(EARMARKED, START, (1_000, 1_000, 1_000))
    back = AccountSpec(Kind.SUSPENSE, "LINE-9", T1, "EUR")
    transit = AccountSpec(Kind.TRANSIT, "PAY", T1, "EUR")
    desk.post(desk.entry("bounce", Line(transit, back, 1_000)))
    desk.post(desk.entry("confirm", Line(back, AccountSpec(Kind.CONTRACT, "C-2", T1, "EUR"), 1_000)))

    [piece] = fragments.idle(["contract:C-2:LT-UA-2024-T1:EUR"])

    assert (str(piece.source), piece.path[-2:]) == ("1:1", (back.code, "contract:C-2:LT-UA-2024-T1:EUR"))


def test_a_donors_bank_takes_money_back() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 1_000)
    held = AccountSpec(Kind.SUSPENSE, "LINE-8", T1, "EUR")
    desk.post(desk.entry("recall", Line(desk.spec(Kind.TRANCHE, "LT", T1), held, 300)))
    returned = AccountSpec(Kind.RETURNED, "LT", T1, "EUR")
    [entry] = desk.post(desk.entry("confirm", Line(held, returned, 300)))

    [piece] = fragments.of_use(entry, 1)
    assert (piece.amount_minor, piece.path[-1]) == (300, held.code)
    assert verify().differences == ()


def test_fees_losses_and_odd_units_are_uses_with_their_sources() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10_000)
    ordered(EARMARKED, START, (9_000, 8_000, 5_000))
    transit = AccountSpec(Kind.TRANSIT, "PAY", T1, "EUR")
    prepaid = AccountSpec(Kind.PREPAID, "C-1", T1, "EUR")
    [fee] = desk.post(desk.entry("fee", Line(transit, AccountSpec(Kind.FEE, "BANK", T1, "EUR"), 12)))
    desk.post(desk.entry("settle", Line(rounding_account("EUR"), transit, 1)))
    [odd] = desk.post(desk.entry("settle", Line(transit, rounding_account("EUR"), 3)))
    desk.post(desk.entry("settle", Line(transit, prepaid, 4_986)))
    [loss] = desk.post(
        desk.entry("write_off", Line(prepaid, AccountSpec(Kind.WRITE_OFF, "C-1", T1, "EUR"), 86))
    )

    for entry, minor in ((fee, 12), (odd, 3), (loss, 86)):
        assert sum(fragment.amount_minor for fragment in fragments.of_use(entry, 1)) == minor
    assert now("rounding:EUR") == 2
    with pytest.raises(AmountOutOfRange):
        desk.post(desk.entry("settle", Line(rounding_account("EUR"), transit, 101)))
    assert verify().differences == ()


def donor_of(path: tuple[str, ...]) -> str:
    return path[0].split(":")[1].split("-")[0]


def test_one_donor_leaves_a_fifo_pool_with_his_own_cents() -> None:
    pool = AccountSpec(Kind.POOL, "P", Fund("P"), "EUR")
    for donor, minor in (("DK", 500), ("SE", 300), ("DK", 200), ("SE", 100)):
        tranche = desk.spec(Kind.TRANCHE, donor, Fund(f"{donor}-T{minor}"))
        desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, f"{donor}:budget"), tranche, minor)))
        desk.post(desk.entry("assign", Line(tranche, pool, minor)))
    desk.flow("allocate", Restriction("P", pro_rata=False), Place(Kind.POOL, "P"), PROGRAMME, 400)
    his, rest = (AccountSpec(Kind.POOL, "P", Fund(code), "EUR") for code in ("P/SE", "P'"))

    posted: list[int] = []

    def leave(write: WriteTx) -> None:
        to: Callable[[tuple[str, ...]], AccountSpec] = lambda path: his if donor_of(path) == "SE" else rest  # noqa: E731
        done = roll_over(pool, to, "SE leaves", booked_on=desk.DAY, decision_id=None, write=write)
        posted.extend(each.entry_id for each in done)

    desk.logged(leave)

    assert [m.amount_minor for m in journal.entry(posted[0]).movements] == [100, 300, 200, 100]
    assert (now(his.code), now(rest.code), now(pool.code)) == (400, 300, 0)
    desk.receive("X", "DK", 1)
    with pytest.raises(AccountClosed):
        desk.post(desk.entry("assign", Line(desk.spec(Kind.TRANCHE, "DK", Fund("X")), pool, 1)))
    assert {donor_of(piece.path) for piece in fragments.idle([his.code])} == {"SE"}
    assert verify().differences == ()


def test_an_account_closes_at_nothing_and_once() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    code = "tranche:LT-UA-2024-T1:EUR"

    with pytest.raises(BadAccount):
        desk.logged(lambda write: close_account(code, "x", write=write))
    desk.undo(1)
    desk.logged(lambda write: close_account(code, "done", write=write))

    with pytest.raises(AccountClosed):
        desk.logged(lambda write: close_account(code, "again", write=write))
    with pytest.raises(BadAccount):
        desk.logged(lambda write: close_account("tranche:NOBODY:EUR", "x", write=write))
    assert verify().differences == ()


def test_a_period_is_closed_once_and_in_order() -> None:
    desk.receive("LT-UA-2024-T1", "LT", 10)
    seq = desk.close_until(desk.DAY)

    for again in (desk.DAY, desk.DAY.replace(day=1)):
        with pytest.raises(PeriodClosed):
            desk.close_until(again)
    with pytest.raises(PeriodClosed):
        desk.receive("LT-UA-2024-T1", "LT", 10)

    assert [(one.upto, one.entry_id_max, one.log_seq) for one in closes()] == [(desk.DAY, 1, seq)]
    assert verify().differences == ()


def test_closing_an_empty_book_keeps_nothing() -> None:
    kept: list[int] = []

    desk.logged(lambda write: kept.append(close(desk.DAY, write=write)))

    assert kept == [0]
