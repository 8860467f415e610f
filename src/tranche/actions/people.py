"""From a stored person to the actor that policy knows, and the deeds that persons did on records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db.models import Q

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
    lent = RoleGrant.objects.filter(pk=decision.proposer_grant_id, parent__isnull=False)
    return counted([decision.proposer_person_id, *lent.values_list("delegated_by_id", flat=True)])


def counted(person_ids: Iterable[str]) -> frozenset[str]:
    """The same persons, each by the id under which the human being counts."""
    known = set(person_ids)
    merged = dict(Person.objects.filter(pk__in=known, root__isnull=False).values_list("id", "root_id"))
    return frozenset(merged.get(person, person) for person in known)


def deeds(record_ids: Collection[str]) -> Mapping[Deed, frozenset[str]]:
    """Who proposed, filed, approved, paid, verified or inspected on these records, ever.

    A deed under a lent grant is one of its lender as well.
    """
    found: dict[Deed, set[str]] = defaultdict(set)
    used: dict[Deed, set[str | None]] = defaultdict(set)
    events = RecordEvent.objects.filter(record_id__in=record_ids).values_list(
        *("id", "action", "undoes", "person_id", "grant_id"),
        *("decision_id", "decision__proposer_person_id", "decision__proposer_grant_id"),
    )
    actions = {event[0]: event[1] for event in events}
    for _, own, undoes, person, grant, _decision, proposer, proposer_grant in events:
        deed = deed_of(actions.get(undoes, own) if undoes else own)
        found[deed].add(proposer)
        used[deed].add(proposer_grant)
        if person != proposer:
            found[Deed.PAID].add(person)
            used[Deed.PAID].add(grant)
    approvals = Approval.objects.filter(decision_id__in={event[5] for event in events}, verdict="approve")
    for person, grant in approvals.values_list("person_id", "grant_id"):
        found[Deed.APPROVED].add(person)
        used[Deed.APPROVED].add(grant)
    filed = Evidence.objects.filter(record_id__in=record_ids, superseded_by__isnull=True)
    found[Deed.FILED] |= set(filed.values_list("filed_by_id", flat=True))
    return _one_each(found, used)


def _one_each(
    found: Mapping[Deed, set[str]], used: Mapping[Deed, set[str | None]]
) -> Mapping[Deed, frozenset[str]]:
    """Persons by the id under which each counts, with the lenders of the grants that were used."""
    everybody = set().union(*found.values())
    root = dict(Person.objects.filter(pk__in=everybody, root__isnull=False).values_list("id", "root_id"))
    grants = {grant for ids in used.values() for grant in ids if grant}
    rows = RoleGrant.objects.filter(pk__in=grants, parent__isnull=False).select_related("delegated_by")
    lent = {row.id: row.delegated_by.counts_as for row in rows if row.delegated_by}
    return {
        deed: frozenset(root.get(person, person) for person in persons)
        | frozenset(lent[grant] for grant in used.get(deed, ()) if grant in lent)
        for deed, persons in found.items()
    }


def interested(party: Party, today: date) -> frozenset[str]:
    """Who has a declared interest in this party on this day."""
    rows = Interest.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=today), party=party, from_on__lte=today
    )
    return frozenset(row.person.counts_as for row in rows.select_related("person"))


def deed_of_proposal(action: str) -> Deed:
    """The deed that proposing this action is."""
    return deed_of(action)
