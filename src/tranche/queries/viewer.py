"""What one viewer may know of: the agreements within reach, and the funds whose money they bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from django.db.models import Q, QuerySet

from tranche.kernel.reading import NOTHING, Reach
from tranche.models import Advance, Agreement, FundRule, Step, Tranche


class Money(Protocol):
    """An account, or what conversions did to one: whose it is, and under which restriction."""

    @property
    def holder(self) -> str: ...
    @property
    def fund(self) -> str | None: ...
    @property
    def pool(self) -> str | None: ...


M = TypeVar("M", bound=Money)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who asks: how far the grants reach, and what lies within.

    `circle` are the viewer's own parties and those of the agreements within reach. `sees_all` is the auditor
    and the people of a party that receives under every agreement: whatever is in the register, they know of.
    `is_whole` says that no agreement is out of reach, so that totals of the whole mechanism tell nothing new.
    `keeps_people` is the operator, who knows of every person and sign-in and of little else.
    """

    person: str
    reach: Reach
    agreements: frozenset[str]
    funds: frozenset[str]
    recipients: frozenset[str]
    circle: frozenset[str]
    sees_all: bool
    is_whole: bool
    keeps_people: bool

    def knows_fund(self, code: str) -> bool:
        """A fund, one donor's part of a pool, or what it was rolled over into."""
        pool = code.partition("/")[0]
        return self.sees_all or bool({pool, pool.rstrip("'")} & self.funds)

    def knows_money(self, holder: str, *funds: str | None) -> bool:
        """Money of a fund within reach, or money without a fund that is a party's own."""
        named = [code for code in funds if code]
        if named:
            return any(self.knows_fund(code) for code in named)
        return self.is_whole or holder.partition(":")[0] in self.reach.parties


UNFILTERED: Final = Viewer(
    person="",
    reach=Reach(everything=True, parties=frozenset()),
    agreements=frozenset(),
    funds=frozenset(),
    recipients=frozenset(),
    circle=frozenset(),
    sees_all=True,
    is_whole=True,
    keeps_people=True,
)
"""Who works on the machine itself, by the command line or a job: rights over files are no matter of pages."""


def viewer(person: str, reach: Reach, *, keeps_people: bool = False) -> Viewer:
    """The viewer in six statements, however much there is to know."""
    given = Q(parties__party__ref__in=reach.parties)
    decided = Q(approving_party__ref__in=reach.parties) | Q(recipient__ref__in=reach.parties)
    named = Q(pk__in=_named_in(reach.parties))
    rows = Agreement.objects.using("read")
    known = list(
        rows.filter(given | decided | named)
        .distinct()
        .values_list("record_id", "ref", "pool_ref", "recipient__ref", "approving_party__ref")
    )
    there = rows.count()
    received = sum(row[3] in reach.parties for row in known)
    ids = [row[0] for row in known]
    signed = rows.filter(record_id__in=ids).values_list("parties__party__ref", flat=True)
    sides = {ref for _id, _ref, _pool, *both in known for ref in both}
    return Viewer(
        person,
        reach,
        agreements=frozenset(row[1] for row in known),
        funds=_funds(ids) | {row[2] for row in known if row[2]},
        recipients=frozenset(row[3] for row in known),
        circle=frozenset(sides | {ref for ref in signed if ref} | reach.parties),
        sees_all=reach.everything or there == received > 0,
        is_whole=reach.everything or (reach != NOTHING and there == len(known)),
        keeps_people=keeps_people or reach.everything,
    )


def _named_in(parties: frozenset[str]) -> QuerySet[Step, str]:
    """The agreements in whose procedures one of these parties owns a step: it has to see what it is for."""
    steps = Step.objects.using("read").filter(owner_party__ref__in=parties, removed_on__isnull=True)
    return steps.values_list("procedure__tranche__agreement_id", flat=True)


def _funds(ids: list[str]) -> frozenset[str]:
    tranches = Tranche.objects.using("read").filter(agreement_id__in=ids).values_list("ref", flat=True)
    rules = FundRule.objects.using("read").filter(agreement_id__in=ids).values_list("fund", flat=True)
    advances = Advance.objects.using("read").filter(agreement_id__in=ids).values_list("ref", flat=True)
    return frozenset({*tranches, *rules, *advances})


def without_foreign(who: Viewer, rows: Iterable[M]) -> list[M]:
    """The accounts or conversions whose money the viewer may know of."""
    return [row for row in rows if who.is_whole or who.knows_money(row.holder, row.fund, row.pool)]
