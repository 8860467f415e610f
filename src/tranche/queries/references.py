"""What the arguments of actions name: an object out of reach is refused as one that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tranche.kernel.refusals import UnknownReference
from tranche.log.read import entry
from tranche.queries.known import known_keys, known_log, knows
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
    "payments": "payment",
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
    _check_log_entry(who, arguments.get("log_entry"))
    for name, refs in _lists(arguments):
        known = known_keys(who, NAMED[name], refs)
        for ref in refs:
            if ref not in known:
                raise UnknownReference(NAMED[name], ref)


def _check_log_entry(who: Viewer, seq: object) -> None:
    """The one number by which arguments name what may be out of reach."""
    if not isinstance(seq, int) or who.sees_all:
        return
    found = entry(seq)
    if found is None or seq not in known_log(who, (found,)):
        raise UnknownReference("log_entry", str(seq))


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


def _lists(arguments: Mapping[str, object]) -> Iterator[tuple[str, list[str]]]:
    """The arguments that name several objects; no database keeps a text with the null character."""
    for name, value in arguments.items():
        if name in NAMED and isinstance(value, Sequence) and not isinstance(value, str):
            yield name, [str(ref).replace("\0", " ") for ref in value]
