"""The way of the money, one currency at a time: places in layers, and the net amounts between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from tranche.kernel.chart import Kind
from tranche.ledger.rows import reading
from tranche.models import Payment, Tranche

LAYERS: Final = {
    "origin": 0,
    "exchange": 0,
    "advance": 0,
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
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


class Spot(NamedTuple):
    """A place of the chart: its kind, which is its layer, and whose it is."""

    kind: str
    ref: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.ref}"


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

    contracts: Mapping[str, str | None]
    pooled: frozenset[str]


def flows() -> tuple[Flow, ...]:
    """Net amounts along each pair of places: a step back is a negative step forward."""
    known = _register()
    sums: dict[str, dict[tuple[Spot, Spot], int]] = defaultdict(lambda: defaultdict(int))
    pools: set[str] = set()
    for row in reading("read")(EDGES, []):
        source, target = _Account(Kind(row[0]), *row[1:4]), _Account(Kind(row[4]), *row[5:8])
        pools |= {account.pool for account in (source, target) if account.pool}
        for one, other in _legs(source, target, known):
            ahead = LAYERS[one.kind] <= LAYERS[other.kind]
            pair = (one, other) if ahead else (other, one)
            sums[row[8]][pair] += int(row[9]) if ahead else -int(row[9])
    return tuple(_flow(currency, links, pools) for currency, links in sorted(sums.items()))


def _register() -> _Register:
    tranches = Tranche.objects.using("read").filter(agreement__spending_rule="pro_rata")
    return _Register(
        contracts=dict(Payment.objects.using("read").values_list("ref", "contract__ref")),
        pooled=frozenset(tranches.values_list("ref", flat=True)),
    )


def _legs(source: _Account, target: _Account, known: _Register) -> Iterator[tuple[Spot, Spot]]:
    """The steps of a movement in the chart: money of an origin passes its donor."""
    way = [_spot(source, target, known), _spot(target, source, known)]
    if Kind.FX in (source.kind, target.kind):
        way = [
            _exchange(source, target, known, gives=True),
            _exchange(target, source, known, gives=False),
        ]
    if source.kind is Kind.ORIGIN:
        way.insert(1, Spot("donor", _donor(source, target)))
    elif target.kind is Kind.ORIGIN:
        way.insert(1, Spot("donor", _donor(target, source)))
    return ((one, other) for one, other in pairwise(way) if one != other)


def _donor(origin: _Account, other: _Account) -> str:
    """Whose money it is: the holder of the account that it entered, else the party of the origin."""
    return other.holder if other.kind in (Kind.TRANCHE, Kind.UNASSIGNED) else origin.holder.split(":")[0]


def _exchange(account: _Account, other: _Account, known: _Register, *, gives: bool) -> Spot:
    """Given for another currency is an end of the flow, got for another a beginning; money back undoes it."""
    if account.kind is not Kind.FX:
        return _spot(account, other, known)
    begins = other.kind is Kind.PREPAID or (gives and other.kind not in (Kind.TRANSIT, Kind.CONTRACT))
    return Spot("exchange", "fx") if begins else Spot("end", "fx")


def _spot(account: _Account, other: _Account, known: _Register) -> Spot:
    match account.kind:
        case Kind.ADVANCE:
            drawn = other.kind is Kind.CONTRACT
            return Spot("advance", account.holder) if drawn else Spot("end", "advance")
        case Kind.ORIGIN:
            return Spot("origin", account.holder)
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
        case Kind.TRANSIT:
            contract = known.contracts.get(account.holder)
            return Spot("contract", contract) if contract else Spot("end", "returned")
        case _:
            return Spot("end", account.kind.value)


def _flow(currency: str, sums: Mapping[tuple[Spot, Spot], int], pools: set[str]) -> Flow:
    links = {pair: amount for pair, amount in sums.items() if amount > 0}
    spots = sorted({spot for pair in links for spot in pair}, key=lambda spot: (LAYERS[spot.kind], spot))
    return Flow(
        currency=currency,
        nodes=tuple(_node(spot, links, currency, pools) for spot in spots),
        links=tuple(FlowLink(one.key, other.key, links[one, other]) for one, other in sorted(links)),
    )


def _node(spot: Spot, links: Mapping[tuple[Spot, Spot], int], currency: str, pools: set[str]) -> FlowNode:
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
