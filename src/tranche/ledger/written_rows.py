"""Which columns of which rows an entry seals, by the kind of what it moved.

A column that a release adds is not among them by itself: the hashes that stand in the log stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tranche.ledger.rows import marks


class Part(NamedTuple):
    """Columns of the rows that belong to one key, which a join may lead to."""

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
