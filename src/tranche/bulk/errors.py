"""What stops a trace of the whole ledger: a book that does not follow from its own lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class BookBroken(Exception):
    """A movement that cannot have been posted; the guards of the database were taken away."""

    entry: int
    line: int
    why: str
