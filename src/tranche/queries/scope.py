"""Which rows of each kind a viewer may know of: one condition a kind, for lists and for single objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Model, Q

from tranche.kernel.holds import ScopeKind
from tranche.kernel.recovery import RECOVERS
from tranche.models import (
    FUND,
    Advance,
    Agreement,
    BankLine,
    BankStatement,
    Claim,
    Condition,
    Contract,
    Credential,
    Decision,
    DecisionSubject,
    Hold,
    Identity,
    InKind,
    Interest,
    Joint,
    LinkUpload,
    Login,
    Lot,
    Milestone,
    Origin,
    Party,
    Payee,
    Payment,
    Person,
    Priority,
    Programme,
    Record,
    RoleGrant,
    Selection,
    SetAside,
    Step,
    Tranche,
    UploadLink,
)
from tranche.queries.viewer import Viewer

NONE: Final = Q(pk__in=())
ALL: Final = Q()
MOVING: Final = ("programme.allocate", "programme.release")


def within(who: Viewer, kind: str) -> Q:
    """The condition on rows of this kind; no kind is open because it was forgotten."""
    condition = SCOPES[kind][1]
    return ALL if who.sees_all and kind not in CLOSED else condition(who)


def is_within(who: Viewer, kind: str, key: str) -> bool:
    """Whether there is such an object and the viewer may know of it, in one statement either way."""
    model, _condition = SCOPES[kind]
    name = KEYS.get(kind, "ref")
    return model._default_manager.using("read").filter(within(who, kind), **{name: key}).exists()


def records_within(who: Viewer, path: str = "pk") -> Q:
    """The condition that a row's record, under this path, is of any kind within reach."""
    if who.sees_all:
        return ALL
    kept = (SCOPES[kind][0]._default_manager.using("read").filter(within(who, kind)) for kind in RECORDS)
    return _any(Q(**{f"{path}__in": rows.values("record_id")}) for rows in kept)


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


def _under(path: str) -> Callable[[Viewer], Q]:
    """Of an agreement within reach, which lies under this path."""
    return lambda who: Q(**{f"{path}__in": who.agreements})


def _programme(who: Viewer, path: str = "") -> Q:
    """Programmes and needs are what the recipient offers every donor it has an agreement with."""
    return Q(**{f"{path}holder__ref__in": who.recipients | who.reach.parties})


def _priority(who: Viewer) -> Q:
    return Q(record__holder_party__ref__in=who.recipients | who.reach.parties)


def _contract(who: Viewer, path: str = "") -> Q:
    """Paid from a fund within reach, or of a programme of one's own."""
    funded = Q(**{f"{path}funding_ref__in": who.funds})
    return funded | Q(**{f"{path}programme__holder__ref__in": who.reach.parties})


def _payment(who: Viewer) -> Q:
    own = Q(record__holder_party__ref__in=who.reach.parties) | Q(donor__ref__in=who.reach.parties)
    return own | Q(funding_ref__in=who.funds) | _contract(who, "contract__")


def _payee(who: Viewer) -> Q:
    """Accounts of one's own party or filed by it, and those of suppliers paid from a fund within reach."""
    paid = Contract.objects.using("read").filter(funding_ref__in=who.funds).values("supplier_id")
    own = Q(record__holder_party__ref__in=who.reach.parties) | Q(party__ref__in=who.reach.parties)
    return own | Q(party_id__in=paid)


def _selection(who: Viewer) -> Q:
    return Q(agreement__ref__in=who.agreements) | Q(programme__holder__ref__in=who.reach.parties)


def _joint(who: Viewer) -> Q:
    shared = Joint.objects.using("read").filter(shares__party__ref__in=who.reach.parties).values("pk")
    return Q(pk__in=shared) | Q(programme__holder__ref__in=who.reach.parties)


def _person(who: Viewer, path: str = "") -> Q:
    """Oneself, and whoever holds or held a role for a party of the circle or serves nobody's side."""
    if who.keeps_people:
        return ALL
    near = Q(party__ref__in=who.circle) | Q(role__in=("AU", "OP"))
    held = RoleGrant.objects.using("read").filter(near).values("person_id")
    me = Q(**{f"{path}pk": who.person}) | Q(**{f"{path}root": who.person})
    return me | Q(**{f"{path}pk__in": held}) if who.circle else me


def _grant(who: Viewer) -> Q:
    near = Q(party__ref__in=who.circle) | Q(person__pk=who.person)
    return ALL if who.keeps_people else near


def _credential(who: Viewer) -> Q:
    return ALL if who.keeps_people else Q(person=who.person)


def _decision(who: Viewer) -> Q:
    """Proposed by oneself or for one's party, asking it, or about a record within reach.

    Money that moves into a programme or out of it is known with its fund: donors share the programme.
    """
    own = Q(proposer_person_id=who.person)
    granted = RoleGrant.objects.using("read").filter(party__ref__in=who.reach.parties).values("pk")
    asked = Decision.objects.using("read").filter(slots__party_ref__in=who.reach.parties).values("pk")
    moved = Decision.objects.using("read").filter(records_within(who, "events__record_id")).values("pk")
    shared = Q(action__in=MOVING) | Q(action__startswith="authority.")
    about = (records_within(who, "record_id") | Q(pk__in=moved)) & ~shared
    holds = Hold.objects.using("read").filter(_hold(who))
    about |= Q(pk__in=holds.values("decision_id")) | Q(pk__in=holds.values("release__decision_id"))
    money = DecisionSubject.objects.using("read").filter(subject__in=[f"{FUND}{code}" for code in who.funds])
    told = Q(action=RECOVERS)  # everybody is to hear of it before it counts
    about |= Q(pk__in=money.values("decision_id")) | told
    return own | Q(proposer_grant_id__in=granted) | Q(pk__in=asked) | about


def _hold(who: Viewer) -> Q:
    over = {
        ScopeKind.PARTY: who.circle,
        ScopeKind.AGREEMENT: who.agreements,
        ScopeKind.PROGRAMME: _refs(who, Programme, "programme"),
        ScopeKind.RECORD: Record.objects.using("read").filter(records_within(who)).values("ref"),
    }
    found = Q(scope_kind=ScopeKind.SYSTEM)
    for kind, refs in over.items():
        found |= Q(scope_kind=kind, scope_ref__in=refs)
    return found


def _refs(who: Viewer, model: type[Model], kind: str) -> Any:
    return model._default_manager.using("read").filter(within(who, kind)).values("ref")


def _statement(path: str) -> Callable[[Viewer], Q]:
    """What a bank says is for the party whose account it is, and for auditors."""
    return lambda who: (
        ALL if who.reach.everything else Q(**{f"{path}account__party__ref__in": who.reach.closed})
    )


def _link(path: str) -> Callable[[Viewer], Q]:
    return lambda who: records_within(who, f"{path}record_id")


def _lot(who: Viewer) -> Q:
    return _contract(who, "contract__") | Q(inkind__agreement__ref__in=who.agreements)


SCOPES: Final[Mapping[str, tuple[type[Model], Callable[[Viewer], Q]]]] = {
    "agreement": (Agreement, _under("ref")),
    "tranche": (Tranche, _under("agreement__ref")),
    "step": (Step, _under("procedure__tranche__agreement__ref")),
    "condition": (Condition, _under("tranche__agreement__ref")),
    "inkind": (InKind, _under("agreement__ref")),
    "advance": (Advance, _under("agreement__ref")),
    "selection": (Selection, _selection),
    "programme": (Programme, _programme),
    "priority": (Priority, _priority),
    "joint": (Joint, _joint),
    "contract": (Contract, _contract),
    "milestone": (Milestone, lambda who: _contract(who, "contract__")),
    "payment": (Payment, _payment),
    "lot": (Lot, _lot),
    "payee": (Payee, _payee),
    "claim": (Claim, lambda _who: ALL),
    "party": (Party, lambda _who: ALL),
    "origin": (Origin, lambda who: Q(party__ref__in=who.circle)),
    "set_aside": (SetAside, lambda who: Q(donor__ref__in=who.reach.parties) | Q(funding_ref__in=who.funds)),
    "hold": (Hold, _hold),
    "decision": (Decision, _decision),
    "person": (Person, _person),
    "login": (Login, lambda who: _person(who, "person__")),
    "identity": (Identity, lambda who: _person(who, "login__person__")),
    "grant": (RoleGrant, _grant),
    "interest": (Interest, lambda who: _person(who, "person__")),
    "credential": (Credential, _credential),
    "statement": (BankStatement, _statement("")),
    "line": (BankLine, _statement("")),
    "link": (UploadLink, _link("")),
    "upload": (LinkUpload, _link("link__")),
    "record": (Record, records_within),
}
"""The model of each kind, and which of its rows are within reach."""

CLOSED: Final = frozenset({"statement", "line"})
"""Kinds of which knowing every record opens nothing: they are fields for auditors throughout."""

RECORDS: Final = (
    *("agreement", "tranche", "step", "condition", "inkind", "selection", "programme", "priority", "joint"),
    *("contract", "milestone", "payment", "lot", "payee", "claim"),
)
KEYS: Final = dict.fromkeys(
    (
        *("decision", "person", "login", "identity", "grant", "interest", "credential"),
        *("statement", "line", "link", "upload"),
    ),
    "pk",
)
"""By what an object is named where it has no reference."""
