"""Points of a field: how much stands behind it, for sorting the work of the person who confirms."""

from __future__ import annotations

from collections.abc import Iterable

from tranche.formats.announcements.records import Basis, Field, FieldValue, Span, Zone
from tranche.formats.announcements.zones import ZONE_POINTS

PRINTED = 40
VERB_BESIDE = 15
PARTY_BESIDE = 10
FURTHER_MENTION = 5
FURTHER_MAX = 10
AMBIGUOUS = -15
BASIS_POINTS = {Basis.PRINTED: 0, Basis.INHERITED: -10, Basis.INFERRED: -25}
POINTS_MAX = 100


def scored(
    value: FieldValue,
    spans: Iterable[Span],
    *,
    rule: str,
    zone: Zone,
    basis: Basis = Basis.PRINTED,
    verb: bool = False,
    party: bool = False,
) -> Field:
    places = tuple(sorted(set(spans)))
    if value is None:
        return Field(None, places, basis, rule, 0)
    further = min(FURTHER_MAX, FURTHER_MENTION * max(0, len(places) - 1))
    points = PRINTED * bool(places) + ZONE_POINTS[zone] + VERB_BESIDE * verb + PARTY_BESIDE * party
    return Field(value, places, basis, rule, clamped(points + further + BASIS_POINTS[basis]))


def clamped(points: int) -> int:
    return max(0, min(POINTS_MAX, points))


def best_zone(zones: Iterable[Zone]) -> Zone:
    return max(zones, key=lambda zone: (ZONE_POINTS[zone], zone.value))
