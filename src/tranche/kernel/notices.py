"""Who is told what, when, and how often a mail is tried: pure rules (signoff note, section 5).

A notice names a kind and a subject; it never holds an amount, a name or an account number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from tranche.kernel.lifecycle import Role

ATTEMPTS_MAX: Final = 10
FIRST_WAIT: Final = timedelta(minutes=1)
WAIT_FACTOR: Final = 4
WAIT_MAX: Final = timedelta(days=1)  # so the ten attempts span four days: a server may be down over a weekend
DIGEST_AT: Final = time(5)  # UTC; the start of the working day in Vilnius and Kyiv
EXPIRES_SOON: Final = timedelta(days=3)
"""So long before its end a decision is called to mind: one working day is always among them."""


class NoticeKind(StrEnum):
    """What a notice says."""

    STEP_OPEN = "step_open"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DECISION_WAITING = "decision_waiting"
    DECISION_VOID = "decision_void"
    DECISION_ENDED = "decision_ended"
    HOLD_PLACED = "hold_placed"
    HOLD_REVIEW = "hold_review"
    PAYEE_CHANGED = "payee_changed"
    PAYMENT_FILE = "payment_file"
    RECOVERY_ASKED = "recovery_asked"
    PROOF_ALARM = "proof_alarm"


ASKS: Final = frozenset(
    {
        *(NoticeKind.STEP_OPEN, NoticeKind.REMINDER, NoticeKind.ESCALATION),
        *(NoticeKind.DECISION_WAITING, NoticeKind.HOLD_PLACED, NoticeKind.HOLD_REVIEW),
        *(NoticeKind.RECOVERY_ASKED, NoticeKind.PROOF_ALARM),
    }
)
"""Kinds that ask for something, until it is done by whomever."""


class MailChoice(StrEnum):
    """How a person wants to be written to; the inbox holds everything in any case."""

    EACH = "each"
    DAILY = "daily"
    NEVER = "never"


Place = tuple[Role, str]
"""A role of a party, by its reference."""


class Holder(NamedTuple):
    """One person who holds a role for a party now."""

    person: str
    role: Role
    party: str


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What decides who is told.

    `asked` are the roles whose turn it is, `owner` the party it belongs to, `approving` and `recipients` the
    two sides, `named` persons who are told by themselves, and `knows` those who did it.
    """

    asked: frozenset[Place] = frozenset()
    owner: str = ""
    approving: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    knows: frozenset[str] = frozenset()


DONOR_ROLES: Final = frozenset({Role.DONOR_OFFICER, Role.DONOR_APPROVER})
RECIPIENT_ROLES: Final = frozenset({Role.FUND_MANAGER, Role.RECIPIENT_APPROVER, Role.PAYER})
APPROVERS: Final = frozenset({Role.DONOR_APPROVER, Role.RECIPIENT_APPROVER})

_TO_WHOSE_TURN: Final = frozenset(
    {
        *(NoticeKind.STEP_OPEN, NoticeKind.REMINDER),
        *(NoticeKind.DECISION_WAITING, NoticeKind.PROOF_ALARM),
    }
)
_TO_BOTH_SIDES: Final = frozenset({NoticeKind.HOLD_PLACED, NoticeKind.HOLD_REVIEW})


def places(kind: NoticeKind, facts: NoticeFacts) -> frozenset[Place]:
    """The roles whose holders may have to be told; the roster needs no others."""
    if kind in _TO_WHOSE_TURN:
        return facts.asked
    if kind in _TO_BOTH_SIDES:
        return _of(DONOR_ROLES, facts.approving) | _of(RECIPIENT_ROLES, facts.recipients)
    match kind:
        case NoticeKind.ESCALATION:
            return _of(APPROVERS, {facts.owner, *facts.approving, *facts.recipients})
        case NoticeKind.PAYEE_CHANGED:
            return _of(RECIPIENT_ROLES, {facts.owner}) | _of({Role.DONOR_APPROVER}, facts.approving)
        case NoticeKind.PAYMENT_FILE:
            return _of({Role.FUND_MANAGER, Role.PAYER}, {facts.owner})
        case _:
            return frozenset()


def _of(roles: Iterable[Role], parties: Iterable[str]) -> frozenset[Place]:
    chosen = tuple(roles)
    return frozenset((role, party) for party in parties for role in chosen)


def addressed(kind: NoticeKind, facts: NoticeFacts, roster: Sequence[Holder]) -> tuple[str, ...]:
    """The persons who are told, each once and in order.

    An escalation goes to the approvers of the party that is late; a party that has none is spoken to through
    the approvers of both sides.
    """
    wanted = places(kind, facts)
    if kind is NoticeKind.ESCALATION:
        own = wanted & _of(APPROVERS, {facts.owner})
        if any((holder.role, holder.party) in own for holder in roster):
            wanted = own
    told = {holder.person for holder in roster if (holder.role, holder.party) in wanted} | facts.named
    return tuple(sorted(told - facts.knows))


def notice_key(kind: NoticeKind, subject: str, rule: str, person: str) -> str:
    """What makes a notice the same one: nobody is told a thing twice."""
    return f"{kind.value}:{subject}:{rule}:{person}"


def reminder_level(days_left: int, remind_before: Sequence[int]) -> int | None:
    """The latest reminder that is due so many working days before the due date; None before the first."""
    reached = [level for level in remind_before if days_left <= level]
    return min(reached, default=None)


def escalation_level(days_late: int, escalate_after: Sequence[int]) -> int | None:
    """The latest escalation that is due so many working days after the due date; None before the first."""
    reached = [level for level in escalate_after if 0 < level <= days_late]
    return max(reached, default=None)


def review_due(review_on: date, today: date) -> bool:
    """From its day on an open hold is called to mind every day."""
    return review_on <= today


def expires_soon(expires_at: datetime, now: datetime) -> bool:
    return now < expires_at <= now + EXPIRES_SOON


def wait_after(attempts: int) -> timedelta | None:
    """How long a mail waits after so many attempts that failed; None where there is no other."""
    if attempts >= ATTEMPTS_MAX:
        return None
    wait = FIRST_WAIT
    for _more in range(attempts - 1):
        wait = min(wait * WAIT_FACTOR, WAIT_MAX)
    return wait


def mail_due_at(choice: MailChoice, not_before: datetime) -> datetime | None:
    """When a notice may be sent: at once, with the next day's digest, or never."""
    match choice:
        case MailChoice.EACH:
            return not_before
        case MailChoice.DAILY:
            digest = datetime.combine(not_before.date(), DIGEST_AT, not_before.tzinfo)
            return digest if not_before <= digest else digest + timedelta(days=1)
        case MailChoice.NEVER:
            return None
