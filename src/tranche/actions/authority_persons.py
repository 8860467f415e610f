"""Persons as such: substitutes while away, two entries for one human being, leaving and coming back.

Also the accounts at ministries' own identity providers that open a sign-in here.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Final

from tranche.actions import arguments as a
from tranche.actions.authority import about, closed
from tranche.actions.authority_facts import (
    begins,
    ends,
    grant_by,
    held_by,
    identity_by,
    inactive,
    login_by,
    name_of,
    operator_gone,
    own_matter,
    person_by,
    power_over,
    roles_clash,
    served_by,
)
from tranche.actions.execution import Execution
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.lifecycle import Role
from tranche.kernel.money import Money
from tranche.kernel.policy import DELEGATION_DAYS_MAX
from tranche.models import Identity, Person, RoleGrant, grant_from, is_active
from tranche.store import clock

ROUNDS_MAX: Final = 20  # nobody stands in along a longer chain than this; lent grants are not lent on


def _delegate_basis(arguments: Arguments, today: date) -> Basis:
    row, substitute = grant_by(arguments["grant"]), person_by(arguments["person"])
    from_on = date.fromisoformat(str(arguments.get("from_on", today.isoformat())))
    to_on = date.fromisoformat(str(arguments["to_on"]))
    failed = inactive(substitute) | roles_clash(substitute, more=[Role(row.role)])
    failed |= _time_refused(from_on, to_on, today) | _grant_refused(row, to_on, arguments)
    if substitute.counts_as == row.person.counts_as:
        failed["not_oneself"] = substitute.name
    if _leads_back(substitute.counts_as, row.person.counts_as):
        failed["no_loop"] = substitute.name
    return about(
        row.person,
        own_matter(row.person.counts_as),
        failed,
        role=row.role,
        party_name=row.party.name,
        substitute=substitute.name,
        substitute_login=name_of(substitute),
    )


def _time_refused(from_on: date, to_on: date, today: date) -> dict[str, str]:
    failed = {}
    if from_on < today:
        failed["begins_now_or_later"] = from_on.isoformat()
    if to_on < max(from_on, today):
        failed["ends_after"] = to_on.isoformat()
    if (to_on - from_on).days + 1 > DELEGATION_DAYS_MAX:
        failed["sixty_days"] = str((to_on - from_on).days + 1)
    return failed


def _grant_refused(row: RoleGrant, to_on: date, arguments: Arguments) -> dict[str, str]:
    """What the grant itself does not allow: it is over, lent, ends sooner, or its ceiling is lower."""
    own, now = grant_from(row), clock.now()
    failed = {}
    if own.to_at is not None and own.to_at <= now:
        failed["grant_valid"] = f"{row.role} {row.party.ref}"
    if row.parent_id is not None:
        failed["not_lent"] = row.delegated_by.name if row.delegated_by else ""
    wanted = a.money_of(arguments, "ceiling") if "ceiling" in arguments else None
    too_long = own.to_at is not None and own.to_at < ends(to_on)
    if too_long or not _is_within(wanted, own.ceiling):
        failed["within_own"] = str(own.to_at.date()) if own.to_at and too_long else ""
    return failed


def _is_within(wanted: Money | None, own: Money | None) -> bool:
    if own is None or wanted is None:
        return True
    return wanted.currency == own.currency and wanted.amount_minor <= own.amount_minor


def _leads_back(substitute: str, holder: str) -> bool:
    """Whether the holder already stands in for the substitute, directly or along others."""
    now = clock.now()
    rows = RoleGrant.objects.select_related("person__root", "delegated_by__root").filter(
        parent__isnull=False, to_at__gt=now
    )
    lent: dict[str, set[str]] = {}
    for row in rows:
        assert row.delegated_by is not None, "what has a parent has a lender, by constraint"
        lent.setdefault(row.delegated_by.counts_as, set()).add(row.person.counts_as)
    reached = {substitute}
    for _round in range(ROUNDS_MAX):
        reached |= {to for person in reached for to in lent.get(person, ())}
    return holder in reached - {substitute}


def _delegate(execution: Execution) -> None:
    row = grant_by(execution.arguments["grant"])
    from_on = execution.optional_day("from_on") or execution.today
    wanted = execution.money("ceiling") if "ceiling" in execution.arguments else grant_from(row).ceiling
    lent = RoleGrant.objects.create(
        id=str(uuid.uuid4()),
        person=person_by(execution.arguments["person"]),
        role=row.role,
        party=row.party,
        scope=row.scope,
        scope_ref=row.scope_ref,
        ceiling_minor=wanted.amount_minor if wanted else None,
        currency=wanted.currency if wanted else None,
        from_at=begins(from_on, execution.write.now),
        to_at=ends(execution.day("to_on")),
        delegated_by=row.person.root or row.person,
        parent=row,
        lent_days=(execution.day("to_on") - from_on + timedelta(days=1)).days,
        decision_id=execution.decision.id,
    )
    execution.created["id"] = lent.id


def _merge_basis(arguments: Arguments, _today: date) -> Basis:
    kept, duplicate = person_by(arguments["person"]), person_by(arguments["duplicate"])
    failed = roles_clash(kept, duplicate)
    if kept.counts_as == duplicate.counts_as:
        failed["two_persons"] = kept.name
    serves = sorted({str(ref) for ref in (*served_by(kept), *served_by(duplicate))})
    return about(
        kept,
        power_over(serves, kept, duplicate),
        failed,
        duplicate_name=duplicate.name,
        duplicate_login=name_of(duplicate),
        serves=list(serves),
    )


def _merge(execution: Execution) -> None:
    """From now on both count once, in open decisions as well: approvals are judged anew at every step."""
    kept = person_by(execution.arguments["person"])
    duplicate = person_by(execution.arguments["duplicate"])
    gone = duplicate.counts_as
    Person.objects.filter(root_id=gone).update(root_id=kept.counts_as)
    Person.objects.filter(pk=gone).update(root_id=kept.counts_as)


def _deactivate_basis(arguments: Arguments, _today: date) -> Basis:
    person = person_by(arguments["person"])
    operates = any(grant.role is Role.OPERATOR for grant in held_by(person))
    failed = inactive(person) | (operator_gone(person=person.counts_as) if operates else {})
    return about(person, own_matter(person.counts_as), failed)


def _deactivate(execution: Execution) -> None:
    person = person_by(execution.arguments["person"])
    Person.objects.filter(pk=person.counts_as).update(active=False)


def _reactivate_basis(arguments: Arguments, _today: date) -> Basis:
    person = person_by(arguments["person"])
    serves = served_by(person)
    failed = roles_clash(person) | ({"person_inactive": person.name} if is_active(person) else {})
    return about(person, power_over(serves, person), failed, serves=serves)


def _reactivate(execution: Execution) -> None:
    person = person_by(execution.arguments["person"])
    Person.objects.filter(pk=person.counts_as).update(active=True)


def _link_basis(arguments: Arguments, _today: date) -> Basis:
    login = login_by(arguments["login"])
    named = {"issuer": arguments["issuer"], "subject": arguments["subject"]}
    failed = inactive(login.person) | closed(login)
    if Identity.objects.filter(**named, ended_at__isnull=True).exists():
        failed["identity_free"] = str(arguments["subject"])
    serves = served_by(login.person)
    return about(
        login.person, power_over(serves, login.person), failed, serves=serves, username=login.username
    )


def _link(execution: Execution) -> None:
    row = Identity.objects.create(
        id=str(uuid.uuid4()),
        login=login_by(execution.arguments["login"]),
        issuer=execution.text("issuer"),
        subject=execution.text("subject"),
    )
    execution.created["id"] = row.id


def _unlink_basis(arguments: Arguments, _today: date) -> Basis:
    identity = identity_by(arguments["identity"])
    login = identity.login
    return about(
        login.person,
        own_matter(login.person.counts_as),
        {} if identity.ended_at is None else {"identity_there": identity.subject},
        username=login.username,
        issuer=identity.issuer,
        subject=identity.subject,
    )


def _unlink(execution: Execution) -> None:
    identity = identity_by(execution.arguments["identity"])
    Identity.objects.filter(pk=identity.pk).update(ended_at=execution.write.now)


register(
    Action(
        "authority.delegate",
        (
            a.identifier("grant"),
            a.identifier("person"),
            a.day("from_on", required=False),
            a.day("to_on"),
            a.money("ceiling", required=False),
        ),
        _delegate_basis,
        _delegate,
    )
)
register(
    Action(
        "authority.merge_persons",
        (a.identifier("person"), a.identifier("duplicate")),
        _merge_basis,
        _merge,
    )
)
register(Action("authority.deactivate_person", (a.identifier("person"),), _deactivate_basis, _deactivate))
register(Action("authority.reactivate_person", (a.identifier("person"),), _reactivate_basis, _reactivate))
register(
    Action(
        "authority.link_identity",
        (a.identifier("login"), a.web_address("issuer"), a.text("subject", most=255)),
        _link_basis,
        _link,
    )
)
register(Action("authority.unlink_identity", (a.identifier("identity"),), _unlink_basis, _unlink))
