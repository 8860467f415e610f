"""What an entry left behind: a hash of the rows of each record that it moved, which the proof makes again.

What arguments and facts say is compared column by column elsewhere. This holds what else stands there (titles
and days, labels, the steps of a procedure, documents, claims, statements): no row changes beside the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from tranche.formats.security_key import to_base64url
from tranche.kernel.differences import Differences
from tranche.ledger.logged import Log, Logged
from tranche.ledger.rows import Execute, at_of, marks, parts

PREFIX: Final = b"tranche/rows/v1\n"
KEYS_EACH: Final = 500

MANY: Final = "*"
"""Where the hashes of several records stand, in the order of their references, which `records` has."""

Key = tuple[str, str]
"""A kind, and which one: a record, or what is none: a file of the bank, the tranche of a procedure."""


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
CLAIMED: Final = "LEFT JOIN claim c ON c.record_id = t.claim_id"
DRAFTED: Final = "JOIN claim c ON c.record_id = t.id"
PARTS: Final[Mapping[str, tuple[Part, ...]]] = {
    "agreement": (_part("agreement", "record_id", f"{TITLES} signed_on in_force_on ended_on end_cause"),),
    "tranche": (_part("tranche", "record_id", f"{TITLES} sent_on sent_reference"),),
    "programme": (_part("programme", "record_id", f"{TITLES} category"),),
    "contract": (_part("contract", "record_id", "selection_id signed_on"),),
    "payee": (_part("payee", "record_id", "predecessor_id"),),
    "payment": (_part("payment", "record_id", "donor_id retry_of_id end_to_end_id released_on settled_on"),),
    "lot": (
        _part(
            "lot", "record_id", "origin inkind_id handed_over_on accepted_on rejected_on deviation drop_cause"
        ),
    ),
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
    "selection": (
        _part(
            "selection",
            "record_id",
            "screening_list screening_version screening_sha256 screening_result screened_on written_reason",
        ),
        _part("selection_card", "selection_id", "person_id advice finding has_interest filed_on"),
    ),
    "inkind": (
        _part("inkind", "record_id", f"{TITLES} handed_over_on accepted_on deviation"),
        _part("inkind_value", "inkind_id", "version value_minor currency basis valued_on valuer"),
    ),
    "joint": (
        _part("joint", "record_id", TITLES),
        _part("joint_output", "joint_id", "lot_id share_version party_id quantity"),
    ),
    "decision": (_part("evidence", "decision_id", FILED),),
    "template": (_part("procedure_template", "id", "key version donor_id text sha256 published_at log_seq"),),
    "link": (
        _part(
            "upload_link",
            "id",
            "record_id evidence_kinds token_sha256 issued_by_id issued_at expires_on",
        ),
    ),
    "upload": (
        _part("link_upload", "id", "link_id kind name sha256 size_bytes media_type received_at evidence_id"),
    ),
    "advance": (
        _part(
            "advance",
            "id",
            "ref party_id agreement_id limit_minor currency opened_on log_seq closed_on closed_seq",
        ),
    ),
    "hold": (
        _part(
            "hold",
            "id",
            "ref scope_kind scope_ref cause reason placed_by_id placed_at review_on decision_id log_seq",
        ),
        _part("hold_release", "hold_id", "released_at decision_id log_seq"),
    ),
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
        _part("record", "c.document_id", "id ref kind label holder_party_id", DRAFTED),
        _part(
            "record_event",
            "c.document_id",
            "id record_id person_id login_id grant_id at log_seq",
            f"{DRAFTED.replace('t.id', 't.record_id')} AND t.version = 1",
        ),
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
            "LEFT JOIN bank_statement s ON s.id = t.statement_id",
        ),
    ),
}
ALONE: Final = frozenset(
    {"decision", "document", "import", "procedure", "template", "link", "upload", "advance", "hold"}
)
"""Kinds that are no records."""

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
