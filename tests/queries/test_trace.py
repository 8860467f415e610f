"""The two trace documents add up to the cent, whatever was released, returned or undone on the way."""

from __future__ import annotations

import json

import pytest
from django.db import connections
from tests.ledger import desk

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.follow import Fate, forward
from tranche.kernel.ledger import Line
from tranche.kernel.ledger_errors import SumBroken
from tranche.kernel.money import Money
from tranche.kernel.trace import Mv, MvId
from tranche.ledger.book import SqlReader
from tranche.ledger.flows import Restriction
from tranche.ledger.rows import reading
from tranche.models import Lot, Tranche
from tranche.queries.starts import UnknownRef
from tranche.queries.trace import Share, Source, TraceFrom, TraceTo, Unspent, Use, trace_from, trace_to

pytestmark = pytest.mark.usefixtures("mechanism")

T1 = "LT-UA-2024-T1"
FUND = Fund(T1)
TRANCHE = desk.spec(Kind.TRANCHE, "LT", FUND)
START = Place(Kind.TRANCHE, "LT")
POOL = Place(Kind.POOL, "DK-2024")
PREPAID = Place(Kind.PREPAID, "C-1")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def lies(account: str, minor: int) -> Unspent:
    return Unspent(account, minor, eur(minor))


def gave(donor: str, minor: int) -> Share:
    return Share(donor, minor, (eur(minor),))


def paid(ref: str, donor: str, origin: str, minor: int, path: tuple[str, ...]) -> Source:
    """A source of the currency of the use."""
    return Source(ref, donor, origin, int(ref.split(":")[0]), minor, path, "origin", eur(minor))


def place(kind: Kind, holder: str) -> AccountSpec:
    return desk.spec(kind, holder, FUND)


def lot(name: str) -> Place:
    return Place(Kind.LOT, name)


def lithuanian_path() -> None:
    """Ten million received; eight allocated, seven reserved, six paid; one lot of five accepted."""
    desk.receive(T1, "LT", 1_000_000_000)
    desk.paid_contract(desk.EARMARKED, START, "C-1", (800_000_000, 700_000_000, 600_000_000))
    desk.flow("accept", desk.EARMARKED, PREPAID, lot("L-1"), 500_000_000)


def whole(found: TraceFrom) -> int:
    return (
        sum(use.amount_minor for use in found.uses)
        + sum(u.amount_minor for u in found.unspent)
        + found.returned_minor
    )


def test_a_tranche_is_followed_to_its_lot_and_to_what_is_unspent() -> None:
    lithuanian_path()

    found = trace_from(T1)

    way = [TRANCHE, place(Kind.PROGRAMME, "P-1"), place(Kind.CONTRACT, "C-1"), place(Kind.TRANSIT, "C-1-PAY")]
    path = (*(spec.code for spec in way), place(Kind.PREPAID, "C-1").code, place(Kind.LOT, "L-1").code)
    source = paid("1:1", "LT", "LT:budget", 500_000_000, path)
    assert found == TraceFrom(
        ref=T1,
        currency="EUR",
        amount_minor=1_000_000_000,
        uses=(Use("L-1", "lot", 500_000_000, path, eur(500_000_000), (source,)),),
        unspent=(
            lies("contract:C-1:LT-UA-2024-T1:EUR", 100_000_000),
            lies("prepaid:C-1:LT-UA-2024-T1:EUR", 100_000_000),
            lies("programme:P-1:LT-UA-2024-T1:EUR", 100_000_000),
            lies("tranche:LT-UA-2024-T1:EUR", 200_000_000),
        ),
        returned_minor=0,
    )
    assert whole(found) == 1_000_000_000


def test_the_document_is_plain_json() -> None:
    lithuanian_path()

    document = json.loads(json.dumps(trace_from(T1).as_json()))

    whole = {"ref", "currency", "amount_minor", "uses", "unspent", "returned_minor"}
    source = {"ref", "donor", "origin", "entry", "amount_minor", "path"}
    assert set(document) == whole | {"returned_own", "others"}
    assert set(document["uses"][0]) == {"ref", "kind", "amount_minor", "path", "own", "sources"}
    assert set(document["uses"][0]["sources"][0]) == source | {"kind", "own"}
    assert set(document["unspent"][0]) == {"account", "amount_minor", "own"}
    assert document["unspent"][0]["own"] == {"amount_minor": 100_000_000, "currency": "EUR"}


def test_fees_and_undone_acceptances_are_net() -> None:
    lithuanian_path()
    desk.flow("unaccept", desk.EARMARKED, lot("L-1"), PREPAID, 200_000_000)
    desk.flow("accept", desk.EARMARKED, PREPAID, lot("L-2"), 250_000_000)
    desk.post(desk.entry("fee", Line(TRANCHE, place(Kind.FEE, "BANK"), 1_500)))

    found = trace_from(T1)

    net: dict[tuple[str, str], int] = {}
    for use in found.uses:
        net[use.ref, use.kind] = net.get((use.ref, use.kind), 0) + use.amount_minor
    assert net == {("BANK", "fee"): 1_500, ("L-1", "lot"): 300_000_000, ("L-2", "lot"): 250_000_000}
    assert whole(found) == found.amount_minor == 1_000_000_000


def test_a_use_undone_whole_is_not_listed() -> None:
    lithuanian_path()
    desk.flow("unaccept", desk.EARMARKED, lot("L-1"), PREPAID, 500_000_000)

    assert trace_from(T1).uses == ()
    assert trace_to("L-1").sources == ()


def test_money_paid_back_is_returned_and_not_used() -> None:
    lithuanian_path()
    transit, returned = place(Kind.TRANSIT, "BACK-1"), place(Kind.RETURNED, "LT")
    desk.post(desk.entry("order", Line(TRANCHE, transit, 150_000_000)))
    desk.post(desk.entry("settle", Line(transit, returned, 150_000_000)))
    desk.post(desk.entry("bounce", Line(returned, desk.spec(Kind.SUSPENSE, "LINE-9"), 50_000_000)))

    found = trace_from(T1)

    assert found.returned_minor == 100_000_000
    assert lies("suspense:LINE-9:-:EUR", 50_000_000) in found.unspent
    assert whole(found) == found.amount_minor == 1_000_000_000


def test_a_reversed_receipt_is_no_money_of_the_tranche() -> None:
    lithuanian_path()
    desk.receive(T1, "LT", 7_000)
    desk.undo(7)

    found = trace_from(T1)

    assert whole(found) == found.amount_minor == 1_000_000_000


def test_money_assigned_by_mistake_belongs_to_the_tranche_that_has_it_now() -> None:
    unassigned = desk.spec(Kind.UNASSIGNED, "LT")
    other = desk.spec(Kind.TRANCHE, "LT", Fund("LT-UA-2024-T2"))
    desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, "LT:budget"), unassigned, 900)))
    desk.post(desk.entry("assign", Line(unassigned, TRANCHE, 600)))
    desk.undo(2)
    desk.post(desk.entry("assign", Line(unassigned, other, 500)))
    desk.post(desk.entry("fee", Line(other, desk.spec(Kind.FEE, "BANK", Fund("LT-UA-2024-T2")), 50)))

    first, second = trace_from(T1), trace_from("LT-UA-2024-T2")

    assert (first.amount_minor, whole(first)) == (0, 0)
    assert (second.amount_minor, whole(second)) == (500, 500)
    [use] = second.uses
    assert (use.ref, use.kind, use.amount_minor) == ("BANK", "fee", 50)
    assert use.path == (other.code, "fee:BANK:LT-UA-2024-T2:EUR")


def test_a_pooled_tranche_is_followed_into_the_pool() -> None:
    desk.danish_pool()
    desk.paid_contract(desk.DANISH, POOL, "C-1", (10_000_000_000, 6_000_000_000, 4_000_000_000))
    desk.flow("accept", desk.DANISH, PREPAID, lot("L-1"), 1_500_000_033)

    of_sweden, of_the_fund = trace_from("SE-UA-2024-T1"), trace_from("DK-2024/SE")

    assert of_sweden.amount_minor == of_the_fund.amount_minor == whole(of_sweden) == 2_000_000_000
    [use] = of_sweden.uses
    assert (use.ref, use.amount_minor) == ("L-1", 55_793_195)
    assert use.path[:2] == ("tranche:SE-UA-2024-T1:EUR", "pool:DK-2024/SE:EUR")
    assert of_the_fund.uses[0].path[0] == "pool:DK-2024/SE:EUR"
    assert of_the_fund.unspent == of_sweden.unspent


def test_two_tranches_of_one_donor_in_a_pool_are_told_apart() -> None:
    desk.receive("DK-T1", "DK", 100, pool="P")
    desk.receive("DK-T2", "DK", 50, pool="P")
    rule = Restriction("P", pro_rata=True)
    desk.flow("allocate", rule, Place(Kind.POOL, "P"), Place(Kind.PROGRAMME, "P-1"), 120)

    first, second = trace_from("DK-T1"), trace_from("DK-T2")

    assert first.unspent == (lies("programme:P-1:P/DK:EUR", 100),)
    assert second.unspent == (lies("pool:P/DK:EUR", 30), lies("programme:P-1:P/DK:EUR", 20))


def test_one_receipt_is_followed_by_its_number() -> None:
    lithuanian_path()
    desk.receive(T1, "LT", 7_000)

    first, second = trace_from("1:1"), trace_from("7:1")

    assert (first.amount_minor, whole(first)) == (1_000_000_000, 1_000_000_000)
    assert second.unspent == (lies(TRANCHE.code, 7_000),)


def registered(model: type[Tranche] | type[Lot], ref: str) -> None:
    """Write the row of a tranche or lot that has no money yet, without what stands around it."""
    connection = connections["default"]
    blank = {"date": "NULL", "varchar": "''", "char": "''", "text": "''"}
    columns = {}
    for field in model._meta.concrete_fields:
        kind = (field.db_type(connection) or "").split("(")[0].split(" ")[0]
        columns[str(field.column)] = "NULL" if field.null else blank.get(kind, "1")
    columns |= {"ref": f"'{ref}'", "currency": "'EUR'"}
    if model is Lot:
        columns |= {"origin": "'contract'", "contract_id": "'C'", "value_minor": "1"}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
        else:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER ALL")
        names, values = ", ".join(columns), ", ".join(columns.values())
        cursor.execute(f"INSERT INTO {model._meta.db_table}({names}) VALUES ({values})")


def test_a_tranche_without_money_has_an_empty_trace() -> None:
    registered(Tranche, T1)

    assert trace_from(T1) == TraceFrom(T1, "EUR", 0, (), (), 0)


def test_a_lot_without_money_has_no_sources() -> None:
    registered(Lot, "L-1")

    assert trace_to("L-1") == TraceTo("L-1", "EUR", 0, (), ())


def test_money_assigned_by_mistake_and_given_back_leaves_the_tranche() -> None:
    unassigned = desk.spec(Kind.UNASSIGNED, "LT")
    desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, "LT:budget"), unassigned, 900)))
    desk.post(desk.entry("assign", Line(unassigned, TRANCHE, 600)))
    desk.undo(2)
    transit, returned = desk.spec(Kind.TRANSIT, "BACK"), desk.spec(Kind.RETURNED, "LT")
    desk.post(desk.entry("order", Line(unassigned, transit, 900)))
    desk.post(desk.entry("settle", Line(transit, returned, 900)))
    desk.undo(5)

    assert (trace_from(T1).amount_minor, whole(trace_from(T1))) == (0, 0)
    assert trace_from("1:1").unspent == (lies("transit:BACK:-:EUR", 900),)


def test_fragments_that_do_not_add_up_stop_both_traces() -> None:
    lithuanian_path()
    with connections["default"].cursor() as cursor:
        if connections["default"].vendor == "sqlite":
            cursor.execute("DROP TRIGGER use_fragment_no_delete")
        else:
            cursor.execute("ALTER TABLE use_fragment DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM use_fragment")

    with pytest.raises(SumBroken):
        trace_from(T1)
    with pytest.raises(SumBroken):
        trace_to("L-1")


@pytest.mark.parametrize("ref", ["NOBODY", "99:1", "2:1", "1:2", ""])
def test_an_unknown_reference_is_refused(ref: str) -> None:
    lithuanian_path()

    with pytest.raises(UnknownRef) as refused:
        trace_from(ref)
    assert refused.value.ref == ref


def test_an_unknown_lot_is_refused() -> None:
    with pytest.raises(UnknownRef):
        trace_to("L-9")


def test_a_lot_names_the_four_sources_in_the_proportion_of_the_pool() -> None:
    desk.danish_pool()
    desk.paid_contract(desk.DANISH, POOL, "C-1", (10_000_000_000, 6_000_000_000, 4_000_000_000))
    desk.flow("accept", desk.DANISH, PREPAID, lot("L-1"), 1_500_000_000)
    desk.flow("accept", desk.DANISH, PREPAID, lot("L-1"), 33)

    found = trace_to("L-1")

    assert [(s.ref, s.donor, s.origin, s.entry) for s in found.sources] == [
        ("1:1", "DK", "DK:budget", 1),
        ("3:1", "SE", "SE:budget", 3),
        ("5:1", "IS", "IS:budget", 5),
        ("7:1", "EU", "EU:windfall", 7),
    ]
    assert sum(source.amount_minor for source in found.sources) == found.amount_minor == 1_500_000_033
    assert found.shares == tuple(gave(s.donor, s.amount_minor) for s in found.sources)
    for share, paid in zip(
        found.shares, (12_500_000_000, 2_000_000_000, 270_000_000, 39_000_000_000), strict=True
    ):
        assert abs(share.amount_minor * 53_770_000_000 - 1_500_000_033 * paid) <= 10 * 53_770_000_000
    document = json.loads(json.dumps(found.as_json()))
    source = {"ref", "donor", "origin", "entry", "amount_minor", "path"}
    assert set(document["sources"][0]) == source | {"kind", "own"}
    assert set(document["shares"][0]) == {"donor", "amount_minor", "own"}


def test_a_lot_of_a_tranche_names_its_receipts() -> None:
    desk.receive(T1, "LT", 300)
    desk.receive(T1, "LT", 700, origin="interest")
    desk.paid_contract(desk.EARMARKED, START, "C-1", (900, 900, 900))
    desk.flow("accept", desk.EARMARKED, PREPAID, lot("L-1"), 500)

    found = trace_to("L-1")

    path = found.sources[0].path
    assert found.sources == (
        paid("1:1", "LT", "LT:budget", 300, path),
        paid("2:1", "LT", "LT:interest", 200, path),
    )
    assert (path[0], path[-1]) == (TRANCHE.code, "lot:L-1:LT-UA-2024-T1:EUR")
    assert found.shares == (gave("LT", 500),)


@pytest.mark.parametrize(
    ("first", "donor"),
    [
        (desk.spec(Kind.POOL, "MIX", Fund("MIX")), "MIX"),
        (desk.spec(Kind.SUSPENSE, "LINE-1", Fund("MIX")), "LT"),
    ],
)
def test_the_donor_is_the_holder_of_what_the_money_first_entered(first: AccountSpec, donor: str) -> None:
    desk.post(desk.entry("receive", Line(desk.spec(Kind.ORIGIN, "LT:budget"), first, 10)))
    if first.kind is Kind.SUSPENSE:
        transit = desk.spec(Kind.CONTRACT, "C-1", Fund("MIX"))
        desk.post(desk.entry("confirm", Line(first, transit, 10)))
        first = transit
        desk.post(desk.entry("order", Line(first, desk.spec(Kind.TRANSIT, "Y", Fund("MIX")), 10)))
        first = desk.spec(Kind.TRANSIT, "Y", Fund("MIX"))
    desk.post(desk.entry("fee", Line(first, desk.spec(Kind.FEE, "BANK", Fund("MIX")), 4)))

    assert trace_to("BANK").shares == (gave(donor, 4),)


def test_the_stored_answer_equals_a_trace_forward() -> None:
    desk.danish_pool()
    desk.paid_contract(desk.DANISH, POOL, "C-1", (10_000_000_000, 6_000_000_000, 4_000_000_000))
    desk.flow("accept", desk.DANISH, PREPAID, lot("L-1"), 1_500_000_033)
    desk.flow("unaccept", desk.DANISH, lot("L-1"), PREPAID, 500_000_001)
    desk.flow("accept", desk.DANISH, PREPAID, lot("L-2"), 2_100_000_000)
    reader = SqlReader(reading("read"))
    receipt = Mv(MvId(3, 1), 4, 5, 2_000_000_000, 0, 0, "origin", "tranche")

    landings = forward(reader, receipt, 0, receipt.amount)

    rests: dict[str, int] = {}
    for landing in landings:
        if landing.fate is Fate.RESTS:
            code = reader.codes[landing.account]
            rests[code] = rests.get(code, 0) + landing.amount
    found = trace_from("3:1")
    used: dict[str, int] = {}
    for use in found.uses:
        used[use.path[-1]] = used.get(use.path[-1], 0) + use.amount_minor
    assert rests == used | {one.account: one.amount_minor for one in found.unspent}
