"""Carrying out a decision: the re-check over live rows, then the writes, then its log entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tranche.actions import content as contents
from tranche.actions.execution import Execution
from tranche.actions.notices import tell_ended, tell_executed
from tranche.actions.people import deed_of_proposal, proposers_of, standing_grant
from tranche.actions.policy import in_force, policy_sha256, refuse_if_unapproved
from tranche.actions.registry import Action, Arguments, Basis, find
from tranche.actions.scopes import refuse_if_held
from tranche.kernel.approval import ApprovalView, Quorum, quorum_for
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger_errors import LedgerError
from tranche.kernel.lifecycle import Facts, LifecycleError, Role, Transition
from tranche.kernel.lifecycle import check as check_row
from tranche.kernel.methods import Method, counted, methods_for
from tranche.kernel.money import AmountError
from tranche.kernel.policy import Actor, Deed, Denied, Deny, Situation, conflicts, covers, decide
from tranche.kernel.refusals import NotAllowed, Refusal
from tranche.ledger.written import MANY, left_behind
from tranche.log.append import append
from tranche.models import Approval, Credential, Decision, RoleGrant, open_about, window_of
from tranche.store.write import WriteTx

UNREADABLE: Final = (Refusal, LifecycleError, LedgerError, AmountError)
OTHERS_MAX: Final = 100
"""So many decisions that rest on a moved record end with it; more of them end when they are next opened."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision beside the world of now; `changed` names what differs from what was hashed.

    `proposers` are whom the proposal counts for: the person and, under a lent grant, its lender.
    """

    action: Action
    arguments: Arguments
    basis: Basis
    row: Transition | None
    changed: tuple[str, ...]
    proposers: frozenset[str]

    def stands(self) -> Transition:
        """The row under which the decision may go on; only what has not changed has one."""
        assert self.row is not None
        return self.row


def check(decision: Decision, now: datetime) -> Checked:
    """Rebuild the content from live rows and compare it with the stored bytes."""
    stored: dict[str, Any] = contents.content_of(decision)
    action = find(decision.action)
    arguments: Arguments = stored["arguments"]
    basis = action.basis(arguments, now.date())
    changed = contents.changed_fields(stored, contents.body(action, arguments, basis, decision.reason))
    if decision.policy_sha256 != policy_sha256():
        changed = (*changed, "policy")
    if now >= min(decision.expires_at, datetime.fromisoformat(stored["expires_at"])):
        changed = (*changed, "expired")
    row = None if changed else action.row(basis)
    return Checked(action, arguments, basis, row, changed, proposers_of(decision))


def void_if_changed(decision: Decision, write: WriteTx) -> Checked:
    """The check; where it finds a difference the decision ends as void (or expired) in this transaction."""
    checked = check(decision, write.now)
    if checked.changed:
        state, kind = (
            ("expired", "decision.expire") if "expired" in checked.changed else ("void", "decision.void")
        )
        end(decision, state, ", ".join(checked.changed), kind, decision.proposer_person_id, write)
    return checked


def quorum_of(decision: Decision, checked: Checked, now: datetime) -> Quorum:
    """The quorum as it stands now, from the role under which the proposer acted and what adds up with it."""
    grant = RoleGrant.objects.get(pk=decision.proposer_grant_id)
    return quorum_for(
        checked.stands().quorum,
        Role(grant.role),
        checked.basis.amount,
        checked.basis.situation,
        in_force(),
        window_of(
            checked.basis.subjects,
            decision.action,
            now - timedelta(days=in_force().window_days),
            decision.log_seq,
            "default",
        ),
    )


def standing_approvals(
    decision: Decision, checked: Checked, quorum: Quorum, now: datetime
) -> tuple[ApprovalView, ...]:
    """The approvals given, each with whether its grant, its key and its method hold now.

    No deed may have come in its way. An approval whose giver turned out to be the proposer, or one who gets
    power by it, stands no more. What was taken back is left out.
    """
    rows = Approval.objects.filter(decision=decision, verdict="approve", revoked__isnull=True)
    situation = checked.basis.situation
    excluded = checked.proposers | situation.empowered | situation.barred | situation.interested
    ordered = list(rows.select_related("person").order_by("made_at", "id"))
    by_method = counted([row.method for row in ordered], _methods(checked, quorum))
    return tuple(
        _view(row, situation, excluded, now, counts=counts)
        for row, counts in zip(ordered, by_method, strict=True)
    )


def _view(
    row: Approval, situation: Situation, excluded: frozenset[str], now: datetime, *, counts: bool
) -> ApprovalView:
    grant = standing_grant(row.grant_id, now)
    view = ApprovalView(
        person=row.person.counts_as,
        role=Role(row.role),
        party=row.party_ref,
        standing=True,
        delegator=grant.delegator if grant else "",
    )
    stands = (
        counts
        and not _key_revoked(row)
        and grant is not None
        and covers(grant, situation)
        and not view.persons & excluded
        and not conflicts(view.persons, situation, Deed.APPROVED)
    )
    return view._replace(standing=stands)


def _key_revoked(row: Approval) -> bool:
    """What a lost key signed and nobody carried out yet counts no more."""
    if row.credential_id is None:
        return False
    return not Credential.objects.filter(handle=row.credential_id, revoked_at=None).exists()


def _methods(checked: Checked, quorum: Quorum) -> frozenset[Method]:
    return methods_for(checked.action.name, checked.stands().tags, quorum, in_force())


def open_methods(decision: Decision, checked: Checked, quorum: Quorum) -> frozenset[Method]:
    """The ways in which one more approval would count now."""
    allowed = _methods(checked, quorum)
    rows = Approval.objects.filter(decision=decision, verdict="approve", revoked__isnull=True)
    given = list(rows.order_by("made_at", "id").values_list("method", flat=True))
    return frozenset(method for method in allowed if counted([*given, method.value], allowed)[-1])


def may_execute(decision: Decision, checked: Checked, by: Actor, now: datetime) -> str:
    """The grant under which this person may execute; raises NotAllowed, for approvers of it above all."""
    executor = checked.stands().executor
    if executor is None:  # the last approval carries it out; no page asks for this
        raise NotAllowed("decision.execute", Deny(Denied.NO_ROLE))
    given = standing_approvals(decision, checked, quorum_of(decision, checked, now), now)
    allowed = decide(by, decision.action, frozenset({executor}), checked.basis.situation, Deed.PAID, now)
    if isinstance(allowed, Deny):
        raise NotAllowed("decision.execute", allowed)
    acts_as = by.stands_for(allowed.grant)
    if any(acts_as & approval.persons for approval in given):
        raise NotAllowed("decision.execute", Deny(Denied.CONFLICT, frozenset({Deed.APPROVED})))
    return allowed.grant.id


def recheck(decision: Decision, checked: Checked, now: datetime) -> None:
    """What was asked of the proposal, asked again where time has passed; raises what the proposal would."""
    action, basis = checked.action, checked.basis
    refuse_if_unapproved(action.name)
    check_row(checked.stands(), Facts(basis.evidence, basis.failed))
    refuse_if_held(checked.stands(), checked.arguments, basis)
    held = standing_grant(decision.proposer_grant_id, now)
    if decision.proposer_grant_id is not None and (held is None or not covers(held, basis.situation)):
        raise NotAllowed(action.name, Deny(Denied.PROPOSER_GONE))
    deed = basis.deed or deed_of_proposal(action.name)
    in_the_way = conflicts(checked.proposers, basis.situation, deed)
    if in_the_way:
        raise NotAllowed(action.name, Deny(Denied.CONFLICT, in_the_way))
    if checked.proposers & basis.situation.interested:
        raise NotAllowed(action.name, Deny(Denied.INTEREST))


def run(
    decision: Decision, checked: Checked, write: WriteTx, executor: tuple[Actor, str] | None = None
) -> None:
    """Apply the action, end the decision as executed, tell who must know and append the log entry last.

    Everything was asked in this transaction: by the proposal that needs nobody else, or by `recheck`.
    """
    action, basis, row = checked.action, checked.basis, checked.stands()
    execution = Execution(
        write=write,
        decision=decision,
        arguments=checked.arguments,
        basis=basis,
        row=row,
        by_person=executor[0].person if executor else decision.proposer_person_id,
        by_login=executor[0].login if executor else decision.proposer_login_id,
        by_grant=executor[1] if executor else decision.proposer_grant_id,
    )
    action.apply(execution)
    _end_row(decision, "executed", None, write)
    tell_executed(execution, executor[0].person if executor else "")
    fields = contents.log_fields(decision, state=row.target)
    fields |= contents.approval_fields(decision)
    fields |= _rows(execution) | execution.logged
    append(
        write,
        kind=action.name,
        actor=execution.by_person,
        object_type="record" if basis.record or row.target else "register",
        object_id=execution.created.get("id") or (basis.record.id if basis.record else decision.id),
        fields=fields,
    )
    _void_others(decision, basis, write)


def _rows(execution: Execution) -> dict[str, Canonical]:
    """The hash of what was left behind of each record; those of several stand in the order of their names."""
    basis = execution.basis
    also = execution.also_wrote | {(record.kind, record.id): record.ref for record in basis.records}
    rows = left_behind(execution.decision.id, execution.write.seq, also, execution.write.execute)
    refs = sorted(record.ref for record in basis.several)
    fields: dict[str, Canonical] = {"records": list[Canonical](refs)} if refs else {}
    many: dict[str, Canonical] = {MANY: [rows.pop(ref) for ref in refs]} if refs else {}
    return {**fields, "rows": {**rows, **many}}


def _void_others(decision: Decision, basis: Basis, write: WriteTx) -> None:
    """What rested on the record as it was ends now, and not when somebody next opens it."""
    moved = [record.ref for record in (*basis.several, basis.record) if record is not None]
    if not moved:
        return
    for other in open_about(moved, "default").exclude(pk=decision.pk)[:OTHERS_MAX]:
        try:
            void_if_changed(other, write)
        except UNREADABLE:  # what cannot even be rebuilt is told to who opens it, and stops nobody else
            continue


def end(
    decision: Decision,
    state: str,
    reason: str,
    kind: str,
    person: str,
    write: WriteTx,
    replaced_by: str | None = None,
) -> None:
    """End a decision without effect on its subject and log it."""
    _end_row(decision, state, reason, write, replaced_by)
    tell_ended(decision, state, person, write)
    fields = contents.log_fields(decision) | {"reason": reason} if reason else contents.log_fields(decision)
    append(write, kind=kind, actor=person, object_type="decision", object_id=decision.id, fields=fields)


def _end_row(
    decision: Decision, state: str, reason: str | None, write: WriteTx, replaced_by: str | None = None
) -> None:
    ended = Decision.objects.filter(pk=decision.pk, state="open").update(
        state=state, end_reason=reason, ended_at=write.now, replaced_by=replaced_by
    )
    assert ended == 1, "one open decision ends once"
    decision.state = state
