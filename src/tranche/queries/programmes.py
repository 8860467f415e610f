"""Programmes: the list, and who funds one, with what it contracted and where its money stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tranche.ledger.balances import Balance, balances
from tranche.ledger.conversions import exchanged
from tranche.models import Programme, Tranche
from tranche.queries.contracts import ContractRow, contracts
from tranche.queries.holders import NOWHERE, SPENT_FROM, above_holders
from tranche.queries.records import EventRow, NotFound, events_of, in_language, names_of
from tranche.queries.stages import MoneyByStage, by_stage


@dataclass(frozen=True, slots=True)
class Funder:
    """What one fund holds or spent in a programme, in minor units."""

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
    events: tuple[EventRow, ...]


def programmes(language: str = "en") -> tuple[ProgrammeRow, ...]:
    """Every programme, by reference."""
    money = _money()
    rows = Programme.objects.using("read").select_related("record", "holder").order_by("ref")
    return tuple(_row(row, money.get(row.ref, []), language) for row in rows)


def programme(ref: str, language: str = "en") -> ProgrammeDetail:
    """One programme by its reference; raises NotFound."""
    found = Programme.objects.using("read").select_related("record", "holder").filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    money = _money().get(ref, [])
    return ProgrammeDetail(
        row=_row(found, money, language),
        funders=_funders(money, language),
        contracts=contracts(language, programme=ref),
        events=events_of(found.record_id),
    )


def _row(found: Programme, money: list[Balance], language: str) -> ProgrammeRow:
    return ProgrammeRow(
        ref=found.ref,
        title=in_language(found, "title", language),
        category=found.category,
        holder=in_language(found.holder, "name", language),
        state=found.record.state,
        money=by_stage(money),
    )


def _money() -> dict[str, list[Balance]]:
    """Every account of each programme: its own, and those of its contracts, payments and lots."""
    above = above_holders()
    found: dict[str, list[Balance]] = defaultdict(list)
    for row in (*balances(kinds=SPENT_FROM), *exchanged()):
        found[above.get(row.holder, NOWHERE).programme].append(row)
    found.pop("", None)
    return found


def _funders(rows: list[Balance], language: str) -> tuple[Funder, ...]:
    sums: dict[tuple[str, str, str | None, str], int] = defaultdict(int)
    for row in rows:
        sums[row.currency, row.fund or "", row.pool, row.donor or ""] += row.balance
    donors = dict(Tranche.objects.using("read").values_list("ref", "donor__ref"))
    names = names_of([*donors.values(), *(donor for _, _, _, donor in sums)], language)
    found = []
    for (currency, fund, pool, pooled), amount in sorted(sums.items(), key=lambda item: item[0][0]):
        donor = pooled or donors.get(fund, "")
        found.append(Funder(fund, pool, donor, names.get(donor, donor), amount, currency))
    return tuple(row for row in found if row.amount_minor)
