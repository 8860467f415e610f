"""Carrying out a decision: the re-check over live rows, then the writes, then its log entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tranche.actions import content as contents
from tranche.actions.execution import Execution
from tranche.actions.people import deed_of_proposal, grant_stands
from tranche.actions.policy import in_force, policy_sha256
from tranche.actions.registry import Action, Arguments, Basis, find
from tranche.kernel.approval import ApprovalView, Quorum, quorum_for
from tranche.kernel.lifecycle import Facts, Role, Transition
from tranche.kernel.lifecycle import check as check_row
from tranche.kernel.methods import Method, counted, methods_for
from tranche.kernel.policy import Actor, Deed, Denied, Deny, conflicts, decide
from tranche.kernel.refusals import NotAllowed
from tranche.log.append import append
from tranche.models import Approval, Credential, Decision, RoleGrant
from tranche.store.write import WriteTx


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision beside the world of now; `changed` names what differs from what was hashed."""

    action: Action
    arguments: Arguments
    basis: Basis
    row: Transition | None
    changed: tuple[str, ...]

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
    if decision.policy_sha256 != policy_sha256(in_force()):
        changed = (*changed, "policy")
    if now >= decision.expires_at:
        changed = (*changed, "expired")
    row = None if changed else action.row(basis.state)
    return Checked(action, arguments, basis, row, changed)


def void_if_changed(decision: Decision, write: WriteTx) -> Checked:
    """The check; where it finds a difference the decision ends as void (or expired) in this transaction."""
    checked = check(decision, write.now)
    if checked.changed:
        state, kind = (
            ("expired", "decision.expire") if "expired" in checked.changed else ("void", "decision.void")
        )
        end(decision, state, ", ".join(checked.changed), kind, decision.proposer_person_id, write)
    return checked


def quorum_of(decision: Decision, checked: Checked) -> Quorum:
    """The quorum as it stands now, from the role under which the proposer acted."""
    grant = RoleGrant.objects.get(pk=decision.proposer_grant_id)
    return quorum_for(
        checked.stands().quorum,
        Role(grant.role),
        checked.basis.amount,
        checked.basis.situation,
        in_force(),
    )


def standing_approvals(decision: Decision, checked: Checked, now: datetime) -> tuple[ApprovalView, ...]:
    """The approvals given, each with whether its grant, its key and its method hold now.

    No deed may have come in its way either.
    """
    rows = Approval.objects.filter(decision=decision, verdict="approve").order_by("made_at", "id")
    by_method = counted([row.method for row in rows], _methods(checked, quorum_of(decision, checked)))
    return tuple(
        ApprovalView(
            person=row.person_id,
            role=Role(row.role),
            party=row.party_ref,
            standing=counts
            and grant_stands(row.grant_id, now)
            and not _key_revoked(row)
            and not conflicts(row.person_id, checked.basis.situation, Deed.APPROVED),
        )
        for row, counts in zip(rows, by_method, strict=True)
    )


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
    rows = Approval.objects.filter(decision=decision, verdict="approve").order_by("made_at", "id")
    given = list(rows.values_list("method", flat=True))
    return frozenset(method for method in allowed if counted([*given, method.value], allowed)[-1])


def may_execute(decision: Decision, checked: Checked, by: Actor, now: datetime) -> str:
    """The grant under which this person may execute; raises NotAllowed, for approvers of it above all."""
    executor = checked.stands().executor
    assert executor is not None
    approved_this = Approval.objects.filter(
        decision=decision, person_id=by.person, verdict="approve"
    ).exists()
    allowed = decide(by, decision.action, frozenset({executor}), checked.basis.situation, Deed.PAID, now)
    if isinstance(allowed, Deny):
        raise NotAllowed("decision.execute", allowed)
    if approved_this:
        raise NotAllowed("decision.execute", Deny(Denied.CONFLICT, frozenset({Deed.APPROVED})))
    return allowed.grant.id


def run(
    decision: Decision,
    action: Action,
    arguments: Arguments,
    basis: Basis,
    row: Transition,
    write: WriteTx,
    executor: tuple[Actor, str] | None = None,
) -> None:
    """Apply the action, end the decision as executed and append the action's log entry, in this order."""
    check_row(row, Facts(basis.evidence, basis.failed))
    _check_proposer(decision, action, basis, write.now)
    execution = Execution(
        write=write,
        decision=decision,
        arguments=arguments,
        basis=basis,
        row=row,
        by_person=executor[0].person if executor else decision.proposer_person_id,
        by_login=executor[0].login if executor else decision.proposer_login_id,
        by_grant=executor[1] if executor else decision.proposer_grant_id,
    )
    action.apply(execution)
    _end_row(decision, "executed", None, write)
    fields = contents.log_fields(decision, state=row.target)
    fields |= contents.approval_fields(decision)
    append(
        write,
        kind=action.name,
        actor=execution.by_person,
        object_type="record" if basis.record or row.target else "register",
        object_id=execution.created.get("id") or (basis.record.id if basis.record else decision.id),
        fields=fields,
    )


def _check_proposer(decision: Decision, action: Action, basis: Basis, now: datetime) -> None:
    """The proposer still holds the grant, and did nothing meanwhile that excludes this deed."""
    grant, person = decision.proposer_grant_id, decision.proposer_person_id
    if grant is not None and not grant_stands(grant, now):
        raise NotAllowed(action.name, Deny(Denied.PROPOSER_GONE))
    in_the_way = conflicts(person, basis.situation, deed_of_proposal(action.name))
    if in_the_way:
        raise NotAllowed(action.name, Deny(Denied.CONFLICT, in_the_way))


def end(decision: Decision, state: str, reason: str, kind: str, person: str, write: WriteTx) -> None:
    """End a decision without effect on its subject and log it."""
    _end_row(decision, state, reason, write)
    fields = contents.log_fields(decision) | {"reason": reason} if reason else contents.log_fields(decision)
    append(write, kind=kind, actor=person, object_type="decision", object_id=decision.id, fields=fields)


def _end_row(decision: Decision, state: str, reason: str | None, write: WriteTx) -> None:
    ended = Decision.objects.filter(pk=decision.pk, state="open").update(
        state=state, end_reason=reason, ended_at=write.now
    )
    assert ended == 1, "one open decision ends once"
    decision.state = state
