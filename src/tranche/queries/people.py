"""The people of the mechanism: who they are, how they sign in, and the roles that they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tranche.kernel.refusals import UnknownReference
from tranche.models import Decision, Identity, Login, Person, RoleGrant
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer

ACTS_MAX = 50


@dataclass(frozen=True, slots=True)
class SignIn:
    """One login: whose it is, and (role, party) of every grant that holds."""

    username: str
    name: str
    grants: tuple[tuple[str, str], ...]


def sign_ins(now: datetime) -> tuple[SignIn, ...]:
    """Everybody who may sign in, in the order of registration."""
    held: dict[str, list[tuple[str, str]]] = {}
    for grant in RoleGrant.objects.using("read").select_related("party").order_by("party__ref", "role"):
        if grant.from_at <= now and (grant.to_at is None or now < grant.to_at):
            held.setdefault(grant.person_id, []).append((grant.role, grant.party.ref))
    logins = Login.objects.using("read").select_related("person")
    return tuple(
        SignIn(row.username, row.person.name, tuple(held.get(row.person_id, ())))
        for row in logins.filter(is_active=True, person__active=True).order_by("username")
    )


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One role with when it holds, how far it reaches, and who lent it."""

    id: str
    role: str
    party: str
    scope: str
    scope_ref: str
    ceiling_minor: int | None
    currency: str | None
    from_at: datetime
    to_at: datetime | None
    person: str
    lent_by: str
    holds: bool
    over: bool
    decision_id: str


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One way to sign in; `may_print` names who may still print a one-time password."""

    id: str
    username: str
    is_active: bool
    issuer: str
    password_until: datetime | None
    identities: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of people: names of sign-ins, and the roles that hold."""

    id: str
    name: str
    active: bool
    same_as: str
    logins: tuple[str, ...]
    grants: tuple[GrantRow, ...]


@dataclass(frozen=True, slots=True)
class ActRow:
    """A decision about this person or by it."""

    id: str
    action: str
    ref: str
    state: str
    created_at: datetime
    log_seq: int


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """A person with everything held, lent and done."""

    row: PersonRow
    email: str
    language: str
    logins: tuple[LoginRow, ...]
    lent: tuple[GrantRow, ...]
    same: tuple[tuple[str, str], ...]
    proposed: tuple[ActRow, ...]


def everybody(now: datetime, who: Viewer = UNFILTERED) -> tuple[PersonRow, ...]:
    """Every entry by name, those who left last."""
    persons = Person.objects.using("read").select_related("root").prefetch_related("logins")
    persons = persons.filter(within(who, "person"))
    grants = _grants(now, who)
    return tuple(
        _row(row, [grant for person, grant in grants if person == row.id])
        for row in persons.order_by("-active", "name", "id")
    )


def _row(person: Person, grants: list[GrantRow]) -> PersonRow:
    return PersonRow(
        id=person.id,
        name=person.name,
        active=(person.root or person).active,
        same_as=person.root.name if person.root else "",
        logins=tuple(sorted(login.username for login in person.logins.all() if login.is_active)),
        grants=tuple(grants),
    )


def _grants(now: datetime, who: Viewer, **only: object) -> list[tuple[str, GrantRow]]:
    rows = RoleGrant.objects.using("read").select_related("party", "person", "delegated_by", "parent")
    return [
        (row.person_id, _grant_row(row, now))
        for row in rows.filter(within(who, "grant"), **only).order_by("party__ref", "role", "from_at", "id")
    ]


def _grant_row(row: RoleGrant, now: datetime) -> GrantRow:
    ends = [row.to_at, row.parent.to_at if row.parent else None]
    to_at = min((end for end in ends if end is not None), default=None)
    over = to_at is not None and to_at <= now
    return GrantRow(
        id=row.id,
        role=row.role,
        party=row.party.ref,
        scope=row.scope,
        scope_ref=row.scope_ref,
        ceiling_minor=row.ceiling_minor,
        currency=row.currency,
        from_at=row.from_at,
        to_at=to_at,
        person=row.person.name,
        lent_by=row.delegated_by.name if row.delegated_by else "",
        holds=row.from_at <= now and not over,
        over=over,
        decision_id=row.decision_id or "",
    )


def person(person_id: str, now: datetime, who: Viewer = UNFILTERED) -> PersonDetail:
    """One person; raises UnknownReference."""
    rows = Person.objects.using("read").select_related("root").prefetch_related("logins")
    found = rows.filter(pk=person_id).first()
    if found is None:
        raise UnknownReference("person", person_id)
    root = found.counts_as
    same = Person.objects.using("read").filter(Q(root_id=root) | Q(pk=root)).exclude(pk=found.id)
    done = (
        Decision.objects.using("read")
        .filter(within(who, "decision"), proposer_person_id=found.id)
        .order_by("-log_seq")
    )
    return PersonDetail(
        row=_row(found, [grant for _id, grant in _grants(now, who, person_id=found.id)]),
        email=found.email,
        language=found.language,
        logins=_logins(found),
        lent=tuple(grant for _id, grant in _grants(now, who, delegated_by_id=found.id)),
        same=tuple(same.order_by("name").values_list("id", "name")),
        proposed=tuple(
            ActRow(row.id, row.action, "", row.state, row.created_at, row.log_seq) for row in done[:ACTS_MAX]
        ),
    )


def _logins(found: Person) -> tuple[LoginRow, ...]:
    rows = Login.objects.using("read").filter(person=found).prefetch_related("identities")
    return tuple(
        LoginRow(
            id=row.id,
            username=row.username,
            is_active=row.is_active,
            issuer=row.issuer_id or "",
            password_until=row.password_until,
            identities=tuple(
                (identity.id, identity.issuer, identity.subject)
                for identity in row.identities.all()
                if identity.ended_at is None
            ),
        )
        for row in rows.order_by("username")
    )


def login_of_identity(issuer: str, subject: str) -> Login | None:
    """The sign-in that this account at a ministry's provider opens."""
    rows = Identity.objects.using("read").select_related("login__person__root")
    found = rows.filter(issuer=issuer, subject=subject, ended_at__isnull=True).first()
    return found.login if found else None


def name_of(person_id: str) -> str:
    """A person's name; the id where nobody has it."""
    found = Person.objects.using("read").filter(pk=person_id).first()
    return found.name if found else person_id


def username_of(login_id: str) -> str:
    found = Login.objects.using("read").filter(pk=login_id).first()
    return found.username if found else login_id


def subject_of(identity_id: str) -> str:
    found = Identity.objects.using("read").filter(pk=identity_id).first()
    return found.subject if found else identity_id


def grant_of(grant_id: str) -> tuple[str, str] | None:
    """Role and party of a grant."""
    found = RoleGrant.objects.using("read").select_related("party").filter(pk=grant_id).first()
    return (found.role, found.party.ref) if found else None


def sign_in(login_id: str) -> Login:
    """A sign-in by its id; raises UnknownReference."""
    found = Login.objects.using("read").filter(pk=login_id).first()
    if found is None:
        raise UnknownReference("login", login_id)
    return found
