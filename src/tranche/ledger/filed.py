"""Documents, bank lines and their matches against the decisions that brought them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tranche.kernel.differences import Differences
from tranche.kernel.standing import STANDING
from tranche.ledger.decided import Decided
from tranche.ledger.rows import Execute, day
from tranche.store import evidence

Document = tuple[str, str, str, str, int, str, str]

DOCUMENTS: Final = """
SELECT coalesce(record_id, decision_id), kind, name, sha256, size_bytes, media_type, filed_by_id FROM evidence
"""
MATCHES: Final = """
SELECT m.decision_id, m.line_id, m.target_kind, m.target_ref, m.amount_minor, m.log_seq, l.amount_minor,
    l.currency, l.booked_on, l.counterparty_iban, l.text, m.released_seq
FROM line_match m LEFT JOIN bank_line l ON l.id = m.line_id
"""
STATEMENTS: Final = """
SELECT s.id, s.opening_minor, s.closing_minor, coalesce(l.total, 0), p.closing_minor
FROM bank_statement s LEFT JOIN bank_statement p ON p.id = s.previous_id LEFT JOIN
    (SELECT statement_id, sum(amount_minor) AS total FROM bank_line GROUP BY statement_id) l
    ON l.statement_id = s.id
ORDER BY s.id
"""


FILED_ALONE: Final = frozenset(row.action for row in STANDING) - {
    "evidence.file",
    "evidence.supersede",
    "evidence.take_over",
}
"""Actions that move no record, so that their documents stand behind the decision itself."""
LINES: Final[Mapping[str, str]] = {"line": "bank_", "line_in": "bank_in_"}
"""Arguments that name a bank line, and how its facts begin."""


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
            behind = decided.id if decided.action in FILED_ALONE else decided.entry.object_id
            document = (behind, *wanted, decided.proposer)
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
    """The bank lines that were booked, compared with the decisions that booked and freed them."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        self._found: dict[str, list[tuple[Any, ...]]] = {}
        self._released: set[tuple[str, int]] = set()
        for row in execute(MATCHES, []):
            self._found.setdefault(row[0], []).append(tuple(row[1:-1]))
            if row[-1] is not None:
                self._released.add((row[1], int(row[-1])))
        self._freed: set[tuple[str, int]] = set()

    def check(self, decided: Decided) -> None:
        """A decision over bank lines has one match for each, with the line as its approvers saw it."""
        self._note_freed(decided)
        names = [name for name in LINES if name in decided.arguments]
        if not names:
            return
        where = f"line_match of {decided.ref}, decision {decided.id}"
        rows = {row[0]: row for row in self._found.get(decided.id, [])}
        self._differences.compare("match_count", len(names), len(self._found.pop(decided.id, [])), row=where)
        for name in names:
            row = rows.get(decided.arguments[name])
            if row is not None:
                self._compare(decided, LINES[name], row, where)
            elif rows:
                self._differences.note("line_match", decided.arguments[name], sorted(rows), row=where)

    def _compare(self, decided: Decided, begin: str, row: tuple[Any, ...], where: str) -> None:
        facts = decided.facts
        amount = facts[f"{begin}amount"]
        names = ("booked_on", "counterparty_iban", "text")
        seen = (amount["amount_minor"], amount["currency"], *(facts[f"{begin}{name}"] for name in names))
        kind, ref = facts.get("booked_as", (decided.action.split(".")[0], decided.ref))
        booked = (kind, ref, amount["amount_minor"], decided.entry.seq)
        self._differences.compare("line_match", booked, row[1:5], row=where)
        signed, currency, on, iban, text = row[5:]
        line = None if signed is None else (abs(signed), currency, day(on).isoformat(), iban, text)
        self._differences.compare("bank_line", seen, line, row=f"bank_line {row[0]}")

    def _note_freed(self, decided: Decided) -> None:
        """Lines whose booking the decision undid."""
        freed = decided.facts.get("lines_freed", ()) if decided.action == "entry.reverse" else ()
        if decided.action == "bank.identify" and "set_aside" not in decided.arguments:
            freed = (decided.arguments["line"],)
        self._freed |= {(line, decided.entry.seq) for line in freed}

    def finish(self) -> None:
        """No match without its decision, and none freed but by one."""
        for decision, rows in sorted(self._found.items()):
            for row in rows:
                where = f"line_match of bank_line {row[0]}"
                self._differences.note("match_added", "a decision over the line", decision, row=where)
        for line, seq in sorted(self._freed ^ self._released):
            expected, found = ("released", "not") if (line, seq) in self._freed else ("not", "released")
            where = f"line_match of bank_line {line}"
            self._differences.note("match_released", f"{expected} by entry {seq}", found, row=where)


def check_statements(execute: Execute, differences: Differences) -> None:
    """Each statement closes at its opening and its lines, and opens where the one before closed."""
    for identifier, opening, closing, total, previous in execute(STATEMENTS, []):
        where = f"bank_statement {identifier}"
        differences.compare("bank_statement", opening + int(total), closing, row=where)
        if previous is not None:
            differences.compare("bank_statement", previous, opening, row=where)
