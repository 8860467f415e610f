"""What each sealed log entry says of decisions and records: the anchor that the register is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tranche.kernel.canonical import Canonical
from tranche.kernel.entries import Item

SET_UP: Final = frozenset({"system.setup", "authority.grant", "party.register"})


@dataclass(frozen=True, slots=True)
class Logged:
    """One log entry: `state` is given where it moved a record, `approvals` are the hashes of statements.

    Of an entry of which something was erased, `reason` is None where no reason is left.

    `moved` are the references of the records where an action moved several, `signed` what is said of each
    approval by the hash of its statement.

    `rows` are hashes of what the entry left behind, by kind and key.

    `detail` is kept of what no decision describes: the set-up, and the persons that it names.
    """

    seq: int
    kind: str
    actor: str
    object_id: str
    ref: str
    state: str
    reason: str | None
    amount: tuple[int, str] | None
    decision: str
    action: str
    hash: str
    policy: str
    approvals: frozenset[str]
    moved: frozenset[str] = frozenset()
    day: str = ""
    at: str = ""
    signed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)

    @property
    def carries_out(self) -> bool:
        return bool(self.decision) and self.kind == self.action


@dataclass(slots=True)
class Log:
    """Every readable entry, by its number and by its decision."""

    entries: dict[int, Logged] = field(default_factory=dict)
    decisions: dict[str, list[Logged]] = field(default_factory=dict)

    def add(self, seq: int, items: Sequence[Item], *, is_part: bool = False) -> None:
        """Keep what an opened entry says; of one that is a part, something was erased."""
        entry = _logged(seq, {item.name: item.value for item in items if item.name}, is_part=is_part)
        self.entries[seq] = entry
        if entry.decision:
            self.decisions.setdefault(entry.decision, []).append(entry)

    def carried_out(self, decision: str) -> Logged | None:
        """The entry by which a decision was executed."""
        return next((entry for entry in self.decisions.get(decision, ()) if entry.carries_out), None)

    def signed(self, decision: str, statement: str) -> Mapping[str, Any] | None:
        """What an entry that names this statement says of it."""
        entries = self.decisions.get(decision, ())
        return next((entry.signed[statement] for entry in entries if statement in entry.signed), None)

    def moving(self) -> Iterator[Logged]:
        """The entries that moved a record."""
        return (entry for entry in self.entries.values() if entry.carries_out and entry.state)


def _logged(seq: int, values: Mapping[str, Canonical], *, is_part: bool) -> Logged:
    decision, amount = _mapping(values.get("decision")), _mapping(values.get("amount"))
    approvals: Any = values.get("approvals") or ()
    records: Any = values.get("records") or ()
    return Logged(
        seq=seq,
        kind=_text(values.get("kind")),
        actor=_text(values.get("actor")),
        object_id=_text(_mapping(values.get("object")).get("id")),
        ref=_text(values.get("ref")),
        state=_text(values.get("state")),
        reason=None if is_part and "reason" not in values else _text(values.get("reason")),
        amount=(amount["amount_minor"], amount["currency"]) if amount else None,
        decision=_text(decision.get("id")),
        action=_text(decision.get("action")),
        hash=_text(decision.get("sha256")),
        policy=_text(decision.get("policy")),
        approvals=frozenset(_text(_mapping(row).get("sha256")) for row in approvals),
        moved=frozenset(_text(ref) for ref in records),
        day=_text(values.get("day")),
        at=_text(values.get("at")),
        signed={_text(_mapping(row).get("sha256")): _mapping(row) for row in approvals},
        detail=_mapping(values.get("detail")) if values.get("kind") in SET_UP else {},
        rows=_mapping(values.get("rows")),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
