"""What the present roster cannot complete, and whose absence would stop something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tranche.kernel.attainable import Lack, lacking
from tranche.kernel.lifecycle import QuorumKey, Tag, Transition
from tranche.kernel.money import Money
from tranche.kernel.policy import REACH, Actor, Grant, Policy, Situation
from tranche.kernel.standing import STANDING
from tranche.kernel.transitions import TABLE
from tranche.models import (
    BEHIND,
    Agreement,
    Login,
    Person,
    RoleGrant,
    approving_parties,
    grant_from,
    is_active,
    limits_in_force,
)
from tranche.queries.sides import (
    of_authority,
    of_everything,
    of_recipient,
    of_recovery,
    under_agreement,
)

DONOR_KINDS: Final = frozenset({"agreement", "tranche", "condition"})
OWN_KINDS: Final = frozenset({"step", "joint", "procedure"})
"""These belong to the parties that a procedure, a project or a template names: no general answer holds."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One action that cannot be completed: where, from which amount on (0 for any), and who is missing."""

    action: str
    where: str
    above_minor: int
    currency: str
    lack: Lack


@dataclass(frozen=True, slots=True)
class Absence:
    """A person without whom some actions could not be completed."""

    person_id: str
    name: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Staffing:
    gaps: tuple[Gap, ...]
    absences: tuple[Absence, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    row: Transition
    where: str
    situation: Situation
    above_minor: int


def staffing(now: datetime) -> Staffing:
    """Ask every action for every agreement, with everybody there and with each person away."""
    people = roster(now)
    limits = limits_in_force(now, "read")
    questions = tuple(_questions(limits))
    gaps = _gaps(questions, people, limits, now)
    known = {(gap.action, gap.where) for gap in gaps}
    open_ones = [one for one in questions if (one.row.action, one.where) not in known]
    names = dict(Person.objects.using("read").values_list("id", "name"))
    absences = []
    for away in people:
        rest = [actor for actor in people if actor is not away]
        missed = _gaps(open_ones, rest, limits, now)
        if missed:
            absences.append(Absence(away.person, names[away.person], missed))
    return Staffing(gaps, tuple(sorted(absences, key=lambda row: (-len(row.gaps), row.name))))


def roster(now: datetime) -> tuple[Actor, ...]:
    """Everybody who can sign in and holds a role now, once each."""
    held: dict[str, list[Grant]] = defaultdict(list)
    rows = RoleGrant.objects.using("read").select_related(*BEHIND)
    for row in rows.order_by("person_id", "from_at", "id"):
        if is_active(row.person) and grant_from(row).valid(now):
            held[row.person.counts_as].append(grant_from(row))
    doors = {}
    for login in Login.objects.using("read").select_related("person").filter(is_active=True).order_by("-id"):
        doors[login.person.counts_as] = login.id
    return tuple(
        Actor(person, doors[person], "web", tuple(grants))
        for person, grants in sorted(held.items())
        if person in doors
    )


def _gaps(
    questions: Sequence[_Question], people: Sequence[Actor], limits: Policy, now: datetime
) -> tuple[Gap, ...]:
    """The lowest amount from which on each action fails."""
    found: dict[tuple[str, str], Gap] = {}
    for asked in questions:
        key = (asked.row.action, asked.where)
        if key in found:
            continue
        amount = Money(asked.above_minor + 1, limits.currency)
        lack = lacking(asked.row, people, asked.situation, amount, limits, now)
        if lack is not None:
            found[key] = Gap(*key, asked.above_minor, limits.currency, lack)
    return tuple(found.values())


def _questions(limits: Policy) -> Iterator[_Question]:
    agreements = Agreement.objects.using("read").select_related("approving_party", "recipient", "record")
    live = [row for row in agreements.order_by("ref") if row.record.state not in ("ended", "withdrawn")]
    rows = {(row.action, row.quorum, row.executor): row for row in (*TABLE, *STANDING)}
    for row in rows.values():
        if row.kind in OWN_KINDS or row.kind not in REACH:
            continue
        if row.kind == "authority":
            yield from _of_people(row) if row.quorum is QuorumKey.QS else _of_all(row, bool(live))
            continue
        for agreement in live:
            owner = agreement.recipient.ref
            donor = under_agreement(agreement, agreement.approving_party.ref, row.kind)
            situation = (
                replace(donor, named=donor.parties)  # a condition may name any two of them
                if row.kind in DONOR_KINDS
                else of_recipient(agreement, owner)
            )
            for above in _amounts(row, limits):
                yield _Question(row, agreement.ref, situation, above)


def _of_people(row: Transition) -> Iterator[_Question]:
    """Power over somebody of each party that approves; what people do about themselves needs nobody."""
    for party in sorted(approving_parties("read")):
        yield _Question(row, party, of_authority([party]), 0)


def _of_all(row: Transition, any_agreement: bool) -> Iterator[_Question]:
    """What both sides decide about everything, and what the recovery persons do once they are named."""
    if row.quorum is QuorumKey.QJ and any_agreement:
        yield _Question(row, "", of_everything(), 0)
    elif row.quorum is QuorumKey.QR and of_recovery().recovering:
        yield _Question(row, "", of_recovery(), 0)


def _amounts(row: Transition, limits: Policy) -> tuple[int, ...]:
    if Tag.MOVES_MONEY in row.tags or row.quorum is QuorumKey.QA:
        return (0, limits.limit_one_minor, limits.limit_two_minor)
    return (0,)
