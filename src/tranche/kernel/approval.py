"""Quorums: whose approvals a decision needs, whether they are there, and the hash they stand over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tranche.kernel.lifecycle import QuorumKey, Role
from tranche.kernel.money import Money
from tranche.kernel.policy import (
    DONOR_SIDE,
    Actor,
    Allow,
    Deed,
    Denied,
    Deny,
    Policy,
    Situation,
    conflicts,
)

QUORUM_MIN = 2
"""Distinct natural persons behind every write tagged $, + or !; no parameter goes below it."""

DECISION_PREFIX = b"tranche/decision/v1\n"
APPROVAL_PREFIX = b"tranche/approval/v1\n"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Slot(NamedTuple):
    """Approvals wanted from one side: so many persons holding one of the roles for one of the parties."""

    roles: frozenset[Role]
    parties: frozenset[str]
    wanted: int


@dataclass(frozen=True, slots=True)
class Quorum:
    key: QuorumKey
    slots: tuple[Slot, ...]

    @property
    def approvals(self) -> int:
        return sum(slot.wanted for slot in self.slots)


class ApprovalView(NamedTuple):
    """One approval as the re-check sees it: `standing` is false when grant or person no longer hold."""

    person: str
    role: Role
    party: str
    standing: bool


class Ready(NamedTuple):
    """Every slot is filled."""


class Missing(NamedTuple):
    """The slots that still want approvals, with the count that is missing."""

    slots: tuple[Slot, ...]


def decision_hash(content: bytes) -> bytes:
    """SHA-256 over the canonical content of a decision (signoff note, section 1)."""
    return hashlib.sha256(DECISION_PREFIX + content).digest()


def statement_hash(statement: bytes) -> bytes:
    """SHA-256 over the canonical statement of an approver; the challenge of a later signature."""
    return hashlib.sha256(APPROVAL_PREFIX + statement).digest()


def short_code(digest: bytes) -> str:
    """The first 40 bits as 8 Crockford characters in two groups, the same on screen and paper."""
    bits = int.from_bytes(digest[:5], "big")
    characters = [CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5)]
    return "".join(characters[:4]) + " " + "".join(characters[4:])


def quorum_for(
    key: QuorumKey, proposer_role: Role, amount: Money | None, situation: Situation, policy: Policy
) -> Quorum:
    """The slots of a decision; QA turns into Q1 or QJ by its amount."""
    donor = frozenset({situation.approving}) | situation.more_approving
    recipient = frozenset({situation.recipient}) | situation.more_recipient
    match key:
        case QuorumKey.Q0:
            return Quorum(key, ())
        case QuorumKey.Q1:
            return Quorum(key, (_acting_side(proposer_role, donor, recipient),))
        case QuorumKey.QA if _above(amount, policy.limit_one_minor, policy):
            return quorum_for(QuorumKey.QJ, proposer_role, amount, situation, policy)
        case QuorumKey.QA:
            return Quorum(key, (_acting_side(proposer_role, donor, recipient),))
        case QuorumKey.QJ:
            each = 2 if amount and amount.currency == policy.currency and _is_large(amount, policy) else 1
            return Quorum(
                key,
                (
                    Slot(frozenset({Role.DONOR_APPROVER}), donor, each),
                    Slot(frozenset({Role.RECIPIENT_APPROVER}), recipient, each),
                ),
            )
        case QuorumKey.QS:
            others = (donor | recipient) - {situation.owner, ""}
            return Quorum(key, (Slot(frozenset({Role.DONOR_APPROVER, Role.RECIPIENT_APPROVER}), others, 1),))


def _is_large(amount: Money, policy: Policy) -> bool:
    return amount.amount_minor > policy.limit_two_minor


def _above(amount: Money | None, limit_minor: int, policy: Policy) -> bool:
    """An amount without a stated rate into the policy's currency counts as above limit one."""
    return amount is None or amount.currency != policy.currency or amount.amount_minor > limit_minor


def _acting_side(role: Role, donor: frozenset[str], recipient: frozenset[str]) -> Slot:
    if role is Role.AUDITOR:
        return Slot(frozenset({Role.DONOR_APPROVER, Role.RECIPIENT_APPROVER}), donor | recipient, 1)
    if role in DONOR_SIDE:
        return Slot(frozenset({Role.DONOR_APPROVER}), donor, 1)
    return Slot(frozenset({Role.RECIPIENT_APPROVER}), recipient, 1)


def evaluate(quorum: Quorum, approvals: Sequence[ApprovalView]) -> Ready | Missing:
    """Whether distinct persons fill every slot; approvals that no longer stand are left out."""
    persons: set[str] = set()
    missing: list[Slot] = []
    for slot in quorum.slots:
        filled = [a for a in approvals if a.standing and a.person not in persons and _fits(a, slot)]
        distinct = {approval.person for approval in filled}
        persons |= distinct
        if len(distinct) < slot.wanted:
            missing.append(slot._replace(wanted=slot.wanted - len(distinct)))
    return Missing(tuple(missing)) if missing else Ready()


def _fits(approval: ApprovalView, slot: Slot) -> bool:
    return approval.role in slot.roles and approval.party in slot.parties


def may_approve(
    actor: Actor,
    quorum: Quorum,
    approvals: Sequence[ApprovalView],
    proposer: str,
    situation: Situation,
    amount: Money | None,
    now: datetime,
) -> Allow | Deny:
    """Whether this person's approval would fill an open slot; the proposer's never does."""
    if not actor.active:
        return Deny(Denied.INACTIVE)
    if actor.person == proposer:
        return Deny(Denied.OWN_PROPOSAL)
    if any(approval.person == actor.person for approval in approvals):
        return Deny(Denied.ALREADY_APPROVED)
    in_the_way = conflicts(actor.person, situation, Deed.APPROVED)
    if in_the_way:
        return Deny(Denied.CONFLICT, in_the_way)
    match evaluate(quorum, approvals):
        case Ready():
            return Deny(Denied.NOT_NEEDED)
        case Missing(slots):
            return _slot_for(actor, slots, amount, now)


def _slot_for(actor: Actor, slots: Sequence[Slot], amount: Money | None, now: datetime) -> Allow | Deny:
    reason = Denied.NO_ROLE
    for grant in actor.grants:
        for slot in slots:
            if not grant.valid(now) or grant.role not in slot.roles:
                continue
            if grant.party not in slot.parties:
                reason = Denied.WRONG_RELATION
            elif not _within(grant.ceiling, amount):
                reason = Denied.CEILING
            else:
                return Allow(grant)
    return Deny(reason)


def _within(ceiling: Money | None, amount: Money | None) -> bool:
    if ceiling is None or amount is None:
        return True
    return ceiling.currency == amount.currency and amount.amount_minor <= ceiling.amount_minor
