"""What ties the book to the log and to the records: each entry named once with its hash, no gap, no drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connections

from tranche.kernel.canonical import Canonical, NotCanonical
from tranche.kernel.differences import Differences
from tranche.kernel.entries import ADOPTED, EntryError, adopted_by, check_line, open_line
from tranche.kernel.merkle import root
from tranche.ledger.closed import Closes
from tranche.ledger.decided import check_approvals, executed
from tranche.ledger.filed import Documents, Matches, check_statements
from tranche.ledger.founded import Founded
from tranche.ledger.fund_rules import FundRules
from tranche.ledger.held import Holds, check_revoked
from tranche.ledger.kept import Kept
from tranche.ledger.logged import Log
from tranche.ledger.moved import check_events, check_lifecycle
from tranche.ledger.powers import Powers
from tranche.ledger.registers import Registers
from tranche.ledger.rows import Execute
from tranche.ledger.written import check_written

SEQS_EACH: Final = 2000
OPENINGS: Final = """
SELECT e.seq, e.root, o.doc, e.kind, e.object_type, e.object_id
FROM log_entry e LEFT JOIN log_opening o ON o.seq = e.seq
WHERE e.seq >= %s AND e.seq < %s ORDER BY e.seq
"""
ADOPTIONS: Final = """
SELECT e.seq, e.root, o.doc FROM log_entry e JOIN log_opening o ON o.seq = e.seq
WHERE e.object_type IN ('log', 'adopted') AND e.kind = 'log.adopt'
"""
DRIFTED: Final = """
SELECT r.ref, r.version, r.state, e.version, e.to_state FROM record r LEFT JOIN record_event e
ON e.record_id = r.id AND e.version = (SELECT max(x.version) FROM record_event x WHERE x.record_id = r.id)
WHERE e.version IS NULL OR e.version <> r.version OR e.to_state <> r.state ORDER BY r.ref
"""
BROKEN: Final = """
SELECT e.id, e.prev_version, e.from_state, p.version, p.to_state FROM record_event e LEFT JOIN record_event p
ON p.record_id = e.record_id AND p.version = e.version - 1
WHERE e.version > 1 AND (p.version IS NULL OR e.prev_version <> p.version OR e.from_state <> p.to_state)
ORDER BY e.id
"""


def check_log(hashes: Mapping[int, tuple[int, str]], execute: Execute, differences: Differences) -> Log:
    """Compare the entries and hashes that the log names with the journal's, both ways; gives what it says."""
    log = Log()
    [(next_seq, *times)] = execute("SELECT next_seq, last_at, newest_at FROM log_head WHERE id = 1", [])
    [(count, last)] = execute("SELECT count(*), coalesce(max(seq), -1) FROM log_entry", [])
    differences.compare("log_head", last + 1, next_seq)
    differences.compare("log_gap", last + 1, count)
    adopted = _adopted(execute, differences)
    expected: dict[int, dict[int, str]] = {}
    for entry, (seq, sha256) in hashes.items():
        expected.setdefault(seq, {})[entry] = sha256
    for first in range(0, last + 1, SEQS_EACH):
        for row in execute(OPENINGS, [first, first + SEQS_EACH]):
            if row[4] == ADOPTED and any(row[0] in one for one in adopted):
                continue  # nothing but its root came back: no posting is of it
            _check_opening(row, expected.pop(row[0], {}), log, differences)
    said = [log.entries[seq].at for seq in sorted(log.entries)]
    if len(said) == next_seq and all(said):  # of adopted entries nobody knows the time
        differences.compare("log_head_times", [max(said, default=""), (said or [""])[-1]], times)
    for seq, entries in expected.items():
        differences.note("log_missing", "a log entry", f"none at {seq}", entry=min(entries))
    return log


def _adopted(execute: Execute, differences: Differences) -> list[range]:
    """The entries that came back after a restore by their roots."""
    found = []
    for seq, entry_root, doc in execute(ADOPTIONS, []):
        try:
            _, items = check_line(doc.encode(), bytes(entry_root))
            found.append(adopted_by(seq, {item.name: item.value for item in items}))
        except EntryError as error:
            differences.note("log_opening", f"what entry {seq} was sealed with", error)
    return found


def _check_opening(
    row: tuple[Any, ...], expected: Mapping[int, str], log: Log, differences: Differences
) -> None:
    seq, entry_root, doc, kind, object_type, object_id = row
    first = min(expected, default=None)
    if doc is None:
        differences.note("log_opening", f"an opening of {seq}", "none", entry=first)
        return
    try:
        found = open_line(doc.encode())
        if found.root != bytes(entry_root):
            raise EntryError("the items do not hash to the root")
    except (EntryError, NotCanonical) as error:
        differences.note("log_opening", f"what entry {seq} was sealed with", error, entry=first)
        return
    differences.compare("log_seq", seq, found.seq, entry=first)
    log.add(seq, found.items, is_part=bool(found.closed))
    values = {item.name: item.value for item in found.items}
    columns = {"kind": kind, "object": {"id": object_id, "type": object_type}}
    for name, stored in columns.items():
        differences.compare(f"log_{name}", values.get(name), stored, row=f"log_entry {seq}")
    named = values.get("ledger.entries", ())
    if isinstance(named, Mapping):
        differences.compare("log_hash", summary(expected), dict(named), entry=first)
        return
    listed = _listed(named)
    for entry in sorted(expected.keys() | listed.keys()):
        differences.compare("log_hash", expected.get(entry), listed.get(entry), entry=entry)


def _listed(named: Canonical) -> dict[int, str]:
    rows = named if isinstance(named, Sequence) and not isinstance(named, str) else ()
    return {
        row["id"]: str(row["sha256"])
        for row in rows
        if isinstance(row, Mapping) and isinstance(row["id"], int)
    }


def summary(hashes: Mapping[int, str]) -> dict[str, object]:
    """Return how a log entry names more journal entries than it lists: by count, ends and tree root."""
    if not hashes:
        return {}
    numbers = sorted(hashes)
    tree = root([bytes.fromhex(hashes[number]) for number in numbers])
    return {"count": len(numbers), "first": numbers[0], "last": numbers[-1], "root": tree.hex()}


def check_register(log: Log, execute: Execute, differences: Differences, using: str) -> None:
    """Compare everything that people decided, filed and moved with the log; a bare book has none of it."""
    if "record_event" not in connections[using].introspection.table_names():
        return
    _check_records(execute, differences)
    check_events(log, execute, differences)
    check_lifecycle(execute, differences)
    check_approvals(log, execute, differences)
    check_statements(execute, differences)
    check_revoked(log, execute, differences)
    check_written(log, execute, differences)
    parts = (
        Documents(execute, differences),
        Matches(execute, differences),
        Registers(execute, differences),
        FundRules(execute, differences),
        Closes(execute, differences),
        Holds(execute, differences),
        Kept(log, execute, differences),
        Powers(log, execute, differences),
        Founded(log, execute, differences),
    )
    for decided in executed(log, execute, differences):
        for part in parts:
            part.check(decided)
    for part in parts:
        part.finish()


def _check_records(execute: Execute, differences: Differences) -> None:
    """Compare each record with its last event, and each event with the one before it."""
    for ref, version, state, last, to_state in execute(DRIFTED, []):
        differences.note("record", f"{to_state} at {last}", f"{state} at {version} of {ref}")
    for event, prev_version, from_state, version, to_state in execute(BROKEN, []):
        differences.note(
            "record_event", f"{to_state} at {version}", f"{from_state} at {prev_version} of {event}"
        )
