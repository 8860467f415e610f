"""What stands above the holder of an account: its contract and its programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tranche.kernel.chart import Kind
from tranche.models import Contract, Lot, Payment, Programme

SPENT_FROM = (Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID, Kind.LOT, Kind.WRITE_OFF)
"""Kinds of accounts below a programme, in the order in which money passes them."""


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above a holder; a programme has no contract above it, a return has neither."""

    programme: str = ""
    contract: str = ""


NOWHERE = Above()
"""Of holders that stand below no programme: donors, pools, states, money on its way back."""


def above_holders() -> dict[str, Above]:
    """What stands above every holder of money below a tranche, in four statements."""
    found = {ref: Above(ref) for ref in Programme.objects.using("read").values_list("ref", flat=True)}
    contracts = Contract.objects.using("read").values_list("ref", "programme__ref")
    found |= {ref: Above(programme, ref) for ref, programme in contracts}
    payments = Payment.objects.using("read").values_list("ref", "contract__ref")
    lots = Lot.objects.using("read").values_list("ref", "contract__ref")
    below = [(ref, contract or "") for ref, contract in [*payments, *lots]]
    return found | {ref: found.get(contract, NOWHERE) for ref, contract in below}


def contract_of(holder: str, above: Mapping[str, Above]) -> str:
    """The contract above a holder; empty where it has none, as for money that is being paid back."""
    return above[holder].contract if holder in above else ""


def programme_of(holder: str, above: Mapping[str, Above]) -> str:
    """The programme above a holder; empty where it has none."""
    return above[holder].programme if holder in above else ""


def holders_below(ref: str) -> tuple[str, ...]:
    """Every holder that is this programme or contract, or stands below it."""
    return tuple(
        holder for holder, above in above_holders().items() if ref in (above.programme, above.contract)
    )
