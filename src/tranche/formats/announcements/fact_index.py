"""Finds the fact that "the first tranche" or "these funds" means: own zone first, then nearest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from tranche.formats.announcements.records import Zone

Place = tuple[int, Zone, int | None]


class FactIndex:
    """Built once from the places (sentence, zone, ordinal) where each fact is told."""

    def __init__(self, facts: Sequence[Sequence[Place]]) -> None:
        self._count = len(facts)
        self._rows: dict[tuple[int | None, str], list[tuple[int, int]]] = {}
        for number, places in enumerate(facts):
            for sentence, zone, ordinal in places:
                for known in {ordinal, None}:
                    for reach in _reaches(zone):
                        self._rows.setdefault((known, reach), []).append((sentence, number))
        for row in self._rows.values():
            row.sort()

    def nearest(self, sentence: int, zone: Zone, ordinal: int | None) -> int | None:
        """The number of the fact; without an ordinal any fact will do."""
        for reach in _reaches(zone):
            row = self._rows.get((ordinal, reach), [])
            at = bisect_right(row, (sentence, self._count))
            near = row[max(0, at - 1) : at + 1]
            if near:
                return min(near, key=lambda place: abs(place[0] - sentence))[1]
        return None


def _reaches(zone: Zone) -> tuple[str, str, str]:
    return zone.value, "related story" if zone is Zone.RELATED else "own story", "document"
