"""Which holds lay or lie over the steps of a procedure: by step, tranche, agreement, party or everything."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from tranche.kernel.holds import WHOLE, Scope, ScopeKind
from tranche.models.procedure import Procedure, Step
from tranche.models.signoff import HoldRelease


class Lifted(NamedTuple):
    """A hold that is over: what it lay over, from when, and until when."""

    scope: Scope
    placed_at: datetime
    lifted_at: datetime


def lifted_holds(using: str) -> tuple[Lifted, ...]:
    """Every hold that was lifted, the oldest first."""
    rows = HoldRelease.objects.using(using).select_related("hold").order_by("hold__log_seq")
    return tuple(
        Lifted(Scope(row.hold.scope_kind, row.hold.scope_ref), row.hold.placed_at, row.released_at)
        for row in rows
    )


def scopes_around(procedure: Procedure, using: str) -> frozenset[Scope]:
    """What a hold may lie over so that it lies over every step of the procedure."""
    tranche = procedure.tranche
    agreement = tranche.agreement
    parties = set(agreement.parties.using(using).values_list("party__ref", flat=True))
    parties |= {tranche.donor.ref, agreement.approving_party.ref, agreement.recipient.ref}
    return frozenset(
        {
            WHOLE,
            Scope(ScopeKind.RECORD, tranche.ref),
            Scope(ScopeKind.RECORD, agreement.ref),
            Scope(ScopeKind.AGREEMENT, agreement.ref),
            *(Scope(ScopeKind.PARTY, ref) for ref in parties),
        }
    )


def scopes_of_step(step: Step) -> frozenset[Scope]:
    """What a hold may lie over so that it lies over this step and not over all."""
    return frozenset({Scope(ScopeKind.RECORD, step.ref), Scope(ScopeKind.PARTY, step.owner_party.ref)})
