"""Agreements for readers: who promised what to whom under which rules, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.queries.agreements import AgreementDetail, AgreementRow
from tranche.queries.presenters.claims import ClaimShown, claims_shown
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.links import Link, evidence_links, record_href
from tranche.queries.presenters.money import Item, stage_items
from tranche.queries.presenters.tranches import TrancheLine, tranche_lines
from tranche.queries.presenters.words import CHOICES, word


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One line of the list of agreements."""

    ref: Link
    title: str
    kind: str
    donors: str
    recipient: str
    signed_on: date | None
    binding: str
    state: str
    tranches: int


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One agreement with its tranches, its money and what others say of it."""

    ref: str
    title: str
    kind: str
    state: str
    parties: tuple[Item, ...]
    rules: tuple[Item, ...]
    tranches: tuple[TrancheLine, ...]
    money: tuple[tuple[Item, ...], ...]
    claims: tuple[ClaimShown, ...]
    events: tuple[EventShown, ...]


def agreement_lines(rows: Sequence[AgreementRow]) -> tuple[AgreementLine, ...]:
    return tuple(
        AgreementLine(
            ref=Link(row.ref, record_href("agreement", row.ref)),
            title=row.title,
            kind=word(CHOICES, row.kind),
            donors=", ".join(row.donors),
            recipient=row.recipient,
            signed_on=row.signed_on,
            binding=_binding(row.binding),
            state=row.state,
            tranches=row.tranches,
        )
        for row in rows
    )


def agreement_page(found: AgreementDetail) -> AgreementPage:
    row = found.row
    return AgreementPage(
        ref=row.ref,
        title=row.title,
        kind=word(CHOICES, row.kind),
        state=row.state,
        parties=_parties(found),
        rules=_rules(found),
        tranches=tranche_lines(found.tranches),
        money=tuple(stage_items(money, within=row.ref) for money in found.money),
        claims=claims_shown(found.claims),
        events=events_shown(found.events),
    )


def _parties(found: AgreementDetail) -> tuple[Item, ...]:
    """Who stands on which side, and since when."""
    roles = {"donor": _("Donors"), "intermediary": _("Intermediary"), "recipient": _("Recipient")}
    items = [
        Item(name, text=", ".join(party for party, held in found.parties if held == role))
        for role, name in roles.items()
    ]
    items += [
        Item(_("Approving party"), text=found.row.approving_party),
        Item(_("Signed on"), on=found.row.signed_on),
        Item(_("In force since"), on=found.in_force_on),
        Item(_("Ended on"), on=found.ended_on),
        Item(_("Legally binding"), text=_binding(found.row.binding)),
    ]
    return tuple(item for item in items if item.text or item.on)


def _rules(found: AgreementDetail) -> tuple[Item, ...]:
    """What the money may be spent on, how it is told apart, what comes back."""
    pool = f"{reverse('trace')}?from={found.pool_ref}"
    items = [
        Item(_("Earmark"), text=found.earmark),
        Item(_("How the money is told apart"), text=word(CHOICES, found.spending_rule)),
        Item(_("Pool"), text=found.pool_ref or "", href=pool),
        Item(_("Rule for returns"), text=found.return_rule),
        Item(_("Duty to report"), text=found.reporting_duty),
    ]
    documents = evidence_links(found.evidence)
    items += [Item(_("Document"), text=document.text, href=document.href) for document in documents]
    return tuple(item for item in items if item.text)


def _binding(binding: bool | None) -> str:
    if binding is None:
        return _("not stated")
    return _("yes") if binding else _("no")
