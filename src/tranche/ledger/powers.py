"""Who may act: persons, sign-ins, roles and keys as they are, against what the log says was given and taken.

What a password is stays out: the log never sees one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeVar

from tranche.kernel.differences import Differences
from tranche.kernel.ledger import instant_text
from tranche.kernel.methods import ONE_TIME_FOR
from tranche.ledger import power_rows as rows
from tranche.ledger.decided import Decided
from tranche.ledger.logged import Log, Logged
from tranche.ledger.rows import Execute

METHODS: Final = {"authority.offer_credential": "webauthn", "authority.offer_code": "totp"}
ISSUED: Final = "authority.issue_password"
PASSWORDS: Final = frozenset({ISSUED, "authority.change_password"})
"""What people do with passwords is no decision; the log says that they did."""

NAMING: Final = frozenset({"grants", "recovery"})
NAMED: Final = ("first", "second", "third")


Row = TypeVar(
    "Row", rows.Person, rows.Login, rows.Grant, rows.Identity, rows.Key, rows.Calendar, rows.Recovery
)


class Powers:
    """The rows as the log makes them, in its order, compared with those that are stored."""

    def __init__(self, log: Log, execute: Execute, differences: Differences) -> None:
        self._execute = execute
        self._differences = differences
        self._given: list[tuple[int, Logged, Decided | None]] = [
            (entry.seq, entry, None)
            for entry in log.entries.values()
            if entry.kind in PASSWORDS or NAMING & entry.detail.keys()
        ]
        self._persons: dict[str, rows.Person] = {}
        self._logins: dict[str, rows.Login] = {}
        self._grants: dict[str, rows.Grant] = {}
        self._identities: dict[str, rows.Identity] = {}
        self._keys: dict[str, rows.Key] = {}
        self._calendars: dict[str, rows.Calendar] = {}
        self._recovery: dict[str, rows.Recovery] = {}

    def check(self, decided: Decided) -> None:
        """Keep what gave or took power; decisions come in no order."""
        if decided.action.startswith("authority."):
            self._given.append((decided.entry.seq, decided.entry, decided))

    def finish(self) -> None:
        """Give and take in the order of the log, then compare every row both ways."""
        for _, entry, decided in sorted(self._given, key=lambda one: one[0]):
            if entry.kind in PASSWORDS:
                self._password(entry)
            elif decided is None:
                self._set_up(entry)
            else:
                self._apply(decided, decided.arguments, entry.object_id, entry)
        self._compare("person", self._persons, rows.persons(self._execute))
        self._compare("login", self._logins, rows.logins(self._execute))
        self._compare("role_grant", self._grants, rows.grants(self._execute))
        self._compare("identity", self._identities, rows.identities(self._execute))
        self._compare("credential", self._keys, rows.keys(self._execute))
        self._compare("recovery_person", self._recovery, rows.recovery(self._execute))
        self._compare("calendar_address", self._calendars, rows.calendars(self._execute))

    def _compare(self, table: str, wanted: Mapping[str, Row], found: Mapping[str, Row]) -> None:
        for key in sorted(wanted.keys() | found.keys()):
            expected, stored = _differing(wanted.get(key), found.get(key))
            self._differences.compare(f"power_{table}", expected, stored, row=f"{table} {key}")

    def _set_up(self, entry: Logged) -> None:
        """A person of the roster, or one more whom it names later."""
        said, person = entry.detail, entry.object_id
        if "username" in said:
            self._persons[person] = rows.Person(said["name"], "")
            self._logins[said["username"]] = rows.Login(person)
        self._name_recovery("", said.get("recovery", ()), entry.at)
        for grant, role, party in said.get("grants", ()):
            self._grants[grant] = rows.Grant(person, role, party, "party", "", (None, None), entry.at, "")

    def _name_recovery(self, decision: str, persons: Sequence[str], at: str) -> None:
        """They take the place of those before them, each as the one that counts on that day."""
        for key, row in self._recovery.items() if persons else ():
            if not row.ended_at:
                self._recovery[key] = replace(row, ended_at=at)
        for person in persons:
            self._recovery[f"{decision} {self._root(person)}"] = rows.Recovery(at)

    def _password(self, entry: Logged) -> None:
        """A one-time password is printed once and opens for a while, until an own one is chosen."""
        until = ""
        if entry.kind == ISSUED:
            until = instant_text(datetime.fromisoformat(entry.at) + ONE_TIME_FOR)
            self._issuers(entry)
        self._change(self._logins, entry.ref, issuer=None, password_until=until)

    def _issuers(self, entry: Logged) -> None:
        """Nobody prints one but who made or reset the sign-in, who may count as another person since."""
        login = self._logins.get(entry.ref)
        issuer = self._root(login.issuer) if login and login.issuer else None
        where = f"login {entry.ref}"
        self._differences.compare("power_issuer", issuer, self._root(entry.actor), row=where)

    def _apply(self, decided: Decided, said: Mapping[str, Any], made: str, entry: Logged) -> None:
        match decided.action.removeprefix("authority."):
            case "register_person":
                self._persons[made] = rows.Person(said["name"], said.get("email", ""))
                self._logins[said["username"]] = rows.Login(made, issuer=entry.actor)
            case "add_login":
                self._logins[said["username"]] = rows.Login(said["person"], issuer=entry.actor)
            case "reset_password":
                username = decided.facts["username"]
                self._change(self._logins, username, issuer=entry.actor, password_until="")
            case "disable_login":
                self._change(self._logins, decided.facts["username"], active=False, issuer=None)
            case "name_recovery":
                self._name_recovery(decided.id, [said[name] for name in NAMED], entry.at)
            case "deactivate_person" | "reactivate_person" as act:
                root = self._root(said["person"])
                self._change(self._persons, root, active=act == "reactivate_person")
            case "merge_persons":
                self._merge(self._root(said["person"]), self._root(said["duplicate"]))
            case "grant" | "recover":
                self._grants[made] = _given(said, decided.id, entry)
            case "delegate" if said["grant"] in self._grants:
                self._grants[made] = self._lent(said, decided.id, entry)
            case "end_grant":
                self._end(said["grant"], entry.at)
            case "link_identity":
                named = (decided.facts["username"], said["issuer"], said["subject"])
                self._identities[made] = rows.Identity(*named)
            case "unlink_identity":
                self._change(self._identities, said["identity"], ended_at=entry.at)
            case "set_mail" if said.get("email"):
                self._change(self._persons, entry.actor, email=said["email"])
            case "make_calendar" | "end_calendar" as act:
                self._calendar(entry, said["token_sha256"] if act == "make_calendar" else "")
            case _:
                self._key(decided, said, made, entry)

    def _key(self, decided: Decided, said: Mapping[str, Any], made: str, entry: Logged) -> None:
        facts = decided.facts
        match decided.action.removeprefix("authority."):
            case "offer_credential" | "offer_code":
                self._keys[made] = rows.Key(
                    person=entry.actor,
                    method=METHODS[decided.action],
                    handle=facts["handle"],
                    public_key=facts.get("public_key", ""),
                    aaguid=facts.get("aaguid", ""),
                    device_bound=facts.get("device_bound", False),
                    label=said["label"],
                    offered=(entry.seq, entry.at),
                )
            case "register_credential" | "add_credential":
                self._change(self._keys, said["credential"], registered=(entry.seq, entry.at))
            case "revoke_credential":
                self._change(self._keys, said["credential"], revoked=(entry.seq, entry.at))

    def _calendar(self, entry: Logged, token: str) -> None:
        """A person has one address at most: the one before ends."""
        for key, row in self._calendars.items():
            if row.person == entry.actor and not row.ended_at:
                self._calendars[key] = replace(row, ended_at=entry.at)
        if token:
            self._calendars[token] = rows.Calendar(entry.actor)

    def _change(self, known: dict[str, Row], key: str, **changes: object) -> None:
        """Change a row that there is; one that the log never made is named as added."""
        if key in known:
            known[key] = replace(known[key], **changes)  # type: ignore[arg-type]  # fields of the one row type

    def _root(self, person: str) -> str:
        found = self._persons.get(person)
        return (found.root if found else None) or person

    def _merge(self, kept: str, gone: str) -> None:
        for key, person in self._persons.items():
            if gone in (key, person.root):
                self._persons[key] = replace(person, root=kept)

    def _lent(self, said: Mapping[str, Any], decision: str, entry: Logged) -> rows.Grant:
        parent = self._grants[said["grant"]]
        lent = _given({**said, "role": parent.role, "party": parent.party}, decision, entry)
        return replace(
            lent,
            scope=parent.scope,
            scope_ref=parent.scope_ref,
            ceiling=lent.ceiling if "ceiling" in said else parent.ceiling,
            parent=said["grant"],
            lender=self._root(parent.person),
        )

    def _end(self, grant: str, at: str) -> None:
        self._change(self._grants, grant, to_at=at)
        for key, row in self._grants.items():
            if row.parent == grant and (not row.to_at or row.to_at > at):
                self._grants[key] = replace(row, to_at=at)


def _differing(wanted: Row | None, found: Row | None) -> tuple[object, object]:
    """What differs of two rows, by the names of their fields; a row that is missing is none."""
    if wanted is None or found is None:
        return (wanted or "none", found or "none")
    names = [each.name for each in fields(wanted) if getattr(wanted, each.name) != getattr(found, each.name)]
    expected, stored = ({name: getattr(row, name) for name in names} for row in (wanted, found))
    return expected, stored


def _given(said: Mapping[str, Any], decision: str, entry: Logged) -> rows.Grant:
    """A grant by its decision; it begins with its first day, and never before it was given."""
    ceiling = said.get("ceiling", {})
    return rows.Grant(
        person=said["person"],
        role=said["role"],
        party=said["party"],
        scope=said.get("scope", "party"),
        scope_ref=said.get("scope_ref", ""),
        ceiling=(ceiling.get("amount_minor"), ceiling.get("currency")),
        from_at=max(entry.at, _first_of(date.fromisoformat(said.get("from_on", entry.day)))),
        to_at=_first_of(date.fromisoformat(said["to_on"]) + timedelta(days=1)) if "to_on" in said else "",
        decision=decision,
    )


def _first_of(day: date) -> str:
    return instant_text(datetime.combine(day, time(), UTC))
