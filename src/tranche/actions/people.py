"""From a stored person to the actor that policy knows, and the deeds that persons did on records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from tranche.kernel.deeds import deed_of
from tranche.kernel.policy import Actor, Deed, Grant
from tranche.kernel.refusals import UnknownReference
from tranche.models import (
    BEHIND,
    Approval,
    Decision,
    Evidence,
    Interest,
    Login,
    Party,
    Person,
    RecordEvent,
    RoleGrant,
    grant_from,
    is_active,
)


def actor_of(login_id: str, via: str) -> Actor:
    """The natural person behind a login, with every grant; raises UnknownReference.

    Of several entries for one human being the first counts, with the grants of all.
    """
    login = Login.objects.select_related("person__root").filter(pk=login_id).first()
    if login is None:
        raise UnknownReference("login", login_id)
    person = login.person.root or login.person
    return Actor(
        person=person.id,
        login=login.id,
        via=via,
        grants=grants_of(person.id),
        active=login.is_active and person.active,
    )


def grants_of(person_id: str) -> tuple[Grant, ...]:
    """The grants of a person and of every other entry for the same one, own ones before lent ones."""
    rows = RoleGrant.objects.filter(Q(person_id=person_id) | Q(person__root_id=person_id))
    ordered = rows.select_related(*BEHIND).order_by("from_at", "id")
    grants = [grant_from(row) for row in ordered]
    return tuple(sorted(grants, key=lambda grant: bool(grant.delegator)))


def standing_grant(grant_id: str | None, now: datetime) -> Grant | None:
    """The grant where it holds now and its holder is active; for one that is lent, its lender as well."""
    row = RoleGrant.objects.select_related(*BEHIND).filter(pk=grant_id).first()
    if row is None or not is_active(row.person):
        return None
    grant = grant_from(row)
    return grant if grant.valid(now) else None


def proposers_of(decision: Decision) -> frozenset[str]:
    """Whom the proposal counts for: the person and, where the grant was lent, its lender."""
    proposer = decision.proposer_person
    return frozenset({proposer.counts_as, *_lenders([decision.proposer_grant_id or ""]).values()})


def counted(person_ids: Iterable[str]) -> frozenset[str]:
    """The same persons, each by the id under which the human being counts."""
    known = set(person_ids)
    merged = dict(Person.objects.filter(pk__in=known, root__isnull=False).values_list("id", "root_id"))
    return frozenset(merged.get(person, person) for person in known)


class Deeds(NamedTuple):
    """Who did what on a chain of records, and on those of them that are spoken of."""

    chain: Mapping[Deed, frozenset[str]]
    record: Mapping[Deed, frozenset[str]]


def deeds(chain: Collection[str], records: Collection[str] = ()) -> Deeds:
    """Who proposed, filed, approved, paid, verified or inspected on these records, ever.

    A deed under a lent grant is one of its lender as well. The records spoken of belong to the chain. However
    long a history is, the database gives each different deed once.
    """
    ids = {*chain, *records}
    done = {*_acted(ids, records), *_approved(ids, records), *_filed(ids, records)}
    lent = _lenders({row.grant for row in done if row.grant})
    found: tuple[dict[Deed, set[str]], dict[Deed, set[str]]] = (defaultdict(set), defaultdict(set))
    for row in done:
        persons = {row.person} | ({lent[row.grant]} if row.grant in lent else set())
        for where in found if row.own else found[:1]:
            where[row.deed] |= persons
    whole, own = ({deed: frozenset(persons) for deed, persons in where.items()} for where in found)
    return Deeds(whole, own)


class _Done(NamedTuple):
    deed: Deed
    person: str
    grant: str | None
    own: bool


def _own(field: str, records: Collection[str]) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(Q(**{f"{field}__in": records or [""]}), output_field=BooleanField())


def _acted(ids: Collection[str], records: Collection[str]) -> Iterator[_Done]:
    """Of every step its proposer and who carried it out; a step back counts as the deed that it undoes."""
    undone = RecordEvent.objects.filter(pk=OuterRef("undoes")).values("action")[:1]
    rows = RecordEvent.objects.filter(record_id__in=ids).annotate(
        own=_own("record_id", records), counts=Coalesce(Subquery(undone), "action")
    )
    names = ("own", "counts", "person_id", "person__root_id", "grant_id")
    proposal = (f"decision__proposer_{name}" for name in ("person_id", "person__root_id", "grant_id"))
    for own, action, person, root, grant, asked, asked_root, asked_grant in rows.values_list(
        *names, *proposal
    ).distinct():
        yield _Done(deed_of(action), asked_root or asked, asked_grant, own)
        if person != asked:
            yield _Done(Deed.PAID, root or person, grant, own)


def _approved(ids: Collection[str], records: Collection[str]) -> Iterator[_Done]:
    rows = Approval.objects.filter(decision__events__record_id__in=ids, verdict="approve")
    rows = rows.annotate(own=_own("decision__events__record_id", records))
    for person, root, grant, own in rows.values_list(
        "person_id", "person__root_id", "grant_id", "own"
    ).distinct():
        yield _Done(Deed.APPROVED, root or person, grant, own)


def _filed(ids: Collection[str], records: Collection[str]) -> Iterator[_Done]:
    rows = Evidence.objects.filter(record_id__in=ids, superseded_by__isnull=True)
    rows = rows.annotate(own=_own("record_id", records))
    for person, root, own in rows.values_list("filed_by_id", "filed_by__root_id", "own").distinct():
        yield _Done(Deed.FILED, root or person, None, own)


def _lenders(grants: Collection[str]) -> dict[str, str]:
    """Of the grants that are lent, the person that each was lent by."""
    rows = RoleGrant.objects.filter(pk__in=grants, parent__isnull=False)
    found = rows.values_list("id", "delegated_by_id", "delegated_by__root_id")
    return {grant: root or lender for grant, lender, root in found}


def ties_to(parties: Collection[Party], today: date) -> frozenset[tuple[str, str]]:
    """Who has a declared interest in one of these parties on this day, with each such interest."""
    rows = Interest.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=today), party__in=parties, from_on__lte=today
    )
    return frozenset((row.person.counts_as, row.id) for row in rows.select_related("person"))


def deed_of_proposal(action: str) -> Deed:
    """The deed that proposing this action is."""
    return deed_of(action)
