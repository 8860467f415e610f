"""The overview for readers: headline figures, the flow as chart rows, and what waits for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.formats.svg.sankey_graph import SankeyLink, SankeyNode
from tranche.kernel.money import Money
from tranche.queries.flow import Flow, FlowNode
from tranche.queries.overview import Overview, Promise
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.links import place_href, record_href
from tranche.queries.presenters.money import Figure, Item, account_href, figure, figure_at
from tranche.queries.presenters.money_words import FIGURES, KINDS, NOTES
from tranche.queries.presenters.words import role_of, word
from tranche.queries.stages import MoneyByStage
from tranche.queries.waiting import Turn, Waiting

ENDS = {"returned": "returned", "fx": "exchanged", "advance": "advanced"}
"""Under which figure money stands that left the flow here; what is not named is lost."""

SHOWN_ALWAYS = frozenset({"idle", "allocated", "contracted", "paid", "accepted"})


@dataclass(frozen=True, slots=True)
class Identity:
    """What came in and what became of it; the parts add up to the whole."""

    whole: Figure
    parts: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True, slots=True)
class CurrencyShown:
    """One currency: what was promised, came and went back; where the rest is; the identity and the flow."""

    currency: str
    promised: tuple[Item, ...]
    stages: tuple[Item, ...]
    identity: Identity | None
    nodes: tuple[SankeyNode, ...]
    links: tuple[SankeyLink, ...]


@dataclass(frozen=True, slots=True)
class WaitingShown:
    """One thing that waits: what, for whom, since when."""

    what: str
    href: str
    ref: str
    amount: Money | None
    turns: tuple[str, ...]
    since: date
    due_on: date | None
    days_late: int


def overview_page(found: Overview) -> tuple[CurrencyShown, ...]:
    """One block a currency; amounts of two currencies are never added."""
    promises = {row.currency: row for row in found.promises}
    money = {row.currency: row for row in found.money}
    flows = {row.currency: row for row in found.flows}
    return tuple(
        CurrencyShown(
            currency=code,
            promised=(*_promised(promises.get(code)), *_came_and_went(money.get(code))),
            stages=_stages(money.get(code)),
            identity=_identity(money[code]) if code in money else None,
            nodes=tuple(_node(node, found.names) for node in flows[code].nodes) if code in flows else (),
            links=_links(flows[code]) if code in flows else (),
        )
        for code in sorted({*promises, *money})
    )


def _promised(promise: Promise | None) -> tuple[Item, ...]:
    if promise is None:
        return ()
    href = reverse("tranches")
    note = _("in the register: tranches agreed, not withdrawn")
    agreed = figure_at(href, promise.agreed_minor, promise.currency)
    items = [Item(_("Agreed"), figure=agreed, note=note)]
    if promise.announced_minor:
        announced = figure_at(href, promise.announced_minor, promise.currency)
        items.insert(0, Item(_("Announced"), figure=announced, note=_("in the register, not yet agreed")))
    return tuple(items)


def _stages(money: MoneyByStage | None) -> tuple[Item, ...]:
    if money is None:
        return ()
    return tuple(
        _item(row.stage, row.amount_minor, money.currency)
        for row in money.stages
        if row.stage in SHOWN_ALWAYS or (row.amount_minor and row.stage != "returned")
    )


def _came_and_went(money: MoneyByStage | None) -> tuple[Item, ...]:
    if money is None:
        return ()
    return (
        _item("received", money.received_minor, money.currency),
        _item("returned", money.at("returned"), money.currency),
    )


def _item(name: str, amount_minor: int, currency: str) -> Item:
    return Item(word(FIGURES, name), figure=figure(name, amount_minor, currency), note=word(NOTES, name))


def _identity(money: MoneyByStage) -> Identity:
    parts = tuple(
        (word(FIGURES, row.stage), figure(row.stage, row.amount_minor, money.currency))
        for row in money.stages
        if row.amount_minor
    )
    return Identity(figure("received", money.received_minor, money.currency), parts)


def column_words() -> tuple[str, ...]:
    """The layers of the flow, from where money comes to what it became."""
    return (
        _("Origin"),
        _("Donor"),
        _("Tranche or pool"),
        _("Programme"),
        _("Contract"),
        _("Accepted lot or end"),
    )


def _node(node: FlowNode, names: Mapping[str, str]) -> SankeyNode:
    named = node.kind in ("end", "exchange")
    label = word(KINDS, node.ref) if named else names.get(node.key, node.ref)
    return SankeyNode(node.key, label, node.layer, _node_href(node), node.idle_minor)


def _node_href(node: FlowNode) -> str:
    match node.kind:
        case "origin":
            return account_href(f"origin:{node.ref}:{node.currency}")
        case "exchange":
            return account_href(f"fx:{node.currency}")
        case "advance":
            return figure("advanced", 0, node.currency).href
        case "fund":
            return place_href("pool" if node.is_pool else "tranche", node.ref)
        case "programme" | "contract" | "lot":
            return record_href(node.kind, node.ref)
        case "donor":
            return reverse("tranches")
        case _:
            return figure(ENDS.get(node.ref, "lost"), 0, node.currency).href


def _links(flow: Flow) -> tuple[SankeyLink, ...]:
    """Each ribbon opens the page of the later place, where its money is explained."""
    href = {node.key: _node_href(node) for node in flow.nodes}
    return tuple(SankeyLink(row.source, row.target, row.amount_minor, href[row.target]) for row in flow.links)


def waiting_shown(rows: Sequence[Waiting]) -> tuple[WaitingShown, ...]:
    """In the order given: the latest first."""
    return tuple(
        WaitingShown(
            what=row.title or title(row.action),
            href=_waiting_href(row),
            ref=row.ref,
            amount=row.amount,
            turns=tuple(turn_words(turn) for turn in row.turns),
            since=row.since,
            due_on=row.due_on,
            days_late=row.late_days,
        )
        for row in rows
    )


def turn_words(turn: Turn) -> str:
    """Who is wanted, as in: 2 x donor approver for DK-MOD."""
    who = _(" or ").join(role_of(role, party) for role in turn.roles for party in turn.parties or ("",))
    return f"{turn.count} × {who}" if turn.count > 1 else who


def _waiting_href(row: Waiting) -> str:
    match row.kind:
        case "decision" | "release":
            return reverse("decision", args=[row.subject])
        case "step":
            return f"{reverse('tranche', args=[row.ref])}#procedure"
        case _:
            return f"{reverse('act', args=[row.action])}?payment={row.ref}"
