"""Programmes for readers: who funds them with how much, and the contracts under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from tranche.queries.presenters.contracts import ContractLine, contract_lines
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.links import Link, place_href, record_href
from tranche.queries.presenters.money import Figure, Item, figure, stage_items
from tranche.queries.presenters.words import CHOICES, word
from tranche.queries.programmes import Funder, ProgrammeDetail, ProgrammeRow


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """One line of the list of programmes; money is given by currency."""

    ref: Link
    title: str
    category: str
    holder: str
    state: str
    funded: tuple[Figure, ...]
    accepted: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class FunderShown:
    """What a donor put into a programme, and its part of the currency's whole."""

    donor: str
    fund: Link
    amount: Figure
    whole_minor: int


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """One programme with its funders and contracts."""

    ref: str
    title: str
    state: str
    category: str
    holder: str
    money: tuple[tuple[Item, ...], ...]
    funders: tuple[FunderShown, ...]
    whole: tuple[Figure, ...]
    contracts: tuple[ContractLine, ...]
    priorities: tuple[Link, ...]
    joint: tuple[Link, ...]
    events: tuple[EventShown, ...]


def programme_lines(rows: Sequence[ProgrammeRow]) -> tuple[ProgrammeLine, ...]:
    return tuple(
        ProgrammeLine(
            ref=Link(row.ref, record_href("programme", row.ref)),
            title=row.title,
            category=word(CHOICES, row.category),
            holder=row.holder,
            state=row.state,
            funded=_funded(row),
            accepted=tuple(
                figure("accepted", money.at("accepted"), money.currency, within=row.ref)
                for money in row.money
            ),
        )
        for row in rows
    )


def _funded(row: ProgrammeRow) -> tuple[Figure, ...]:
    return tuple(
        figure("funded", money.received_minor, money.currency, within=row.ref) for money in row.money
    )


def programme_page(found: ProgrammeDetail) -> ProgrammePage:
    row = found.row
    return ProgrammePage(
        ref=row.ref,
        title=row.title,
        state=row.state,
        category=word(CHOICES, row.category),
        holder=row.holder,
        money=tuple(stage_items(money, within=row.ref, whole="funded") for money in row.money),
        funders=_funders(row.ref, found.funders),
        whole=_funded(row),
        contracts=contract_lines(found.contracts),
        priorities=tuple(Link(title, f"{reverse('priorities')}#{ref}") for ref, title in found.priorities),
        joint=tuple(Link(ref, record_href("joint", ref)) for ref in found.joint_refs),
        events=events_shown(found.events),
    )


def _funders(ref: str, rows: Sequence[Funder]) -> tuple[FunderShown, ...]:
    wholes: dict[str, int] = defaultdict(int)
    for row in rows:
        wholes[row.currency] += row.amount_minor
    return tuple(
        FunderShown(
            donor=row.donor,
            fund=Link(
                row.pool or row.fund, place_href("pool" if row.pool else "tranche", row.pool or row.fund)
            ),
            amount=figure("funded", row.amount_minor, row.currency, within=ref, fund=row.fund),
            whole_minor=wholes[row.currency],
        )
        for row in rows
    )
