"""Holds: one person may brake at once, two release (signoff note, section 2)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import find
from tranche.actions.procedure import set_dates
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.scopes import agreements_concerned
from tranche.formats.calendars import closed_days
from tranche.kernel.calendar import working_days
from tranche.kernel.canonical import Canonical
from tranche.kernel.holds import REVIEW_WORKING_DAYS_MAX, Cause, ScopeKind
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import AlreadyThere, BadArgument, UnknownReference
from tranche.models import Agreement, Hold, HoldRelease, Party, Procedure, Record

SCOPES = (ScopeKind.RECORD.value, ScopeKind.PROGRAMME.value, ScopeKind.AGREEMENT.value, ScopeKind.PARTY.value)
CAUSES = tuple(cause.value for cause in Cause)
EVERYTHING = "EVERYTHING"


def _place_basis(arguments: Arguments, today: date) -> Basis:
    kind, ref = str(arguments["over"]), str(arguments["over_ref"])
    _check_scope(kind, ref)
    return _with_review(_basis(kind, ref, frozenset()), arguments, today)


def _place_all_basis(arguments: Arguments, today: date) -> Basis:
    return _with_review(_basis(ScopeKind.SYSTEM, "", frozenset()), arguments, today)


def _check_scope(kind: str, ref: str) -> None:
    if kind == ScopeKind.PARTY:
        find(Party, ref)
        return
    record = Record.objects.filter(ref=ref).first()
    if record is None:
        raise UnknownReference("record", ref)
    if kind != ScopeKind.RECORD and record.kind != kind:
        raise BadArgument("over_ref", "choice", ref)


def _with_review(basis: Basis, arguments: Arguments, today: date) -> Basis:
    """A hold is looked at again within ten working days; it neither lapses nor stays unseen."""
    review = date.fromisoformat(str(arguments["review_on"]))
    soon = today <= review and working_days(today, review, closed_days("UA")) <= REVIEW_WORKING_DAYS_MAX
    return basis if soon else basis.with_failed({"review_soon": review.isoformat()})


def _basis(kind: str, ref: str, barred: frozenset[str]) -> Basis:
    """Who has a say over the scope: the parties of every agreement that it touches."""
    agreements = agreements_concerned(kind, ref)
    recipients = frozenset(row.recipient.ref for row in agreements)
    approving = frozenset(row.approving_party.ref for row in agreements)
    holder = _holder(kind, ref, agreements)
    parties = frozenset(
        {holder.ref, *recipients, *approving}.union(
            *(row.parties.values_list("party__ref", flat=True) for row in agreements)
        )
    )
    return Basis(
        situation=Situation(
            owner=holder.ref,
            parties=parties,
            more_approving=approving,
            more_recipient=recipients or frozenset({holder.ref}),
            barred=barred,
        ),
        ref=ref or EVERYTHING,
        holder=holder,
        facts={
            "approving_parties": cast("list[Canonical]", sorted(approving)),
            "recipients": cast("list[Canonical]", sorted(recipients or {holder.ref})),
        },
    )


def _holder(kind: str, ref: str, agreements: list[Agreement]) -> Party:
    if kind == ScopeKind.PARTY:
        return find(Party, ref)
    if kind != ScopeKind.SYSTEM:
        return Record.objects.select_related("holder_party").get(ref=ref).holder_party
    if agreements:
        return agreements[0].recipient
    party = Party.objects.order_by("ref").first()
    if party is None:
        raise UnknownReference("party", EVERYTHING)
    return party


def _place(execution: Execution) -> None:
    hold = Hold.objects.create(
        id=str(uuid.uuid4()),
        ref=f"HOLD-{execution.write.seq}",
        scope_kind=execution.text("over") or ScopeKind.SYSTEM.value,
        scope_ref=execution.text("over_ref"),
        cause=execution.text("cause"),
        reason=(execution.decision.reason or "").strip(),
        placed_by_id=execution.by_person,
        placed_at=execution.write.now,
        review_on=execution.day("review_on"),
        decision=execution.decision,
        log_seq=execution.write.seq,
    )
    execution.created["id"] = hold.id
    execution.created["ref"] = hold.ref
    execution.wrote("hold", hold.id)


def _hold(arguments: Arguments) -> Hold:
    found = Hold.objects.select_related("placed_by").filter(ref=arguments["hold"]).first()
    if found is None:
        raise UnknownReference("hold", str(arguments["hold"]))
    return found


def _release_basis(arguments: Arguments, today: date) -> Basis:
    return _lifting(arguments, whole=False)


def _release_all_basis(arguments: Arguments, today: date) -> Basis:
    return _lifting(arguments, whole=True)


def _lifting(arguments: Arguments, *, whole: bool) -> Basis:
    hold = _hold(arguments)
    if (hold.scope_kind == ScopeKind.SYSTEM) is not whole:
        raise BadArgument("hold", "choice", hold.ref)
    lifted = HoldRelease.objects.filter(hold=hold).exists()
    basis = _basis(hold.scope_kind, hold.scope_ref, frozenset({hold.placed_by.counts_as}))
    return basis.with_failed(
        {"hold_open": hold.ref} if lifted else {},
        {
            "hold": hold.ref,
            "cause": hold.cause,
            "placed_by": hold.placed_by.name,
            "placed_on": hold.placed_at.date().isoformat(),
            "hold_reason": hold.reason,
        },
    )


def _release(execution: Execution) -> None:
    """Steps are due later by the working days that the hold lay over them."""
    hold = _hold(execution.arguments)
    if HoldRelease.objects.filter(hold=hold).exists():
        raise AlreadyThere("hold", hold.ref)
    HoldRelease.objects.create(
        hold=hold,
        released_at=execution.write.now,
        decision=execution.decision,
        log_seq=execution.write.seq,
    )
    execution.created["id"] = hold.id
    execution.wrote("hold", hold.id)
    for procedure in Procedure.objects.filter(tranche__record__state="in_procedure"):
        set_dates(procedure)


_WHY = (a.choice("cause", CAUSES), a.day("review_on"))

register(Action("hold.place", (a.choice("over", SCOPES), a.ref("over_ref"), *_WHY), _place_basis, _place))
register(Action("hold.place_all", _WHY, _place_all_basis, _place))
register(Action("hold.release", (a.ref("hold"),), _release_basis, _release))
register(Action("hold.release_all", (a.ref("hold"),), _release_all_basis, _release))
