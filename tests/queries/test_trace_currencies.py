"""Traces across conversions: each part in the currency of its source and in its own, and no sum over both."""

from __future__ import annotations

import random

import pytest
from tests.ledger import desk
from tests.ledger.test_money_flows import (
    ADVANCED,
    CONTRACT,
    EARMARKED,
    PREPAID,
    PROGRAMME,
    START,
    TRANSIT,
    advance,
    drawn,
    eur,
    ordered,
    uah,
)

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.journal import EntryDraft, Line
from tranche.kernel.ledger_errors import LedgerError
from tranche.kernel.money import Money
from tranche.ledger import journal
from tranche.ledger.balances import balances
from tranche.ledger.book import as_it_is
from tranche.ledger.flows import Restriction, conversion_for
from tranche.ledger.post import post_many
from tranche.ledger.rows import reading
from tranche.queries import ways
from tranche.queries.codes import currency_of
from tranche.queries.starts import start_of
from tranche.queries.trace import TraceFrom, followed, trace_from, trace_to
from tranche.store.write import WriteTx

pytestmark = pytest.mark.usefixtures("mechanism")

T1 = "LT-UA-2024-T1"
POOL = Place(Kind.POOL, "DK-2024")
SHARES = (12_500_000_000, 2_000_000_000, 270_000_000, 39_000_000_000)


def lot(name: str) -> Place:
    return Place(Kind.LOT, name)


def accept(rule: Restriction, name: str, minor: int) -> int:
    return desk.flow("accept", rule, PREPAID, lot(name), minor, "UAH")


def assert_whole(found: TraceFrom) -> None:
    """Used, returned and unspent make the amount; the sources of each use make the use."""
    used = sum(use.amount_minor for use in found.uses)
    unspent = sum(rest.amount_minor for rest in found.unspent)
    assert used + unspent + found.returned_minor == found.amount_minor
    for use in found.uses:
        assert sum(source.amount_minor for source in use.sources) == use.amount_minor
        assert use.own.currency == currency_of(use.path[-1])


def assert_duality() -> None:
    """What every source bought, told from the lots, is what it bought told from itself (T3)."""
    backward: dict[tuple[str, str, str], list[int]] = {}
    for code in {row.holder for row in balances(kinds=[Kind.LOT])}:
        found = trace_to(code, stored=True)
        for document in (found, *found.others):
            assert sum(source.amount_minor for source in document.sources) == document.amount_minor
            for source in document.sources:
                sums = backward.setdefault((source.ref, code, document.currency), [0, 0])
                sums[0] += source.amount_minor
                sums[1] += source.own.amount_minor
    forward: dict[tuple[str, str, str], list[int]] = {}
    for ref in {ref for ref, _, _ in backward}:
        for use in trace_from(ref).uses:
            if use.kind == "lot":
                sums = forward.setdefault((ref, use.ref, use.own.currency), [0, 0])
                sums[0] += use.own.amount_minor
                sums[1] += use.amount_minor
    assert forward == backward


def test_a_lot_in_hryvnia_is_told_in_both_currencies() -> None:
    desk.receive(T1, "LT", 10_000)
    ordered(EARMARKED, START, (9_000, 8_000, 5_000))
    desk.convert("settle", EARMARKED, TRANSIT, PREPAID, eur(4_876), uah(225_901))
    accept(EARMARKED, "L-1", 100_000)

    found, lots = trace_from(T1), trace_to("L-1")

    assert (found.currency, found.amount_minor) == ("EUR", 10_000)
    [use] = found.uses
    assert (use.ref, use.own) == ("L-1", uah(100_000))
    assert use.amount_minor == 100_000 * 4_876 // 225_901
    rests = {rest.account: (rest.amount_minor, rest.own) for rest in found.unspent}
    assert rests["prepaid:C-1:LT-UA-2024-T1:UAH"] == (4_876 - use.amount_minor, uah(125_901))
    assert rests["transit:PAY:LT-UA-2024-T1:EUR"] == (124, eur(124))
    assert_whole(found)
    assert (lots.currency, lots.amount_minor) == ("UAH", 100_000)
    [source] = lots.sources
    assert (source.ref, source.amount_minor, source.own) == ("1:1", 100_000, eur(use.amount_minor))
    [share] = lots.shares
    assert (share.donor, share.amount_minor, share.own) == ("LT", 100_000, (eur(use.amount_minor),))


def test_the_lots_of_a_pool_are_worth_what_was_paid_for_them_in_both_currencies() -> None:
    desk.danish_pool()
    ordered(desk.DANISH, POOL, (10_000_000_000, 6_000_000_000, 4_000_000_000))
    desk.convert("settle", desk.DANISH, TRANSIT, PREPAID, eur(4_000_000_000), uah(185_320_000_000))
    accept(desk.DANISH, "L-1", 70_000_000_033)
    accept(desk.DANISH, "L-2", 185_320_000_000 - 70_000_000_033)

    pool = trace_from("DK-2024")

    assert (pool.currency, pool.amount_minor, pool.others) == ("EUR", sum(SHARES), ())
    assert sum(use.amount_minor for use in pool.uses) == 4_000_000_000
    assert sum(use.own.amount_minor for use in pool.uses) == 185_320_000_000
    donors = {source.donor for use in pool.uses for source in use.sources}
    assert donors == {"DK", "SE", "IS", "EU"}
    assert_whole(pool)
    for donor in donors:
        assert_whole(trace_from(f"DK-2024/{donor}"))
        assert_whole(trace_from(f"{donor}-UA-2024-T1"))
    assert_duality()


def test_money_of_two_currencies_has_two_documents() -> None:
    desk.receive(T1, "LT", 10_000)
    dollars = AccountSpec(Kind.TRANCHE, "LT", Fund(T1), "USD")
    origin = AccountSpec(Kind.ORIGIN, "LT:budget", None, "USD")
    desk.post(desk.entry("receive", Line(origin, dollars, 7_000)))
    desk.convert("convert", EARMARKED, START, START, eur(4_000), Money(4_212, "USD"))

    found = trace_from(T1)

    [other] = found.others
    assert (found.currency, found.amount_minor) == ("EUR", 10_000)
    assert (other.currency, other.amount_minor) == ("USD", 7_000)
    rests = {rest.account: (rest.amount_minor, rest.own) for rest in found.unspent}
    assert rests == {
        "tranche:LT-UA-2024-T1:EUR": (6_000, eur(6_000)),
        dollars.code: (4_000, Money(4_212, "USD")),
    }
    assert [(rest.account, rest.amount_minor) for rest in other.unspent] == [(dollars.code, 7_000)]


def test_fees_of_one_bank_in_two_currencies_are_not_added() -> None:
    desk.receive(T1, "LT", 10_000)
    bank = Place(Kind.FEE, "BANK")
    desk.flow("fee", EARMARKED, START, bank, 12)
    desk.convert("convert", EARMARKED, START, START, eur(4_000), Money(4_212, "USD"))
    desk.flow("fee", EARMARKED, START, bank, 30, "USD")

    found = trace_to("BANK")

    [other] = found.others
    assert (found.currency, found.amount_minor) == ("EUR", 12)
    assert (other.currency, other.amount_minor) == ("USD", 30)
    assert [source.own for source in other.sources] == [eur(28)]


def test_money_sent_back_in_another_currency_is_told_in_both() -> None:
    desk.receive(T1, "LT", 10_000)
    desk.flow("order", EARMARKED, START, TRANSIT, 4_000)
    back = Place(Kind.RETURNED, "LT")
    desk.convert("settle", EARMARKED, TRANSIT, back, eur(4_000), Money(4_212, "USD"))

    found = trace_from(T1)

    assert (found.returned_minor, found.returned_own) == (4_000, (Money(4_212, "USD"),))
    assert_whole(found)


def advanced_lot(minor: int) -> AccountSpec:
    """A state pays for a lot first."""
    spec = advance()
    drawn(spec, minor)
    contract, transit = Place(Kind.CONTRACT, "C-9"), Place(Kind.TRANSIT, "PAY-9")
    prepaid = Place(Kind.PREPAID, "C-9")
    for kind, source, target in (("order", contract, transit), ("settle", transit, prepaid)):
        desk.flow(kind, ADVANCED, source, target, minor, "UAH")
    desk.flow("accept", ADVANCED, prepaid, lot("L-9"), minor * 8 // 9, "UAH")
    return spec


def reimburse(spec: AccountSpec, out: Money, into: Money) -> int:
    numbers: list[int] = []

    def act(write: WriteTx) -> None:
        split = conversion_for(EARMARKED, START, START, out, into, write=write, to=spec)
        draft = EntryDraft("reimburse", split.lines, desk.DAY, fx=split.fx)
        numbers.extend(posted.entry_id for posted in post_many([draft], write=write))

    desk.logged(act)
    return numbers[0]


def test_a_repaid_advance_names_the_donor_and_the_rest_says_that_it_is_not_repaid() -> None:
    spec = advanced_lot(90_000)
    desk.receive(T1, "LT", 1_000)
    reimburse(spec, eur(1_000), uah(46_330))

    found, stored = trace_to("L-9"), trace_to("L-9", stored=True)

    assert [(s.kind, s.donor, s.amount_minor, s.own) for s in found.sources] == [
        ("advance", "UA-MOD", 33_670, uah(33_670)),
        ("origin", "LT", 46_330, eur(1_000)),
    ]
    assert found.sources[1].path[:2] == ("tranche:LT-UA-2024-T1:EUR", spec.code)
    assert [(s.kind, s.amount_minor) for s in stored.sources] == [("advance", 80_000)]
    assert found.amount_minor == stored.amount_minor == 80_000


def test_money_that_repaid_an_advance_bought_what_the_advance_bought() -> None:
    spec = advanced_lot(90_000)
    desk.receive(T1, "LT", 2_500)
    reimburse(spec, eur(1_900), uah(85_000))

    found = trace_from(T1)

    [use] = found.uses
    assert (use.ref, use.own) == ("L-9", uah(80_000))
    assert use.path[:2] == ("tranche:LT-UA-2024-T1:EUR", spec.code)
    rests = {rest.account: rest.own for rest in found.unspent}
    assert rests == {
        "prepaid:C-9:UA-ADV-1:UAH": uah(5_000),
        "tranche:LT-UA-2024-T1:EUR": eur(600),
    }
    assert_whole(found)


def test_money_that_repaid_more_than_was_drawn_lies_in_the_advance() -> None:
    spec = advanced_lot(90_000)
    desk.receive(T1, "LT", 3_000)
    reimburse(spec, eur(3_000), uah(95_000))

    found = trace_from(T1)

    rests = {rest.account: rest.amount_minor for rest in found.unspent}
    assert set(rests) == {spec.code, "prepaid:C-9:UA-ADV-1:UAH"}
    assert_whole(found)


def test_what_a_state_advanced_is_followed_by_its_fund() -> None:
    spec = advanced_lot(90_000)
    contract = AccountSpec(Kind.CONTRACT, "C-8", spec.fund, "UAH")
    desk.post(desk.entry("prefinance", Line(spec, contract, 500)))
    desk.post(desk.entry("release", Line(contract, spec, 200)))

    found = trace_from("UA-ADV-1")

    assert (found.currency, found.amount_minor) == ("UAH", 90_300)
    assert [(use.ref, use.amount_minor) for use in found.uses] == [("L-9", 80_000)]
    assert_whole(found)


WAYS = (
    ("allocate", START, PROGRAMME, "EUR"),
    ("release", PROGRAMME, START, "EUR"),
    ("reserve", PROGRAMME, CONTRACT, "EUR"),
    ("release", CONTRACT, PROGRAMME, "EUR"),
    ("order", CONTRACT, TRANSIT, "EUR"),
    ("release", TRANSIT, CONTRACT, "EUR"),
    ("fee", TRANSIT, Place(Kind.FEE, "BANK"), "EUR"),
    ("accept", PREPAID, lot("L-1"), "UAH"),
    ("accept", PREPAID, lot("L-2"), "UAH"),
    ("unaccept", lot("L-1"), PREPAID, "UAH"),
    ("write_off", PREPAID, Place(Kind.WRITE_OFF, "C-1"), "UAH"),
)


def there(place: Place, currency: str) -> int:
    """What all donors have in a place, in one currency."""
    rows = balances(kinds=[place.kind])
    return sum(
        row.balance
        for row in rows
        if row.currency == currency
        and (place.kind in (Kind.TRANCHE, Kind.POOL) or row.holder == place.holder)
    )


def wander(rule: Restriction, start: Place, rng: random.Random, steps: int) -> None:
    """Post at random what the money is there for; what the ledger refuses all the same is left out."""
    for _ in range(steps):
        dice = rng.random()
        try:
            if dice < 0.2 and there(TRANSIT, "EUR"):
                out = rng.randint(1, there(TRANSIT, "EUR"))
                into = out * rng.choice((3, 46, 47)) + rng.randint(0, 2)
                desk.convert("settle", rule, TRANSIT, PREPAID, eur(out), uah(into))
            elif dice < 0.28 and there(PREPAID, "UAH"):
                out = rng.randint(1, there(PREPAID, "UAH"))
                desk.convert("refund", rule, PREPAID, CONTRACT, uah(out), eur(out // 40 + 1))
            elif dice < 0.36:
                desk.undo(rng.randint(1, 60))
            else:
                kind, source, target, currency = rng.choice(WAYS)
                source, target = (start if place == START else place for place in (source, target))
                most = there(source, currency)
                desk.flow(kind, rule, source, target, rng.randint(1, max(most, 1)), currency)
        except LedgerError:
            continue
    kinds = {entry.kind for entry in journal.entries()}
    assert kinds >= {"settle", "refund", "reverse", "accept", "release"}, "the walk was too short"


def assert_both_ways_agree(refs: list[str]) -> None:
    for ref in refs:
        view = as_it_is(reading("read"))
        start = start_of(ref, view)
        assert start is not None
        stored, traced = followed(ref), ways.follow_all(start, view)
        same = [one.runs for one in stored] == [one.runs for one in traced]
        assert same, ref  # a difference of both lists would take minutes to print
        found = trace_from(ref)
        assert_whole(found)


@pytest.mark.parametrize("seed", [11, 12])
def test_stored_fragments_say_what_a_trace_of_the_whole_book_says(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible test data
    for minor in (30_001, 20_000, 17):
        desk.receive(T1, "LT", minor)
    wander(EARMARKED, START, rng, 160)

    assert_both_ways_agree([T1, "1:1", "2:1", "3:1"])
    assert_duality()


def test_the_same_in_a_pro_rata_pool() -> None:
    rng = random.Random(13)  # noqa: S311 - as above
    rule = Restriction("P", pro_rata=True)
    for donor, minor in (("DK", 30_001), ("SE", 20_000), ("DK", 1_000), ("IS", 170)):
        desk.receive(f"{donor}-T{minor}", donor, minor, pool="P")
    wander(rule, Place(Kind.POOL, "P"), rng, 200)

    assert_both_ways_agree(["P", "P/DK", "DK-T30001", "DK-T1000", "1:1", "7:1"])
    assert_duality()
