"""A contract paid in another currency: the story of an office with a conversion, lots, a refund and a fee."""

from __future__ import annotations

from tests.ledger import desk
from tests.office import Office
from tranche.kernel.chart import Kind as AccountKind
from tranche.kernel.chart import Place
from tranche.kernel.money import Money
from tranche.store import clock

RULE = desk.EARMARKED
TRANSIT, PREPAID = Place(AccountKind.TRANSIT, "PAY-1"), Place(AccountKind.PREPAID, "C-1")
CONTRACT, FEES = Place(AccountKind.CONTRACT, "C-1"), Place(AccountKind.FEE, "BANK")
PAID = Money(199_990_000, "EUR")
GIVEN = Money(9_265_536_700, "UAH")
REFUNDED = Money(92_660_000, "UAH")
CAME_BACK = Money(1_903_017, "EUR")
FIRST_LOT, SECOND_LOT = 7_000_000_033, 2_000_000_001


def lot(ref: str) -> Place:
    return Place(AccountKind.LOT, ref)


def tell_in_hryvnia(office: Office) -> None:
    """Two million ordered in euro, settled in hryvnia but for a fee; two lots, and a part paid back."""
    office.execute("ua.payer", office.approved_payment())
    office.lot("LOT-1", 150_000_000)
    office.lot("LOT-2", 40_000_000)
    with clock.at(office.now):
        desk.flow("fee", RULE, TRANSIT, FEES, 10_000)
        desk.convert("settle", RULE, TRANSIT, PREPAID, PAID, GIVEN)
        desk.flow("accept", RULE, PREPAID, lot("LOT-1"), FIRST_LOT, "UAH")
        desk.flow("accept", RULE, PREPAID, lot("LOT-2"), SECOND_LOT, "UAH")
        desk.convert("refund", RULE, PREPAID, CONTRACT, REFUNDED, CAME_BACK)
