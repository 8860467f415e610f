"""What decisions keep beside records and money: interests, links, shares, cards, owners, policy, parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from tranche.kernel.differences import Differences
from tranche.kernel.policy_version import decoded, sha256_of
from tranche.ledger.decided import Decided
from tranche.ledger.logged import Log
from tranche.ledger.rows import Execute, at_of

Row = tuple[str, ...]

TABLES: Final[Mapping[str, str]] = {
    "interest": """
SELECT i.id, i.decision_id, i.person_id, p.ref, i.kind, i.from_on, i.to_on
FROM interest i LEFT JOIN party p ON p.id = i.party_id
""",
    "upload_link": """
SELECT l.token_sha256, r.ref, l.issued_by_id, l.expires_on, CASE WHEN l.revoked_at IS NULL THEN 0 ELSE 1 END
FROM upload_link l LEFT JOIN record r ON r.id = l.record_id
""",
    "joint_share": """
SELECT j.ref || ' ' || s.version || ' ' || p.ref, s.weight, s.due_minor, s.currency, s.valid_from, s.cause
FROM joint_share s LEFT JOIN joint j ON j.record_id = s.joint_id LEFT JOIN party p ON p.id = s.party_id
""",
    "selection_card": """
SELECT s.ref || ' ' || c.person_id, c.advice, c.finding, CASE WHEN c.has_interest THEN 1 ELSE 0 END
FROM selection_card c LEFT JOIN selection s ON s.record_id = c.selection_id
""",
    "party": "SELECT ref, ownership_group FROM party WHERE ownership_group <> ''",
    "payee_callback": """
SELECT c.log_seq, p.ref, c.number_source, c.number_recorded_on, c.requested_on, c.called_on, c.spoke_with,
    c.verifier_id, c.second_verifier_id, c.second_called_on, c.second_spoke_with
FROM payee_callback c LEFT JOIN payee p ON p.record_id = c.payee_id
""",
    "agreement_party": """
SELECT a.ref || ' ' || p.ref || ' ' || g.role FROM agreement_party g
LEFT JOIN agreement a ON a.record_id = g.agreement_id LEFT JOIN party p ON p.id = g.party_id
""",
    "record_event": "SELECT log_seq, undoes FROM record_event WHERE undoes IS NOT NULL",
}
"""For each table its rows: what tells a row from others, then what its decision said."""

POLICIES: Final = "SELECT sha256, parameters, number, decision_id, effective_at FROM policy_version"
CALLED: Final = ("number_source", "number_recorded_on", "requested_on", "called_on", "spoke_with")
LINKS: Final = "SELECT id, token_sha256 FROM upload_link"


class Kept:
    """The rows as they are, compared with the decisions that wrote them."""

    def __init__(self, log: Log, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        self._found = {table: _rows(execute(sql, [])) for table, sql in TABLES.items()}
        self._links = dict(execute(LINKS, []))
        self._wanted: dict[str, dict[str, Row]] = {table: {} for table in TABLES}
        self._ended: dict[str, str] = {}
        self._revoked: set[str] = set()
        self._groups: dict[str, tuple[int, str]] = {}
        self._shares: list[Decided] = []
        self._second_calls: list[Decided] = []
        self._policies = _Policies(log, execute, differences)

    def check(self, decided: Decided) -> None:
        """Note what the decision wrote."""
        said, entry = decided.arguments, decided.entry
        match decided.action:
            case "register.declare_interest":
                days = (_shown(said["from_on"]), _shown(said.get("to_on")))
                who = (decided.id, entry.actor, said["party"], said["kind"])
                self._want("interest", entry.object_id, *who, *days)
            case "register.end_interest":
                self._ended[said["interest"]] = entry.day
            case "evidence.issue_link":
                link = (said["record"], entry.actor, said["expires_on"], "0")
                self._want("upload_link", said["token_sha256"], *link)
            case "evidence.revoke_link":
                self._revoked.add(self._links.get(said["link"], said["link"]))
            case "selection.assess":
                card = (said["advice"], said["finding"], str(int(said["has_interest"])))
                self._want("selection_card", f"{decided.ref} {entry.actor}", *card)
            case "register.set_group":
                known = self._groups.get(said["party"], (-1, ""))
                self._groups[said["party"]] = max(known, (entry.seq, said.get("group", "")))
            case "payee.verify":
                call = tuple(said[name] for name in CALLED)
                self._want("payee_callback", str(entry.seq), decided.ref, *call, entry.actor, "", "", "")
            case "payee.confirm_call":
                self._second_calls.append(decided)
            case "joint.draft" | "joint.amend":
                self._shares.append(decided)
            case "agreement.draft":
                for row in said["parties"]:
                    self._want("agreement_party", f"{decided.ref} {row['party']} {row['role']}")
            case "authority.change_policy":
                self._policies.check(decided)
            case action if action.endswith(".step_back"):
                self._want("record_event", str(entry.seq), str(decided.facts["undone_event"]))

    def _want(self, table: str, key: str, *row: str) -> None:
        self._wanted[table][key] = row

    def finish(self) -> None:
        """Each decision has its row, each row its decision, and both say the same."""
        self._end_interests()
        self._call_again()
        self._number_shares()
        self._wanted["party"] = {ref: (group,) for ref, (_, group) in self._groups.items() if group}
        for token in self._revoked & self._wanted["upload_link"].keys():
            self._wanted["upload_link"][token] = (*self._wanted["upload_link"][token][:-1], "1")
        for table, wanted in self._wanted.items():
            found = self._found[table]
            for key in sorted(wanted.keys() | found.keys()):
                where = f"{table} {key}"
                self._differences.compare(f"kept_{table}", wanted.get(key), found.get(key), row=where)
        self._policies.finish()

    def _end_interests(self) -> None:
        for key, day in self._ended.items():
            if key in self._wanted["interest"]:
                *head, from_on, _ = self._wanted["interest"][key]
                self._wanted["interest"][key] = (*head, from_on, max(day, from_on))

    def _call_again(self) -> None:
        """A second call belongs to the last one before it of the same payee."""
        calls = self._wanted["payee_callback"]
        for decided in self._second_calls:
            said, entry = decided.arguments, decided.entry
            before = [
                int(seq) for seq, row in calls.items() if row[0] == decided.ref and int(seq) < entry.seq
            ]
            first = str(max(before, default=-1))
            if first in calls:
                second = (entry.actor, said["called_on"], said["spoke_with"])
                calls[first] = (*calls[first][:-3], *second)

    def _number_shares(self) -> None:
        """The first version is that of the draft; each amendment makes the next one."""
        versions: dict[str, int] = {}
        for decided in sorted(self._shares, key=lambda one: one.entry.seq):
            said, ref = decided.arguments, decided.ref
            versions[ref] = versions.get(ref, 0) + 1
            for row in said["partners"]:
                due = (row.get("due_minor", ""), row.get("currency", ""))
                shared = (row["weight"], *due, said["valid_from"], said.get("share_cause", ""))
                self._wanted["joint_share"][f"{ref} {versions[ref]} {row['party']}"] = shared


class _Policies:
    """The versions of the policy: their bytes under their hash, each from its decision or the set-up."""

    def __init__(self, log: Log, execute: Execute, differences: Differences) -> None:
        self._differences = differences
        self._decided: dict[str, tuple[str, str]] = {}
        self._rows = execute(POLICIES, [])
        entries = log.entries.values()
        self._set_up = {entry.detail["policy"]: entry.at for entry in entries if "policy" in entry.detail}

    def check(self, decided: Decided) -> None:
        sha256 = str(decided.facts.get("policy_after"))
        self._decided[sha256] = (decided.id, f"{decided.arguments.get('effective_on')}T00:00:00.000000Z")

    def finish(self) -> None:
        compare = self._differences.compare
        for missing in self._set_up.keys() - {row[0] for row in self._rows}:
            self._differences.note("kept_policy_version", f"version {missing}", "none", row="policy_version")
        for sha256, parameters, number, decision, effective_at in self._rows:
            where = f"policy_version {number}"
            compare("kept_policy_hash", sha256, sha256_of(parameters.encode()), row=where)
            compare("kept_policy_number", _number(parameters), number, row=where)
            expected = self._decided.pop(sha256, None)
            if expected is not None:
                compare("kept_policy_version", expected, (decision, at_of(effective_at)), row=where)
            else:
                found = at_of(effective_at) if decision is None else f"decision {decision}"
                compare("kept_policy_version", self._set_up.get(sha256, "never"), found, row=where)
        for sha256, (decision, _) in sorted(self._decided.items()):
            self._differences.note(
                "kept_policy_version", f"version {sha256}", "none", row=f"decision {decision}"
            )


def _number(parameters: str) -> int | None:
    """The number that the hashed bytes say; none where they say nothing."""
    try:
        return decoded(parameters.encode()).number
    except (ValueError, KeyError):
        return None


def _rows(rows: Sequence[tuple[Any, ...]]) -> dict[str, Row]:
    """Each row by what tells it from others; a second one of the same is not to be hidden by the first."""
    found: dict[str, Row] = {}
    for first, *rest in rows:
        key = str(first)
        while key in found:
            key += " again"
        found[key] = tuple(_shown(value) for value in rest)
    return found


def _shown(value: object) -> str:
    """The same text on either engine; nothing is the empty text."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
