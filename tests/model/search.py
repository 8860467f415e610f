"""Breadth first over every state of the small world; the shortest way to a broken rule is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.model.invariants import broken
from tests.model.things import FIRST, World
from tests.model.world import steps


class Found(NamedTuple):
    """How far the search came, and the shortest way to a broken rule where there is one."""

    states: int
    depth: int
    releases: int
    why: str
    path: tuple[str, ...]


def search(
    depth_max: int, states_max: int = 10_000_000, tell: Callable[[int, int], None] | None = None
) -> Found:
    """Every state up to a depth; `tell` is told each depth and how many states are known."""
    came: dict[World, tuple[World, str] | None] = {FIRST: None}
    edge = [FIRST]
    releases = 0
    for depth in range(1, depth_max + 1):
        following: list[World] = []
        for world in edge:
            for name, after in steps(world):
                if after in came:
                    continue
                came[after] = (world, name)
                if len(after.done) > len(world.done):
                    releases += 1
                    if why := broken(after):
                        return Found(len(came), depth, releases, why, _path(after, came))
                following.append(after)
            if len(came) >= states_max:
                return Found(len(came), depth, releases, "", ())
        edge = following
        if tell is not None:
            tell(depth, len(came))
    return Found(len(came), depth_max, releases, "", ())


def _path(world: World, came: dict[World, tuple[World, str] | None]) -> tuple[str, ...]:
    names: list[str] = []
    at = came[world]
    while at is not None:
        before, name = at
        names.append(name)
        at = came[before]
    return tuple(reversed(names))
