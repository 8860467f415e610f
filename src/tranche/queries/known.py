"""Whether a viewer may know of an object, kind by kind, and which rows of a list are left for him.

An unknown object and one out of reach take the same statements and give the same answer. A decision and a
document have ids that nobody guesses, so there only the answer is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from tranche.kernel.policy import Situation
from tranche.kernel.reading import is_within
from tranche.models import Contract, Decision, Evidence, Programme
from tranche.queries.contracts import ContractRow
from tranche.queries.decisions import DecisionRow, content_of, situation_of
from tranche.queries.options import Choice
from tranche.queries.programmes import ProgrammeDetail
from tranche.queries.sides import sides_of
from tranche.queries.viewer import Viewer, knows_fund


class Referred(Protocol):
    """A row of a list that has the reference of its object."""

    @property
    def ref(self) -> str: ...


R = TypeVar("R", bound=Referred)


def knows(who: Viewer, kind: str, key: str) -> bool:
    """Whether there is such an object and the viewer may know of it."""
    return who.reach.everything or KINDS[kind](who, key)


def only_known(who: Viewer, kind: str, rows: Iterable[R]) -> tuple[R, ...]:
    """The agreements, tranches or funds of a list that the viewer may know of."""
    return tuple(row for row in rows if knows(who, kind, row.ref))


def known_contracts(who: Viewer, rows: Iterable[ContractRow]) -> tuple[ContractRow, ...]:
    return tuple(row for row in rows if knows_fund(who, row.funding_ref))


def known_part(who: Viewer, found: ProgrammeDetail) -> ProgrammeDetail:
    """A programme with the funds and contracts within reach; its totals are what all donors gave together."""
    funders = tuple(row for row in found.funders if knows_fund(who, row.pool or row.fund))
    return replace(found, funders=funders, contracts=known_contracts(who, found.contracts))


def known_decisions(who: Viewer, rows: Iterable[DecisionRow]) -> tuple[DecisionRow, ...]:
    return tuple(row for row in rows if knows(who, "decision", row.id))


def known_lots(who: Viewer, lots: Iterable[Choice]) -> tuple[Choice, ...]:
    """The lots of contracts within reach, in one statement."""
    rows = Contract.objects.using("read").filter(lots__isnull=False)
    found = rows.values_list("lots__ref", "funding_ref")
    known = {ref for ref, funding in found if knows_fund(who, funding)}
    return tuple(lot for lot in lots if lot.value in known)


def _agreement(who: Viewer, ref: str) -> bool:
    return ref in who.agreements


def _programme(who: Viewer, ref: str) -> bool:
    """Programmes are what the recipient offers every donor it has an agreement with."""
    held = Programme.objects.using("read").filter(ref=ref)
    return held.filter(holder__ref__in=who.recipients | who.reach.parties).exists()


def _contract(who: Viewer, ref: str) -> bool:
    return _paid_from(who, {"ref": ref})


def _lot(who: Viewer, ref: str) -> bool:
    return _paid_from(who, {"lots__ref": ref})


def _paid_from(who: Viewer, conditions: Mapping[str, str]) -> bool:
    rows = Contract.objects.using("read").filter(**conditions)
    found = rows.values_list("funding_ref", "programme__holder__ref").first()
    if found is None:
        return False
    funding, holder = found
    return knows_fund(who, funding) or is_within(who.reach, (holder,))


def _decision(who: Viewer, decision_id: str) -> bool:
    found = Decision.objects.using("read").filter(pk=decision_id).first()
    if found is None:
        return False
    own = found.proposer_person_id == who.person
    return own or _concerns(who, situation_of(content_of(found)))


def _evidence(who: Viewer, sha256: str) -> bool:
    """A document of a record that may be known; one that is on no record is judged where it is read."""
    rows = Evidence.objects.using("read").filter(sha256=sha256).order_by("id")
    refs = list(rows.values_list("record__ref", flat=True))
    return not refs or any(ref and _concerns(who, sides_of(ref).situation) for ref in refs)


def _concerns(who: Viewer, situation: Situation) -> bool:
    everybody = situation.parties | situation.named | {situation.owner, situation.recipient}
    return is_within(who.reach, everybody)


def _account(who: Viewer, code: str) -> bool:
    """An account of a fund that may be known; totals of all funds only where all may be known."""
    return who.is_whole or any(knows_fund(who, part) for part in code.split(":"))


def _whole(who: Viewer, _key: str) -> bool:
    return who.is_whole


KINDS: Final[Mapping[str, Callable[[Viewer, str], bool]]] = {
    "agreement": _agreement,
    "tranche": knows_fund,
    "fund": knows_fund,
    "programme": _programme,
    "contract": _contract,
    "lot": _lot,
    "decision": _decision,
    "evidence": _evidence,
    "account": _account,
    "whole": _whole,
}
"""How each kind of object is found in reach; no kind is open because it was forgotten."""
