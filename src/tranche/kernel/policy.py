"""Who may do what to which record, as data and one pure function: `decide`.

Who may act at all stands in the `who` column of `kernel/transitions.py`; here is how far each role reaches
and who must be somebody else. Instants are aware UTC; a grant holds from `from_at` on and before `to_at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tranche.kernel.canonical import Canonical
from tranche.kernel.lifecycle import Role
from tranche.kernel.money import Money


class Deed(StrEnum):
    """What a person did to a record; deeds count for ever, also after a change of role."""

    PROPOSED = "P"
    FILED = "U"
    APPROVED = "A"
    PAID = "Y"
    VERIFIED = "V"
    INSPECTED = "I"
    JUDGED = "J"
    HOLDS = "H"


class Scope(StrEnum):
    CHAIN = "chain"
    RECORD = "record"


class Denied(StrEnum):
    """Why not; each has a sentence in every language."""

    NO_ROLE = "no_role"
    WRONG_RELATION = "wrong_relation"
    CONFLICT = "conflict"
    CEILING = "ceiling"
    OWN_PROPOSAL = "own_proposal"
    ALREADY_APPROVED = "already_approved"
    NOT_NEEDED = "not_needed"
    INACTIVE = "inactive"
    PROPOSER_GONE = "proposer_gone"
    BARRED = "barred"
    TAKEN_BACK = "taken_back"
    SUBSTITUTE = "substitute"
    EMPOWERED = "empowered"
    INTEREST = "interest"
    NOT_IN_POLICY = "not_in_policy"
    NOT_NAMED = "not_named"


class GrantScope(StrEnum):
    """How much of a party's work a grant covers: all of it, one programme, or one contract."""

    PARTY = "party"
    PROGRAMME = "programme"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held for one party; `delegator` is the person who lent it, where somebody did."""

    id: str
    role: Role
    party: str
    from_at: datetime
    to_at: datetime | None
    ceiling: Money | None = None
    scope: GrantScope = GrantScope.PARTY
    scope_ref: str = ""
    delegator: str = ""

    def valid(self, now: datetime) -> bool:
        return self.from_at <= now and (self.to_at is None or now < self.to_at)


@dataclass(frozen=True, slots=True)
class Actor:
    """A natural person behind one login, with every grant held."""

    person: str
    login: str
    via: str
    grants: tuple[Grant, ...]
    active: bool = True

    def stands_for(self, grant: Grant) -> frozenset[str]:
        """Whom this person counts as under a grant: himself and, where it is lent, its lender."""
        return frozenset({self.person, grant.delegator} - {""})


@dataclass(frozen=True, slots=True)
class Situation:
    """What policy needs to know of the record: parties by reference, deeds by person.

    Several agreements may be concerned: then there are more parties that approve. Who is barred may not
    approve: a hold is not lifted by the one who placed it. `holders` are the persons whose own matter it is;
    the `empowered` get power by it and never approve it; `interested` are persons with a declared interest in
    the supplier whom the record is about, and `ties` those persons with each such interest; the `recovering`
    are the recovery persons. `named` parties act where a role reaches only what it is named for, in
    `named_role` where one is set.
    """

    owner: str
    parties: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    named_role: Role | None = None
    approving: str = ""
    recipient: str = ""
    partners: frozenset[str] = frozenset()
    chain_deeds: Mapping[Deed, frozenset[str]] = field(default_factory=dict)
    record_deeds: Mapping[Deed, frozenset[str]] = field(default_factory=dict)
    more_approving: frozenset[str] = frozenset()
    more_recipient: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    programme: str = ""
    contract: str = ""
    holders: frozenset[str] = frozenset()
    empowered: frozenset[str] = frozenset()
    interested: frozenset[str] = frozenset()
    ties: frozenset[tuple[str, str]] = frozenset()
    recovering: frozenset[str] = frozenset()


class Allow(NamedTuple):
    grant: Grant


class Deny(NamedTuple):
    reason: Denied
    deeds: frozenset[Deed] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """The parameters in force: amount limits in one currency, and the forms of sign-off allowed.

    Amounts to one payee add up over `window_days` (signoff note, section 3).
    `aaguids` are the models of security keys that are taken; none named means any bound to its device.
    """

    name: str
    currency: str = "EUR"
    limit_one_minor: int = 100_000_000
    limit_two_minor: int = 2_500_000_000
    window_days: int = 30
    methods: tuple[str, ...] = ("webauthn", "totp", "password")
    aaguids: tuple[str, ...] = ()
    synced_keys: bool = False

    def as_canonical(self) -> dict[str, Canonical]:
        return {
            "aaguids": list(self.aaguids),
            "conflicts": sorted(f"{a}-{b}@{scope}" for a, b, scope in CONFLICTS),
            "currency": self.currency,
            "limit_one_minor": self.limit_one_minor,
            "limit_two_minor": self.limit_two_minor,
            "methods": list(self.methods),
            "name": self.name,
            "synced_keys": self.synced_keys,
            "reach": {family: dict(sorted(row.items())) for family, row in sorted(REACH.items())},
            "window_days": self.window_days,
        }


def _pairs(scope: Scope, *pairs: str) -> set[tuple[Deed, Deed, Scope]]:
    both = [tuple(pair.split("-")) for pair in pairs]
    return {(Deed(a), Deed(b), scope) for a, b in both} | {(Deed(b), Deed(a), scope) for a, b in both}


CONFLICTS: frozenset[tuple[Deed, Deed, Scope]] = frozenset(
    _pairs(Scope.CHAIN, "P-A", "A-Y", "I-P", "I-A", "I-Y")
    | _pairs(Scope.RECORD, "U-A", "V-P", "V-A", "V-U", "V-V", "J-U", "H-P", "H-A")
)
"""Two deeds that one person may not both have done, on one chain of records or on one record.

V-V: the second verifier of a payee account is another person than the first.
"""

DONOR_SIDE = frozenset({Role.DONOR_OFFICER, Role.DONOR_APPROVER})
RECIPIENT_SIDE = frozenset({Role.FUND_MANAGER, Role.RECIPIENT_APPROVER, Role.PAYER})
ALONE = frozenset({Role.OPERATOR, Role.AUDITOR})

_BOTH_SIDES = {"DO": "p", "DA": "p", "FM": "p", "RA": "p"}
_RECIPIENT = {"FM": "o", "RA": "o", "PY": "o", "IN": "n", "DA": "p"}
_ANYBODY = {"DO": "a", "FM": "a", "AU": "a"}

REACH: Mapping[str, Mapping[str, str]] = {
    "agreement": _BOTH_SIDES,
    "tranche": _BOTH_SIDES,
    "condition": {"DO": "n", "FM": "n", "DA": "p", "RA": "p"},
    "step": {"DO": "n", "FM": "n", "IN": "n", "DA": "p", "RA": "p"},
    "programme": _RECIPIENT,
    "contract": _RECIPIENT,
    "milestone": _RECIPIENT,
    "payment": _RECIPIENT,
    "lot": _RECIPIENT,
    "priority": _RECIPIENT,
    "selection": _RECIPIENT,
    "inkind": {"DO": "p", "DA": "p", "FM": "o", "RA": "p", "IN": "n"},
    "joint": _BOTH_SIDES,
    "bank": _RECIPIENT,
    "fund": _RECIPIENT,
    "advance": _RECIPIENT,
    "entry": _RECIPIENT,
    "period": _RECIPIENT | {"FM": "p"},
    "payee": {"DO": "o", "DA": "o", "FM": "o", "RA": "o", "PY": "o"},
    "claim": _ANYBODY,
    "party": {"DO": "a", "FM": "a"},
    "procedure": {"DO": "o", "DA": "o"},
    "import": {"DO": "o", "FM": "o"},
    "hold": {"FM": "p", "RA": "p", "DA": "p", "PY": "p", "AU": "a"},
    "evidence": {role.value: "o" for role in Role} | {"DO": "p", "FM": "p", "IN": "n"},
    "authority": {role.value: "s" for role in Role} | {"OP": "a"},
    "log": {"DA": "s", "RA": "s"},
    "register": {role.value: "a" for role in Role},
}
"""How far a role reaches.

o its party's records, p those of an agreement it is party to, n named, s the person's own matter, a any.
"""

ANYBODY = frozenset({"*"})
"""The holders of what everybody may do in the own matter, such as offering a key."""

DELEGATION_DAYS_MAX = 60
"""After so many days a substitute is no substitute any more but an office (signoff note, section 1)."""


def decide(
    actor: Actor, action: str, roles: frozenset[Role], situation: Situation, deed: Deed, now: datetime
) -> Allow | Deny:
    """Whether the actor may do this deed; the first grant that reaches the record, or the nearest reason."""
    if not actor.active:
        return Deny(Denied.INACTIVE)
    if actor.person in situation.empowered:
        return Deny(Denied.EMPOWERED)
    held = [grant for grant in actor.grants if grant.role in roles and grant.valid(now)]
    if not held:
        return Deny(Denied.NO_ROLE)
    family = action.split(".")[0]
    reaching = [grant for grant in held if reaches(grant, family, situation, actor.person)]
    if not reaching:
        return Deny(Denied.WRONG_RELATION)
    in_the_way = [conflicts(actor.stands_for(grant), situation, deed) for grant in reaching]
    free = [grant for grant, deeds in zip(reaching, in_the_way, strict=True) if not deeds]
    if not free:
        return Deny(Denied.CONFLICT, in_the_way[0])
    without = [grant for grant in free if not actor.stands_for(grant) & situation.interested]
    return Allow(without[0]) if without else Deny(Denied.INTEREST)


def reaches(grant: Grant, family: str, situation: Situation, person: str = "") -> bool:
    """Whether the grant leads this person to the record at all."""
    if not covers(grant, situation):
        return False
    match REACH.get(family, {}).get(grant.role.value, ""):
        case "a":
            return True
        case "o":
            return grant.party == situation.owner
        case "p":
            return grant.party in situation.parties or grant.party == situation.owner
        case "n":
            return grant.party in situation.named and situation.named_role in (None, grant.role)
        case "s":
            return person in situation.holders or situation.holders == ANYBODY
        case _:
            return False


def covers(grant: Grant, situation: Situation) -> bool:
    """Whether the record lies within the scope of the grant."""
    match grant.scope:
        case GrantScope.PARTY:
            return True
        case GrantScope.PROGRAMME:
            return grant.scope_ref == situation.programme
        case GrantScope.CONTRACT:
            return grant.scope_ref == situation.contract


def conflicts(persons: frozenset[str], situation: Situation, deed: Deed) -> frozenset[Deed]:
    """The deeds already done by one of these persons, who count as one, that exclude a further one."""
    scopes = {Scope.CHAIN: situation.chain_deeds, Scope.RECORD: situation.record_deeds}
    return frozenset(
        done
        for done, new, scope in CONFLICTS
        if new == deed and persons & scopes[scope].get(done, frozenset())
    )


def excluded(situation: Situation, deed: Deed) -> frozenset[str]:
    """Everybody whom a deed done, a declared interest or the record itself keeps from this deed."""
    scopes = {Scope.CHAIN: situation.chain_deeds, Scope.RECORD: situation.record_deeds}
    done = (scopes[scope].get(before, frozenset()) for before, new, scope in CONFLICTS if new == deed)
    return situation.interested.union(situation.barred, situation.empowered, *done)


def static_conflict(roles: frozenset[Role]) -> bool:
    """Whether one person may not hold these roles together."""
    return bool(roles & ALONE and len(roles) > 1) or bool(roles & DONOR_SIDE and roles & RECIPIENT_SIDE)
