"""Record events against the log, and the database's copy of the lifecycle against the kernel's table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tranche.kernel.differences import Differences
from tranche.kernel.transitions import state_rows, transition_rows
from tranche.ledger.logged import Log, Logged
from tranche.ledger.rows import Execute, at_of

EVENTS_EACH: Final = 2000
EVENTS: Final = """
SELECT e.id, e.record_id, e.kind, e.action, e.to_state, e.decision_id, e.person_id, e.log_seq, r.ref, r.kind,
    coalesce(e.reason, ''), coalesce(d.reason, ''), e.via, d.via, e.at
FROM record_event e LEFT JOIN record r ON r.id = e.record_id LEFT JOIN decision d ON d.id = e.decision_id
WHERE e.id > %s ORDER BY e.id LIMIT %s
"""
RIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "claim.record": ("claim.add_document",),
    "lot.take_in": ("inkind.accept",),
    "payee.retire": ("payee.activate",),
    "step.plan": ("tranche.start_procedure", "tranche.amend_procedure"),
    "step.skip": ("tranche.amend_procedure",),
    "tranche.confirm_receipt": ("bank.identify",),
}
"""Events of other records that another action writes: which ones."""
MANY: Final[Mapping[str, tuple[str, str]]] = {"payment.release_many": ("payment.release", "released")}
"""Actions that take several records the same step, which their entries name: which step, and whereto."""
BEGINS: Final[Mapping[str, str]] = {
    "claim.record": "-C",
    "lot.take_in": "-L",
    "step.plan": "-S",
    "step.skip": "-S",
}
"""What stands between the reference of the entry and the number of the record that rode with it."""


def check_events(log: Log, execute: Execute, differences: Differences) -> None:
    """Compare each event with its log entry, and each entry that moved a record with its one event."""
    unmatched = {entry.seq: {entry.ref} for entry in log.moving()}
    unmatched |= {seq: set(entry.moved) for seq, entry in log.entries.items() if _moves_many(entry)}
    last = 0
    while found := execute(EVENTS, [last, EVENTS_EACH]):
        for row in found:
            _check_event(row, log, unmatched, differences)
        last = found[-1][0]
    for seq, refs in unmatched.items():
        for ref in sorted(refs):
            differences.note("event_missing", f"the event of entry {seq}", "none", row=f"record {ref}")


def _moves_many(entry: Logged) -> bool:
    return entry.kind in MANY and entry.carries_out


def _check_event(
    row: Sequence[Any], log: Log, unmatched: dict[int, set[str]], differences: Differences
) -> None:
    identifier, record, kind, action, state, decision, person, seq, ref, record_kind, *rest = row
    where = f"record_event {identifier} of {ref}"
    differences.compare("event_kind", record_kind, kind, row=where)
    differences.compare("event_reason", rest[1], rest[0], row=where)
    differences.compare("event_via", rest[3], rest[2], row=where)
    entry = log.entries.get(seq)
    if entry is None:
        differences.note("event_log", "a log entry", f"none at {seq}", row=where)
        return
    differences.compare("event_at", entry.at, at_of(rest[4]), row=where)
    differences.compare("event_decision", entry.decision, decision, row=where)
    differences.compare("event_person", entry.actor, person, row=where)
    if entry.kind in RIDES.get(action, ()):
        _check_ride(action, entry, ref or "", where, differences)
        return
    step, whereto = MANY.get(entry.kind, (entry.kind, entry.state))
    differences.compare("event_action", step, action, row=where)
    differences.compare("event_state", whereto, state, row=where)
    if not _moves_many(entry):
        differences.compare("event_record", (entry.object_id, entry.ref), (record, ref), row=where)
    waiting = unmatched.get(seq, set())
    if ref not in waiting:
        differences.note("event_added", f"no second event of entry {seq}", action, row=where)
    waiting.discard(ref)


def _check_ride(action: str, entry: Logged, ref: str, where: str, differences: Differences) -> None:
    """The record's reference is the entry's, or continues it by a number; a retired payee has its own."""
    if action == "tranche.confirm_receipt":
        differences.compare("event_record", entry.ref, ref, row=where)
    begin = f"{entry.ref}{BEGINS[action]}" if action in BEGINS else ""
    if begin and not (ref.startswith(begin) and ref.removeprefix(begin).isdecimal()):
        differences.note("event_record", f"{begin} and a number", ref, row=where)


def check_lifecycle(execute: Execute, differences: Differences) -> None:
    """Compare the two lifecycle tables with the kernel's."""
    tables: tuple[tuple[str, str, set[tuple[Any, ...]]], ...] = (
        ("lifecycle_state", "kind, state, is_end", set(state_rows())),
        ("lifecycle_transition", "kind, from_state, action, to_state", set(transition_rows())),
    )
    for table, columns, expected in tables:
        statement = "SELECT :columns FROM :table".replace(":columns", columns).replace(":table", table)
        found = {tuple(row) for row in execute(statement, [])}
        for missing in sorted(expected - found):
            differences.note(table, "the kernel's row", "none", row=f"{table} {' '.join(map(str, missing))}")
        for added in sorted(found - expected):
            differences.note(table, "no such row", "one", row=f"{table} {' '.join(map(str, added))}")
