"""What one viewer may know of: the agreements within reach, and the funds whose money they bring."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from tranche.kernel.reading import Reach
from tranche.models import Advance, Agreement, FundRule, Tranche


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who asks: how far the grants reach, and what lies within.

    `is_whole` says that no agreement is out of reach, so that totals of the whole mechanism tell nothing new.
    """

    person: str
    reach: Reach
    agreements: frozenset[str]
    funds: frozenset[str]
    recipients: frozenset[str]
    is_whole: bool


def viewer(person: str, reach: Reach) -> Viewer:
    """The viewer in five statements, however much there is to know."""
    given = Q(parties__party__ref__in=reach.parties)
    decided = Q(approving_party__ref__in=reach.parties) | Q(recipient__ref__in=reach.parties)
    rows = Agreement.objects.using("read").filter(given | decided).distinct()
    known = list(rows.values_list("record_id", "ref", "pool_ref", "recipient__ref"))
    outside = Agreement.objects.using("read").count() > len(known)
    ids = [record_id for record_id, _ref, _pool, _recipient in known]
    funds = {pool for _id, _ref, pool, _recipient in known if pool}
    funds |= set(Tranche.objects.using("read").filter(agreement_id__in=ids).values_list("ref", flat=True))
    funds |= set(FundRule.objects.using("read").filter(agreement_id__in=ids).values_list("fund", flat=True))
    funds |= set(Advance.objects.using("read").filter(agreement_id__in=ids).values_list("ref", flat=True))
    return Viewer(
        person,
        reach,
        agreements=frozenset(ref for _id, ref, _pool, _recipient in known),
        funds=frozenset(funds),
        recipients=frozenset(recipient for _id, _ref, _pool, recipient in known),
        is_whole=reach.everything or bool(reach.parties and not outside),
    )


def knows_fund(who: Viewer, code: str) -> bool:
    """A fund, one donor's part of a pool, or what it was rolled over into."""
    pool = code.partition("/")[0]
    return who.reach.everything or bool({pool, pool.rstrip("'")} & who.funds)
