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
    covers,
)
from tranche.kernel.recovery import WANTED

QUORUM_MIN = 2
"""Distinct natural persons behind every write tagged $, + or !; no parameter goes below it."""

DECISION_PREFIX = b"tranche/decision/v1\n"
APPROVAL_PREFIX = b"tranche/approval/v1\n"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")
"""Letters that the alphabet leaves out because they are read for digits."""


_APPROVERS = frozenset({Role.DONOR_APPROVER, Role.RECIPIENT_APPROVER})


class Slot(NamedTuple):
    """Approvals wanted from one side: so many persons holding one of the roles for one of the parties.

    Where `persons` are named, nobody else fills it.
    """

    roles: frozenset[Role]
    parties: frozenset[str]
    wanted: int
    persons: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Quorum:
    key: QuorumKey
    slots: tuple[Slot, ...]

    @property
    def approvals(self) -> int:
        return sum(slot.wanted for slot in self.slots)


class ApprovalView(NamedTuple):
    """One approval as the re-check sees it: `standing` is false when grant or person no longer hold.

    `delegator` is the person whose grant the approver had been lent; the two count as one.
    """

    person: str
    role: Role
    party: str
    standing: bool
    delegator: str = ""

    @property
    def persons(self) -> frozenset[str]:
        return frozenset({self.person, self.delegator} - {""})


class Window(NamedTuple):
    """What other decisions on the same subject add up to, as (currency, minor units)."""

    sums: tuple[tuple[str, int], ...]


NOTHING_BEFORE = Window(())


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


def bits_of(code: str) -> bytes:
    """The five bytes that a short code stands for, as people type it; empty where it is none."""
    typed = code.replace(" ", "").replace("-", "").upper().translate(MISREAD)
    if len(typed) != 8 or not set(typed) <= set(CROCKFORD):
        return b""
    bits = 0
    for character in typed:
        bits = bits << 5 | CROCKFORD.index(character)
    return bits.to_bytes(5, "big")


def quorum_for(
    key: QuorumKey,
    proposer_role: Role,
    amount: Money | None,
    situation: Situation,
    policy: Policy,
    window: Window = NOTHING_BEFORE,
) -> Quorum:
    """The slots of a decision; its amount counts together with what others of the window add up to.

    QA is Q1 up to limit one and QJ above; QJ wants two of each side above limit two.
    """
    donor = frozenset({situation.approving}) | situation.more_approving
    recipient = frozenset({situation.recipient}) | situation.more_recipient
    match key:
        case QuorumKey.Q0:
            return Quorum(key, ())
        case QuorumKey.Q1:
            return Quorum(key, (_acting_side(proposer_role, donor, recipient),))
        case QuorumKey.QA if _above_one(amount, window, policy):
            return quorum_for(QuorumKey.QJ, proposer_role, amount, situation, policy, window)
        case QuorumKey.QA:
            return Quorum(key, (_acting_side(proposer_role, donor, recipient),))
        case QuorumKey.QJ:
            each = 2 if _above_two(amount, window, policy) else 1
            return Quorum(
                key,
                (
                    Slot(frozenset({Role.DONOR_APPROVER}), donor, each),
                    Slot(frozenset({Role.RECIPIENT_APPROVER}), recipient, each),
                ),
            )
        case QuorumKey.QS:
            others = (donor | recipient | situation.parties) - {situation.owner, ""}
            return Quorum(key, (Slot(_APPROVERS, others, 1),))
        case QuorumKey.QE:
            return Quorum(key, _of_each(situation.partners))
        case QuorumKey.QR:
            anybody = frozenset(Role)
            return Quorum(key, (Slot(anybody, situation.parties, WANTED, situation.recovering),))


def _of_each(partners: frozenset[str]) -> tuple[Slot, ...]:
    """One approver of each partner; a project without partners wants what nobody can give."""
    if not partners:
        return (Slot(_APPROVERS, frozenset(), 1),)
    return tuple(Slot(_APPROVERS, frozenset({partner}), 1) for partner in sorted(partners))


def _above_one(amount: Money | None, window: Window, policy: Policy) -> bool:
    """An amount, or one of the window, without a stated rate into the policy's currency counts as above."""
    if amount is None or amount.currency != policy.currency:
        return True
    if any(currency != policy.currency for currency, _ in window.sums):
        return True
    return _counted(amount, window) > policy.limit_one_minor


def _above_two(amount: Money | None, window: Window, policy: Policy) -> bool:
    """Without a stated rate the number of units is compared, in every currency of the window as well.

    So an amount in a currency that is worth less than the policy's is asked about rather too early.
    """
    if amount is None:
        return False
    return max(_counted(amount, window), *(minor for _, minor in window.sums), 0) > policy.limit_two_minor


def _counted(amount: Money, window: Window) -> int:
    """The amount with the largest sum that stands in its currency."""
    return amount.amount_minor + max(
        (minor for currency, minor in window.sums if currency == amount.currency), default=0
    )


def _acting_side(role: Role, donor: frozenset[str], recipient: frozenset[str]) -> Slot:
    if role is Role.AUDITOR:
        return Slot(_APPROVERS, donor | recipient, 1)
    if role in DONOR_SIDE:
        return Slot(frozenset({Role.DONOR_APPROVER}), donor, 1)
    return Slot(frozenset({Role.RECIPIENT_APPROVER}), recipient, 1)


def evaluate(quorum: Quorum, approvals: Sequence[ApprovalView]) -> Ready | Missing:
    """Whether distinct persons fill every slot."""
    missing = unfilled(quorum.slots, approvals)
    return Missing(missing) if missing else Ready()


def unfilled(slots: Sequence[Slot], approvals: Sequence[ApprovalView]) -> tuple[Slot, ...]:
    """What is still wanted of the slots; approvals that no longer stand are left out.

    A substitute and the person substituted for fill one place between them.
    """
    persons: set[str] = set()
    missing: list[Slot] = []
    for slot in slots:
        filled = 0
        for approval in approvals:
            if approval.standing and _fits(approval, slot) and not approval.persons & persons:
                persons |= approval.persons
                filled += 1
        if filled < slot.wanted:
            missing.append(slot._replace(wanted=slot.wanted - filled))
    return tuple(missing)


def _fits(approval: ApprovalView, slot: Slot) -> bool:
    is_named = slot.persons is None or approval.person in slot.persons
    return is_named and approval.role in slot.roles and approval.party in slot.parties


def may_approve(
    actor: Actor,
    quorum: Quorum,
    approvals: Sequence[ApprovalView],
    proposers: frozenset[str],
    situation: Situation,
    amount: Money | None,
    now: datetime,
) -> Allow | Deny:
    """Whether this person's approval would fill an open slot; that of the proposer, or for him, never does.

    `proposers` are the person who proposed and, under a lent grant, its lender.
    """
    if not actor.active:
        return Deny(Denied.INACTIVE)
    if actor.person in proposers:
        return Deny(Denied.OWN_PROPOSAL)
    if actor.person in situation.barred:
        return Deny(Denied.BARRED)
    if actor.person in situation.empowered:
        return Deny(Denied.EMPOWERED)
    if any(approval.person == actor.person for approval in approvals):
        return Deny(Denied.ALREADY_APPROVED)
    in_the_way = conflicts(frozenset({actor.person}), situation, Deed.APPROVED)
    if in_the_way:
        return Deny(Denied.CONFLICT, in_the_way)
    if actor.person in situation.interested:
        return Deny(Denied.INTEREST)
    match evaluate(quorum, approvals):
        case Ready():
            return Deny(Denied.NOT_NEEDED)
        case Missing(slots):
            approvers = frozenset[str]().union(*(a.persons for a in approvals if a.standing))
            if actor.person in approvers:
                return Deny(Denied.SUBSTITUTE)
            taken = proposers | situation.empowered | situation.barred | approvers
            return _slot_for(actor, slots, taken, situation, amount, now)


def _slot_for(
    actor: Actor,
    slots: Sequence[Slot],
    taken: frozenset[str],
    situation: Situation,
    amount: Money | None,
    now: datetime,
) -> Allow | Deny:
    reason = Denied.NO_ROLE
    for grant in actor.grants:
        for slot in slots:
            if not grant.valid(now) or grant.role not in slot.roles:
                continue
            if slot.persons is not None and actor.person not in slot.persons:
                reason = Denied.NOT_NAMED
            elif grant.party not in slot.parties or not covers(grant, situation):
                reason = Denied.WRONG_RELATION
            elif not _within(grant.ceiling, amount):
                reason = Denied.CEILING
            elif grant.delegator in taken or conflicts(actor.stands_for(grant), situation, Deed.APPROVED):
                reason = Denied.SUBSTITUTE
            else:
                return Allow(grant)
    return Deny(reason)


def _within(ceiling: Money | None, amount: Money | None) -> bool:
    if ceiling is None or amount is None:
        return True
    return ceiling.currency == amount.currency and amount.amount_minor <= ceiling.amount_minor
