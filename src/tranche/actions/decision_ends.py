"""How a decision ends without effect: withdrawn or replaced by its proposer; and an approval taken back."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.actions import content as contents
from tranche.actions.carry_out import end
from tranche.actions.people import counted
from tranche.actions.recovery import may_stop
from tranche.kernel.canonical import Canonical
from tranche.kernel.policy import Actor
from tranche.kernel.refusals import (
    DecisionNotOpen,
    NotYours,
    ReasonWanted,
    UnknownReference,
)
from tranche.log.append import append
from tranche.models import Approval, ApprovalRevoked, Decision
from tranche.store.write import WriteTx, write_transaction

REASON_LENGTHS = (10, 2_000)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: the decision, its state, the record it made or moved, its log entry."""

    decision_id: str
    state: str
    ref: str
    log_seq: int
    replayed: bool


def outcome_of(decision: Decision, log_seq: int, *, replayed: bool) -> Outcome:
    return Outcome(decision.id, decision.state, contents.ref_of(decision), log_seq, replayed)


def open_decision(decision_id: str) -> Decision:
    """The decision while it is open; raises UnknownReference or DecisionNotOpen."""
    decision = Decision.objects.filter(pk=decision_id).first()
    if decision is None:
        raise UnknownReference("decision", decision_id)
    if decision.state != "open":
        raise DecisionNotOpen(decision.state)
    return decision


def check_reason(reason: str | None) -> None:
    """Raise ReasonWanted for a reason that is missing, too short or too long."""
    shortest, longest = REASON_LENGTHS
    if not reason or not shortest <= len(reason.strip()) <= longest:
        raise ReasonWanted


def withdraw(*, decision_id: str, reason: str, key: str, by: Actor) -> Outcome:
    """Take back one's own proposal while it is open; a recovery is stopped by anyone named for it."""
    check_reason(reason)

    def act(write: WriteTx) -> None:
        decision = open_decision(decision_id)
        if counted([decision.proposer_person_id]) != {by.person} and not may_stop(decision, by.person):
            raise NotYours
        end(decision, "withdrawn", reason, "decision.withdraw", by.person, write)

    request = {"act": "withdraw", "by": by.login, "decision": decision_id, "reason": reason}
    receipt = write_transaction(key=key, request=request, act=act)
    return outcome_of(Decision.objects.get(pk=decision_id), receipt.log_seq, replayed=receipt.replayed)


def revoke(*, decision_id: str, key: str, by: Actor) -> Outcome:
    """Take back one's own approval before the decision is carried out; final for this decision."""

    def act(write: WriteTx) -> None:
        decision = open_decision(decision_id)
        rows = Approval.objects.select_related("person").filter(
            decision=decision, verdict="approve", revoked__isnull=True
        )
        given = next((row for row in rows if row.person.counts_as == by.person), None)
        if given is None:
            raise NotYours
        ApprovalRevoked.objects.create(approval=given, made_at=write.now, log_seq=write.seq)
        append(
            write,
            kind="approval.revoke",
            actor=by.person,
            object_type="decision",
            object_id=decision.id,
            fields=contents.approval_fields(decision),
        )

    request: dict[str, Canonical] = {"act": "revoke", "by": by.login, "decision": decision_id}
    receipt = write_transaction(key=key, request=request, act=act)
    return outcome_of(Decision.objects.get(pk=decision_id), receipt.log_seq, replayed=receipt.replayed)


def replace(decision_id: str, successor: str, by: Actor, write: WriteTx) -> None:
    """End one's own open decision for the sake of its successor; raises NotYours."""
    decision = open_decision(decision_id)
    if counted([decision.proposer_person_id]) != {by.person}:
        raise NotYours
    end(decision, "withdrawn", "", "decision.replace", by.person, write, replaced_by=successor)
