"""Whether a viewer may know of what an address or a form names, and what is left of a page for him.

An unknown object and one out of reach take the same statements and give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, Protocol, TypeVar

from tranche.kernel.canonical import decode
from tranche.kernel.trace import MvId
from tranche.ledger.rows import marks, reading
from tranche.log.read import Entry
from tranche.models import Decision, Evidence, ImportFile, LinkUpload
from tranche.models.templates import shipped_templates, template_donors
from tranche.queries.evidence import but_letters
from tranche.queries.records import EventRow
from tranche.queries.scope import CLOSED, SCOPES, is_within, records_within, within
from tranche.queries.viewer import Viewer

MONEY_OF_ENTRIES: Final = """
SELECT m.entry_id, a.holder, f.code, f.pool FROM movement m
JOIN account a ON a.id IN (m.src, m.dst) LEFT JOIN fund f ON f.id = a.fund_id
WHERE m.entry_id IN (:ids) AND a.kind NOT IN ('origin', 'fx', 'rounding')
"""


class Referred(Protocol):
    """A row of a list that has the reference of its object."""

    @property
    def ref(self) -> str: ...


R = TypeVar("R", bound=Referred)


def knows(who: Viewer, kind: str, key: str) -> bool:
    """Whether the viewer may know of such an object; who sees all finds out where it is read."""
    if who.sees_all and kind not in CLOSED:
        return True
    return is_within(who, kind, key) if kind in SCOPES else OTHERS[kind](who, key)


def known_keys(who: Viewer, kind: str, keys: Iterable[str]) -> frozenset[str]:
    """Those of several objects with a reference that the viewer may know of, in one statement."""
    asked = frozenset(keys)
    if (who.sees_all and kind not in CLOSED) or not asked:
        return asked
    if kind not in SCOPES:
        return frozenset(key for key in asked if OTHERS[kind](who, key))
    rows = SCOPES[kind][0]._default_manager.using("read").filter(within(who, kind), ref__in=asked)
    return frozenset(rows.values_list("ref", flat=True))


def only_known(who: Viewer, kind: str, rows: Iterable[R]) -> tuple[R, ...]:
    """The rows of a list that the viewer may know of."""
    found = tuple(rows)
    known = known_keys(who, kind, (row.ref for row in found))
    return tuple(row for row in found if row.ref in known)


def known_decisions(who: Viewer, ids: Collection[str]) -> frozenset[str]:
    """Those of several decisions that the viewer may know of."""
    if who.sees_all:
        return frozenset(ids)
    rows = Decision.objects.using("read").filter(within(who, "decision"), pk__in=ids)
    return frozenset(rows.values_list("pk", flat=True))


def known_events(who: Viewer, events: Iterable[EventRow]) -> tuple[EventRow, ...]:
    """The steps in the life of a shared record that the viewer may know of, as far as their decisions."""
    found = tuple(events)
    known = known_decisions(who, [row.decision_id for row in found])
    return tuple(row for row in found if row.decision_id in known)


def known_entries(who: Viewer, ids: Collection[int]) -> frozenset[int]:
    """The journal entries that move no money but such as the viewer may know of."""
    if who.sees_all or who.is_whole or not ids:
        return frozenset(ids)
    rows = reading("read")(MONEY_OF_ENTRIES.replace(":ids", marks(len(ids))), sorted(ids))
    foreign = {entry for entry, holder, *funds in rows if not who.knows_money(holder, *funds)}
    return frozenset({row[0] for row in rows} - foreign)


def known_log(who: Viewer, found: Collection[Entry]) -> frozenset[int]:
    """The log entries about a decision, a record or a person that the viewer may know of.

    An entry that names a decision is judged by it alone: the record may be one that donors share.
    """
    if who.sees_all:
        return frozenset(row.seq for row in found)
    decisions = {row.seq: decision for row in found if (decision := _decision_of(row))}
    known = known_decisions(who, set(decisions.values()))
    seqs = {seq for seq, decision in decisions.items() if decision in known}
    for kind in ("record", "person"):
        alone = [row for row in found if row.object_type == kind and row.seq not in decisions]
        rows = SCOPES[kind][0]._default_manager.using("read").filter(within(who, kind))
        near = set(rows.filter(pk__in={row.object_id for row in alone}).values_list("pk", flat=True))
        seqs |= {row.seq for row in alone if row.object_id in near}
    return frozenset(seqs)


def _decision_of(found: Entry) -> str:
    if found.object_type == "decision":
        return found.object_id
    named = next((item.value for item in found.items if item.name == "decision"), None)
    return str(named["id"]) if isinstance(named, Mapping) else ""


def _entry(who: Viewer, key: str) -> bool:
    return int(key) in known_entries(who, [int(key)])


def _receipt(who: Viewer, key: str) -> bool:
    return _entry(who, str(MvId(*map(int, key.split(":"))).entry))


def _account(who: Viewer, code: str) -> bool:
    """An account of a fund that may be known; a figure, which has no colon, adds up only such accounts."""
    return who.is_whole or ":" not in code or any(who.knows_fund(part) for part in code.split(":"))


def _evidence(who: Viewer, sha256: str) -> bool:
    """On file for a record within reach, brought with a decision within reach, sent, or a bank's file."""
    rows = Evidence.objects.using("read").filter(records_within(who, "record_id"), but_letters(who))
    filed = rows.filter(sha256=sha256)
    sent = LinkUpload.objects.using("read").filter(within(who, "upload"), sha256=sha256)
    staged = ImportFile.objects.using("read").filter(
        sha256=sha256, statements__account__party__ref__in=who.reach.closed
    )
    found = (filed.exists(), sent.exists(), staged.exists(), _proposed(who, sha256))
    return any(found)


def _proposed(who: Viewer, sha256: str) -> bool:
    rows = Decision.objects.using("read").filter(within(who, "decision"), state="open")
    return any(sha256 in documents_of(bytes(content)) for content in rows.values_list("content", flat=True))


def documents_of(content: bytes) -> frozenset[str]:
    """The hashes of the documents that a decision brings."""
    found: Any = decode(content)
    return frozenset(row["sha256"] for row in found["arguments"].get("evidence", ()))


def _template(who: Viewer, key: str) -> bool:
    donor = template_donors(using="read").get(key, "")
    return key in shipped_templates() or donor in who.circle


def _whole(who: Viewer, _key: str) -> bool:
    return who.is_whole


def _staff(who: Viewer, _key: str) -> bool:
    """Where people are missing is for those who know everything there is to do, and who keep the people."""
    return who.is_whole or who.keeps_people


OTHERS: Final[Mapping[str, Callable[[Viewer, str], bool]]] = {
    "fund": Viewer.knows_fund,
    "account": _account,
    "entry": _entry,
    "receipt": _receipt,
    "evidence": _evidence,
    "template": _template,
    "whole": _whole,
    "staff": _staff,
}
"""Kinds that are not one row of one table; no kind is open because it was forgotten."""
