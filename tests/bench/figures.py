"""What a measurement says: its figure, its peer, and both as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Round:
    """Things done per second in one round, ours and the peer's over the same rows."""

    ours: float
    peer: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    what: str
    peer: str
    rounds: tuple[Round, ...]

    @property
    def ours(self) -> float:
        return statistics.median(one.ours for one in self.rounds)

    @property
    def peers(self) -> float | None:
        known = [one.peer for one in self.rounds if one.peer is not None]
        return statistics.median(known) if known else None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.peers if self.peers else None

    @property
    def spread(self) -> str:
        """The lowest and the highest round; wide apart means that the machine was busy."""
        rates = [one.ours for one in self.rounds]
        return f"{min(rates):,.0f} to {max(rates):,.0f}"

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "what": self.what,
            "per_second": round(self.ours, 1),
            "peer": self.peer,
            "peer_per_second": None if self.peers is None else round(self.peers, 1),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "rounds": [[one.ours, one.peer] for one in self.rounds],
        }


def document(figures: Sequence[Figure]) -> str:
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.system(),
    }
    return json.dumps({"machine": machine, "figures": [one.as_json() for one in figures]}, indent=2)


def table(figures: Sequence[Figure]) -> str:
    rows = [("what", "a second", "rounds", "peer", "a second", "ratio")]
    for one in figures:
        peers = "" if one.peers is None else f"{one.peers:,.0f}"
        ratio = "" if one.ratio is None else f"{one.ratio:.3f}"
        rows.append((one.what, f"{one.ours:,.0f}", one.spread, one.peer, peers, ratio))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
