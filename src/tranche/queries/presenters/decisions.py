"""A decision in words: the sheet that approvers read, and the lines of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tranche.kernel.approval import Slot
from tranche.kernel.methods import Method
from tranche.kernel.money import Money
from tranche.queries.decisions import ApprovalRow, DecisionDetail, DecisionRow
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.facts import Fact, label, present, without_numbers
from tranche.queries.presenters.links import record_href
from tranche.queries.presenters.words import CHOICES, DECISION_STATES, KINDS, role_of, word

ABOUT = {"payment.release_many": "agreement"}
"""What a decision names whose action is called after another kind."""

LISTED = frozenset({"payments"})
"""Answers that the facts say line by line."""

SEALED = frozenset({"advice", "finding", "has_interest"})
"""Answers of an assessor's card: they stand on the page of the selection, for those who may see them."""

MACHINE = frozenset({"line", "line_in"})
"""Answers that only a machine reads: the facts say which bank line it is, to those who may know."""


@dataclass(frozen=True, slots=True)
class RowShown:
    """One line of the inbox."""

    id: str
    title: str
    ref: str
    amount: Money | None
    proposer: str
    since: datetime
    expires_at: datetime
    ended_at: datetime | None
    state: str
    state_word: str
    short_code: str
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """One verdict in words; what no key signed is attested by the server and says so."""

    person: str
    role: str
    verdict: str
    approved: bool
    attested: bool
    method: str
    reason: str
    made_at: datetime
    log_seq: int
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a decision's page prints, from its stored bytes."""

    title: str
    kind: str
    ref: str
    record_url: str
    amount: Money | None
    facts: tuple[Fact, ...]
    answers: tuple[Fact, ...]
    signed: tuple[Signed, ...]
    waits_for: tuple[str, ...]
    state_word: str
    end_reason: str
    needs: int
    executor: str
    added: tuple[Money, ...]
    replace_url: str


def rows_shown(rows: Sequence[DecisionRow]) -> tuple[RowShown, ...]:
    """The lines of the inbox in the order given."""
    return tuple(
        RowShown(
            id=row.id,
            title=title(row.action),
            ref=row.ref,
            amount=row.amount,
            proposer=row.proposer,
            since=row.created_at,
            expires_at=row.expires_at,
            ended_at=row.ended_at,
            state=row.state,
            state_word=word(DECISION_STATES, row.state),
            short_code=row.short_code,
            waits_for=waits_for(row),
        )
        for row in rows
    )


def sheet(detail: DecisionDetail, language: str, *, whole: bool = True) -> Sheet:
    """A decision in words; facts first, then what was asked for and is not among the facts.

    Account numbers stand there whole for those whose party decides or pays.
    """
    row = detail.row
    kind = ABOUT.get(row.action) or row.action.split(".")[0]
    known = (lambda values: values) if whole else without_numbers
    facts = present(known(detail.facts), language)
    open_answers = {name: value for name, value in detail.arguments.items() if name not in SEALED | MACHINE}
    answers = _unsaid(present(known(open_answers), language), facts, row.amount, row.ref)
    return Sheet(
        title=title(row.action),
        kind=word(KINDS, kind),
        ref=row.ref,
        record_url=record_url(kind, row.ref),
        amount=row.amount,
        facts=facts,
        answers=answers,
        signed=_signed(detail),
        waits_for=waits_for(row),
        state_word=word(DECISION_STATES, row.state),
        end_reason=_end_reason(detail),
        needs=sum(slot.wanted for slot in row.missing),
        executor=role_of(row.executor.value, row.executor_party) if row.executor else "",
        added=tuple(Money(minor, currency) for currency, minor in detail.added.sums if currency),
        replace_url=f"{reverse('act', args=[row.action])}?{urlencode({'replaces': row.id})}",
    )


def _end_reason(detail: DecisionDetail) -> str:
    """What a person wrote, or of a void decision what differed, in words."""
    if detail.row.state != "void":
        return detail.end_reason
    return ", ".join(label(name) for name in detail.end_reason.split(", "))


def _unsaid(
    answers: tuple[Fact, ...], facts: tuple[Fact, ...], amount: Money | None, ref: str
) -> tuple[Fact, ...]:
    """Answers that neither the head of the page nor a fact shows already."""
    said = {fact.text for fact in facts if fact.text} | {ref}
    asked = (fact for fact in answers if fact.name not in LISTED)
    return tuple(
        fact
        for fact in asked
        if fact.documents
        or (
            fact.text not in said and fact.name not in LISTED and (fact.money is None or fact.money != amount)
        )
    )


def record_url(kind: str, ref: str) -> str:
    """The page of a record, where records of its kind have one."""
    try:
        return record_href(kind, ref)
    except NoReverseMatch:
        return ""


def waits_for(row: DecisionRow) -> tuple[str, ...]:
    """Whom an open decision waits for; the executor once all approvals are there."""
    if row.state != "open":
        return ()
    if row.missing:
        return tuple(slot_in_words(slot) for slot in row.missing)
    return (role_of(row.executor.value, row.executor_party),) if row.executor else ()


def slot_in_words(slot: Slot) -> str:
    """Whose approval is wanted, as in: one donor approver for DK-MOD."""
    if slot.persons is not None:
        return ngettext("%(count)d recovery person", "%(count)d recovery persons", slot.wanted) % {
            "count": slot.wanted
        }
    parties = ", ".join(sorted(party for party in slot.parties if party)) or _("any party")
    who = _(" or ").join(role_of(role.value, parties) for role in sorted(slot.roles))
    count = ngettext("%(count)d person", "%(count)d persons", slot.wanted) % {"count": slot.wanted}
    return f"{who}: {count}"


def _role(row: ApprovalRow) -> str:
    """The role of an approval, and for whom a substitute gave it."""
    role = role_of(row.role, row.party)
    lent = _("substitute for %(name)s") % {"name": row.lent_by} if row.lent_by else ""
    return f"{role}, {lent}" if lent else role


def _signed(detail: DecisionDetail) -> tuple[Signed, ...]:
    return tuple(
        Signed(
            person=row.person,
            role=_role(row),
            verdict=_("approved") if row.verdict == "approve" else _("rejected"),
            approved=row.verdict == "approve",
            attested=row.method != Method.KEY,
            method=word(CHOICES, row.method),
            reason=row.reason,
            made_at=row.made_at,
            log_seq=row.log_seq,
            revoked_at=row.revoked_at,
        )
        for row in detail.approvals
    )
