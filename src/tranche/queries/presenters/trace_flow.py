"""A trace as a flow: receipts on the left, what the money became on the right, one currency a drawing.

A place stands once: money that went back and came again is drawn by its last way, and a contract stands for
what is reserved, ordered and paid under it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from tranche.formats.svg.sankey_graph import SankeyLink, SankeyNode
from tranche.kernel.chart import Kind
from tranche.queries.codes import Code, Path, read_code
from tranche.queries.presenters.links import place_href
from tranche.queries.presenters.money import account_href, entry_href
from tranche.queries.presenters.money_words import KINDS
from tranche.queries.presenters.words import word
from tranche.queries.trace import TraceTo
from tranche.queries.ways import Followed

LAYERS: Final = {
    Kind.SUSPENSE: 1,
    Kind.UNASSIGNED: 1,
    Kind.TRANCHE: 2,
    Kind.POOL: 3,
    Kind.ADVANCE: 3,
    Kind.PROGRAMME: 4,
    Kind.CONTRACT: 5,
    Kind.TRANSIT: 5,
    Kind.PREPAID: 5,
}
LAST: Final = 6
"""The layer of lots and other ends; receipts stand in layer 0."""


class _Spot(NamedTuple):
    layer: int
    key: str
    label: str


class Piece(NamedTuple):
    """Money of one receipt `entry:line` that went by a path and is at its end."""

    receipt: str
    label: str
    path: Path
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TraceFlow:
    """The nodes and links of one drawing."""

    currency: str
    nodes: tuple[SankeyNode, ...]
    links: tuple[SankeyLink, ...]


def flow_columns() -> tuple[str, ...]:
    """The layers, from where the money came to what it became."""
    return (
        _("Receipt"),
        _("Set aside"),
        _("Tranche"),
        _("Pool"),
        _("Programme"),
        _("Contract"),
        _("Lot or end"),
    )


def forward_flow(found: Followed, donors: Mapping[str, str]) -> TraceFlow:
    """Where money of one currency is, in that currency; `donors` names each receipt's donor."""
    return _flow(
        found.currency,
        (
            Piece(str(run.source), donors.get(str(run.source), ""), run.path, run.source_minor)
            for run in found.runs
        ),
    )


def backward_flow(traced: TraceTo, names: Mapping[str, str]) -> TraceFlow:
    """Who paid for a use, in the currency of the use."""
    return _flow(
        traced.currency,
        (
            Piece(source.ref, names.get(source.donor, source.donor), source.path, source.amount_minor)
            for source in traced.sources
        ),
    )


def _flow(currency: str, pieces: Iterable[Piece]) -> TraceFlow:
    nodes: dict[str, SankeyNode] = {}
    links: dict[tuple[str, str], SankeyLink] = {}
    idle: dict[str, int] = defaultdict(int)
    for piece in pieces:
        if piece.amount_minor > 0:
            way = _way(piece)
            for spot, href in way:
                nodes[spot.key] = SankeyNode(spot.key, spot.label, spot.layer, href)
            for (one, _href), (other, href) in pairwise(way):
                key = (one.key, other.key)
                before = links[key].amount_minor if key in links else 0
                entry = way[0][1] if one.layer == 0 else href
                links[key] = SankeyLink(*key, before + piece.amount_minor, entry)
            last = way[-1][0]
            idle[last.key] += piece.amount_minor if last.layer < LAST else 0
    kept = (replace(node, idle_minor=idle[node.key]) for node in nodes.values())
    return TraceFlow(currency, tuple(kept), tuple(links.values()))


def _way(piece: Piece) -> list[tuple[_Spot, str]]:
    """The places of a path in the order of their layers, each once, with the last account of each."""
    label = f"{piece.label} · {piece.receipt}" if piece.receipt else _("Nobody")
    href = entry_href(int(piece.receipt.partition(":")[0])) if piece.receipt else ""
    way = [(_Spot(0, f"receipt:{piece.receipt}", label), href)]
    contract = ""
    for code in piece.path:
        words = read_code(code)
        if words.kind in (Kind.CONTRACT, Kind.PREPAID):
            contract = words.holder
        spot = _spot(words, contract)
        while way[-1][0].layer >= spot.layer:
            way.pop()
        way.append((spot, account_href(code)))
    return way


def _spot(code: Code, contract: str) -> _Spot:
    name = code.holder or code.fund
    if code.kind is Kind.TRANSIT and contract:
        return _Spot(LAYERS[code.kind], f"contract:{contract}", contract)
    if code.kind in (Kind.CONTRACT, Kind.PREPAID):
        return _Spot(LAYERS[code.kind], f"contract:{name}", name)
    if code.kind is Kind.POOL:
        name = code.fund.partition("/")[0]
    layer = LAYERS.get(code.kind, LAST)
    own_page = bool(place_href(code.kind.value, name)) if name else False
    label = name if own_page else f"{word(KINDS, code.kind.value)} {name}".rstrip()
    return _Spot(layer, f"{code.kind.value}:{name}", label)
