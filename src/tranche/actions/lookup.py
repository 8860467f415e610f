"""Finding what an action speaks of, and the situation that policy judges it in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeVar, cast

from django.db.models import Model, QuerySet

from tranche.actions.people import deeds
from tranche.actions.registry import Arguments
from tranche.kernel.canonical import Canonical
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import BadArgument, ReferenceTaken, UnknownReference
from tranche.models import (
    Advance,
    Agreement,
    Evidence,
    FundRule,
    Party,
    Programme,
    Record,
    SetAside,
    Tranche,
)
from tranche.models.fields import REF_LENGTH_MAX

M = TypeVar("M", bound=Model)

RECEIVED = ("received", "closed")


def find(model: type[M], ref: Canonical) -> M:
    """The object with this reference; raises UnknownReference."""
    found = model._default_manager.filter(ref=ref).first()
    if found is None:
        raise UnknownReference(model.__name__.lower(), str(ref))
    return found


NUMBER_LENGTH: Final = 4


def free_ref(arguments: Arguments) -> str:
    """The reference that a new record asks for; raises ReferenceTaken."""
    return unused(cast(str, arguments["ref"]))


def check_room(ref: str, suffix: str) -> None:
    """Raise BadArgument unless numbered records can continue the reference."""
    if len(ref) + len(suffix) + NUMBER_LENGTH > REF_LENGTH_MAX:
        raise BadArgument("ref", "long", ref)


def unused(ref: str) -> str:
    """A reference that no record, pool, fund, advance or set-aside has; raises ReferenceTaken."""
    taken = (
        Record.objects.filter(ref=ref),
        Agreement.objects.filter(pool_ref=ref),
        FundRule.objects.filter(fund=ref),
        Advance.objects.filter(ref=ref),
        SetAside.objects.filter(ref=ref),
    )
    if any(rows.exists() for rows in taken):
        raise ReferenceTaken(ref)
    return ref


def evidence_kinds(record: Record | None, arguments: Arguments) -> frozenset[str]:
    """Kinds on file for the record and kinds that come with the request."""
    brought = {row["kind"] for row in cast("list[dict[str, str]]", arguments.get("evidence", ()))}
    if record is None:
        return frozenset(brought)
    return frozenset(brought) | frozenset(_fresh(record).values_list("kind", flat=True))


def _fresh(record: Record) -> QuerySet[Evidence]:
    """Documents filed since the record's last step: a paper serves one step; naming a person is none."""
    last = (
        record.events.exclude(action="step.assign").order_by("-version").values_list("at", flat=True).first()
    )
    filed = Evidence.objects.filter(record=record, superseded_by__isnull=True)
    return filed.filter(filed_at__gt=last) if last else filed


def evidence_facts(record: Record, kinds: Collection[str]) -> list[Canonical]:
    """Kind and hash of the documents on file that the approvers rely on."""
    return evidence_of_each([record.id], kinds)[record.id]


def evidence_of_each(records: Collection[str], kinds: Collection[str]) -> dict[str, list[Canonical]]:
    """The same for several records, by their ids."""
    rows = Evidence.objects.filter(record__in=records, kind__in=kinds, superseded_by__isnull=True)
    found: dict[str, list[Canonical]] = {record: [] for record in records}
    for record, kind, sha256 in rows.order_by("kind", "sha256").values_list("record_id", "kind", "sha256"):
        found[str(record)].append([kind, sha256])
    return found


def agreement_parties(agreement: Agreement) -> frozenset[str]:
    refs = set(agreement.parties.values_list("party__ref", flat=True))
    return frozenset(refs | {agreement.approving_party.ref, agreement.recipient.ref})


def agreement_of_donor(donor: Party) -> Agreement | None:
    """The agreement under which this donor gives, the last one signed where there are several."""
    rows = Agreement.objects.select_related("approving_party", "recipient", "record")
    given = rows.filter(parties__party=donor, parties__role="donor", signed_on__isnull=False)
    return given.order_by("-signed_on", "ref").first()


def agreement_situation(agreement: Agreement, chain: Collection[str], record: Record | None) -> Situation:
    """Who stands in what relation to a record under an agreement."""
    done = deeds(chain, [record.id] if record else [])
    return Situation(
        owner=agreement.approving_party.ref,
        parties=agreement_parties(agreement),
        approving=agreement.approving_party.ref,
        recipient=agreement.recipient.ref,
        chain_deeds=done.chain,
        record_deeds=done.record,
    )


def tranche_chain(tranche: Tranche) -> list[str]:
    """The tranche, its agreement, its steps and its conditions: one chain for distinctness."""
    steps = Record.objects.filter(step__procedure__tranche=tranche).values_list("id", flat=True)
    conditions = tranche.conditions_precedent.values_list("record_id", flat=True)
    return [tranche.record_id, tranche.agreement_id, *steps, *conditions]


def recipient_situation(
    owner: Party,
    agreement: Agreement | None,
    chain: Collection[str],
    *records: Record | None,
    programme: str = "",
    contract: str = "",
) -> Situation:
    """Who stands in what relation to records of the recipient: programme, contract and below."""
    done = deeds(chain, [record.id for record in records if record])
    return Situation(
        owner=owner.ref,
        parties=agreement_parties(agreement) if agreement else frozenset({owner.ref}),
        named=frozenset({owner.ref}),
        approving=agreement.approving_party.ref if agreement else "",
        recipient=owner.ref,
        chain_deeds=done.chain,
        record_deeds=done.record,
        programme=programme,
        contract=contract,
    )


def programme_of(arguments: Arguments) -> Programme:
    """The programme that a request names, with its record and holder; raises UnknownReference."""
    rows = Programme.objects.select_related("record__holder_party", "holder")
    found = rows.filter(ref=arguments["programme"]).first()
    if found is None:
        raise UnknownReference("programme", str(arguments["programme"]))
    return found
