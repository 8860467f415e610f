"""What is asked of people before power is given or taken: who it is, what is held, who else could act."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q

from tranche.actions.people import grants_of
from tranche.kernel.canonical import Canonical
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Grant, Situation, static_conflict
from tranche.kernel.refusals import UnknownReference
from tranche.models import (
    Contract,
    Identity,
    Login,
    Party,
    Person,
    Programme,
    RoleGrant,
    approving_parties,
    is_active,
)
from tranche.store import clock


def person_by(identifier: Canonical) -> Person:
    """The entry of a person; raises UnknownReference."""
    found = Person.objects.select_related("root").filter(pk=identifier).first()
    if found is None:
        raise UnknownReference("person", str(identifier))
    return found


def login_by(identifier: Canonical) -> Login:
    """A sign-in by its id; raises UnknownReference."""
    found = Login.objects.select_related("person__root").filter(pk=identifier).first()
    if found is None:
        raise UnknownReference("login", str(identifier))
    return found


def grant_by(identifier: Canonical) -> RoleGrant:
    """A grant by its id; raises UnknownReference."""
    rows = RoleGrant.objects.select_related("person__root", "party", "delegated_by__root")
    found = rows.filter(pk=identifier).first()
    if found is None:
        raise UnknownReference("grant", str(identifier))
    return found


def name_of(person: Person) -> str:
    """The first user name of a person, by which people and the log call the entry."""
    first = Login.objects.filter(person=person).order_by("username").first()
    return first.username if first else person.id[:8]


def logins_of(person: Person) -> list[Canonical]:
    """Every sign-in of the human being behind an entry."""
    root = person.counts_as
    rows = Login.objects.filter(Q(person_id=root) | Q(person__root_id=root), is_active=True)
    return list(rows.order_by("username").values_list("username", flat=True))


def held_by(person: Person) -> tuple[Grant, ...]:
    """The grants that the human being holds now or will hold."""
    now = clock.now()
    return tuple(grant for grant in grants_of(person.counts_as) if grant.to_at is None or now < grant.to_at)


def served_by(person: Person) -> list[Canonical]:
    """The parties for which the person acts; an approver of another one must agree to give more power."""
    return list[Canonical](sorted({grant.party for grant in held_by(person)}))


def roles_clash(*holders: Person, more: Collection[Role] = ()) -> dict[str, str]:
    """The failed guard where one human being would hold roles that exclude each other."""
    roles = {grant.role for person in holders for grant in held_by(person)} | set(more)
    return {"roles_fit": " ".join(sorted(roles))} if static_conflict(frozenset(roles)) else {}


def inactive(person: Person) -> dict[str, str]:
    return {} if is_active(person) else {"person_active": person.name}


def unknown_scope(scope: str, ref: str, party: Party) -> dict[str, str]:
    """The failed guard of a scope that is not one programme or contract of the party."""
    found = {
        "party": not ref,
        "programme": Programme.objects.filter(ref=ref, holder=party).exists(),
        "contract": Contract.objects.filter(ref=ref, programme__holder=party).exists(),
    }
    return {} if found[scope] else {"scope_fits": ref or scope}


def power_over(serves: Collection[Canonical], *persons: Person) -> Situation:
    """Who may propose and approve an act that gives these persons power: never one of them."""
    parties = approving_parties("default") - {str(ref) for ref in serves}
    empowered = frozenset(person.counts_as for person in persons)
    return Situation(owner="", parties=parties, empowered=empowered)


def own_matter(*persons: str) -> Situation:
    """Of what a person may do about his own grants and sign-ins."""
    return Situation(owner="", holders=frozenset(persons))


def last_operator(*, without_person: str = "", without_login: str = "", without_grant: str = "") -> str:
    """The guard's reason where nobody would be left to give power: the mechanism could not heal itself."""
    now = clock.now()
    for row in RoleGrant.objects.select_related("person__root").filter(role=Role.OPERATOR.value):
        root = row.person.counts_as
        holds = row.from_at <= now and (row.to_at is None or now < row.to_at)
        if not holds or not is_active(row.person) or row.id == without_grant or root == without_person:
            continue
        doors = Login.objects.filter(Q(person_id=root) | Q(person__root_id=root), is_active=True)
        if doors.exclude(pk=without_login).exists():
            return ""
    return "OP"


def operator_gone(*, person: str = "", login: str = "", grant: str = "") -> dict[str, str]:
    """The failed guard of an act that takes the last operator away."""
    why = last_operator(without_person=person, without_login=login, without_grant=grant)
    return {"operator_stays": why} if why else {}


def identity_by(identifier: Canonical) -> Identity:
    """An account elsewhere by its id; raises UnknownReference."""
    found = Identity.objects.select_related("login__person__root").filter(pk=identifier).first()
    if found is None:
        raise UnknownReference("identity", str(identifier))
    return found


def begins(on: date, now: datetime) -> datetime:
    """The first instant of a day, or now where it has begun: power is never given for the past."""
    return max(now, datetime.combine(on, time(), UTC))


def ends(on: date) -> datetime:
    """The instant after the last one of a day."""
    return datetime.combine(on + timedelta(days=1), time(), UTC)
