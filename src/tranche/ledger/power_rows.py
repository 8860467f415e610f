"""The rows that give power, as they are stored, each as one value that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tranche.ledger.rows import Execute, at_of

PERSONS: Final = "SELECT id, name, email, active, root_id FROM person"
LOGINS: Final = "SELECT username, person_id, is_active, issuer_id, password_until FROM login"
GRANTS: Final = """
SELECT g.id, g.person_id, g.role, p.ref, g.scope, g.scope_ref, g.ceiling_minor, g.currency,
    g.from_at, g.to_at, g.parent_id, g.delegated_by_id, g.decision_id
FROM role_grant g LEFT JOIN party p ON p.id = g.party_id
"""
IDENTITIES: Final = """
SELECT i.id, l.username, i.issuer, i.subject, i.ended_at
FROM identity i LEFT JOIN login l ON l.id = i.login_id
"""
KEYS: Final = """
SELECT id, person_id, method, handle, public_key, aaguid, device_bound, label, offered_seq, offered_at,
    registered_seq, registered_at, revoked_seq, revoked_at
FROM credential
"""
RECOVERY: Final = "SELECT coalesce(decision_id, ''), person_id, named_at, ended_at FROM recovery_person"
CALENDARS: Final = "SELECT token_sha256, person_id, ended_at FROM calendar_address"

When = tuple[int | None, str]
"""The number of a log entry and its time."""

NEVER: Final[When] = (None, "")


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of a person; `root` is the one that it counts as."""

    name: str
    email: str
    active: bool = True
    root: str | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """A way in, open or shut; who may print a one-time password for it, and until when one opens it."""

    person: str
    active: bool = True
    issuer: str | None = None
    password_until: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role for one party; `lender` and `parent` say who lent it out of which grant."""

    person: str
    role: str
    party: str
    scope: str
    scope_ref: str
    ceiling: tuple[int | None, str | None]
    from_at: str
    to_at: str
    parent: str | None = None
    lender: str | None = None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """An account elsewhere."""

    username: str
    issuer: str
    subject: str
    ended_at: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A key or code; each time stands with the number of its log entry."""

    person: str
    method: str
    handle: str
    public_key: str
    aaguid: str
    device_bound: bool
    label: str
    offered: When
    registered: When = NEVER
    revoked: When = NEVER


@dataclass(frozen=True, slots=True)
class Calendar:
    """An address under which somebody's deadlines are read."""

    person: str
    ended_at: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A person who may agree that a role is given when nobody else can."""

    named_at: str
    ended_at: str = ""


def persons(execute: Execute) -> dict[str, Person]:
    """Every entry of a person, by its id."""
    rows = execute(PERSONS, [])
    return {key: Person(name, email, bool(active), root) for key, name, email, active, root in rows}


def logins(execute: Execute) -> dict[str, Login]:
    """Every sign-in, by its user name."""
    return {
        username: Login(person, bool(active), issuer, at_of(until))
        for username, person, active, issuer, until in execute(LOGINS, [])
    }


def grants(execute: Execute) -> dict[str, Grant]:
    """Every role that somebody has or had, by its id."""
    found = {}
    for (
        key,
        person,
        role,
        party,
        scope,
        scope_ref,
        minor,
        currency,
        *times,
        parent,
        lender,
        decision,
    ) in execute(GRANTS, []):
        from_at, to_at = map(at_of, times)
        found[key] = Grant(
            person, role, party, scope, scope_ref, (minor, currency), from_at, to_at, parent, lender, decision
        )
    return found


def identities(execute: Execute) -> dict[str, Identity]:
    """Every account at a ministry's own provider that opens a sign-in, by its id."""
    return {
        key: Identity(username, issuer, subject, at_of(ended))
        for key, username, issuer, subject, ended in execute(IDENTITIES, [])
    }


def keys(execute: Execute) -> dict[str, Key]:
    """Every key or code that somebody offered, by its id."""
    found = {}
    for key, person, method, handle, public_key, aaguid, device_bound, label, *whens in execute(KEYS, []):
        public = bytes(public_key).hex()
        pairs = zip(whens[::2], whens[1::2], strict=True)
        offered, registered, revoked = ((seq, at_of(at)) for seq, at in pairs)
        bound = bool(device_bound)
        found[key] = Key(person, method, handle, public, aaguid, bound, label, offered, registered, revoked)
    return found


def calendars(execute: Execute) -> dict[str, Calendar]:
    """Every calendar address, by the hash of its token."""
    return {token: Calendar(person, at_of(ended)) for token, person, ended in execute(CALENDARS, [])}


def recovery(execute: Execute) -> dict[str, Recovery]:
    """Every naming of a recovery person, by its decision and the person."""
    return {
        f"{decision} {person}": Recovery(at_of(named), at_of(ended))
        for decision, person, named, ended in execute(RECOVERY, [])
    }
