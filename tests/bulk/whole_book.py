"""A real book with every way that money takes, posted by the ledger's own tests' desk."""

from __future__ import annotations

from tests.ledger import desk
from tests.ledger.test_conversions import accept
from tests.ledger.test_money_flows import (
    ADVANCED,
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
    uah,
)

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place, rounding_account
from tranche.kernel.journal import EntryDraft, Line
from tranche.ledger.flows import Restriction, conversion_for, lines_for, roll_over
from tranche.ledger.post import post_many
from tranche.store.write import WriteTx


def post_everything() -> None:
    """Pro-rata in two currencies, an earmark with odd units, an advance repaid, a pool left by a donor."""
    _pro_rata()
    _earmarked()
    _advanced()
    _left_by_a_donor()


def _pro_rata() -> None:
    desk.danish_pool()
    pool = Place(Kind.POOL, "DK-2024")
    ordered(desk.DANISH, pool, (10_000_000_000, 6_000_000_000, 4_000_000_000))
    desk.flow("release", desk.DANISH, PROGRAMME, pool, 712_345_678)
    desk.convert("settle", desk.DANISH, TRANSIT, PREPAID, eur(4_000_000_000), uah(185_320_000_000))
    accept(desk.DANISH, "L-1", 70_000_000_033)
    wrong = accept(desk.DANISH, "L-2", 50_000_000_001)
    desk.undo(wrong)
    accept(desk.DANISH, "L-3", 30_000_000_007)
    desk.convert("refund", desk.DANISH, PREPAID, CONTRACT, uah(9_266_077), eur(190_301))
    desk.flow("order", desk.DANISH, CONTRACT, TRANSIT, 2_000_190_301)
    desk.convert("settle", desk.DANISH, TRANSIT, PREPAID, eur(2_000_190_301), uah(92_668_817_000))
    accept(desk.DANISH, "L-6", 185_320_000_000 - 100_000_000_040 - 9_266_077 + 92_668_817_000)


def _earmarked() -> None:
    for minor in (3_333, 3_333, 3_334):
        desk.receive("LT-UA-2024-T1", "LT", minor)
    ordered(EARMARKED, START, (9_000, 8_000, 5_000))
    desk.flow("order", EARMARKED, CONTRACT, Place(Kind.TRANSIT, "PAY-2"), 2_000)
    desk.convert("settle", EARMARKED, Place(Kind.TRANSIT, "PAY-2"), PREPAID, eur(1_990), uah(92_001))
    accept(EARMARKED, "L-4", 60_000)
    desk.logged(_unaccept)
    accept(EARMARKED, "L-5", 40_000)
    transit, prepaid = (
        AccountSpec(Kind.TRANSIT, "PAY", T1, "EUR"),
        AccountSpec(Kind.PREPAID, "C-1", T1, "EUR"),
    )
    desk.post(desk.entry("fee", Line(transit, AccountSpec(Kind.FEE, "BANK", T1, "EUR"), 12)))
    desk.post(desk.entry("settle", Line(rounding_account("EUR"), transit, 1)))
    desk.post(desk.entry("settle", Line(transit, rounding_account("EUR"), 3)))
    desk.post(desk.entry("settle", Line(transit, prepaid, 4_986)))
    desk.post(desk.entry("write_off", Line(prepaid, AccountSpec(Kind.WRITE_OFF, "C-1", T1, "EUR"), 86)))


def _unaccept(write: WriteTx) -> None:
    lines = lines_for(EARMARKED, "UAH", Place(Kind.LOT, "L-4"), PREPAID, 25_003, write=write)
    post_many([desk.entry("unaccept", *lines)], write=write)


def _advanced() -> None:
    spec = advance()
    drawn(spec, 90_000)
    places = [Place(Kind.CONTRACT, "C-9"), Place(Kind.TRANSIT, "PAY-9"), Place(Kind.PREPAID, "C-9")]

    def on(write: WriteTx) -> None:
        ends = zip(("order", "settle", "accept"), places, [*places[1:], Place(Kind.LOT, "L-9")], strict=True)
        for kind, source, target in ends:
            lines = lines_for(ADVANCED, "UAH", source, target, 90_000, write=write)
            post_many([desk.entry(kind, *lines)], write=write)

    def reimburse(write: WriteTx) -> None:
        split = conversion_for(EARMARKED, START, START, eur(1_000), uah(46_330), write=write, to=spec)
        post_many([EntryDraft("reimburse", split.lines, desk.DAY, fx=split.fx)], write=write)

    desk.logged(on)
    desk.logged(reimburse)


def _left_by_a_donor() -> None:
    pool = AccountSpec(Kind.POOL, "P", Fund("P"), "EUR")
    for donor, minor in (("DK", 500), ("SE", 300), ("DK", 200), ("SE", 100)):
        tranche = desk.spec(Kind.TRANCHE, donor, Fund(f"{donor}-T{minor}"))
        desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, f"{donor}:budget"), tranche, minor)))
        desk.post(desk.entry("assign", Line(tranche, pool, minor)))
    desk.flow("allocate", Restriction("P", pro_rata=False), Place(Kind.POOL, "P"), PROGRAMME, 400)
    his, rest = (AccountSpec(Kind.POOL, "P", Fund(code), "EUR") for code in ("P/SE", "P'"))

    def target(path: tuple[str, ...]) -> AccountSpec:
        return his if path[0].startswith("tranche:SE") else rest

    desk.logged(
        lambda write: roll_over(pool, target, "SE leaves", booked_on=desk.DAY, decision_id=None, write=write)
    )
    held = AccountSpec(Kind.SUSPENSE, "LINE-8", Fund("P/SE"), "EUR")
    desk.post(desk.entry("recall", Line(his, held, 400)))
    desk.post(desk.entry("confirm", Line(held, AccountSpec(Kind.RETURNED, "SE", Fund("P/SE"), "EUR"), 400)))
