"""What the arguments of actions name: an object out of reach is refused as one that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tranche.kernel.refusals import UnknownReference
from tranche.queries.known import knows
from tranche.queries.scope import RECORDS
from tranche.queries.viewer import Viewer

NAMED: Final[Mapping[str, str]] = {
    **{kind: kind for kind in RECORDS},
    **{kind: kind for kind in ("advance", "set_aside", "hold", "person", "login", "identity", "grant")},
    **{kind: kind for kind in ("interest", "link", "upload", "credential", "line", "record", "template")},
    "document": "evidence",
    **dict.fromkeys(("duplicate", "first", "second", "third"), "person"),
    "earmark_ref": "programme",
    "funding": "fund",
    "line_in": "line",
    "origin": "origin",
    "over_ref": "scope",
    "predecessor": "payee",
    "replaces": "decision",
    "retry_of": "payment",
    "scope_ref": "record",
    "target": "record",
}
"""The kind of object that an argument of this name refers to; parties are known to everybody."""

UNNAMED: Final = frozenset(
    {
        *("approving_party", "donor", "filing_party", "holder", "judging_party", "party", "recipient"),
        *("supplier", "ref", "pool_ref", "successor", "handle", "sha256", "screening_sha256"),
        *("token_sha256", "owners", "parties", "partners", "evidence", "group"),
    }
)
"""References of parties, of records that are yet to be made, and hashes of what the form itself brings."""


def check_references(who: Viewer, arguments: Mapping[str, object]) -> None:
    """Raise UnknownReference for the first argument that names what the viewer may not know of."""
    for name, value in _given(arguments):
        if foreign(who, name, value):
            raise UnknownReference(NAMED[name].replace("scope", "record"), value)


def foreign(who: Viewer, name: str, value: object) -> bool:
    """Whether the argument names something that is not there or out of reach; never for who sees all."""
    kind = NAMED.get(name)
    if kind is None or who.sees_all or not isinstance(value, str) or not value:
        return False
    if "\0" in value:  # no database keeps such a text
        return True
    if kind == "scope":
        return value not in who.circle and not knows(who, "record", value)
    return not knows(who, kind, value)


def _given(arguments: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in arguments.items():
        if name in NAMED and isinstance(value, str) and value:
            yield name, value
