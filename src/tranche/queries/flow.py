"""The way of the money, one currency at a time: places in layers, and the net amounts between them.

Money that went back is taken out of the way that it came. What a conversion brings begins beside the origins,
and what it takes away ends beside the lots; so does an advance that a state draws, and what repays it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from tranche.kernel.chart import Kind
from tranche.ledger.rows import reading
from tranche.models import Payment, Tranche
from tranche.queries.conversions import conversions
from tranche.queries.viewer import UNFILTERED, Viewer, without_foreign

LAYERS: Final = {
    "origin": 0,
    "advance": 0,
    "converted": 0,
    "odd": 0,
    "donor": 1,
    "fund": 2,
    "programme": 3,
    "contract": 4,
    "lot": 5,
    "end": 5,
}
"""A pool's tranches stand with their donors: their money is in the pool as soon as it comes."""
STILL_THERE: Final = frozenset({1, 2, 3, 4})  # layers in which money can wait
EDGES: Final = """
SELECT s.kind, s.holder, sf.code, sf.pool, d.kind, d.holder, df.code, df.pool, m.currency, sum(m.amount)
FROM movement m
JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst
LEFT JOIN fund sf ON sf.id = s.fund_id LEFT JOIN fund df ON df.id = d.fund_id
WHERE s.kind <> 'fx' AND d.kind <> 'fx'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
Links = dict[tuple["Spot", "Spot"], int]


class Spot(NamedTuple):
    """A place of the chart: its kind, which is its layer, and whose it is."""

    kind: str
    ref: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.ref}"


CONVERTED_IN: Final = Spot("converted", "in")
CONVERTED_OUT: Final = Spot("end", "converted_out")
ODD_UNITS: Final = Spot("odd", "rounding")
REPAID: Final = Spot("end", "repaid")


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A place in the chart and what came in and is still there."""

    key: str
    kind: str
    ref: str
    layer: int
    idle_minor: int
    currency: str
    is_pool: bool


@dataclass(frozen=True, slots=True)
class FlowLink:
    source: str
    target: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Flow:
    """All money of one currency on its way; in = out + idle at every place between origin and end."""

    currency: str
    nodes: tuple[FlowNode, ...]
    links: tuple[FlowLink, ...]


class _Account(NamedTuple):
    kind: Kind
    holder: str
    fund: str | None
    pool: str | None


@dataclass(frozen=True, slots=True)
class _Register:
    """What the register knows of holders: the contract of a payment, and which tranches are pooled."""

    contracts: Mapping[str, str]
    pooled: frozenset[str]


def flows(who: Viewer = UNFILTERED) -> tuple[Flow, ...]:
    """Net amounts along each pair of places: a step back is taken out of the step forward."""
    known = _register()
    sums: dict[str, Links] = defaultdict(lambda: defaultdict(int))
    pools: set[str] = set()
    for row in reading("read")(EDGES, []):
        source, target = _Account(Kind(row[0]), *row[1:4]), _Account(Kind(row[4]), *row[5:8])
        if not without_foreign(who, (source, target)):
            continue
        pools |= {account.pool for account in (source, target) if account.pool}
        for pair in _legs(source, target, known):
            sums[row[8]][pair] += int(row[9])
    for change in without_foreign(who, conversions()):
        spot = _spot(_Account(change.kind, change.holder, change.fund, change.pool), known)
        into = REPAID if change.kind is Kind.ADVANCE else spot
        sums[change.currency][spot, CONVERTED_OUT] += change.out_minor
        sums[change.currency][CONVERTED_IN, into] += change.in_minor
    return tuple(_flow(currency, forward(links), pools) for currency, links in sorted(sums.items()))


def forward(links: Mapping[tuple[Spot, Spot], int]) -> Links:
    """The same money without a step back: what went from one place on to another and back never left it.

    Opposite steps cancel. A step to the same layer or an earlier one is taken out of what brought the money
    there, which then leads straight to where it went, as often as it takes.
    """
    found = {pair: amount - links.get((pair[1], pair[0]), 0) for pair, amount in links.items()}
    found = {pair: amount for pair, amount in found.items() if amount > 0}
    while back := [pair for pair in found if LAYERS[pair[0].kind] >= LAYERS[pair[1].kind]]:
        latest = max(back, key=lambda pair: (LAYERS[pair[0].kind], pair))
        _reroute(found, latest)
    return found


def _reroute(links: Links, back: tuple[Spot, Spot]) -> None:
    """Take a step back out of the links that brought its money, the largest first."""
    spot, target = back
    left = links.pop(back)
    brought = sorted((pair for pair in links if pair[1] == spot), key=lambda pair: (-links[pair], pair))
    for pair in brought:
        taken = min(left, links[pair])
        left -= taken
        links[pair] -= taken
        if not links[pair]:
            del links[pair]
        if pair[0] != target and taken:
            _add(links, (pair[0], target), taken)


def _add(links: Links, pair: tuple[Spot, Spot], amount: int) -> None:
    """Add to a link; an opposite one gives way first."""
    opposite = (pair[1], pair[0])
    amount -= (cancelled := min(amount, links.get(opposite, 0)))
    if cancelled:
        links[opposite] -= cancelled
        if not links[opposite]:
            del links[opposite]
    if amount:
        links[pair] = links.get(pair, 0) + amount


def _register() -> _Register:
    payments = Payment.objects.using("read").exclude(contract=None)
    tranches = Tranche.objects.using("read").filter(agreement__spending_rule="pro_rata")
    return _Register(
        contracts=dict(payments.values_list("ref", "contract__ref")),
        pooled=frozenset(tranches.values_list("ref", flat=True)),
    )


def _legs(source: _Account, target: _Account, known: _Register) -> Iterator[tuple[Spot, Spot]]:
    """The steps of a movement in the chart: money of an origin passes its donor."""
    way = [_spot(source, known), _spot(target, known)]
    if source.kind is Kind.ROUNDING:
        way[0] = ODD_UNITS
    if target.kind is Kind.ADVANCE and source.kind is not Kind.CONTRACT:
        way[1] = REPAID
    if source.kind is Kind.ORIGIN:
        way.insert(1, Spot("donor", _donor(source, target)))
    elif target.kind is Kind.ORIGIN:
        way.insert(1, Spot("donor", _donor(target, source)))
    return ((one, other) for one, other in pairwise(way) if one != other)


def _donor(origin: _Account, other: _Account) -> str:
    """Whose money it is: the holder of the account that it entered, else the party of the origin."""
    return other.holder if other.kind in (Kind.TRANCHE, Kind.UNASSIGNED) else origin.holder.split(":")[0]


def _spot(account: _Account, known: _Register) -> Spot:
    match account.kind:
        case Kind.ORIGIN:
            return Spot("origin", account.holder)
        case Kind.ADVANCE:
            return Spot("advance", account.holder)
        case Kind.UNASSIGNED:
            return Spot("donor", account.holder)
        case Kind.TRANCHE if account.fund in known.pooled:
            return Spot("donor", account.holder)
        case Kind.TRANCHE | Kind.POOL:
            return Spot("fund", account.pool or account.fund or account.holder)
        case Kind.SUSPENSE:
            return Spot("fund", account.kind.value)
        case Kind.PROGRAMME | Kind.CONTRACT | Kind.LOT:
            return Spot(account.kind.value, account.holder)
        case Kind.PREPAID:
            return Spot("contract", account.holder)
        case Kind.TRANSIT if account.holder in known.contracts:
            return Spot("contract", known.contracts[account.holder])
        case _:
            return Spot("end", account.kind.value)


def _flow(currency: str, links: Links, pools: set[str]) -> Flow:
    spots = sorted({spot for pair in links for spot in pair}, key=lambda spot: (LAYERS[spot.kind], spot))
    return Flow(
        currency=currency,
        nodes=tuple(_node(spot, links, currency, pools) for spot in spots),
        links=tuple(FlowLink(one.key, other.key, links[one, other]) for one, other in sorted(links)),
    )


def _node(spot: Spot, links: Links, currency: str, pools: set[str]) -> FlowNode:
    came = sum(amount for (_, target), amount in links.items() if target == spot)
    went = sum(amount for (source, _), amount in links.items() if source == spot)
    layer = LAYERS[spot.kind]
    return FlowNode(
        key=spot.key,
        kind=spot.kind,
        ref=spot.ref,
        layer=layer,
        idle_minor=came - went if layer in STILL_THERE else 0,
        currency=currency,
        is_pool=spot.ref in pools,
    )
