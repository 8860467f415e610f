"""Joint projects: partners with shares and dues, what the ledger says they paid in, and their output."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tranche.kernel.money import Money
from tranche.models import Advance, Joint, JointShare, Tranche
from tranche.queries.programmes import Funder, programme
from tranche.queries.records import (
    EventRow,
    EvidenceRow,
    NotFound,
    events_of,
    evidence_of,
    in_language,
)
from tranche.queries.viewer import UNFILTERED, Viewer


@dataclass(frozen=True, slots=True)
class JointRow:
    """One line of the list."""

    ref: str
    title: str
    programme_ref: str
    state: str
    output_rule: str
    partners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One partner under one version of the shares; `paid_in` is what the ledger shows now."""

    ref: str
    name: str
    weight: int
    due: Money | None
    paid_in: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of the shares; its weights sum to `whole`."""

    version: int
    valid_from: date
    cause: str
    partners: tuple[PartnerRow, ...]

    @property
    def whole(self) -> int:
        return sum(row.weight for row in self.partners)


@dataclass(frozen=True, slots=True)
class OutputRow:
    """One accepted lot: whole units by partner in the order of `JointDetail.partners`."""

    lot_ref: str
    accepted_on: date | None
    quantity: int
    unit: str
    version: int
    units: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SumRow:
    """What lots of one unit under one version gave a partner in all, beside its exact share."""

    unit: str
    version: int
    partner: str
    units: int
    exact: Fraction


@dataclass(frozen=True, slots=True)
class JointDetail:
    """One project; `partners` are all that ever were, by reference."""

    row: JointRow
    programme_title: str
    versions: tuple[VersionRow, ...]
    partners: tuple[tuple[str, str], ...]
    outputs: tuple[OutputRow, ...]
    sums: tuple[SumRow, ...]
    others: tuple[Money, ...]
    events: tuple[EventRow, ...]
    evidence: tuple[EvidenceRow, ...]


def joint_projects(language: str = "en") -> tuple[JointRow, ...]:
    """Every joint project, by reference."""
    rows = Joint.objects.using("read").select_related("record", "programme")
    found = rows.prefetch_related("shares__party").order_by("ref")
    return tuple(_row(row, list(row.shares.all()), language) for row in found)


def joint_project(ref: str, language: str = "en", who: Viewer = UNFILTERED) -> JointDetail:
    """One joint project; partners know what each paid in, but not whose the other money is."""
    found = Joint.objects.using("read").select_related("record", "programme").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    shares = list(found.shares.select_related("party").order_by("version", "party__ref"))
    names = {row.party.ref: in_language(row.party, "name", language) for row in shares}
    partners = tuple(sorted(names.items()))
    paid, others = _paid_in(found.programme.ref, frozenset(names), language)
    versions = _versions(shares, names, paid)
    outputs = _outputs(found, tuple(ref for ref, _name in partners))
    return JointDetail(
        row=_row(found, shares, language),
        programme_title=in_language(found.programme, "title", language),
        versions=versions,
        partners=partners,
        outputs=outputs,
        sums=_sums(outputs, versions, partners),
        others=others if who.is_whole else (),
        events=events_of(found.record_id),
        evidence=evidence_of(found.record_id),
    )


def _row(found: Joint, shares: list[JointShare], language: str) -> JointRow:
    last = max((share.version for share in shares), default=0)
    return JointRow(
        ref=found.ref,
        title=in_language(found, "title", language),
        programme_ref=found.programme.ref,
        state=found.record.state,
        output_rule=found.output_rule,
        partners=tuple(
            sorted(in_language(row.party, "name", language) for row in shares if row.version == last)
        ),
    )


def _paid_in(
    programme_ref: str, partners: frozenset[str], language: str
) -> tuple[dict[str, tuple[Money, ...]], tuple[Money, ...]]:
    """What the programme holds or spent of each partner's money, and of nobody's among them."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    behind = _partner_behind(partners)
    for funder in programme(programme_ref, language).funders:
        sums[_partner_of(funder, partners, behind)][funder.currency] += funder.amount_minor
    paid = {
        ref: tuple(Money(minor, currency) for currency, minor in sorted(rows.items()))
        for ref, rows in sums.items()
    }
    return paid, paid.pop("", ())


def _partner_behind(partners: frozenset[str]) -> dict[str, str]:
    """Of each fund the partner behind it: who pays first, or who approves the agreement of the money."""
    rows = Tranche.objects.using("read").values_list(
        "ref", "agreement__pool_ref", "agreement__approving_party__ref"
    )
    advances = Advance.objects.using("read").filter(party__ref__in=partners)
    return dict(advances.values_list("ref", "party__ref")) | {
        fund: approving
        for ref, pool, approving in rows
        if approving in partners
        for fund in (ref, pool)
        if fund
    }


def _partner_of(funder: Funder, partners: frozenset[str], behind: dict[str, str]) -> str:
    if funder.donor_ref in partners:
        return funder.donor_ref
    return behind.get(funder.fund) or behind.get(funder.pool or "", "")


def _versions(
    shares: list[JointShare], names: dict[str, str], paid: dict[str, tuple[Money, ...]]
) -> tuple[VersionRow, ...]:
    """Every version of the shares, the newest first."""
    found = []
    for version in sorted({row.version for row in shares}, reverse=True):
        rows = [row for row in shares if row.version == version]
        partners = tuple(
            PartnerRow(
                ref=row.party.ref,
                name=names[row.party.ref],
                weight=row.weight,
                due=None if row.due_minor is None else Money(row.due_minor, row.currency),
                paid_in=paid.get(row.party.ref, ()),
            )
            for row in rows
        )
        found.append(VersionRow(version, rows[0].valid_from, rows[0].cause, partners))
    return tuple(found)


def _outputs(found: Joint, partners: tuple[str, ...]) -> tuple[OutputRow, ...]:
    """Every lot that was shared out, in the order of acceptance."""
    rows = found.outputs.select_related("lot", "party").order_by("lot__accepted_on", "lot__ref")
    by_lot: dict[str, dict[str, int]] = defaultdict(dict)
    lots = {}
    for row in rows:
        by_lot[row.lot.ref][row.party.ref] = row.quantity
        lots[row.lot.ref] = (row.lot, row.share_version)
    return tuple(
        OutputRow(
            lot_ref=ref,
            accepted_on=lot.accepted_on,
            quantity=lot.quantity,
            unit=lot.unit,
            version=version,
            units=tuple(by_lot[ref].get(partner, 0) for partner in partners),
        )
        for ref, (lot, version) in lots.items()
    )


def _sums(
    outputs: tuple[OutputRow, ...], versions: tuple[VersionRow, ...], partners: tuple[tuple[str, str], ...]
) -> tuple[SumRow, ...]:
    found = []
    for unit, version in sorted({(row.unit, row.version) for row in outputs}):
        rows = [row for row in outputs if (row.unit, row.version) == (unit, version)]
        whole = next(each for each in versions if each.version == version)
        units = sum(row.quantity for row in rows)
        for share in whole.partners:
            place = [ref for ref, _name in partners].index(share.ref)
            got = sum(row.units[place] for row in rows)
            found.append(SumRow(unit, version, share.name, got, Fraction(units * share.weight, whole.whole)))
    return tuple(found)
