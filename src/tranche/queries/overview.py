"""The overview: headline figures by stage, and the flow of money as nodes and links for a chart."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.kernel.chart import Kind
from tranche.ledger.rows import reading
from tranche.models import Agreement, Origin, Party, Payment, Tranche
from tranche.queries.records import in_language
from tranche.queries.stages import MoneyByStage, all_money


@dataclass(frozen=True, slots=True)
class Promise:
    """Register figures of one currency: announced but not agreed, agreed and beyond, not withdrawn."""

    currency: str
    announced_minor: int
    agreed_minor: int


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A place in the chart: layer 0 origin, 1 donor, 2 fund, 3 programme, 4 contract, 5 lot or end."""

    key: str
    label: str
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
    """All money of one currency on its way; in = out + idle at every node."""

    currency: str
    nodes: tuple[FlowNode, ...]
    links: tuple[FlowLink, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    promises: tuple[Promise, ...]
    money: tuple[MoneyByStage, ...]
    flows: tuple[Flow, ...]
    names: dict[str, str]


def overview(language: str = "en") -> Overview:
    """Everything that the first page shows of money; `names` are those of origins and donors by node."""
    return Overview(_promises(), all_money(), _flows(), _names(language))


def _names(language: str) -> dict[str, str]:
    origins = {f"origin:{row.ref}": row.title for row in Origin.objects.using("read")}
    return origins | {
        f"donor:{row.ref}": in_language(row, "name", language) for row in Party.objects.using("read")
    }


def _promises() -> tuple[Promise, ...]:
    rows = Tranche.objects.using("read").exclude(record__state="withdrawn")
    sums: dict[str, list[int]] = {}
    for currency, state, amount in rows.values_list("currency", "record__state", "amount_minor"):
        sums.setdefault(currency, [0, 0])[state != "announced"] += amount
    return tuple(Promise(currency, *found) for currency, found in sorted(sums.items()))


EDGES = """
SELECT s.kind, s.holder, sf.code, sf.pool, d.kind, d.holder, df.code, df.pool, m.currency, sum(m.amount)
FROM movement m
JOIN account s ON s.id = m.src JOIN account d ON d.id = m.dst
LEFT JOIN fund sf ON sf.id = s.fund_id LEFT JOIN fund df ON df.id = d.fund_id
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""

CONTRACT_KINDS = frozenset({Kind.CONTRACT, Kind.PREPAID})
LAYERS = {"origin": 0, "donor": 1, "fund": 2, "programme": 3, "contract": 4, "lot": 5, "end": 5}
ENDS = frozenset({Kind.RETURNED, Kind.FEE, Kind.WRITE_OFF})


Spot = tuple[str, str]
Pair = tuple[Spot, Spot]


@dataclass(frozen=True, slots=True)
class _Edge:
    source: Spot
    target: Spot
    currency: str
    amount_minor: int


def _flows() -> tuple[Flow, ...]:
    """Net amounts along each pair of places, earlier layer first: a step back is a negative step forward."""
    pools = frozenset(Agreement.objects.using("read").values_list("pool_ref", flat=True))
    found: dict[str, dict[Pair, int]] = {}
    for edge in _edges():
        links = found.setdefault(edge.currency, {})
        ahead = LAYERS[edge.source[0]] <= LAYERS[edge.target[0]]
        pair = (edge.source, edge.target) if ahead else (edge.target, edge.source)
        links[pair] = links.get(pair, 0) + (edge.amount_minor if ahead else -edge.amount_minor)
    return tuple(
        _flow(currency, {pair: amount for pair, amount in links.items() if amount > 0}, pools)
        for currency, links in sorted(found.items())
    )


def _edges() -> list[_Edge]:
    """Movements between places of the chart: a contract's transit and prepaid money stay at the contract."""
    contracts = dict(Payment.objects.using("read").values_list("ref", "contract__ref"))
    edges = []
    rows = reading("read")(EDGES, [])
    for s_kind, s_holder, s_fund, s_pool, d_kind, d_holder, d_fund, d_pool, currency, amount in rows:
        source = _place(Kind(s_kind), s_holder, s_fund, s_pool, contracts)
        target = _place(Kind(d_kind), d_holder, d_fund, d_pool, contracts)
        if source == target:
            continue
        if source[0] == "origin":
            donor = (
                "donor",
                d_holder if d_kind in (Kind.TRANCHE, Kind.UNASSIGNED) else s_holder.split(":")[0],
            )
            edges += [
                _Edge(source, donor, currency, int(amount)),
                _Edge(donor, target, currency, int(amount)),
            ]
        else:
            edges.append(_Edge(source, target, currency, int(amount)))
    return edges


def _place(kind: Kind, holder: str, fund: str | None, pool: str | None, contracts: dict[str, str]) -> Spot:
    if kind is Kind.ORIGIN:
        return ("origin", holder)
    if kind in (Kind.TRANCHE, Kind.POOL):
        return ("fund", pool or fund or holder)
    if kind is Kind.UNASSIGNED:
        return ("donor", holder)
    if kind is Kind.SUSPENSE:
        return ("fund", "suspense")
    if kind is Kind.PROGRAMME:
        return ("programme", holder)
    if kind is Kind.TRANSIT:
        return ("contract", contracts.get(holder, holder))
    if kind in CONTRACT_KINDS:
        return ("contract", holder)
    if kind is Kind.LOT:
        return ("lot", holder)
    return ("end", kind.value)


def _flow(currency: str, links: dict[Pair, int], pools: frozenset[str | None]) -> Flow:
    keys = sorted({key for pair in links for key in pair}, key=lambda key: (LAYERS[key[0]], key))
    nodes = []
    for key in keys:
        came = sum(amount for (_, target), amount in links.items() if target == key)
        went = sum(amount for (source, _), amount in links.items() if source == key)
        idle = came - went if LAYERS[key[0]] in (1, 2, 3, 4) else 0
        node = FlowNode(":".join(key), key[1], LAYERS[key[0]], max(idle, 0), currency, key[1] in pools)
        nodes.append(node)
    ordered = sorted(
        (FlowLink(":".join(s), ":".join(t), amount) for (s, t), amount in links.items()), key=_link_key
    )
    return Flow(currency, tuple(nodes), tuple(ordered))


def _link_key(link: FlowLink) -> tuple[str, str]:
    return link.source, link.target
