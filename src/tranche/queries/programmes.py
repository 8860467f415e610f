"""Programmes: the list, and who funds one, with what it contracted and where its money stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tranche.ledger.balances import Balance, balances
from tranche.models import Programme, Tranche
from tranche.queries.contracts import ContractRow, contracts
from tranche.queries.conversions import Converted, conversions
from tranche.queries.holders import SPENT_FROM, above_holders, programme_of
from tranche.queries.known import known_events, known_keys, only_known
from tranche.queries.priorities import covered_by
from tranche.queries.records import EventRow, NotFound, events_of, in_language, names_of
from tranche.queries.scope import within
from tranche.queries.stages import MoneyByStage, by_stage
from tranche.queries.viewer import UNFILTERED, Viewer, without_foreign


@dataclass(frozen=True, slots=True)
class Funder:
    """What one fund holds or spent in a programme, in the currency in which it was allocated."""

    fund: str
    pool: str | None
    donor_ref: str
    donor: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One line of the list; its funds are the codes of those that pay for it."""

    ref: str
    title: str
    category: str
    holder: str
    state: str
    money: tuple[MoneyByStage, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeDetail:
    """One programme; the funders of a currency sum to its money in that currency."""

    row: ProgrammeRow
    funders: tuple[Funder, ...]
    contracts: tuple[ContractRow, ...]
    priorities: tuple[tuple[str, str], ...]
    joint_refs: tuple[str, ...]
    events: tuple[EventRow, ...]


def programmes(language: str = "en", who: Viewer = UNFILTERED) -> tuple[ProgrammeRow, ...]:
    """Every programme that the viewer may know of, by reference, with the money within reach."""
    money = _money(who)
    rows = Programme.objects.using("read").select_related("record", "holder")
    rows = rows.filter(within(who, "programme")).order_by("ref")
    return tuple(_row(row, money.get(row.ref, _Money()), language) for row in rows)


def programme(ref: str, language: str = "en", who: Viewer = UNFILTERED) -> ProgrammeDetail:
    """One programme by its reference; raises NotFound."""
    found = Programme.objects.using("read").select_related("record", "holder").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    money = _money(who).get(ref, _Money())
    joint = tuple(found.joint_projects.order_by("ref").values_list("ref", flat=True))
    known = known_keys(who, "joint", joint)
    return ProgrammeDetail(
        row=_row(found, money, language),
        funders=_funders(money, language),
        contracts=only_known(who, "contract", contracts(language, programme=ref)),
        priorities=covered_by(found.category, language),
        joint_refs=tuple(row for row in joint if row in known),
        events=known_events(who, events_of(found.record_id)),
    )


@dataclass(frozen=True, slots=True)
class _Money:
    """The accounts of a programme and what conversions did to them."""

    rows: list[Balance] = field(default_factory=list)
    converted: list[Converted] = field(default_factory=list)


def _row(found: Programme, money: _Money, language: str) -> ProgrammeRow:
    return ProgrammeRow(
        ref=found.ref,
        title=in_language(found, "title", language),
        category=found.category,
        holder=in_language(found.holder, "name", language),
        state=found.record.state,
        money=by_stage(money.rows, money.converted),
    )


def _money(who: Viewer) -> dict[str, _Money]:
    """Every account of each programme: its own, and those of its contracts, payments and lots."""
    above = above_holders()
    found: dict[str, _Money] = defaultdict(_Money)
    for row in without_foreign(who, balances(kinds=SPENT_FROM)):
        found[programme_of(row.holder, above)].rows.append(row)
    for change in without_foreign(who, conversions()):
        if change.kind in SPENT_FROM:
            found[programme_of(change.holder, above)].converted.append(change)
    return found


def _funders(money: _Money, language: str) -> tuple[Funder, ...]:
    """What conversions took is still what the fund gave; what they brought is not given once more."""
    sums: dict[tuple[str, str, str | None, str], int] = defaultdict(int)
    donors_of = {row.fund: row.donor or "" for row in money.rows}
    for row in money.rows:
        sums[row.currency, row.fund or "", row.pool, row.donor or ""] += row.balance
    for change in money.converted:
        donor = donors_of.get(change.fund, "")
        sums[change.currency, change.fund or "", change.pool, donor] += change.net_minor
    donors = dict(Tranche.objects.using("read").values_list("ref", "donor__ref"))
    names = names_of([*donors.values(), *(donor for _, _, _, donor in sums)], language)
    found = []
    for (currency, fund, pool, pooled), amount in sorted(sums.items(), key=lambda item: item[0][0]):
        donor = pooled or donors.get(fund, "")
        found.append(Funder(fund, pool, donor, names.get(donor, donor), amount, currency))
    return tuple(row for row in found if row.amount_minor)
