"""Random money graphs: what comes into a place goes on or stays, to the cent."""

from __future__ import annotations

from hypothesis import strategies as st

from tranche.formats.svg.sankey_graph import SankeyLink, SankeyNode

Graph = tuple[list[SankeyNode], list[SankeyLink]]


@st.composite
def graphs(draw: st.DrawFn, *, layers_max: int = 6, width_max: int = 25, branches_max: int = 6) -> Graph:
    """Money begins in the first layer and is split over later places; what is left over stays idle."""
    widths = draw(st.lists(st.integers(1, width_max), min_size=1, max_size=layers_max))
    keys = [[f"{layer}-{i}" for i in range(width)] for layer, width in enumerate(widths)]
    held = {key: draw(st.integers(0, 10**9)) for key in keys[0]}
    links: list[SankeyLink] = []
    idle: dict[str, int] = {}
    for layer, column in enumerate(keys):
        later = [key for further in keys[layer + 1 :] for key in further]
        for key in column:
            left = held.get(key, 0)
            targets = (
                draw(st.lists(st.sampled_from(later), max_size=branches_max, unique=True)) if later else []
            )
            for target in targets:
                amount = draw(st.integers(0, left))
                if amount:
                    links.append(SankeyLink(key, target, amount, f"/{key}/{target}"))
                    held[target] = held.get(target, 0) + amount
                    left -= amount
            idle[key] = left if later else 0
    nodes = [
        SankeyNode(key, f"Place {key}", layer, f"/{key}", idle[key])
        for layer, column in enumerate(keys)
        for key in column
    ]
    return nodes, links
