"""Which open holds lie over a record: over itself, over what it belongs to, or over a party concerned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tranche.kernel.holds import WHOLE, Scope, ScopeKind
from tranche.models import Contract, Payee, Step, Tranche, open_holds
from tranche.queries.sides import agreement_behind, place_of, sides_of


@dataclass(frozen=True, slots=True)
class Suspension:
    """One open hold over the record."""

    ref: str
    cause: str
    since: datetime


def suspensions(ref: str) -> tuple[Suspension, ...]:
    """The open holds over this record, the oldest first; raises UnknownRef."""
    there = open_holds("read")
    if not there:
        return ()
    around = _scopes(ref)
    return tuple(
        Suspension(hold.ref, hold.cause, hold.placed_at)
        for hold in there
        if Scope(hold.scope_kind, hold.scope_ref) in around
    )


def _scopes(ref: str) -> frozenset[Scope]:
    found = sides_of(ref)
    agreement = agreement_behind(found.kind, ref)
    programme, contract = place_of(found.kind, ref)
    records = {ref, programme, contract, agreement.ref if agreement else "", *_above(found.kind, ref)} - {""}
    parties = {found.situation.owner, *found.situation.parties, *_concerned(found.kind, ref, contract)} - {""}
    return frozenset(
        {
            WHOLE,
            *(Scope(ScopeKind.RECORD, record) for record in records),
            *(Scope(ScopeKind.PARTY, party) for party in parties),
            Scope(ScopeKind.AGREEMENT, agreement.ref if agreement else "-"),
            Scope(ScopeKind.PROGRAMME, programme or "-"),
        }
    )


def _above(kind: str, ref: str) -> set[str]:
    if kind != "step":
        return set()
    step = Step.objects.using("read").select_related("procedure__tranche").get(ref=ref)
    return {step.procedure.tranche.ref}


def _concerned(kind: str, ref: str, contract: str) -> set[str]:
    """The donor, the supplier or the payee, who are no party to the agreement or need not be."""
    found = set()
    if kind == "tranche":
        found.add(Tranche.objects.using("read").select_related("donor").get(ref=ref).donor.ref)
    if kind == "payee":
        found.add(Payee.objects.using("read").select_related("party").get(ref=ref).party.ref)
    if contract:
        found.add(Contract.objects.using("read").select_related("supplier").get(ref=contract).supplier.ref)
    return found
