"""Decisions: propose, approve, reject, execute; the one way in for every write of the register.

A write that needs nobody else is executed by its proposal. Everything that approvers rely on is under the
decision's hash and is built again from live rows before anything happens.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tranche.actions import content as contents
from tranche.actions.arguments import parse_arguments
from tranche.actions.attestation import Attestation, use_up
from tranche.actions.carry_out import (
    Checked,
    end,
    may_execute,
    open_methods,
    quorum_of,
    recheck,
    run,
    standing_approvals,
    void_if_changed,
)
from tranche.actions.carry_out import check as check_content
from tranche.actions.decision_ends import Outcome, check_reason, open_decision, outcome_of, replace
from tranche.actions.notices import tell_executor, tell_waiting
from tranche.actions.outbox import settle
from tranche.actions.people import actor_of, deed_of_proposal
from tranche.actions.policy import in_force, refuse_if_unapproved
from tranche.actions.recovery import refuse_before_notice
from tranche.actions.registry import Action, Basis, find
from tranche.actions.scopes import refuse_if_held
from tranche.actions.slots import ask, ask_more
from tranche.actions.statements import insert_approval, statement_of
from tranche.kernel.approval import (
    Missing,
    Quorum,
    Ready,
    decision_hash,
    evaluate,
    may_approve,
    quorum_for,
)
from tranche.kernel.calendar import add_working_days
from tranche.kernel.canonical import encode
from tranche.kernel.lifecycle import Facts, Transition, check
from tranche.kernel.methods import Method
from tranche.kernel.policy import Actor, Denied, Deny, Grant, decide
from tranche.kernel.reasons import REASONED
from tranche.kernel.refusals import (
    BadArgument,
    DecisionNotReady,
    EvidenceNotStored,
    HashDiffers,
    MethodRefused,
    NotAllowed,
)
from tranche.log.append import append
from tranche.models import Approval, Decision, DecisionSubject, window_of
from tranche.store import evidence as evidence_store
from tranche.store.write import WriteTx, write_transaction

EXPIRY_WORKING_DAYS = 14
VERDICTS = ("approve", "reject")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a proposal would say, before anything is written: for the check-your-answers page."""

    content: Mapping[str, object]
    quorum: Quorum
    basis: Basis
    row: Transition


def preview(
    *, action: str, arguments: Mapping[str, object], reason: str | None = None, by: Actor, now: datetime
) -> Preview:
    """Everything a proposal checks, without writing; raises what `propose` would raise."""
    known = find(action)
    parsed = parse_arguments(known.arguments, arguments)
    basis, row, quorum, _ = _authorise(known, parsed, reason, by, now)
    return Preview(contents.body(known, parsed, basis, reason), quorum, basis, row)


def propose(
    *,
    action: str,
    arguments: Mapping[str, object],
    reason: str | None = None,
    replaces: str | None = None,
    key: str,
    by: Actor,
) -> Outcome:
    """Ask for a write; executed at once where nobody else has to agree, else it waits for its approvers.

    One's own open decision may be replaced: it ends in the same transaction and names its successor. Raises
    a Refusal or LifecycleError with nothing written; the same key again gives the first outcome.
    """
    known = find(action)
    parsed = parse_arguments(known.arguments, arguments)
    _check_stored(parsed)

    def act(write: WriteTx) -> None:
        fresh = actor_of(by.login, by.via)
        identifier = str(uuid.uuid4())
        if replaces is not None:
            replace(replaces, identifier, fresh, write)
        basis, row, quorum, grant = _authorise(known, parsed, reason, fresh, write.now)
        decision = _insert(identifier, known, parsed, basis, fresh, grant.id, reason, write)
        if quorum.approvals == 0 and not row.executor:
            run(decision, Checked(known, parsed, basis, row, (), fresh.stands_for(grant)), write)
        else:
            proposers = fresh.stands_for(grant)
            ask(decision, quorum, row.executor, basis.situation, proposers)
            tell_waiting(decision, quorum, proposers, write)
            append(
                write,
                kind="decision.propose",
                actor=fresh.person,
                object_type="decision",
                object_id=decision.id,
                fields=contents.log_fields(decision, basis),
            )

    request = {"act": "propose", "action": action, "arguments": parsed, "by": by.login, "reason": reason}
    if replaces is not None:
        request["replaces"] = replaces
    receipt = write_transaction(key=key, request=request, act=act)
    decision = Decision.objects.get(idempotency_key=key)
    return outcome_of(decision, receipt.log_seq, replayed=receipt.replayed)


def approve(
    *,
    decision_id: str,
    shown_hash: str,
    verdict: str,
    reason: str | None = None,
    attestation: Attestation,
    key: str,
    by: Actor,
) -> Outcome:
    """Give one person's verdict over the hash that was shown; the last approval executes the decision.

    A verdict of `reject` needs a reason and ends the decision. Raises a Refusal with nothing written, except
    that a decision whose content changed is recorded as void.
    """
    if verdict not in VERDICTS:
        raise BadArgument("verdict", "choice", verdict)
    if verdict == "reject":
        check_reason(reason)
    given = _Verdict(shown_hash, verdict, reason, attestation, by)
    changed: list[str] = []
    request = {
        "act": "approve",
        "by": by.login,
        "decision": decision_id,
        "hash": shown_hash,
        "reason": reason,
        "verdict": verdict,
    }

    def act(write: WriteTx) -> None:
        decision = open_decision(decision_id)
        _check_shown(decision, given)
        checked = void_if_changed(decision, write)
        changed.extend(checked.changed)
        if not changed:
            _give(decision, checked, given, write)

    receipt = write_transaction(key=key, request=request, act=act)
    contents.raise_if_changed(changed)
    return outcome_of(Decision.objects.get(pk=decision_id), receipt.log_seq, replayed=receipt.replayed)


def statement_to_sign(
    *, decision_id: str, verdict: str, reason: str | None, by: Actor, now: datetime
) -> bytes:
    """What a key has to sign for this verdict; raises what `approve` would raise, and writes nothing."""
    if verdict not in VERDICTS:
        raise BadArgument("verdict", "choice", verdict)
    if verdict == "reject":
        check_reason(reason)
    decision = open_decision(decision_id)
    if verdict == "approve":
        refuse_before_notice(decision, now)
    checked = check_content(decision, now)
    contents.raise_if_changed(checked.changed)
    quorum = quorum_of(decision, checked, now)
    before = standing_approvals(decision, checked, quorum, now)
    situation, amount = checked.basis.situation, checked.basis.amount
    allowed = may_approve(by, quorum, before, checked.proposers, situation, amount, now)
    if isinstance(allowed, Deny):
        raise NotAllowed("approval.give", allowed)
    return statement_of(
        decision, by, allowed.grant, verdict=verdict, reason=reason, method=Method.KEY.value, now=now
    )


@dataclass(frozen=True, slots=True)
class _Verdict:
    shown_hash: str
    verdict: str
    reason: str | None
    attestation: Attestation
    by: Actor


def _check_shown(decision: Decision, given: _Verdict) -> None:
    if bytes(decision.hash).hex() != given.shown_hash:
        raise HashDiffers
    if given.attestation.login != given.by.login or not given.attestation.has_its_proof:
        raise MethodRefused(given.attestation.method)


def _give(decision: Decision, checked: Checked, given: _Verdict, write: WriteTx) -> None:
    """Record the verdict; the last one that is wanted carries the decision out."""
    by = actor_of(given.by.login, given.by.via)
    if given.verdict == "approve":
        refuse_before_notice(decision, write.now)
        refuse_if_held(checked.stands(), checked.arguments, checked.basis)
    _refuse_if_taken_back(decision, by)
    quorum = quorum_of(decision, checked, write.now)
    if ask_more(decision, quorum):
        tell_waiting(decision, quorum, checked.proposers, write)
    before = standing_approvals(decision, checked, quorum, write.now)
    situation, amount = checked.basis.situation, checked.basis.amount
    allowed = may_approve(by, quorum, before, checked.proposers, situation, amount, write.now)
    if isinstance(allowed, Deny):
        raise NotAllowed("approval.give", allowed)
    if given.verdict == "approve" and given.attestation.method not in open_methods(decision, checked, quorum):
        raise MethodRefused(given.attestation.method)
    use_up(given.attestation)
    insert_approval(
        decision,
        by,
        allowed.grant,
        verdict=given.verdict,
        reason=given.reason,
        attestation=given.attestation,
        write=write,
    )
    if given.verdict == "reject":
        end(decision, "rejected", given.reason or "", "decision.reject", by.person, write)
        return
    settle([decision.id], write.now, person=by.person)
    ready = isinstance(evaluate(quorum, standing_approvals(decision, checked, quorum, write.now)), Ready)
    row = checked.stands()
    if ready and row.executor is not None:
        tell_executor(decision, row.executor, checked.basis.situation.owner, write)
    append(
        write,
        kind="approval.give",
        actor=by.person,
        object_type="decision",
        object_id=decision.id,
        fields=contents.approval_fields(decision),
    )
    if ready and row.executor is None:
        recheck(decision, checked, write.now)
        run(decision, checked, write)


def execute(*, decision_id: str, key: str, by: Actor) -> Outcome:
    """Carry out an approved decision that waits for its executor: the payer releases the order."""
    changed: list[str] = []

    def act(write: WriteTx) -> None:
        decision = open_decision(decision_id)
        checked = void_if_changed(decision, write)
        changed.extend(checked.changed)
        if changed:
            return
        fresh = actor_of(by.login, by.via)
        grant = may_execute(decision, checked, fresh, write.now)
        quorum = quorum_of(decision, checked, write.now)
        views = standing_approvals(decision, checked, quorum, write.now)
        match evaluate(quorum, views):
            case Missing(slots):
                raise DecisionNotReady(sum(slot.wanted for slot in slots))
            case Ready():
                recheck(decision, checked, write.now)
                run(decision, checked, write, executor=(fresh, grant))

    request = {"act": "execute", "by": by.login, "decision": decision_id}
    receipt = write_transaction(key=key, request=request, act=act)
    contents.raise_if_changed(changed)
    return outcome_of(Decision.objects.get(pk=decision_id), receipt.log_seq, replayed=receipt.replayed)


def _refuse_if_taken_back(decision: Decision, by: Actor) -> None:
    taken = Approval.objects.select_related("person").filter(decision=decision, revoked__isnull=False)
    if any(given.person.counts_as == by.person for given in taken):
        raise NotAllowed("approval.give", Deny(Denied.TAKEN_BACK))


def _authorise(
    action: Action, arguments: Mapping[str, object], reason: str | None, by: Actor, now: datetime
) -> tuple[Basis, Transition, Quorum, Grant]:
    if action.name in REASONED:
        check_reason(reason)
    refuse_if_unapproved(action.name)
    basis = action.basis(arguments, now.date())  # type: ignore[arg-type]  # parsed arguments are canonical
    row = action.row(basis)
    check(row, Facts(basis.evidence, basis.failed))
    deed = basis.deed or deed_of_proposal(action.name)
    allowed = decide(by, action.name, row.roles, basis.situation, deed, now)
    if isinstance(allowed, Deny):
        raise NotAllowed(action.name, allowed)
    refuse_if_held(row, arguments, basis)  # type: ignore[arg-type]  # as above
    policy = in_force()
    since = now - timedelta(days=policy.window_days)
    window = window_of(basis.subjects, action.name, since, None, "default")
    quorum = quorum_for(row.quorum, allowed.grant.role, basis.amount, basis.situation, policy, window)
    return basis, row, quorum, allowed.grant


def _insert(
    identifier: str,
    action: Action,
    arguments: Mapping[str, object],
    basis: Basis,
    by: Actor,
    grant: str,
    reason: str | None,
    write: WriteTx,
) -> Decision:
    expires = write.now + timedelta(
        days=(add_working_days(write.now.date(), EXPIRY_WORKING_DAYS, frozenset()) - write.now.date()).days
    )
    envelope = contents.envelope(
        contents.body(action, arguments, basis, reason), identifier, by.person, grant, expires
    )
    raw = encode(envelope)
    decision = Decision.objects.create(
        id=identifier,
        action=action.name,
        content=raw,
        hash=decision_hash(raw),
        policy_sha256=envelope["policy"],
        nonce=envelope["nonce"],
        state="open",
        proposer_person_id=by.person,
        proposer_login_id=by.login,
        proposer_grant_id=grant,
        via=by.via,
        reason=reason,
        created_at=write.now,
        expires_at=expires,
        amount_minor=basis.amount.amount_minor if basis.amount else None,
        currency=basis.amount.currency if basis.amount else None,
        record_id=basis.record.id if basis.record else None,
        idempotency_key=write.key,
        log_seq=write.seq,
    )
    DecisionSubject.objects.bulk_create(
        DecisionSubject(decision=decision, subject=subject, amount_minor=basis.parts.get(subject))
        for subject in sorted(basis.subjects)
    )
    return decision


def _check_stored(arguments: Mapping[str, object]) -> None:
    for row in arguments.get("evidence", ()):  # type: ignore[attr-defined]  # parsed: a list of documents
        if evidence_store.size(row["sha256"]) != row["size_bytes"]:
            raise EvidenceNotStored(row["sha256"])
