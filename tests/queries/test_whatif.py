"""What if an entry had never been: what lacks its money, who would have paid, and nothing is written."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from tests.ledger import desk
from tests.ledger.test_money_flows import EARMARKED, PREPAID, START, TRANSIT, eur, ordered, uah
from tests.queries.test_trace_currencies import advanced_lot, reimburse, wander

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.journal import Line
from tranche.kernel.money import Money
from tranche.ledger import journal
from tranche.ledger.balances import balances
from tranche.ledger.flows import Restriction
from tranche.log.read import head
from tranche.queries.starts import UnknownRef
from tranche.queries.trace import trace_from, trace_to
from tranche.queries.whatif import CannotLeaveOut, WhatIf, suppose

pytestmark = pytest.mark.usefixtures("mechanism")

T1 = "LT-UA-2024-T1"


def lot(name: str) -> Place:
    return Place(Kind.LOT, name)


def two_receipts() -> None:
    """Two receipts of one tranche; a lot of each, and some money left."""
    desk.receive(T1, "LT", 600)
    desk.receive(T1, "LT", 500, origin="interest")
    desk.paid_contract(EARMARKED, START, "C-1", (1_000, 1_000, 1_000))
    desk.flow("accept", EARMARKED, PREPAID, lot("L-1"), 600)
    desk.flow("accept", EARMARKED, PREPAID, lot("L-2"), 300)


def lacks(answer: WhatIf) -> dict[str, tuple[Money, Money]]:
    return {row.ref: (row.amount, row.missing) for row in answer.uses}


def changes(answer: WhatIf) -> dict[str, tuple[int, int]]:
    return {row.account: (row.now.amount_minor, row.would.amount_minor) for row in answer.accounts}


def test_a_receipt_left_out_leaves_the_last_uses_without_money() -> None:
    two_receipts()

    found = suppose(["1"])

    assert (found.answer.entries, found.answer.donors) == ((1,), ())
    assert lacks(found.answer) == {"L-2": (eur(300), eur(300)), "L-1": (eur(100), eur(100))}
    [place] = found.answer.places
    assert (place.account, place.amount) == ("prepaid:C-1:LT-UA-2024-T1:EUR", eur(100))
    assert changes(found.answer) == {
        "lot:L-1:LT-UA-2024-T1:EUR": (600, 500),
        "lot:L-2:LT-UA-2024-T1:EUR": (300, 0),
        "origin:LT:budget:EUR": (-600, 0),
        "prepaid:C-1:LT-UA-2024-T1:EUR": (100, 0),
        "tranche:LT-UA-2024-T1:EUR": (100, 0),
    }


def test_who_would_have_paid_is_told_both_ways() -> None:
    two_receipts()

    found = suppose(["1"])

    first, tranche = found.trace_to("L-1"), found.trace_from(T1)
    assert [(s.kind, s.ref, s.amount_minor) for s in first.sources] == [
        ("unfunded", "", 100),
        ("origin", "2:1", 500),
    ]
    assert [(share.donor, share.amount_minor) for share in first.shares] == [("LT", 500)]
    assert first.amount_minor == 600
    assert [(use.ref, use.amount_minor) for use in tranche.uses] == [("L-1", 500)]
    assert (tranche.amount_minor, tranche.unspent) == (500, ())


def test_nothing_is_written() -> None:
    two_receipts()
    before = (head(), len(journal.entries()), trace_from(T1), trace_to("L-1"))

    found = suppose(["1", "2"])
    found.trace_from(T1)
    found.trace_to("L-1")

    assert (head(), len(journal.entries()), trace_from(T1), trace_to("L-1")) == before


def test_an_entry_that_nothing_rests_on_changes_its_accounts_alone() -> None:
    two_receipts()
    desk.receive(T1, "LT", 7)

    found = suppose(["9"])

    assert (found.answer.uses, found.answer.places) == ((), ())
    assert changes(found.answer) == {
        "origin:LT:budget:EUR": (-607, -600),
        "tranche:LT-UA-2024-T1:EUR": (107, 100),
    }
    assert found.trace_to("L-2") == trace_to("L-2")


def test_money_that_is_not_sent_on_stays_where_it_was() -> None:
    two_receipts()
    entries = {entry.kind: entry.id for entry in journal.entries()}

    found = suppose([str(entries["reserve"])])

    assert changes(found.answer)["programme:P-1:LT-UA-2024-T1:EUR"] == (0, 1_000)
    assert lacks(found.answer) == {"L-1": (eur(600), eur(600)), "L-2": (eur(300), eur(300))}


def test_all_receipts_of_a_donor_are_left_out_of_a_pool_without_a_new_split() -> None:
    desk.danish_pool()
    pool, paid = Place(Kind.POOL, "DK-2024"), (10_000_000_000, 6_000_000_000, 4_000_000_000)
    desk.paid_contract(desk.DANISH, pool, "C-1", paid)
    desk.flow("accept", desk.DANISH, PREPAID, lot("L-1"), 1_500_000_033)
    stored = {share.donor: share.amount_minor for share in trace_to("L-1").shares}

    found = suppose(["SE"])

    assert (found.answer.donors, found.answer.receipts, found.answer.basis) == (
        ("SE",),
        ("3:1",),
        "as_posted",
    )
    assert "not split anew" in found.answer.note
    assert lacks(found.answer) == {"L-1": (eur(stored["SE"]), eur(stored["SE"]))}
    would = {share.donor: share.amount_minor for share in found.trace_to("L-1").shares}
    assert would == {donor: amount for donor, amount in stored.items() if donor != "SE"}
    assert found.trace_from("DK-2024/SE").amount_minor == 0
    assert found.trace_from("DK-2024/DK") == trace_from("DK-2024/DK")


def test_a_lot_in_another_currency_lacks_in_both() -> None:
    desk.receive(T1, "LT", 3_000)
    desk.receive(T1, "LT", 2_000)
    ordered(EARMARKED, START, (5_000, 5_000, 5_000))
    desk.convert("settle", EARMARKED, TRANSIT, PREPAID, eur(5_000), uah(231_650))
    desk.flow("accept", EARMARKED, PREPAID, lot("L-1"), 231_650, "UAH")

    found = suppose(["2"])

    assert lacks(found.answer) == {"L-1": (uah(92_660), eur(2_000))}
    [unfunded, funded] = found.trace_to("L-1").sources
    assert (unfunded.kind, unfunded.amount_minor, unfunded.own) == ("unfunded", 92_660, eur(2_000))
    assert (funded.ref, funded.amount_minor, funded.own) == ("1:1", 138_990, eur(3_000))


def test_a_conversion_is_left_out_with_both_its_lines() -> None:
    desk.receive(T1, "LT", 3_000)
    ordered(EARMARKED, START, (3_000, 3_000, 3_000))
    settled = desk.convert("settle", EARMARKED, TRANSIT, PREPAID, eur(3_000), uah(138_990))
    desk.flow("accept", EARMARKED, PREPAID, lot("L-1"), 100_000, "UAH")

    found = suppose([str(settled)])

    assert lacks(found.answer) == {"L-1": (uah(100_000), uah(100_000))}
    assert changes(found.answer) == {
        "lot:L-1:LT-UA-2024-T1:UAH": (100_000, 0),
        "prepaid:C-1:LT-UA-2024-T1:UAH": (38_990, 0),
        "transit:PAY:LT-UA-2024-T1:EUR": (0, 3_000),
    }


def test_an_advance_that_would_not_have_been_repaid_stays_an_advance() -> None:
    spec = advanced_lot(90_000)
    desk.receive(T1, "LT", 1_000)
    repaid = reimburse(spec, eur(1_000), uah(46_330))

    found = suppose([str(repaid)])

    assert [(s.kind, s.amount_minor) for s in found.trace_to("L-9").sources] == [("advance", 80_000)]
    assert found.answer.uses == ()
    assert changes(found.answer)[spec.code] == (-43_670, -90_000)


def test_a_receipt_that_was_partly_released_does_not_go_round_for_ever() -> None:
    desk.receive(T1, "LT", 1_000)
    desk.flow("allocate", EARMARKED, START, Place(Kind.PROGRAMME, "P-1"), 500)
    desk.flow("release", EARMARKED, Place(Kind.PROGRAMME, "P-1"), START, 100)

    found = suppose(["1"])

    assert changes(found.answer) == {
        "origin:LT:budget:EUR": (-1_000, 0),
        "programme:P-1:LT-UA-2024-T1:EUR": (400, 0),
        "tranche:LT-UA-2024-T1:EUR": (600, 0),
    }
    assert found.trace_from(T1).amount_minor == 0


@pytest.mark.parametrize("seed", [21, 22])
def test_what_lacks_is_what_no_source_is_named_for(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible test data
    for minor in (30_001, 20_000, 17):
        desk.receive(T1, "LT", minor)
    wander(EARMARKED, START, rng, 120)
    undone = {n for entry in journal.entries() if entry.reverses for n in (entry.id, entry.reverses)}
    kept = [entry.id for entry in journal.entries() if entry.id not in undone]

    for number in (1, 2, *rng.sample(kept, 12)):
        if number in undone:
            continue
        found = suppose([str(number)])
        lacking = Counter[str]()
        for row in found.answer.uses:
            if row.kind == "lot":
                lacking[row.ref] += row.amount.amount_minor
        would = {row.account: row.would.amount_minor for row in found.answer.accounts}
        for held in balances(kinds=[Kind.LOT]):
            document = found.trace_to(held.holder)
            nobody = sum(s.amount_minor for s in document.sources if s.kind == "unfunded")
            assert nobody == lacking[held.holder], (number, held.code)
            assert would.get(held.code, held.balance) + nobody == document.amount_minor


def test_what_changes_adds_up_to_nothing() -> None:
    desk.danish_pool()
    rng = random.Random(23)  # noqa: S311 - as above
    rule = Restriction("DK-2024", pro_rata=True)
    pool, programme = Place(Kind.POOL, "DK-2024"), Place(Kind.PROGRAMME, "P-1")
    for _ in range(8):
        desk.flow("allocate", rule, pool, programme, rng.randint(1, 10**9))
        desk.flow("release", rule, programme, pool, rng.randint(1, 10**8))

    for entry in journal.entries():
        found = suppose([str(entry.id)])
        assert sum(row.would.amount_minor - row.now.amount_minor for row in found.answer.accounts) == 0


@pytest.mark.parametrize(
    ("asked", "why", "other"),
    [
        (["99"], "unknown", None),
        (["9" * 20], "unknown", None),
        (["²"], "unknown", None),
        (["9"], "reversal", 8),
        (["8"], "reversed", 9),
        (["1", "99"], "unknown", None),
    ],
)
def test_what_cannot_be_left_out_is_refused(asked: list[str], why: str, other: int | None) -> None:
    two_receipts()
    assert desk.undo(8) == 9

    with pytest.raises(CannotLeaveOut) as refused:
        suppose(asked)

    assert (refused.value.why, refused.value.other) == (why, other)


def test_a_party_without_receipts_and_a_stranger_are_told_apart() -> None:
    two_receipts()

    with pytest.raises(UnknownRef):
        suppose(["NOBODY"])
    with pytest.raises(UnknownRef):
        suppose(["1"]).trace_to("L-99")
    with pytest.raises(UnknownRef):
        suppose(["1"]).trace_from("NOBODY")
    with pytest.raises(CannotLeaveOut) as refused:
        suppose([str(number) for number in range(1, 60)])
    assert refused.value.why == "many"


def test_a_reversed_receipt_of_a_donor_is_not_left_out_again() -> None:
    two_receipts()
    desk.receive(T1, "LT", 70)
    desk.undo(9)
    direct = desk.spec(Kind.SUSPENSE, "LINE-1", Fund("X"))
    desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, "LT:budget"), direct, 40)))

    found = suppose(["LT"])

    assert found.answer.receipts == ("1:1", "2:1", "11:1")


def test_a_reference_without_money_has_none_in_any_book() -> None:
    two_receipts()
    account = AccountSpec(Kind.TRANCHE, "LT", Fund("LT-UA-2024-T2"), "EUR")
    desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, "LT:budget"), account, 40)))

    found = suppose(["9"])

    document = found.trace_from("LT-UA-2024-T2")
    assert (document.currency, document.amount_minor, document.unspent) == ("EUR", 0, ())
