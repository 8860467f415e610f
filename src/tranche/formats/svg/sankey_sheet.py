"""The style sheet that, without script, leaves lit only the ribbons of the node that is pointed at."""

from __future__ import annotations

from tranche.formats.svg.sankey_graph import NODES_MAX

HEAD = "/* Written by formats/svg/sankey_sheet.py: one rule for each slot a node can have. */\n"


def highlight_sheet() -> str:
    return HEAD + "".join(
        f".sankey:has(.n{i}:is(:hover,:focus-visible)) .r:not(.s{i},.t{i}){{opacity:.15}}\n"
        for i in range(NODES_MAX)
    )
