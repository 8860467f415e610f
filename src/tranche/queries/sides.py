"""Who stands on which side of a record: its owner, the party that approves, the recipient and the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from tranche.kernel.policy import ANYBODY, Situation
from tranche.models import (
    Advance,
    Agreement,
    Condition,
    Contract,
    FundRule,
    InKind,
    Joint,
    Party,
    Payment,
    Record,
    RoleGrant,
    Selection,
    Step,
    Tranche,
    approving_parties,
    recovery_persons,
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
    match record.kind:
        case "agreement" | "tranche" | "step" | "condition" | "inkind":
            situation = under_agreement(agreement, owner, record.kind)
        case "joint":
            situation = of_partners(owner, partners_of(ref))
        case "selection":
            situation = of_selection(agreement, owner)
        case _:
            programme, contract = place_of(record.kind, ref)
            situation = replace(of_recipient(agreement, owner), programme=programme, contract=contract)
    return Sides(ref, record.kind, record.state, situation)


def place_of(kind: str, ref: str) -> tuple[str, str]:
    """The programme and the contract that a record belongs to, as far as it belongs to any."""
    if kind == "programme":
        return ref, ""
    path = {"contract": "ref", "payment": "payments__ref"} | {
        below: f"{name}__ref" for below, name in BELOW_CONTRACT.items()
    }
    if kind not in path:
        return "", ""
    found = Contract.objects.using("read").select_related("programme").filter(**{path[kind]: ref}).first()
    return (found.programme.ref, found.ref) if found else ("", "")


def under_agreement(agreement: Agreement | None, owner: str, kind: str) -> Situation:
    """Of the agreement's own records: owned by the approving party, a step by its owner."""
    assert agreement is not None, "agreements, tranches and steps have an agreement"
    approving, recipient = agreement.approving_party.ref, agreement.recipient.ref
    own, in_kind = kind == "step", kind == "inkind"
    return Situation(
        owner=owner if own else approving,
        parties=_parties(agreement),
        named=frozenset({owner}) if own else frozenset({approving, recipient}) if in_kind else frozenset(),
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


def of_authority(serves: Iterable[str]) -> Situation:
    """Of power over people: approved by any party that approves and is not itself served by the act."""
    return Situation(owner="", parties=approving_parties("read") - frozenset(serves))


def of_recovery() -> Situation:
    """Of what only the recovery persons approve, whatever role each of them holds."""
    people = recovery_persons("read")
    held = RoleGrant.objects.using("read").filter(person__in=people)
    parties = held.values_list("party__ref", flat=True)
    return Situation(
        owner="",
        parties=frozenset(parties),
        holders=ANYBODY,
        recovering=frozenset(person.id for person in people),
    )


def of_everything() -> Situation:
    """Of what concerns the whole mechanism: the approving parties and recipients of its agreements."""
    rows = list(Agreement.objects.using("read").select_related(*AGREEMENT))
    donor = frozenset(row.approving_party.ref for row in rows)
    recipient = frozenset(row.recipient.ref for row in rows)
    return Situation(
        owner="",
        parties=donor | recipient,
        more_approving=donor,
        more_recipient=recipient,
        holders=ANYBODY,
    )


def of_selection(agreement: Agreement | None, owner: str) -> Situation:
    """Of the recipient, and open to inspectors of the donor who has a say."""
    found = of_recipient(agreement, owner)
    return replace(found, named=found.named | {found.approving})


def of_partners(owner: str, partners: Collection[str]) -> Situation:
    """Of every partner of a joint project alike."""
    signers = frozenset(partners)
    return Situation(owner=owner, parties=signers | {owner}, recipient=owner, partners=signers)


def partners_of(ref: str) -> tuple[str, ...]:
    """The partners of a joint project under the shares last agreed."""
    shares = Joint.objects.using("read").get(ref=ref).shares.order_by("-version")
    last = shares.values_list("version", flat=True).first() or 0
    return tuple(shares.filter(version=last).values_list("party__ref", flat=True))


def agreement_behind(kind: str, ref: str) -> Agreement | None:
    """The agreement whose money or promise the record is about; None where it belongs to none."""
    match kind:
        case "agreement":
            return _agreement(ref=ref)
        case "tranche":
            return _agreement(pk=Tranche.objects.using("read").get(ref=ref).agreement_id)
        case "inkind":
            return _agreement(pk=InKind.objects.using("read").get(ref=ref).agreement_id)
        case "selection":
            return _agreement(pk=Selection.objects.using("read").get(ref=ref).agreement_id)
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


def _funding_of(kind: str, ref: str) -> str:
    if kind == "contract":
        return Contract.objects.using("read").get(ref=ref).funding_ref
    found = Contract.objects.using("read").filter(**{f"{BELOW_CONTRACT[kind]}__ref": ref}).first()
    return found.funding_ref if found else ""


def _agreement(**conditions: str) -> Agreement | None:
    rows = Agreement.objects.using("read").select_related(*AGREEMENT)
    return rows.filter(**conditions).first()


def _parties(agreement: Agreement) -> frozenset[str]:
    refs = set(agreement.parties.values_list("party__ref", flat=True))
    return frozenset(refs | {agreement.approving_party.ref, agreement.recipient.ref})
