"""Giving a role when nobody else can any more: two of three named persons agree, after notice to all."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from tranche.actions import arguments as a
from tranche.actions.authority import NOBODY, ROLES, give_role, granting
from tranche.actions.authority_facts import held_by, inactive, name_of, person_by
from tranche.actions.execution import Execution
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.scopes import both_sides
from tranche.formats.calendars import closed_days
from tranche.kernel.canonical import Canonical
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import ANYBODY, Situation
from tranche.kernel.recovery import CALENDAR, PERSONS, RECOVERS, approved_from, set_refused
from tranche.kernel.refusals import NoticeRuns
from tranche.models import Decision, Person, RecoveryPerson, recovery_persons

REF = "RECOVERY"
NAMED: Final = ("first", "second", "third")


def refuse_before_notice(decision: Decision, now: datetime) -> None:
    """Raise NoticeRuns while everybody has not yet had time to see what is asked and to stop it."""
    if decision.action == RECOVERS and now.date() < notice_over_on(decision.created_at):
        raise NoticeRuns(notice_over_on(decision.created_at))


def notice_over_on(proposed_at: datetime) -> date:
    """The first day on which a recovery that was asked for at this instant may be approved."""
    return approved_from(proposed_at.date(), closed_days(CALENDAR))


def may_stop(decision: Decision, person: str) -> bool:
    """Whether this person may end the decision as its proposer may: a recovery, by each one who is named."""
    return decision.action == RECOVERS and person in _named()


def _named() -> frozenset[str]:
    return frozenset(person.id for person in recovery_persons("default"))


def _name_basis(arguments: Arguments, _today: date) -> Basis:
    people = [person_by(arguments[name]) for name in NAMED]
    roles = {person.counts_as: _roles(person) for person in people}
    failed = set_refused(roles)
    for person in people:
        failed |= inactive(person)
    situation, facts = both_sides(frozenset(roles))
    return Basis(
        situation=situation,
        ref=REF,
        holder=NOBODY,
        facts={
            **facts,
            "recovery_before": _names(recovery_persons("default")),
            "recovery_after": _names(people),
        },
        failed=failed,
    )


def _roles(person: Person) -> list[Role]:
    return [grant.role for grant in held_by(person)]


def _names(people: list[Person] | tuple[Person, ...]) -> list[Canonical]:
    """Each with the sign-in that tells namesakes apart."""
    return list[Canonical](sorted(f"{person.name} ({name_of(person)})" for person in people))


def _name(execution: Execution) -> None:
    """The three take the place of those before them, all at once."""
    now = execution.write.now
    RecoveryPerson.objects.filter(ended_at__isnull=True).update(ended_at=now)
    for name in NAMED:
        person = person_by(execution.arguments[name])
        RecoveryPerson.objects.create(
            id=str(uuid.uuid4()),
            person_id=person.counts_as,
            named_at=now,
            decision_id=execution.decision.id,
        )


def _recover_basis(arguments: Arguments, today: date) -> Basis:
    granted = granting(arguments, today)
    people = recovery_persons("default")
    failed = dict(granted.failed)
    if len(people) != PERSONS:
        failed["recovery_named"] = str(len(people))
    parties = {grant.party for person in people for grant in held_by(person)}
    situation = Situation(
        owner="",
        parties=frozenset(parties),
        holders=ANYBODY,
        empowered=granted.situation.empowered,
        recovering=frozenset(person.id for person in people),
    )
    facts = {**granted.facts, "recovery_persons": _names(people)}
    return replace(granted, situation=situation, facts=facts, failed=failed)


register(Action("authority.name_recovery", tuple(a.identifier(name) for name in NAMED), _name_basis, _name))
register(
    Action(
        RECOVERS,
        (
            a.identifier("person"),
            a.choice("role", ROLES),
            a.ref("party"),
            a.day("to_on", required=False),
        ),
        _recover_basis,
        give_role,
    )
)
