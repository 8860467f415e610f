"""How a decision stands for one person: who is still needed, and what this person may do, or why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from tranche.actions.carry_out import (
    Checked,
    check,
    may_execute,
    open_methods,
    quorum_of,
    standing_approvals,
)
from tranche.actions.people import counted
from tranche.actions.recovery import may_stop, refuse_before_notice
from tranche.actions.scopes import refuse_if_held
from tranche.kernel.approval import Missing, Ready, Slot, evaluate, may_approve
from tranche.kernel.lifecycle import LifecycleError
from tranche.kernel.methods import Method
from tranche.kernel.policy import Actor, Deny, Grant
from tranche.kernel.refusals import Held, NotAllowed, NoticeRuns, Refusal
from tranche.models import Approval, Decision
from tranche.queries.presenters.facts import label
from tranche.queries.presenters.refusals import denied, explain
from tranche.queries.presenters.words import role_of
from tranche.web.wording import day_text


@dataclass(frozen=True, slots=True)
class Standing:
    """What this person may do with a decision now; each `why` is a sentence, also where the answer is yes."""

    missing: tuple[Slot, ...] = ()
    may_approve: bool = False
    approve_why: str = ""
    may_execute: bool = False
    execute_why: str = ""
    may_withdraw: bool = False
    may_replace: bool = False
    may_revoke: bool = False
    held: str = ""
    changed: tuple[str, ...] = ()
    methods: frozenset[Method] = frozenset()


def standing(decision_id: str, by: Actor, now: datetime) -> Standing:
    """Judge by the same functions that approve and execute; an ended decision asks nothing of anybody."""
    found = Decision.objects.filter(pk=decision_id, state="open").first()
    if found is None:
        return Standing()
    own = counted([found.proposer_person_id]) == {by.person}
    stops = own or may_stop(found, by.person)
    given = Approval.objects.filter(decision=found, verdict="approve", revoked__isnull=True)
    gave = by.person in counted(given.values_list("person_id", flat=True))
    try:
        checked = check(found, now)
    except (Refusal, LifecycleError) as error:
        said = explain(error)
        return Standing(approve_why=said.what, may_withdraw=stops, may_replace=own, may_revoke=gave)
    if checked.changed:
        return Standing(
            approve_why=_(
                "What the approvers relied on has changed: the next step makes this decision void."
            ),
            may_withdraw=stops,
            may_replace=own,
            may_revoke=gave,
            changed=tuple(label(name) for name in checked.changed),
        )
    judged = replace(_judge(found, checked, by, now), may_withdraw=stops, may_replace=own, may_revoke=gave)
    judged = _after_notice(judged, found, now)
    held = _held(checked)
    return replace(judged, held=held, may_approve=False, may_execute=False) if held else judged


def _after_notice(judged: Standing, found: Decision, now: datetime) -> Standing:
    """Who may approve a recovery has to wait until everybody was told."""
    try:
        refuse_before_notice(found, now)
    except NoticeRuns as error:
        return replace(judged, may_approve=False, approve_why=explain(error).what)
    return judged


def _held(checked: Checked) -> str:
    """What a hold in the way says, or nothing."""
    try:
        refuse_if_held(checked.stands(), checked.arguments, checked.basis)
    except Held as error:
        said = explain(error)
        return f"{said.what} {said.next}"
    return ""


def _judge(found: Decision, checked: Checked, by: Actor, now: datetime) -> Standing:
    quorum = quorum_of(found, checked, now)
    views = standing_approvals(found, checked, quorum, now)
    situation, amount = checked.basis.situation, checked.basis.amount
    verdict = may_approve(by, quorum, views, checked.proposers, situation, amount, now)
    state = evaluate(quorum, views)
    executes, why = _execution(found, checked, by, now) if isinstance(state, Ready) else (False, "")
    return Standing(
        missing=state.slots if isinstance(state, Missing) else (),
        may_approve=not isinstance(verdict, Deny),
        approve_why=denied(verdict) if isinstance(verdict, Deny) else _because(verdict.grant),
        may_execute=executes,
        execute_why=why,
        methods=open_methods(found, checked, quorum),
    )


def _execution(found: Decision, checked: Checked, by: Actor, now: datetime) -> tuple[bool, str]:
    if checked.row is None or checked.row.executor is None:
        return False, ""
    try:
        may_execute(found, checked, by, now)
    except NotAllowed as error:
        return False, denied(error.deny)
    return True, ""


def _because(grant: Grant) -> str:
    values = {"role": role_of(grant.role.value, grant.party), "since": day_text(grant.from_at.date())}
    return _("You may sign as %(role)s (since %(since)s); you did not propose it.") % values
