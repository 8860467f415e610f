"""What a measurement says: our figure beside its peers', as ratios, as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Round:
    """One round: ours and each peer's, measured one after another over the same rows."""

    ours: float
    peers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement; `unit` says what the numbers are, `target` what the issue or note wants of it.

    A ratio is ours against the peer's rate; where the unit is a time it is the peer's time against ours.
    Either way more is better.
    """

    name: str
    what: str
    unit: str
    rounds: tuple[Round, ...]
    target: str = ""
    note: str = ""

    @property
    def ours(self) -> float:
        return statistics.median(one.ours for one in self.rounds)

    @property
    def is_time(self) -> bool:
        return self.unit.endswith("seconds")

    def peer(self, name: str) -> float:
        return statistics.median(one.peers[name] for one in self.rounds)

    @property
    def peers(self) -> tuple[str, ...]:
        return tuple(self.rounds[0].peers)

    def ratio(self, name: str) -> float:
        """The median of the rounds' ratios: rounds of a busy machine differ more than their two sides do."""
        ratios = [one.ours / one.peers[name] for one in self.rounds]
        return 1 / statistics.median(ratios) if self.is_time else statistics.median(ratios)

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "what": self.what,
            "unit": self.unit,
            "target": self.target,
            "note": self.note,
            "ours": self.ours,
            "rounds": [[one.ours, dict(one.peers)] for one in self.rounds],
            "ratios": {name: round(self.ratio(name), 4) for name in self.peers},
        }


def number(value: float) -> str:
    """Three figures that count, or whole thousands."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def document(figures: Sequence[Figure]) -> str:
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.system(),
    }
    return json.dumps({"machine": machine, "figures": [one.as_json() for one in figures]}, indent=2)


def table(figures: Sequence[Figure]) -> str:
    rows = [("what", "unit", "ours", "rounds", "peer", "peer's", "ratio", "target", "note")]
    for one in figures:
        values = sorted(each.ours for each in one.rounds)
        spread = f"{number(values[0])} to {number(values[-1])}" if len(values) > 1 else ""
        head = (one.what, one.unit, number(one.ours), spread)
        peers = [(name, number(one.peer(name)), f"{one.ratio(name):.3g}") for name in one.peers]
        for place, peer in enumerate(peers or [("", "", "")]):
            ends = (one.target, one.note) if not place else ("", "")
            rows.append((*(head if not place else ("", "", "", "")), *peer, *ends))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
