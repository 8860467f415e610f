"""What an entry left behind: a hash of the rows of each record that it moved, which the proof makes again.

What arguments and facts say is compared column by column elsewhere. This holds what else stands there (titles
and days, labels, the steps of a procedure, documents, claims, statements): no row changes beside the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from tranche.formats.security_key import to_base64url
from tranche.kernel.differences import Differences
from tranche.ledger.logged import Log, Logged
from tranche.ledger.rows import Execute, at_of, parts
from tranche.ledger.written_rows import ALONE, OF_RECORDS, PARTS, Part

PREFIX: Final = b"tranche/rows/v1\n"
KEYS_EACH: Final = 500

MANY: Final = "*"
"""Where the hashes of several records stand, in the order of their references, which `records` has."""

Key = tuple[str, str]
"""A kind, and which one: a record, or what is none: a file of the bank, the tranche of a procedure."""


RECORDS: Final = "SELECT id, kind, ref FROM record"
CLAIMS: Final = "SELECT ref FROM record WHERE kind = 'claim' AND version = 1"
MOVED: Final = """
SELECT r.kind, r.id, r.ref, s.procedure_id FROM record_event e JOIN record r ON r.id = e.record_id
LEFT JOIN step s ON s.record_id = r.id
WHERE e.decision_id = %s AND e.log_seq = %s AND e.action <> 'claim.record'
"""
"""A draft of a claim is sealed with its document: a long one gives more of them than an item can name."""


def left_behind(decision: str, seq: int, also: Mapping[Key, str], execute: Execute) -> dict[str, str]:
    """The hash of the rows of all that an entry moved and of what else it wrote, under the name of each."""
    names = dict(also)
    for kind, record, ref, procedure in execute(MOVED, [decision, seq]):
        names[kind, record] = ref
        if procedure:
            names["procedure", procedure] = named("procedure", procedure)
    return {names[key]: value for key, value in hashes(names, execute).items()}


def named(kind: str, key: str) -> str:
    """How an entry calls what has no reference."""
    return f"{kind} {key}"


def hashes(keys: Collection[Key], execute: Execute) -> dict[Key, str]:
    """Of each key that has rows, the hash of all of them."""
    by_kind: dict[str, list[str]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    rows: dict[Key, list[str]] = {}
    for kind, names in by_kind.items():
        for part in (*(() if kind in ALONE else OF_RECORDS), *PARTS.get(kind, ())):
            for some in parts(names, KEYS_EACH):
                for key, line in _lines(part, some, execute):
                    rows.setdefault((kind, key), []).append(line)
    return {key: _hash(lines) for key, lines in rows.items()}


def _lines(part: Part, keys: Sequence[str], execute: Execute) -> Iterator[tuple[Any, str]]:
    """The rows of a part, each as one line under its key; of all keys where none are named."""
    for key, *values in execute(part.select(len(keys)), list(keys)):
        yield key, json.dumps([part.table, *map(_plain, values)], separators=(",", ":"))


def _hash(lines: list[str]) -> str:
    return to_base64url(hashlib.sha256(PREFIX + "\n".join(sorted(lines)).encode()).digest())


def _plain(value: Any) -> str | int | None:
    """A stored value as text or whole number: whatever somebody wrote there, it can be hashed."""
    if isinstance(value, datetime):
        return at_of(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)


def _all(execute: Execute) -> dict[str, str]:
    """The hash of everything that is there, by its name; rows that hang on nothing are there as well."""
    records = {record: (kind, ref) for record, kind, ref in execute(RECORDS, [])}
    rows: dict[str, list[str]] = {}
    for part in OF_RECORDS:
        for key, line in _lines(part, (), execute):
            if key is not None:  # a document behind a decision has no record
                rows.setdefault(records.get(key, ("", named("record", key)))[1], []).append(line)
    for kind, of_kind in PARTS.items():
        for part in of_kind:
            for key, line in _lines(part, (), execute):
                if key != "":  # a document of a record stands behind no decision
                    own, ref = records.get(key, ("", ""))
                    name = ref if own == kind else named(kind, str(key))
                    rows.setdefault(name, []).append(line)
    return {name: _hash(lines) for name, lines in rows.items()}


def _said(entry: Logged) -> Iterator[tuple[str, str]]:
    for name, value in entry.rows.items():
        yield from zip(sorted(entry.moved), value, strict=False) if name == MANY else [(name, value)]


def check_written(log: Log, execute: Execute, differences: Differences) -> None:
    """Each record and what else was written is as the last entry about it left it."""
    said: dict[str, tuple[int, str]] = {}
    for seq in sorted(log.entries):
        said |= {name: (seq, value) for name, value in _said(log.entries[seq])}
    found = _all(execute)
    drafts = {ref for (ref,) in execute(CLAIMS, [])}
    for name in sorted(said.keys() | found.keys()):
        seq, expected = said.get(name, (-1, "none"))
        if name in drafts and name not in said:  # sealed with the document
            continue
        if expected != found.get(name):
            stored = found.get(name, "none")
            where = f"{name} after entry {seq}" if name in said else name
            differences.note("rows_written", expected, stored, row=where)
