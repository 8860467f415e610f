"""What an entry left behind: a hash of the rows of each record that it moved, which the proof makes again.

What arguments and facts say is compared column by column elsewhere. This holds what else stands there (titles
and days, labels, the steps of a procedure, documents, claims, statements): no row changes beside the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from tranche.formats.security_key import to_base64url
from tranche.kernel.canonical import encode
from tranche.kernel.differences import Differences
from tranche.ledger.logged import Log, Logged
from tranche.ledger.rows import Execute, at_of, marks, parts

PREFIX: Final = b"tranche/rows/v1\n"
KEYS_EACH: Final = 500

MANY: Final = "*"
"""Where the hashes of several records stand, in the order of their references, which `records` has."""

Key = tuple[str, str]
"""A kind, and which one: a record, the tranche of a procedure, a file of the bank, an announcement, or a
decision with documents of its own."""


class Part(NamedTuple):
    """Columns of the rows that belong to one key; a column that comes later makes no other hash of them."""

    table: str
    key: str
    columns: tuple[str, ...]
    join: str = ""

    def select(self, keys: int) -> str:
        """The statement for so many keys, or for all."""
        columns = ", ".join(f't."{name}"' for name in self.columns)
        sql = "SELECT :key, :columns FROM :table t ".replace(":columns", columns).replace(
            ":table", self.table
        )
        where = f" WHERE :key IN ({marks(keys)})" if keys else ""
        key = self.key if "." in self.key else f't."{self.key}"'
        return (sql + self.join + where).replace(":key", key)


def _part(table: str, key: str, columns: str, join: str = "") -> Part:
    return Part(table, key, tuple(columns.split()), join)


FILED: Final = """
    id decision_id kind name sha256 size_bytes media_type label filed_by_id filed_at superseded_by_id link_id
"""
OF_RECORDS: Final = (
    _part("record", "id", "ref kind label holder_party_id"),
    _part(
        "record_event",
        "record_id",
        "id version prev_version from_state action to_state person_id login_id grant_id at log_seq",
    ),
    _part("evidence", "record_id", FILED),
)
TITLES: Final = "title title_uk title_lt"
CLAIMED: Final = "JOIN claim c ON c.record_id = t.claim_id"
PARTS: Final[Mapping[str, tuple[Part, ...]]] = {
    "agreement": (_part("agreement", "record_id", f"{TITLES} signed_on in_force_on ended_on end_cause"),),
    "tranche": (_part("tranche", "record_id", f"{TITLES} sent_on sent_reference"),),
    "programme": (_part("programme", "record_id", f"{TITLES} category"),),
    "contract": (_part("contract", "record_id", "selection_id signed_on"),),
    "payee": (_part("payee", "record_id", "predecessor_id"),),
    "payment": (_part("payment", "record_id", "donor_id retry_of_id end_to_end_id released_on settled_on"),),
    "lot": (_part("lot", "record_id", "origin handed_over_on accepted_on rejected_on deviation drop_cause"),),
    "priority": (
        _part("priority", "record_id", f"ref year category {TITLES} quantity unit amount_minor currency"),
    ),
    "procedure": (
        _part(
            "procedure",
            "tranche_id",
            "template version template_sha256 calendar_sha256 started_on closures",
        ),
        _part(
            "step",
            "procedure_id",
            f"record_id ref key position {TITLES} owner owner_party_id owner_role after join due_working_days"
            " calendar evidence_kinds remind_before escalate_after sealed assigned_to_id waits_since done_on"
            " removed_on",
        ),
    ),
    "claim": (_part("claim", "record_id", "linked_ref confirmed_by_id confirmed_at"),),
    "decision": (_part("evidence", "decision_id", FILED),),
    "document": (
        _part(
            "source_document",
            "id",
            "ref title text text_sha256 url outlet source_class published_year published_month published_day"
            " published_basis language reader_version notices added_by_id added_at label",
        ),
        _part(
            "claim",
            "document_id",
            "record_id ref position kind stage modality zone ordinal summary fields confidence",
        ),
        _part(
            "claim_amount",
            "c.document_id",
            "claim_id role amount_text amount_minor upper_minor currency precision scope",
            CLAIMED,
        ),
        _part("claim_party", "c.document_id", "claim_id role name_printed code", CLAIMED),
        _part("claim_evidence", "c.document_id", "claim_id field start end quote basis", CLAIMED),
    ),
    "import": (
        _part(
            "import_file",
            "id",
            "sha256 name size_bytes kind rows_in accepted rejected report imported_at log_seq",
        ),
        _part(
            "bank_statement",
            "file_id",
            "id account_id stmt_id seq_no from_on to_on opening_minor closing_minor lines_digest previous_id",
        ),
        _part(
            "bank_line",
            "s.file_id",
            "id statement_id account_id ordinal booked_on value_on amount_minor currency instructed_minor"
            " instructed_currency references counterparty_name counterparty_iban text tx_code fingerprint"
            " occurrence",
            "JOIN bank_statement s ON s.id = t.statement_id",
        ),
    ),
}
ALONE: Final = frozenset({"decision", "document", "import", "procedure"})
"""Kinds that are no records."""

RECORDS: Final = "SELECT kind, id, ref FROM record"
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
    found: dict[Key, str] = {}
    for kind, names in by_kind.items():
        for some in parts(names, KEYS_EACH):
            found |= _hashes(kind, some, execute)
    return found


def _hashes(kind: str, keys: Collection[str], execute: Execute) -> dict[Key, str]:
    rows: dict[str, list[bytes]] = {}
    for part in (*(() if kind in ALONE else OF_RECORDS), *PARTS.get(kind, ())):
        for key, *values in execute(part.select(len(keys)), list(keys)):
            rows.setdefault(key, []).append(encode([part.table, *map(_plain, values)]))
    return {
        (kind, key): to_base64url(hashlib.sha256(PREFIX + b"\n".join(sorted(lines))).digest())
        for key, lines in rows.items()
    }


def _plain(value: Any) -> str | int | None:
    """A stored value as the canonical form has it."""
    if isinstance(value, datetime):
        return at_of(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)


def _said(entry: Logged) -> Iterator[tuple[str, str]]:
    for name, value in entry.rows.items():
        yield from zip(sorted(entry.moved), value, strict=False) if name == MANY else [(name, value)]


def check_written(log: Log, execute: Execute, differences: Differences) -> None:
    """Each record and what else was written is as the last entry about it left it."""
    said: dict[str, tuple[int, str]] = {}
    for seq in sorted(log.entries):
        said |= {name: (seq, value) for name, value in _said(log.entries[seq])}
    names = {
        (kind, record): ref for kind, record, ref in execute(RECORDS, []) if ref in said or kind != "claim"
    }
    for kind in sorted(ALONE):
        keys = (row[0] for row in execute(PARTS[kind][0].select(0), []))
        names |= {(kind, key): named(kind, key) for key in keys if key}
    found = {names[key]: value for key, value in hashes(names, execute).items()}
    for name in sorted(said.keys() | found.keys()):
        seq, expected = said.get(name, (-1, "none"))
        if expected != found.get(name):
            stored = found.get(name, "none")
            where = f"{name} after entry {seq}" if name in said else name
            differences.note("rows_written", expected, stored, row=where)
