"""What a request touches, from the record up to agreements and parties: where a hold would stop it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from django.db.models import Q

from tranche.actions.funds import agreement_of
from tranche.actions.registry import Arguments, Basis
from tranche.kernel.canonical import Canonical
from tranche.kernel.holds import HoldView, Scope, ScopeKind, can_be_stopped, in_the_way
from tranche.kernel.lifecycle import Role, Transition
from tranche.kernel.policy import ANYBODY, Situation
from tranche.kernel.refusals import Held, UnknownReference
from tranche.models import (
    Advance,
    Agreement,
    Contract,
    FundRule,
    Lot,
    Milestone,
    Party,
    Payee,
    Payment,
    Programme,
    Record,
    RoleGrant,
    Step,
    Tranche,
    open_holds,
)


def refuse_if_held(row: Transition, arguments: Arguments, basis: Basis) -> None:
    """Raise Held where an open hold lies over what an action of this kind would touch."""
    if not can_be_stopped(row):
        return
    holds = [HoldView(hold.ref, Scope(hold.scope_kind, hold.scope_ref)) for hold in open_holds("default")]
    if not holds:
        return
    hold = in_the_way(row, holds, scopes_of(arguments, basis))
    if hold is not None:
        raise Held(hold.ref, hold.scope.ref)


def scopes_of(arguments: Arguments, basis: Basis) -> frozenset[Scope]:
    """Every record that the request names with all that it belongs to, and the parties concerned."""
    named = {basis.ref, basis.holder.ref, *basis.situation.parties, *_texts(list(arguments.values()))}
    return climb(named)


def _texts(values: Iterable[Canonical]) -> set[str]:
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, Mapping):
            found |= _texts(list(value.values()))
        elif isinstance(value, list):
            found |= _texts(value)
    return found


def climb(refs: Collection[str]) -> frozenset[Scope]:
    """The records, funds and parties with these references, and upwards whatever they belong to."""
    found: set[Scope] = set()
    seen: set[str] = set()
    todo = set(refs)
    while todo:
        seen |= todo
        above = _funds_above(todo)
        for record in Record.objects.filter(ref__in=todo):
            found |= _scopes(record)
            above |= _ABOVE.get(record.kind, _nothing)(record.ref)
        found |= {
            Scope(ScopeKind.PARTY, ref)
            for ref in Party.objects.filter(ref__in=todo).values_list("ref", flat=True)
        }
        todo = above - seen
    return frozenset(found)


def _scopes(record: Record) -> set[Scope]:
    own = {Scope(ScopeKind.RECORD, record.ref)}
    return own | {Scope(record.kind, record.ref)} if record.kind in ("agreement", "programme") else own


def _funds_above(refs: Collection[str]) -> set[str]:
    """The agreements of pools, funds and advances among the references."""
    pools = Agreement.objects.filter(pool_ref__in=refs)
    rules = FundRule.objects.filter(fund__in=refs)
    advances = Advance.objects.filter(ref__in=refs)
    return {
        *pools.values_list("ref", flat=True),
        *rules.values_list("agreement__ref", flat=True),
        *advances.values_list("agreement__ref", flat=True),
        *advances.values_list("party__ref", flat=True),
    }


def _of_funding(ref: str) -> set[str]:
    try:
        return {agreement_of(ref).ref} if ref else set()
    except UnknownReference:
        return set()


def _nothing(_ref: str) -> set[str]:
    return set()


def _agreement(ref: str) -> set[str]:
    row = Agreement.objects.select_related("approving_party", "recipient").get(ref=ref)
    return {*row.parties.values_list("party__ref", flat=True), row.approving_party.ref, row.recipient.ref}


def _tranche(ref: str) -> set[str]:
    row = Tranche.objects.select_related("agreement", "donor").get(ref=ref)
    return {row.agreement.ref, row.donor.ref}


def _step(ref: str) -> set[str]:
    row = Step.objects.select_related("procedure__tranche", "owner_party").get(ref=ref)
    return {row.procedure.tranche.ref, row.owner_party.ref}


def _programme(ref: str) -> set[str]:
    return {Programme.objects.select_related("holder").get(ref=ref).holder.ref}


def _contract(ref: str) -> set[str]:
    row = Contract.objects.select_related("programme", "supplier").get(ref=ref)
    return {row.programme.ref, row.supplier.ref} | _of_funding(row.funding_ref)


def _milestone(ref: str) -> set[str]:
    return {Milestone.objects.select_related("contract").get(ref=ref).contract.ref}


def _lot(ref: str) -> set[str]:
    contract = Lot.objects.select_related("contract").get(ref=ref).contract
    return {contract.ref} if contract else set()


def _payee(ref: str) -> set[str]:
    return {Payee.objects.select_related("party").get(ref=ref).party.ref}


def _payment(ref: str) -> set[str]:
    row = Payment.objects.select_related("contract", "milestone", "payee", "donor").get(ref=ref)
    above = (row.contract, row.milestone, row.payee, row.donor)
    return {found.ref for found in above if found is not None} | _of_funding(row.funding_ref)


_ABOVE: Final[Mapping[str, Callable[[str], set[str]]]] = {
    "agreement": _agreement,
    "tranche": _tranche,
    "step": _step,
    "programme": _programme,
    "contract": _contract,
    "milestone": _milestone,
    "lot": _lot,
    "payee": _payee,
    "payment": _payment,
}


def agreements_concerned(kind: str, ref: str) -> list[Agreement]:
    """The agreements whose parties have a say over a scope: all of them over the whole system."""
    rows = Agreement.objects.select_related("approving_party", "recipient")
    if kind == ScopeKind.SYSTEM:
        return list(rows.order_by("ref"))
    above = climb({ref, *_below(kind, ref)})
    named = {scope.ref for scope in above if scope.kind == ScopeKind.AGREEMENT}
    parties = {scope.ref for scope in above if scope.kind == ScopeKind.PARTY}
    concerned = Q(ref__in=named)
    if not named:
        concerned |= Q(parties__party__ref__in=parties) | Q(recipient__ref__in=parties)
    return list(rows.filter(concerned).distinct().order_by("ref"))


def both_sides(empowered: frozenset[str] = frozenset()) -> tuple[Situation, dict[str, Canonical]]:
    """Who approves what concerns the whole mechanism, with the facts that name them.

    These are the parties of every agreement; before there is one, those for which somebody approves.
    """
    rows = agreements_concerned(ScopeKind.SYSTEM, "")
    donor = {row.approving_party.ref for row in rows} or _approved_for(Role.DONOR_APPROVER)
    recipient = {row.recipient.ref for row in rows} or _approved_for(Role.RECIPIENT_APPROVER)
    situation = Situation(
        owner="",
        parties=frozenset(donor | recipient),
        more_approving=frozenset(donor),
        more_recipient=frozenset(recipient),
        holders=ANYBODY,
        empowered=empowered,
    )
    return situation, {
        "approving_parties": list[Canonical](sorted(donor)),
        "recipients": list[Canonical](sorted(recipient)),
    }


def _approved_for(role: Role) -> set[str]:
    held = RoleGrant.objects.filter(role=role.value, person__active=True)
    return set(held.values_list("party__ref", flat=True))


def _below(kind: str, ref: str) -> set[str]:
    """The contracts of a supplier, or of a programme: through them money of agreements is concerned."""
    if kind == ScopeKind.PARTY:
        return set(Contract.objects.filter(supplier__ref=ref).values_list("ref", flat=True))
    if kind == ScopeKind.PROGRAMME:
        return set(Contract.objects.filter(programme__ref=ref).values_list("ref", flat=True))
    return set()
