"""The overview for readers: headline figures, the flow as chart rows, and what waits for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from tranche.queries.turns import Turn
from tranche.queries.waiting import Waiting

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ENDS: Mapping[str, StrPromise] = {
    "converted_out": FIGURES["converted_out"],
    "repaid": gettext_lazy("Advance repaid"),
}
"""Where the way of money ends, beside the kinds of accounts."""

END_FIGURES = {
    "returned": "returned",
    "converted_out": "converted_out",
    "repaid": "advanced",
    "transit": "ordered",
}
SHOWN_ALWAYS = frozenset({"idle", "allocated", "contracted", "paid", "accepted"})


Named = tuple[str, Figure]


@dataclass(frozen=True, slots=True)
class Identity:
    """What came in and what became of it: both sides add up to the same."""

    brought: tuple[Named, ...]
    parts: tuple[Named, ...]


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


def overview_page(found: Overview, *, whole: bool = True) -> tuple[CurrencyShown, ...]:
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
            nodes=tuple(_node(node, found.names, whole=whole) for node in flows[code].nodes)
            if code in flows
            else (),
            links=_links(flows[code], whole=whole) if code in flows else (),
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
    stages = [(row.stage, row.amount_minor) for row in money.stages]
    return tuple(
        _item(stage, amount, money.currency)
        for stage, amount in [*stages, ("converted_out", money.converted_out_minor)]
        if stage in SHOWN_ALWAYS or (amount and stage != "returned")
    )


def _came_and_went(money: MoneyByStage | None) -> tuple[Item, ...]:
    if money is None:
        return ()
    came = [("advanced", money.advanced_minor), ("converted_in", money.converted_in_minor)]
    return (
        _item("received", money.received_minor, money.currency),
        *(_item(name, amount, money.currency) for name, amount in came if amount),
        _item("returned", money.at("returned"), money.currency),
    )


def _item(name: str, amount_minor: int, currency: str) -> Item:
    return Item(word(FIGURES, name), figure=figure(name, amount_minor, currency), note=word(NOTES, name))


def _identity(money: MoneyByStage) -> Identity:
    parts = [(row.stage, row.amount_minor) for row in money.stages]
    return _both_sides(money, [*parts, ("converted_out", money.converted_out_minor)])


def total_line(money: MoneyByStage) -> Identity:
    """Received + converted in = idle + on contracts + accepted + returned + lost + converted out."""
    contracts = sum(money.at(stage) for stage in ("contracted", "ordered", "paid"))
    parts = [
        ("idle", money.at("idle")),
        ("allocated", money.at("allocated")),
        ("under_contract", contracts),
        *((stage, money.at(stage)) for stage in ("accepted", "returned", "lost")),
        ("converted_out", money.converted_out_minor),
    ]
    return _both_sides(money, parts)


def _both_sides(money: MoneyByStage, parts: Sequence[tuple[str, int]]) -> Identity:
    """Terms of nothing are left out; what a state paid first stands beside what was received."""
    brought = [
        ("received", money.received_minor),
        ("advanced", money.advanced_minor),
        ("converted_in", money.converted_in_minor),
    ]
    return Identity(_named(money, brought) or _named(money, brought[:1], always=True), _named(money, parts))


def _named(
    money: MoneyByStage, terms: Sequence[tuple[str, int]], *, always: bool = False
) -> tuple[Named, ...]:
    return tuple(
        (word(FIGURES, name), figure(name, amount, money.currency))
        for name, amount in terms
        if amount or always
    )


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


def _node(node: FlowNode, names: Mapping[str, str], *, whole: bool) -> SankeyNode:
    label = _label(node, names)
    return SankeyNode(node.key, label, node.layer, _node_href(node, whole=whole), node.idle_minor)


def _label(node: FlowNode, names: Mapping[str, str]) -> str:
    match node.kind:
        case "end":
            return word(KINDS, node.ref) if node.ref in KINDS else word(ENDS, node.ref)
        case "converted":
            return word(FIGURES, "converted_in")
        case "advance":
            return f"{word(KINDS, 'advance')} {node.ref}"
        case "odd":
            return word(KINDS, "rounding")
        case _:
            return names.get(node.key, node.ref)


def _node_href(node: FlowNode, *, whole: bool) -> str:
    """The page of a place; the account of an origin holds money of every agreement at once."""
    match node.kind:
        case "converted":
            return figure("converted_in", 0, node.currency).href
        case "advance":
            return figure("advanced", 0, node.currency).href
        case "odd":
            return account_href(f"rounding:{node.currency}")
        case "origin":
            return account_href(f"origin:{node.ref}:{node.currency}") if whole else ""
        case "fund":
            return place_href("pool" if node.is_pool else "tranche", node.ref)
        case "programme" | "contract" | "lot":
            return record_href(node.kind, node.ref)
        case "donor":
            return reverse("tranches")
        case _:
            return figure(END_FIGURES.get(node.ref, "lost"), 0, node.currency).href


def _links(flow: Flow, *, whole: bool) -> tuple[SankeyLink, ...]:
    """Each ribbon opens the page of the later place, where its money is explained."""
    href = {node.key: _node_href(node, whole=whole) for node in flow.nodes}
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
            return f"{reverse('tranche_procedure', args=[row.ref])}#{row.subject}"
        case "condition":
            return f"{reverse('tranche', args=[row.ref])}#{row.subject}"
        case "payee":
            return reverse("payee", args=[row.ref])
        case _:
            return f"{reverse('act', args=[row.action])}?payment={row.ref}"
