"""From a stored person to the actor that policy knows, and the deeds that persons did on records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import Q

from tranche.kernel.lifecycle import Role
from tranche.kernel.money import Money
from tranche.kernel.policy import Actor, Deed, Grant
from tranche.kernel.refusals import UnknownReference
from tranche.models import Approval, Evidence, Interest, Login, Party, RecordEvent, RoleGrant

INSPECTOR_DEEDS = frozenset({"milestone.verify", "lot.accept", "lot.reject"})
VERIFIER_DEEDS = frozenset({"payee.verify", "payee.confirm_call"})
JUDGE_DEEDS = frozenset({"condition.accept"})


def actor_of(login_id: str, via: str) -> Actor:
    """The natural person behind a login, with every grant; raises UnknownReference."""
    login = Login.objects.select_related("person").filter(pk=login_id).first()
    if login is None:
        raise UnknownReference("login", login_id)
    return Actor(
        person=login.person_id,
        login=login.id,
        via=via,
        grants=grants_of(login.person_id),
        active=login.is_active and login.person.active,
    )


def grants_of(person_id: str) -> tuple[Grant, ...]:
    rows = RoleGrant.objects.filter(person_id=person_id).select_related("party").order_by("from_at", "id")
    return tuple(
        Grant(
            id=row.id,
            role=Role(row.role),
            party=row.party.ref,
            from_at=row.from_at,
            to_at=row.to_at,
            ceiling=Money(row.ceiling_minor, row.currency) if row.ceiling_minor and row.currency else None,
        )
        for row in rows
    )


def grant_stands(grant_id: str, now: datetime) -> bool:
    grant = RoleGrant.objects.select_related("person").filter(pk=grant_id).first()
    if grant is None or not grant.person.active:
        return False
    return grant.from_at <= now and (grant.to_at is None or now < grant.to_at)


def deeds(record_ids: Collection[str]) -> Mapping[Deed, frozenset[str]]:
    """Who proposed, filed, approved, paid, verified or inspected on these records, ever."""
    found: dict[Deed, set[str]] = defaultdict(set)
    events = RecordEvent.objects.filter(record_id__in=record_ids).select_related("decision")
    decisions = set()
    for event in events:
        decisions.add(event.decision_id)
        found[_deed_of(event.action)].add(event.decision.proposer_person_id)
        if event.person_id != event.decision.proposer_person_id:
            found[Deed.PAID].add(event.person_id)
    approvals = Approval.objects.filter(decision_id__in=decisions, verdict="approve")
    found[Deed.APPROVED] |= set(approvals.values_list("person_id", flat=True))
    filed = Evidence.objects.filter(record_id__in=record_ids, superseded_by__isnull=True)
    found[Deed.FILED] |= set(filed.values_list("filed_by_id", flat=True))
    return {deed: frozenset(persons) for deed, persons in found.items()}


def interested(party: Party, today: date) -> frozenset[str]:
    """Who has a declared interest in this party on this day."""
    rows = Interest.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=today), party=party, from_on__lte=today
    )
    return frozenset(rows.values_list("person_id", flat=True))


def _deed_of(action: str) -> Deed:
    if action in INSPECTOR_DEEDS:
        return Deed.INSPECTED
    if action in VERIFIER_DEEDS:
        return Deed.VERIFIED
    if action in JUDGE_DEEDS:
        return Deed.JUDGED
    return Deed.PROPOSED


def deed_of_proposal(action: str) -> Deed:
    """The deed that proposing this action is."""
    return _deed_of(action)
