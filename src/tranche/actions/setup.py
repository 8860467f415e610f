"""The first entries of a mechanism: its parties, people, grants, origins and bank accounts, from a roster.

Nobody can decide before there is anybody, so this one write is no Decision; once a person exists it is
refused.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from tranche.actions.policy import first_version
from tranche.kernel.canonical import Canonical
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import static_conflict
from tranche.kernel.recovery import set_refused
from tranche.kernel.refusals import AlreadyThere, BadArgument
from tranche.log.append import append
from tranche.models import (
    AccountUse,
    BankAccount,
    Login,
    Origin,
    Party,
    Person,
    PolicyVersion,
    RecoveryPerson,
    RoleGrant,
)
from tranche.store.write import WriteTx, write_transaction

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One person with one login; grants are (role, party ref)."""

    username: str
    name: str
    language: str
    grants: tuple[tuple[Role, str], ...]
    password: str


@dataclass(frozen=True, slots=True)
class Roster:
    """What `tranche init --roster` reads; rows are mappings with the columns of the models.

    `recovery` are the user names of three persons, or nobody where that is left for later.
    """

    mechanism: str
    parties: tuple[Mapping[str, str], ...]
    origins: tuple[Mapping[str, str], ...]
    bank_accounts: tuple[Mapping[str, str], ...]
    people: tuple[RosterPerson, ...]
    recovery: tuple[str, ...] = ()


def set_up(roster: Roster, *, key: str) -> int:
    """Register everything of the roster in one transaction; gives the number of the first log entry."""
    for person in roster.people:
        roles = frozenset(role for role, _ in person.grants)
        if static_conflict(roles):
            raise BadArgument(person.username, "conflict", " ".join(sorted(roles)))
    _check_recovery(roster)
    passwords = {person.username: make_password(person.password) for person in roster.people}

    def act(write: WriteTx) -> None:
        if Person.objects.exists():
            raise AlreadyThere("roster", roster.mechanism)
        _append(write, "system.setup", roster.mechanism, {"detail": {"mechanism": roster.mechanism}})
        _policy(write)
        parties = {row["ref"]: _party(row, write) for row in roster.parties}
        for row in roster.origins:
            Origin.objects.create(
                id=str(uuid.uuid4()),
                ref=row["ref"],
                party=_known(parties, row["party"]),
                kind=row["kind"],
                title=row["title"],
            )
            _append(write, "system.setup", row["ref"], {"detail": {"origin": dict[str, Canonical](row)}})
        for row in roster.bank_accounts:
            _bank_account(row, parties, write)
        for person in roster.people:
            _person(person, parties, passwords[person.username], write)
        if roster.recovery:
            _recovery(roster.recovery, write)

    request: Canonical = {"act": "set_up", "mechanism": roster.mechanism}
    return write_transaction(key=key, request=request, act=act).log_seq


def _check_recovery(roster: Roster) -> None:
    """Raise BadArgument where the persons named are not three, known, and from both sides."""
    held = {person.username: [role for role, _ in person.grants] for person in roster.people}
    named = {name: held.get(name, []) for name in roster.recovery}
    if roster.recovery and (set_refused(named) or len(named) != len(roster.recovery)):
        raise BadArgument("recovery", "recovery", " ".join(roster.recovery))


def _policy(write: WriteTx) -> None:
    """What the settings name is the first version; from here on decisions change it."""
    first = first_version()
    PolicyVersion.objects.create(
        sha256=first.sha256,
        number=first.number,
        parameters=first.encoded().decode(),
        effective_at=write.now,
    )
    _append(write, "system.setup", "POLICY", {"detail": {"policy": first.sha256}})


def _recovery(usernames: Sequence[str], write: WriteTx) -> None:
    people = [Login.objects.get(username=name).person_id for name in usernames]
    for person in people:
        RecoveryPerson.objects.create(id=str(uuid.uuid4()), person_id=person, named_at=write.now)
    _append(write, "system.setup", "RECOVERY", {"detail": {"recovery": list[Canonical](people)}})


def _append(write: WriteTx, kind: str, ref: str, fields: Mapping[str, Canonical]) -> None:
    append(
        write, kind=kind, actor=SYSTEM, object_type="register", object_id=ref, fields={"ref": ref, **fields}
    )


def _known(parties: Mapping[str, Party], ref: str) -> Party:
    if ref not in parties:
        raise BadArgument("party", "unknown", ref)
    return parties[ref]


def _party(row: Mapping[str, str], write: WriteTx) -> Party:
    party = Party.objects.create(id=str(uuid.uuid4()), **row)
    _append(write, "party.register", party.ref, {"detail": {"party": dict[str, Canonical](row)}})
    return party


def _bank_account(row: Mapping[str, str], parties: Mapping[str, Party], write: WriteTx) -> None:
    account = BankAccount.objects.create(
        id=str(uuid.uuid4()),
        party=_known(parties, row["party"]),
        iban=row["iban"],
        bic=row["bic"],
        currency=row["currency"],
        opened_on=date.fromisoformat(row["opened_on"]),
        use=row.get("use", AccountUse.MECHANISM),
        opening_minor=int(row.get("opening_minor", "0")),
    )
    detail: dict[str, Canonical] = {
        **row,
        "opening_minor": account.opening_minor,
        "use": str(account.use),
    }
    _append(write, "system.setup", row["party"], {"detail": {"bank_account": detail}})


def _person(row: RosterPerson, parties: Mapping[str, Party], password: str, write: WriteTx) -> None:
    person = Person.objects.create(id=str(uuid.uuid4()), name=row.name, language=row.language)
    Login.objects.create(
        id=str(uuid.uuid4()), person=person, username=row.username, password=password, is_active=True
    )
    granted: list[Canonical] = []
    for role, party in row.grants:
        grant = RoleGrant.objects.create(
            id=str(uuid.uuid4()),
            person=person,
            role=role.value,
            party=_known(parties, party),
            from_at=write.now,
        )
        granted.append([grant.id, role.value, party])
    append(
        write,
        kind="authority.grant",
        actor=SYSTEM,
        object_type="person",
        object_id=person.id,
        fields={"detail": {"grants": granted, "name": row.name, "username": row.username}},
    )


def roster_from(data: Mapping[str, object], passwords: Mapping[str, str]) -> Roster:
    """A roster from parsed TOML; raises BadArgument for anything it does not know."""
    known = {"mechanism", "parties", "origins", "bank_accounts", "people", "recovery"}
    for name in data:
        if name not in known:
            raise BadArgument(name, "unknown")
    people = _table(data, "people")
    return Roster(
        mechanism=str(data.get("mechanism", "")),
        parties=tuple(_strings(row) for row in _table(data, "parties")),
        origins=tuple(_strings(row) for row in _table(data, "origins")),
        bank_accounts=tuple(_strings(row) for row in _table(data, "bank_accounts")),
        people=tuple(_roster_person(row, passwords) for row in people),
        recovery=_names(data),
    )


def _table(data: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadArgument(name, "rows")
    return rows


def _names(data: Mapping[str, object]) -> tuple[str, ...]:
    found = data.get("recovery", [])
    if not isinstance(found, list):
        raise BadArgument("recovery", "rows")
    return tuple(str(name) for name in found)


def _strings(row: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items()}


def _roster_person(row: Mapping[str, object], passwords: Mapping[str, str]) -> RosterPerson:
    username = str(row["username"])
    grants = row["grants"]
    if not isinstance(grants, list):
        raise BadArgument(username, "rows")
    try:
        held = tuple((Role(str(g).split("@")[0]), str(g).split("@")[1]) for g in grants)
    except (ValueError, IndexError) as error:
        raise BadArgument(username, "grant", str(grants)) from error
    return RosterPerson(username, str(row["name"]), str(row.get("language", "en")), held, passwords[username])
