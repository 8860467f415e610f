"""Documents, bank lines and their matches against the decisions that brought them."""

from __future__ import annotations

from typing import Any, Final

from tranche.ledger.decided import Decided
from tranche.ledger.differences import Differences
from tranche.ledger.rows import Execute, day
from tranche.store import evidence

Document = tuple[str, str, str, str, int, str]

DOCUMENTS: Final = "SELECT record_id, kind, name, sha256, size_bytes, media_type FROM evidence"
MATCHES: Final = """
SELECT m.decision_id, m.line_id, m.target_kind, m.target_ref, m.amount_minor, m.log_seq, l.amount_minor,
    l.currency, l.booked_on, l.counterparty_iban, l.text
FROM line_match m LEFT JOIN bank_line l ON l.id = m.line_id
"""
STATEMENTS: Final = """
SELECT s.id, s.opening_minor, s.closing_minor, coalesce(l.total, 0), p.closing_minor
FROM bank_statement s LEFT JOIN bank_statement p ON p.id = s.previous_id LEFT JOIN
    (SELECT statement_id, sum(amount_minor) AS total FROM bank_line GROUP BY statement_id) l
    ON l.statement_id = s.id
ORDER BY s.id
"""


class Documents:
    """What is on file, compared with what executed decisions brought."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        self._found: set[Document] = {tuple(row) for row in execute(DOCUMENTS, [])}
        self._brought: set[Document] = set()
        self._hashes = {row[3] for row in self._found}

    def check(self, decided: Decided) -> None:
        """Every document of the decision is on file for its record."""
        if "sha256" in decided.arguments:
            self._hashes.add(decided.arguments["sha256"])
        for row in decided.arguments.get("evidence", ()):
            wanted = (row["kind"], row["name"], row["sha256"], row["size_bytes"], row["media_type"])
            document = (decided.entry.object_id, *wanted)
            self._brought.add(document)
            self._hashes.add(row["sha256"])
            if document not in self._found:
                where = f"evidence of {decided.ref}, decision {decided.id}"
                self._differences.note("evidence_missing", " ".join(map(str, wanted)), "none", row=where)

    def finish(self) -> None:
        """No document beside those, and the bytes of each are in the store."""
        for record, kind, name, sha256, *_ in sorted(self._found - self._brought):
            where = f"evidence {sha256} of record {record}"
            self._differences.note(
                "evidence_added", "a decision that brought it", f"{kind} {name}", row=where
            )
        for sha256 in sorted(self._hashes):
            trouble = evidence.check(sha256)
            if trouble:
                self._differences.note(
                    "evidence_bytes", "the bytes of this hash", trouble, row=f"evidence {sha256}"
                )


class Matches:
    """The bank lines that were booked, compared with the decisions that booked them."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        self._found: dict[str, list[tuple[Any, ...]]] = {}
        for row in execute(MATCHES, []):
            self._found.setdefault(row[0], []).append(tuple(row[1:]))

    def check(self, decided: Decided) -> None:
        """A decision over a bank line has one match, with the line as its approvers saw it."""
        if "line" not in decided.arguments:
            return
        where = f"line_match of {decided.ref}, decision {decided.id}"
        rows = self._found.pop(decided.id, [])
        self._differences.compare("match_count", 1, len(rows), row=where)
        facts = decided.facts
        minor = facts["bank_amount"]["amount_minor"]
        names = ("bank_booked_on", "bank_counterparty_iban", "bank_text")
        seen = (minor, facts["bank_amount"]["currency"], *(facts[name] for name in names))
        booked = (
            decided.arguments["line"],
            decided.action.split(".")[0],
            decided.ref,
            minor,
            decided.entry.seq,
        )
        for row in rows:
            self._differences.compare("line_match", booked, row[:5], row=where)
            signed, currency, on, iban, text = row[5:]
            line = None if signed is None else (abs(signed), currency, day(on).isoformat(), iban, text)
            self._differences.compare("bank_line", seen, line, row=f"bank_line {row[0]}")

    def finish(self) -> None:
        """No match without its decision."""
        for decision, rows in sorted(self._found.items()):
            for row in rows:
                where = f"line_match of bank_line {row[0]}"
                self._differences.note("match_added", "a decision over the line", decision, row=where)


def check_statements(execute: Execute, differences: Differences) -> None:
    """Each statement closes at its opening and its lines, and opens where the one before closed."""
    for identifier, opening, closing, total, previous in execute(STATEMENTS, []):
        where = f"bank_statement {identifier}"
        differences.compare("bank_statement", opening + int(total), closing, row=where)
        if previous is not None:
            differences.compare("bank_statement", previous, opening, row=where)
