"""Who stands on which side of a record: its owner, the party that approves, the recipient and the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tranche.kernel.policy import Situation
from tranche.models import (
    Advance,
    Agreement,
    Condition,
    Contract,
    FundRule,
    Party,
    Payment,
    Programme,
    Record,
    Step,
    Tranche,
)
from tranche.queries.trace import UnknownRef

AGREEMENT: Final = ("approving_party", "recipient")
BELOW_CONTRACT: Final = {"milestone": "milestones", "lot": "lots"}


@dataclass(frozen=True, slots=True)
class Sides:
    """A record's kind and state with the parties that policy asks about; deeds of persons are left out."""

    ref: str
    kind: str
    state: str
    situation: Situation


def sides_of(ref: str) -> Sides:
    """The sides of one record; raises UnknownRef."""
    record = Record.objects.using("read").select_related("holder_party").filter(ref=ref).first()
    if record is None:
        raise UnknownRef(ref)
    owner = record.holder_party.ref
    agreement = agreement_behind(record.kind, ref)
    if record.kind in ("agreement", "tranche", "step", "condition"):
        return Sides(ref, record.kind, record.state, under_agreement(agreement, owner, record.kind))
    return Sides(ref, record.kind, record.state, of_recipient(agreement, owner))


def under_agreement(agreement: Agreement | None, owner: str, kind: str) -> Situation:
    """Of the agreement's own records: owned by the approving party, a step by its owner."""
    assert agreement is not None, "agreements, tranches and steps have an agreement"
    approving, recipient = agreement.approving_party.ref, agreement.recipient.ref
    own = kind == "step"
    return Situation(
        owner=owner if own else approving,
        parties=_parties(agreement),
        named=frozenset({owner}) if own else frozenset(),
        approving=approving,
        recipient=recipient,
    )


def of_recipient(agreement: Agreement | None, owner: str) -> Situation:
    """Of programmes and all below: owned by their holder, approved by the agreement's approving party."""
    return Situation(
        owner=owner,
        parties=_parties(agreement) if agreement else frozenset({owner}),
        named=frozenset({owner}),
        approving=agreement.approving_party.ref if agreement else "",
        recipient=owner,
    )


def agreement_behind(kind: str, ref: str) -> Agreement | None:
    """The agreement whose money or promise the record is about; None where it belongs to none."""
    match kind:
        case "agreement":
            return _agreement(ref=ref)
        case "tranche":
            return _agreement(pk=Tranche.objects.using("read").get(ref=ref).agreement_id)
        case "condition":
            row = Condition.objects.using("read").select_related("tranche").get(ref=ref)
            return _agreement(pk=row.tranche.agreement_id)
        case "step":
            found = Step.objects.using("read").select_related("procedure__tranche").get(ref=ref)
            return _agreement(pk=found.procedure.tranche.agreement_id)
        case "payment":
            payment = Payment.objects.using("read").select_related("donor").get(ref=ref)
            return agreement_of_funding(payment.funding_ref) or agreement_of_donor(payment.donor)
        case "contract" | "milestone" | "lot":
            return agreement_of_funding(_funding_of(kind, ref))
        case _:
            return None


def agreement_of_funding(funding_ref: str) -> Agreement | None:
    """The agreement of a pool, a tranche, what it was rolled over into, or a state's advance."""
    rule = FundRule.objects.using("read").filter(fund=funding_ref).first()
    tranche = Tranche.objects.using("read").filter(ref=funding_ref).first()
    advance = Advance.objects.using("read").filter(ref=funding_ref).first()
    found = rule or tranche or advance
    return _agreement(pk=found.agreement_id) if found else _agreement(pool_ref=funding_ref)


def agreement_of_donor(donor: Party | None) -> Agreement | None:
    """The agreement under which a donor gives, the last one signed where there are several."""
    rows = Agreement.objects.using("read").select_related(*AGREEMENT)
    given = rows.filter(parties__party=donor, parties__role="donor", signed_on__isnull=False)
    return given.order_by("-signed_on", "ref").first() if donor else None


def holder_of_programme(ref: str) -> str:
    """The party that holds a programme; raises UnknownRef."""
    found = Programme.objects.using("read").select_related("holder").filter(ref=ref).first()
    if found is None:
        raise UnknownRef(ref)
    return found.holder.ref


def _funding_of(kind: str, ref: str) -> str:
    if kind == "contract":
        return Contract.objects.using("read").get(ref=ref).funding_ref
    found = Contract.objects.using("read").filter(**{f"{BELOW_CONTRACT[kind]}__ref": ref}).get()
    return found.funding_ref


def _agreement(**conditions: str) -> Agreement | None:
    rows = Agreement.objects.using("read").select_related(*AGREEMENT)
    return rows.filter(**conditions).first()


def _parties(agreement: Agreement) -> frozenset[str]:
    refs = set(agreement.parties.values_list("party__ref", flat=True))
    return frozenset(refs | {agreement.approving_party.ref, agreement.recipient.ref})
