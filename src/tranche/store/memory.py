"""What a write transaction asks once and keeps to its end, because nothing in it changes the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_kept: ContextVar[dict[str, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Begin with nothing known; everything is forgotten at the end."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(name: str, find: Callable[[], T]) -> T:
    """What `find` gives: asked once in a write transaction, and every time outside of one."""
    kept = _kept.get()
    if kept is None:
        return find()
    if name not in kept:
        kept[name] = find()
    found: T = kept[name]
    return found
