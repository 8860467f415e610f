"""Money of a tranche: how much of it may still come, and the entries by which it comes."""

from __future__ import annotations

from tranche.actions.execution import Execution
from tranche.actions.funds import live
from tranche.kernel.ledger import AccountSpec, Fund, Kind, Line
from tranche.ledger.receipts import came_minor, used_minor
from tranche.models import BankLine, Tranche

RETURNED = frozenset({Kind.RETURNED})


def received_minor(tranche: Tranche) -> int:
    """What the bank confirmed of what was promised; interest and released money are not counted."""
    return came_minor(tranche.ref, tranche.currency)


def returned_minor(tranche: Tranche) -> int:
    """What of exactly this money went back to the donor, through whatever it passed."""
    return used_minor(tranche.ref, tranche.donor.ref, tranche.currency, RETURNED)


def room_minor(tranche: Tranche) -> int:
    """How much of the agreed amount may still come; what went back may come again."""
    return max(0, tranche.amount_minor - received_minor(tranche) + returned_minor(tranche))


def receive(tranche: Tranche, line: BankLine, execution: Execution) -> None:
    """Up to the agreed amount into the tranche and on into its pool, the rest to the donor's unassigned."""
    agreed = min(line.amount_minor, room_minor(tranche))
    origin = AccountSpec(Kind.ORIGIN, tranche.origin.ref, None, line.currency)
    parts = ((own_account(tranche), agreed), (unassigned(tranche), line.amount_minor - agreed))
    lines = [Line(origin, target, amount) for target, amount in parts if amount]
    execution.enter("receive", *lines, line=line)
    _pool(tranche, agreed, line, execution)


def assign(tranche: Tranche, amount_minor: int, execution: Execution) -> None:
    """Money of the donor that was there before the tranche was authorised."""
    line = Line(unassigned(tranche), own_account(tranche), amount_minor)
    execution.enter("assign", line)
    _pool(tranche, amount_minor, None, execution)


def own_account(tranche: Tranche) -> AccountSpec:
    """The account of the tranche, under its first code or that of its successor."""
    if tranche.agreement.pool_ref:
        return AccountSpec(Kind.TRANCHE, tranche.donor.ref, Fund(tranche.ref), tranche.currency)
    return live(tranche.ref).account(tranche.currency)


def unassigned(tranche: Tranche) -> AccountSpec:
    return AccountSpec(Kind.UNASSIGNED, tranche.donor.ref, None, tranche.currency)


def _pool(tranche: Tranche, amount_minor: int, line: BankLine | None, execution: Execution) -> None:
    """Money of a pool's tranche joins the pool in the same transaction."""
    pool = tranche.agreement.pool_ref
    if not pool or not amount_minor:
        return
    shared = live(pool).share(tranche.donor.ref, tranche.currency)
    execution.enter("assign", Line(own_account(tranche), shared, amount_minor), line=line)
