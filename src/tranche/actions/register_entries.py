"""Register entries that are no records: parties, and evidence filed on a record by the people concerned."""

from __future__ import annotations

import uuid
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.naming import name_warning
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import AlreadyThere, UnknownReference
from tranche.models import Party, PartyKind, Record


def _party_basis(arguments: Arguments, _today: date) -> Basis:
    ref = cast(str, arguments["ref"])
    if Party.objects.filter(ref=ref).exists():
        raise AlreadyThere("party", ref)
    same = Party.objects.filter(
        org_scheme=arguments["org_scheme"], org_number=arguments["org_number"]
    ).first()
    if same is not None:
        raise AlreadyThere("party", same.ref)
    draft = Party(ref=ref, name=cast(str, arguments["name"]))
    warning = name_warning(cast(str, arguments["name"]), ref)
    facts = {"name": arguments["name"], "name_warning": warning}
    return Basis(situation=Situation(owner=ref), ref=ref, holder=draft, facts=facts)


def _party(execution: Execution) -> None:
    party = Party.objects.create(
        id=str(uuid.uuid4()), **{name: execution.text(name) for name in _PARTY_FIELDS}
    )
    execution.created["id"] = party.id


def evidence_basis(arguments: Arguments, _today: date) -> Basis:
    record = Record.objects.select_related("holder_party").filter(ref=arguments["record"]).first()
    if record is None:
        raise UnknownReference("record", str(arguments["record"]))
    return Basis(
        situation=Situation(
            owner=record.holder_party.ref,
            parties=_concerned(record),
            named=frozenset({record.holder_party.ref}),
        ),
        ref=record.ref,
        holder=record.holder_party,
        record=record,
        facts={"kind": record.kind},
    )


def _concerned(record: Record) -> frozenset[str]:
    """The holder, and for a record under an agreement every party to it."""
    tranche = getattr(record, "tranche", None)
    agreement = getattr(record, "agreement", None) or (tranche.agreement if tranche else None)
    if agreement is None:
        return frozenset({record.holder_party.ref})
    refs = set(agreement.parties.values_list("party__ref", flat=True))
    return frozenset(refs | {agreement.approving_party.ref, agreement.recipient.ref})


def _evidence(execution: Execution) -> None:
    execution.file_evidence(execution.record)
    execution.created["id"] = execution.record.id


_PARTY_FIELDS = (
    "ref",
    "kind",
    "country",
    "name",
    "name_uk",
    "name_lt",
    "org_scheme",
    "org_number",
    "payment_name",
)

register(
    Action(
        "party.register",
        (
            a.ref("ref"),
            a.choice("kind", PartyKind.values),
            a.country("country"),
            a.title("name"),
            a.title("name_uk", required=False),
            a.title("name_lt", required=False),
            a.text("org_scheme", most=20),
            a.text("org_number", most=40),
            a.text("payment_name", required=False, most=70),
        ),
        _party_basis,
        _party,
    )
)
register(
    Action(
        "evidence.file",
        (a.ref("record"), a.evidence(required=True)),
        evidence_basis,
        _evidence,
    )
)
