"""Power over people: grants, persons and their sign-ins; two parties give it, one person takes it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from django.contrib.auth.hashers import make_password

from tranche.actions import arguments as a
from tranche.actions.authority_facts import (
    begins,
    ends,
    grant_by,
    held_by,
    inactive,
    login_by,
    logins_of,
    name_of,
    operator_gone,
    own_matter,
    person_by,
    power_over,
    roles_clash,
    served_by,
    unknown_scope,
)
from tranche.actions.execution import Execution
from tranche.actions.lookup import find
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import GrantScope, Situation
from tranche.models import Login, Party, Person, RoleGrant, grant_from
from tranche.store import clock

LANGUAGES = ("en", "uk", "lt")
NOBODY = Party(ref="", name="")
"""Acts about people make no record, so no party holds one."""


def about(person: Person, situation: Situation, failed: Mapping[str, str], **facts: Canonical) -> Basis:
    """What an act about a person rests on: always who it is and how the person signs in."""
    return Basis(
        situation=situation,
        ref=name_of(person),
        holder=NOBODY,
        facts={"person_name": person.name, "logins": logins_of(person), **facts},
        failed=failed,
    )


def granting(arguments: Arguments, today: date) -> Basis:
    person, party = person_by(arguments["person"]), find(Party, arguments["party"])
    role, scope = Role(str(arguments["role"])), str(arguments.get("scope", "party"))
    scope_ref = str(arguments.get("scope_ref", ""))
    failed = inactive(person) | roles_clash(person, more=[role]) | unknown_scope(scope, scope_ref, party)
    if str(arguments.get("to_on", "9999-12-31")) < max(
        today.isoformat(), str(arguments.get("from_on", today.isoformat()))
    ):
        failed["ends_after"] = str(arguments["to_on"])
    held: list[Canonical] = [[grant.role.value, grant.party] for grant in held_by(person)]
    return about(
        person,
        power_over([party.ref], person),
        failed,
        party_name=party.name,
        serves=[party.ref],
        holds=sorted(held, key=str),
    )


def give_role(execution: Execution) -> None:
    has_ceiling = "ceiling" in execution.arguments
    ceiling = execution.money("ceiling") if has_ceiling else None
    to_on = execution.optional_day("to_on")
    row = RoleGrant.objects.create(
        id=str(uuid.uuid4()),
        person=person_by(execution.arguments["person"]),
        role=execution.text("role"),
        party=find(Party, execution.arguments["party"]),
        scope=execution.text("scope") or "party",
        scope_ref=execution.text("scope_ref"),
        ceiling_minor=ceiling.amount_minor if ceiling else None,
        currency=ceiling.currency if ceiling else None,
        from_at=begins(execution.optional_day("from_on") or execution.today, execution.write.now),
        to_at=ends(to_on) if to_on else None,
        decision_id=execution.decision.id,
    )
    execution.created["id"] = row.id


def _end_grant_basis(arguments: Arguments, _today: date) -> Basis:
    row = grant_by(arguments["grant"])
    failed = {} if grant_from(row).valid(clock.now()) or row.from_at > clock.now() else _over(row)
    if row.role == Role.OPERATOR:
        failed |= operator_gone(grant=row.id)
    lender = [row.delegated_by.counts_as] if row.delegated_by else []
    return about(
        row.person,
        own_matter(row.person.counts_as, *lender),
        failed,
        role=row.role,
        party_name=row.party.name,
        lent_by=row.delegated_by.name if row.delegated_by else "",
    )


def _over(row: RoleGrant) -> dict[str, str]:
    return {"grant_valid": f"{row.role} {row.party.ref}"}


def _end_grant(execution: Execution) -> None:
    """What was lent out of a grant ends with it, and what was approved under either counts no more."""
    identifier = grant_by(execution.arguments["grant"]).id
    now = execution.write.now
    RoleGrant.objects.filter(pk=identifier).update(to_at=now)
    for lent in RoleGrant.objects.filter(parent_id=identifier):
        if lent.to_at is None or lent.to_at > now:
            RoleGrant.objects.filter(pk=lent.pk).update(to_at=now)


def _register_basis(arguments: Arguments, _today: date) -> Basis:
    taken = Login.objects.filter(username=arguments["username"]).exists()
    return Basis(
        situation=own_matter(),
        ref=str(arguments["username"]),
        holder=NOBODY,
        failed={"name_free": str(arguments["username"])} if taken else {},
    )


def _register(execution: Execution) -> None:
    person = Person.objects.create(
        id=str(uuid.uuid4()),
        name=execution.text("name"),
        email=execution.text("email"),
        language=execution.text("language"),
    )
    _new_login(person, execution)
    execution.created["id"] = person.id


def _new_login(person: Person, execution: Execution) -> None:
    """A sign-in that opens nothing until its issuer prints a one-time password for it."""
    Login.objects.create(
        id=str(uuid.uuid4()),
        person=person,
        username=execution.text("username"),
        password=make_password(None),
        issuer_id=execution.by_person,
    )


def _add_login_basis(arguments: Arguments, _today: date) -> Basis:
    person = person_by(arguments["person"])
    failed = inactive(person)
    if Login.objects.filter(username=arguments["username"]).exists():
        failed["name_free"] = str(arguments["username"])
    serves = served_by(person)
    return about(person, power_over(serves, person), failed, serves=serves)


def _add_login(execution: Execution) -> None:
    _new_login(person_by(execution.arguments["person"]), execution)


def _reset_basis(arguments: Arguments, _today: date) -> Basis:
    login = login_by(arguments["login"])
    failed = inactive(login.person) | closed(login)
    serves = served_by(login.person)
    return about(
        login.person, power_over(serves, login.person), failed, serves=serves, username=login.username
    )


def closed(login: Login) -> dict[str, str]:
    """The failed guard of a sign-in that was shut."""
    return {} if login.is_active else {"login_active": login.username}


def _reset(execution: Execution) -> None:
    """The old password is gone at once, and every session with it; the proposer may print a new one."""
    login = login_by(execution.arguments["login"])
    Login.objects.filter(pk=login.pk).update(
        password=make_password(None), issuer_id=execution.by_person, password_until=None
    )


def _disable_basis(arguments: Arguments, _today: date) -> Basis:
    login = login_by(arguments["login"])
    failed = closed(login) | _last_door(login)
    return about(login.person, own_matter(login.person.counts_as), failed, username=login.username)


def _last_door(login: Login) -> dict[str, str]:
    operates = any(grant.role is Role.OPERATOR for grant in held_by(login.person))
    return operator_gone(login=login.id) if operates else {}


def _disable(execution: Execution) -> None:
    Login.objects.filter(pk=login_by(execution.arguments["login"]).pk).update(is_active=False, issuer=None)


ROLES = tuple(role.value for role in Role)
SCOPES = tuple(scope.value for scope in GrantScope)

register(
    Action(
        "authority.grant",
        (
            a.identifier("person"),
            a.choice("role", ROLES),
            a.ref("party"),
            a.choice("scope", SCOPES, required=False),
            a.ref("scope_ref", required=False),
            a.money("ceiling", required=False),
            a.day("from_on", required=False),
            a.day("to_on", required=False),
        ),
        granting,
        give_role,
    )
)
register(Action("authority.end_grant", (a.identifier("grant"),), _end_grant_basis, _end_grant))
register(
    Action(
        "authority.register_person",
        (
            a.title("name"),
            a.username("username"),
            a.email("email", required=False),
            a.choice("language", LANGUAGES),
        ),
        _register_basis,
        _register,
    )
)
register(
    Action(
        "authority.add_login",
        (a.identifier("person"), a.username("username")),
        _add_login_basis,
        _add_login,
    )
)
register(Action("authority.reset_password", (a.identifier("login"),), _reset_basis, _reset))
register(Action("authority.disable_login", (a.identifier("login"),), _disable_basis, _disable))
