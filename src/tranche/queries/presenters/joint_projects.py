"""Joint projects for readers: who holds which share, who paid in, and who gets which units of each lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from tranche.kernel.money import Money
from tranche.queries.joint_projects import JointDetail, JointRow, OutputRow, VersionRow
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.links import Link, evidence_links, record_href
from tranche.queries.presenters.money import Figure, Item, figure_at, in_halves
from tranche.queries.presenters.words import CHOICES, word


@dataclass(frozen=True, slots=True)
class JointLine:
    """One line of the list."""

    ref: Link
    title: str
    programme: Link
    rule: str
    partners: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class PartnerShown:
    """A partner's weight, due and money paid in; each amount paid in leads to the programme's funders."""

    name: str
    weight: int
    due: Money | None
    paid_in: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version of the shares."""

    version: int
    valid_from: date
    cause: str
    whole: int
    partners: tuple[PartnerShown, ...]


@dataclass(frozen=True, slots=True)
class OutputShown:
    """One lot in whole units by partner."""

    lot: Link
    accepted_on: date | None
    quantity: str
    version: int
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SumShown:
    """What a partner got in all, and its exact share to two places."""

    partner: str
    version: int
    unit: str
    units: int
    exact: str


@dataclass(frozen=True, slots=True)
class JointPage:
    """One joint project; the first of `versions` is the one agreed last."""

    ref: str
    title: str
    state: str
    crumbs: tuple[Link, ...]
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    versions: tuple[VersionShown, ...]
    partners: tuple[str, ...]
    outputs: tuple[OutputShown, ...]
    sums: tuple[SumShown, ...]
    others: tuple[Figure, ...]
    events: tuple[EventShown, ...]


def joint_lines(rows: Sequence[JointRow]) -> tuple[JointLine, ...]:
    return tuple(
        JointLine(
            ref=Link(row.ref, record_href("joint", row.ref)),
            title=row.title,
            programme=Link(row.programme_ref, record_href("programme", row.programme_ref)),
            rule=word(CHOICES, row.output_rule),
            partners=row.partners,
            state=row.state,
        )
        for row in rows
    )


def joint_page(found: JointDetail) -> JointPage:
    row = found.row
    funders = record_href("programme", row.programme_ref) + "#funders"
    documents = evidence_links(found.evidence)
    items = [
        Item(_("Programme"), text=found.programme_title, href=record_href("programme", row.programme_ref)),
        Item(_("How the output is shared"), text=word(CHOICES, row.output_rule)),
        *(Item(_("Document"), text=document.text, href=document.href) for document in documents),
    ]
    return JointPage(
        ref=row.ref,
        title=row.title,
        state=row.state,
        crumbs=(Link(found.programme_title, record_href("programme", row.programme_ref)),),
        items=in_halves(items),
        versions=tuple(_version(version, funders) for version in found.versions),
        partners=tuple(name for _ref, name in found.partners),
        outputs=tuple(_output(output) for output in found.outputs),
        sums=tuple(
            SumShown(row.partner, row.version, row.unit, row.units, _places(row.exact)) for row in found.sums
        ),
        others=tuple(figure_at(funders, sum.amount_minor, sum.currency) for sum in found.others),
        events=events_shown(found.events),
    )


def _version(version: VersionRow, funders: str) -> VersionShown:
    return VersionShown(
        version=version.version,
        valid_from=version.valid_from,
        cause=word(CHOICES, version.cause) if version.cause else "",
        whole=version.whole,
        partners=tuple(
            PartnerShown(
                name=row.name,
                weight=row.weight,
                due=row.due,
                paid_in=tuple(figure_at(funders, sum.amount_minor, sum.currency) for sum in row.paid_in),
            )
            for row in version.partners
        ),
    )


def _output(row: OutputRow) -> OutputShown:
    return OutputShown(
        lot=Link(row.lot_ref, record_href("lot", row.lot_ref)),
        accepted_on=row.accepted_on,
        quantity=f"{row.quantity} {row.unit}",
        version=row.version,
        units=row.units,
    )


def _places(exact: Fraction) -> str:
    """Two places, cut and not rounded, so that it never looks whole where it is not."""
    hundredths = exact.numerator * 100 // exact.denominator
    return f"{hundredths // 100}.{hundredths % 100:02}"
