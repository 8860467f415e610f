"""Decisions and approvals against the log: content, hash, state, reason and statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tranche.formats.security_key import to_base64url
from tranche.kernel.approval import decision_hash, statement_hash
from tranche.kernel.canonical import NotCanonical, decode
from tranche.kernel.differences import Differences
from tranche.ledger.logged import Log, Logged
from tranche.ledger.moved import MANY
from tranche.ledger.rows import Execute, at_of

DECISIONS_EACH: Final = 500  # each with a content of up to 256 KiB
DECISIONS: Final = """
SELECT d.id, action, content, hash, policy_sha256, nonce, d.state, proposer_person_id, reason, end_reason,
    log_seq, amount_minor, currency, created_at, ended_at, replaced_by, r.ref,
    CASE WHEN coalesce(p.root_id, p.id) = coalesce(l.root_id, l.id) THEN 1 ELSE 0 END, proposer_grant_id,
    expires_at
FROM decision d LEFT JOIN record r ON r.id = d.record_id LEFT JOIN person p ON p.id = proposer_person_id
    LEFT JOIN person l ON l.id = (SELECT person_id FROM login WHERE id = proposer_login_id)
WHERE d.id > %s ORDER BY d.id LIMIT %s
"""
APPROVALS: Final = """
SELECT a.id, a.decision_id, a.person_id, a.role, a.grant_id, a.verdict, a.method, a.statement,
    a.statement_hash, a.log_seq, d.hash, p.ref, a.party_ref, a.credential_id, a.authenticator_data,
    a.client_data, a.signature, a.made_at, a.delegated_by,
    CASE WHEN coalesce(n.root_id, n.id) = coalesce(l.root_id, l.id) THEN 1 ELSE 0 END
FROM approval a LEFT JOIN decision d ON d.id = a.decision_id LEFT JOIN role_grant g ON g.id = a.grant_id
    LEFT JOIN party p ON p.id = g.party_id LEFT JOIN person n ON n.id = a.person_id
    LEFT JOIN person l ON l.id = (SELECT person_id FROM login WHERE id = a.login_id)
WHERE a.id > %s ORDER BY a.id LIMIT %s
"""
SUBJECTS: Final = (
    "SELECT decision_id, subject, amount_minor FROM decision_subject ORDER BY decision_id, subject"
)
SIGNED: Final = ("authenticator_data", "client_data", "signature", "credential")
ENDS: Final[Mapping[str, str]] = {
    "decision.replace": "withdrawn",
    "decision.withdraw": "withdrawn",
    "decision.reject": "rejected",
    "decision.expire": "expired",
    "decision.void": "void",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was carried out, by which log entry, and what its content says."""

    id: str
    action: str
    entry: Logged
    ref: str
    arguments: Mapping[str, Any]
    facts: Mapping[str, Any]
    proposer: str
    holder: str
    reason: str


def executed(log: Log, execute: Execute, differences: Differences) -> Iterator[Decided]:
    """Check every decision against the log; gives those that the log says were carried out as they stand."""
    unseen = set(log.decisions)
    subjects: dict[str, list[tuple[str, int | None]]] = {}
    for decision, subject, part in execute(SUBJECTS, []):
        subjects.setdefault(decision, []).append((subject, part))
    for row in pages(DECISIONS, execute):
        unseen.discard(row[0])
        content = _check_content(row, differences)
        if content:
            whole = dict.fromkeys(content.get("subjects", ()))
            said = sorted({**whole, **content.get("parts", {})}.items())
            differences.compare("decision_subject", said, sorted(subjects.get(row[0], ())), row=named(row[0]))
        _check_decision(row, log, differences)
        entry = log.carried_out(row[0])
        if entry is not None and content and entry.hash == decision_hash(bytes(row[2])).hex():
            names = ("ref", "arguments", "facts", "proposer", "holder", "reason")
            yield Decided(row[0], content["action"], entry, *(content[name] for name in names))
    for missing in sorted(unseen):
        differences.note("decision_missing", "a decision that the log names", "none", row=named(missing))


def pages(sql: str, execute: Execute) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement that is asked by the last identifier and a count."""
    last = ""
    while found := execute(sql, [last, DECISIONS_EACH]):
        yield from found
        last = found[-1][0]


def named(decision: str) -> str:
    return f"decision {decision}"


def _check_content(row: Sequence[Any], differences: Differences) -> Mapping[str, Any]:
    """Compare the columns with what was hashed; gives the content, empty where it is not canonical."""
    identifier, action, raw, stored, policy, nonce, _, proposer, *_, record, is_own, grant, expires = row
    where = named(identifier)
    differences.compare("decision_hash", decision_hash(bytes(raw)).hex(), bytes(stored).hex(), row=where)
    try:
        content: Any = decode(bytes(raw))
    except NotCanonical as error:
        differences.note("decision_content", "canonical content", error, row=where)
        return {}
    if not isinstance(content, Mapping):
        differences.note("decision_content", "a mapping", content, row=where)
        return {}
    columns = {"id": identifier, "action": action, "policy": policy, "nonce": nonce, "proposer": proposer}
    columns |= {"proposer_grant": grant, "expires_at": at_of(expires), "reason": row[8] or ""}
    for name, found in columns.items():
        differences.compare(f"decision_{name}", content.get(name), found, row=where)
    moved = [str(row[0]) for row in content.get("records", ()) if isinstance(row, list)]
    differences.compare("decision_proposer_login", True, bool(is_own), row=where)
    if record not in moved and (record is not None or (moved and action not in MANY)):
        differences.note("decision_record", moved, record, row=where)
    return content


def _check_decision(row: Sequence[Any], log: Log, differences: Differences) -> None:
    identifier, action, _, stored, policy, _, state, _, reason, end_reason, seq, minor, currency, *times = row
    where, entries = named(identifier), log.decisions.get(identifier, [])
    for entry in entries:
        expected = (entry.action, entry.hash, entry.policy)
        differences.compare("decision_log", expected, (action, bytes(stored).hex(), policy), row=where)
    first = next((entry for entry in entries if entry.seq == seq), None)
    if first is None:
        differences.note("decision_log", f"log entry {seq} to name it", "it does not", row=where)
        return
    if first.reason is not None:
        differences.compare("decision_reason", first.reason, reason or "", row=where)
    amount = None if minor is None else (minor, currency)
    differences.compare("decision_amount", first.amount, amount, row=where)
    differences.compare("decision_created_at", first.at, at_of(times[0]), row=where)
    ends = [entry for entry in entries if entry.carries_out or entry.kind in ENDS]
    _check_end(ends, state, reason or "", end_reason or "", where, differences)
    _check_ended(ends, at_of(times[1]), times[2], where, differences)


def _check_end(
    ends: Sequence[Logged], state: str, reason: str, end_reason: str, where: str, differences: Differences
) -> None:
    expected = "open" if not ends else ENDS.get(ends[-1].kind, "executed")
    differences.compare("decision_state", expected, state, row=where)
    if len(ends) > 1:
        differences.note("decision_state", "one end", f"{len(ends)} in the log", row=where)
    is_ended = expected not in ("open", "executed")
    said = ends[-1].reason if is_ended else ""
    if said is not None:
        differences.compare(
            "decision_end_reason", said, (end_reason or reason) if is_ended else end_reason, row=where
        )


def _check_ended(
    ends: Sequence[Logged], ended_at: str, successor: str | None, where: str, differences: Differences
) -> None:
    """When it ended; and whether the log says that another one took its place."""
    differences.compare("decision_ended_at", ends[-1].at if ends else "", ended_at, row=where)
    is_replaced = bool(ends) and ends[-1].kind == "decision.replace"
    differences.compare("decision_replaced_by", is_replaced, successor is not None, row=where)


def check_approvals(log: Log, execute: Execute, differences: Differences) -> None:
    """Compare every approval with its statement, and all of them with the statements that the log names."""
    missing = {
        (decision, sha256)
        for decision, entries in log.decisions.items()
        for entry in entries
        for sha256 in entry.approvals
    }
    rejections = {entry.seq for entry in log.entries.values() if entry.kind == "decision.reject"}
    known = frozenset(missing)
    for row in pages(APPROVALS, execute):
        sha256 = _check_statement(row, differences)
        identifier, decision, person, verdict, seq = row[0], row[1], row[2], row[5], row[9]
        missing.discard((decision, sha256))
        entry = log.entries.get(seq)
        where = f"approval {identifier}"
        _check_signed(row, log.signed(decision, sha256), differences)
        said = (entry.decision, entry.actor) if entry else None
        differences.compare("approval_log", said, (decision, person), row=where)
        differences.compare("approval_made_at", entry.at if entry else "", at_of(row[17]), row=where)
        is_rejection = verdict == "reject" and seq in rejections
        rejections.discard(seq if is_rejection else -1)
        if not is_rejection and (decision, sha256) not in known:
            differences.note("approval_added", "a statement that the log names", sha256, row=where)
    for decision, sha256 in sorted(missing):
        differences.note(
            "approval_missing", f"the approval of statement {sha256}", "none", row=named(decision)
        )
    for seq in sorted(rejections):
        decision = log.entries[seq].decision
        differences.note("approval_missing", f"the rejection of entry {seq}", "none", row=named(decision))


def _check_signed(row: Sequence[Any], said: Mapping[str, Any] | None, differences: Differences) -> None:
    """The party of the grant, and where the log names the statement what a key answered, byte for byte."""
    party, stored, credential, *raw = row[11:17]
    where = f"approval {row[0]}"
    differences.compare("approval_party", party, stored, row=where)
    if said is not None:
        parts = [None if part is None else to_base64url(bytes(part)) for part in raw]
        found = dict(zip(SIGNED, [*parts, credential], strict=True))
        differences.compare("approval_signed", {name: said.get(name) for name in SIGNED}, found, row=where)


def _check_statement(row: Sequence[Any], differences: Differences) -> str:
    """Gives the hash of the statement as it is stored."""
    identifier, decision, person, role, grant, verdict, method, raw, stored, _, hashed, *_, lender, own = row
    where = f"approval {identifier}"
    differences.compare("approval_login", True, bool(own), row=where)
    sha256 = statement_hash(bytes(raw)).hex()
    differences.compare("approval_hash", sha256, bytes(stored).hex(), row=where)
    try:
        statement: Any = decode(bytes(raw))
    except NotCanonical as error:
        differences.note("approval_statement", "a canonical statement", error, row=where)
        return sha256
    columns = {"decision": decision, "person": person, "role": role, "grant": grant, "verdict": verdict}
    columns |= {
        "method": method,
        "decision_hash": bytes(hashed).hex() if hashed else "",
        "delegated_by": lender or "",
    }
    for name, found in columns.items():
        said = statement.get(name) if isinstance(statement, Mapping) else None
        differences.compare(f"approval_{name}", said, found, row=where)
    return sha256
