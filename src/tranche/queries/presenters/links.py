"""Where the page of a thing is: records by kind, holders of accounts, documents and log entries."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from tranche.queries.presenters.words import EVIDENCE, word
from tranche.queries.records import EvidenceRow

PAGES = frozenset(
    {"agreement", "tranche", "programme", "contract", "lot", "payee", "selection", "inkind", "joint"}
)
"""Kinds of records that have a page of their own."""

HOLDERS = {
    "tranche": "tranche",
    "programme": "programme",
    "contract": "contract",
    "prepaid": "contract",
    "lot": "lot",
}
"""Whose page the holder of an account of this kind has."""


@dataclass(frozen=True, slots=True)
class Link:
    """A text and where it leads; without an address it is only text."""

    text: str
    href: str = ""


def record_href(kind: str, ref: str) -> str:
    """The page of a record; nothing where its kind has none."""
    return reverse(kind, args=[ref]) if kind in PAGES else ""


def place_href(kind: str, holder: str) -> str:
    """The page of whoever holds an account of this kind."""
    if kind == "pool":
        return reverse("fund", args=[holder])
    return record_href(HOLDERS.get(kind, ""), holder)


def evidence_links(rows: tuple[EvidenceRow, ...]) -> tuple[Link, ...]:
    """Documents by their kind in words, each leading to its bytes."""
    return tuple(Link(word(EVIDENCE, row.kind), reverse("evidence", args=[row.sha256])) for row in rows)


def log_link(seq: int) -> Link:
    return Link(str(seq), reverse("proof_entry", args=[seq]))
