"""Entries of a pack: what each opens, and whether its decision, approvals, postings and documents hold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tranche.kernel.approval import decision_hash, statement_hash
from tranche.kernel.assertion import Answer, AssertionRefused, check_answer
from tranche.kernel.canonical import NotCanonical, decode
from tranche.kernel.entries import ERASURE, Item
from tranche.kernel.merkle import root
from tranche.verifier.quorum import Approved, check_amount, check_quorum
from tranche.verifier.report import Report, Verdict

KEY: Final = "webauthn"
FORK: Final = "log.fork"
REGISTERED: Final = frozenset({"authority.register_credential", "authority.add_credential"})


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry whose line held: the values of the names that it opens, and the hashes of what is closed."""

    seq: int
    values: Mapping[str, Any]
    closed: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self.values.get(name)
        return value if isinstance(value, Mapping) else {}

    def rows(self, name: str) -> Sequence[Mapping[str, Any]]:
        value = self.values.get(name)
        listed = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        return [row for row in listed if isinstance(row, Mapping)]


def opened(seq: int, items: Iterable[Item], closed: tuple[str, ...] = ()) -> Opened:
    """What these items of an entry say."""
    return Opened(seq, {item.name: item.value for item in items if item.name}, closed)


def common_of(entries: Iterable[Opened]) -> dict[str, int]:
    """By each name that the log left, up to which size its heads are the beginning of this log."""
    return {
        entry.text("before"): size
        for entry in entries
        if entry.text("kind") == FORK and isinstance(size := entry.values.get("common"), int)
    }


def count_erased(entries: Sequence[Opened], report: Report) -> None:
    """Tell apart what a decision erased from what is withheld, by the entries of erasures that are opened."""
    by = {
        (seq, leaf): entry.seq
        for entry in entries
        if entry.text("kind") == ERASURE
        for row in entry.rows("erased")
        if isinstance(seq := row.get("seq"), int) and isinstance(leaf := row.get("leaf"), str)
    }
    for entry in entries:
        found = sorted({by[entry.seq, leaf] for leaf in entry.closed if (entry.seq, leaf) in by})
        count = sum((entry.seq, leaf) in by for leaf in entry.closed)
        report.erased += count
        report.withheld -= count
        report.notes += [f"entry {entry.seq}: items erased by decision, under entry {seq}" for seq in found]


@dataclass(slots=True)
class Keys:
    """Security keys that decisions of the log registered, by their handle; and since which entry."""

    known: dict[str, tuple[bytes, str, int]] = field(default_factory=dict)

    def learn(self, entry: Opened) -> None:
        """Keep the key of a registration."""
        if entry.text("kind") not in REGISTERED:
            return
        facts = facts_of(entry)
        handle, public, person = (facts.get(name) for name in ("handle", "public_key", "person_id"))
        if isinstance(handle, str) and isinstance(public, str) and isinstance(person, str):
            try:
                self.known[handle] = (bytes.fromhex(public), person, entry.seq)
            except ValueError:
                return


def facts_of(entry: Opened) -> Mapping[str, Any]:
    """What its approvers saw."""
    content = content_of(entry)
    facts = content.get("facts")
    return facts if isinstance(facts, Mapping) else {}


def content_of(entry: Opened) -> Mapping[str, Any]:
    """The content of the decision that the entry carries, empty where there is none to be read."""
    if "content" not in entry.values:
        return {}
    try:
        found = decode(entry.text("content").encode())
    except NotCanonical:
        return {}
    return found if isinstance(found, Mapping) else {}


def check_decision(entry: Opened, keys: Keys, report: Report) -> None:
    """The content is the one that was hashed, each approval is over it, and they are enough."""
    decision = entry.mapping("decision")
    said, content = decision.get("sha256"), content_of(entry)
    if "content" in entry.values and said != decision_hash(entry.text("content").encode()).hex():
        report.find(Verdict.INVALID, "approvals", "the content is not the one of the decision", seq=entry.seq)
    proposer = content.get("proposer")
    approved: dict[str, Approved] = {}
    for row in entry.rows("approvals"):
        found = _check_approval(entry.seq, row, said, keys, report)
        if found is None:
            continue
        if found.person in approved or found.person == proposer:
            report.find(
                Verdict.INVALID, "approvals", "one person decided twice over one thing", seq=entry.seq
            )
        approved[found.person] = found
    action = decision.get("action")
    if entry.text("kind") == ERASURE and "actor" in entry.values and not _is_decided(entry, content):
        report.find(Verdict.INVALID, "erasures", "it erases what no decision named", seq=entry.seq)
    if "approvals" in entry.values and isinstance(action, str) and entry.text("kind") == action:
        check_quorum(entry.seq, action, list(approved.values()), report)
        check_amount(entry.seq, entry.values.get("amount"), content, report)


def _is_decided(entry: Opened, content: Mapping[str, Any]) -> bool:
    """Whether the content that was signed names as many items of the same entries as the entry erases."""
    items = facts_of(entry).get("log_items")
    named = [row[0] for row in items if isinstance(row, list) and row] if isinstance(items, list) else []
    erased = [row.get("seq") for row in entry.rows("erased")]
    is_same = sorted(map(str, named)) == sorted(map(str, erased))
    return content.get("action") == ERASURE and "approvals" in entry.values and is_same


def _check_approval(
    seq: int, row: Mapping[str, Any], decision: object, keys: Keys, report: Report
) -> Approved | None:
    """Who gave it in which role; nothing where it does not hold."""
    raw = str(row.get("statement", "")).encode()
    try:
        statement = decode(raw)
    except NotCanonical as error:
        report.find(Verdict.INVALID, "approvals", f"a statement that is not canonical: {error}", seq=seq)
        return None
    if not isinstance(statement, Mapping) or statement_hash(raw).hex() != row.get("sha256"):
        report.find(Verdict.INVALID, "approvals", "a statement that is not the one that was hashed", seq=seq)
        return None
    is_of_it = statement.get("decision_hash") == decision and statement.get("method") == row.get("method")
    if not is_of_it or statement.get("verdict") != "approve":
        report.find(Verdict.INVALID, "approvals", "an approval of something else", seq=seq)
        return None
    person, method = str(statement.get("person", "")), str(row.get("method"))
    approved = Approved(person, str(statement.get("role", "")))
    if method != KEY:
        report.approvals["attested by the server, not signed"] = (
            report.approvals.get("attested by the server, not signed", 0) + 1
        )
        return approved
    return approved if _check_signed(seq, row, raw, person, keys, report) else None


def _check_signed(
    seq: int, row: Mapping[str, Any], raw: bytes, person: str, keys: Keys, report: Report
) -> str:
    known = keys.known.get(str(row.get("credential")))
    if known is None or known[2] >= seq:
        report.notes.append(f"entry {seq}: signed by a key whose registration this pack does not open")
        report.approvals["signed, key not in this pack"] = (
            report.approvals.get("signed, key not in this pack", 0) + 1
        )
        return person
    public, owner, _ = known
    try:
        answer = Answer(*(_base64url(row.get(name)) for name in Answer._fields))
        origin = check_answer(answer, statement_hash(raw), public)
    except (AssertionRefused, ValueError) as error:
        report.find(Verdict.INVALID, "approvals", error, seq=seq)
        return ""
    if owner != person:
        report.find(Verdict.INVALID, "approvals", "the key is another person's", seq=seq)
        return ""
    said = f"signed by the person's own key at {origin}"
    report.approvals[said] = report.approvals.get(said, 0) + 1
    return person


def _base64url(text: object) -> bytes:
    if not isinstance(text, str):
        raise AssertionRefused("a part of the signature is missing")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def check_journal(entry: Opened, journal: Mapping[int, bytes], report: Report) -> None:
    """The postings that the entry names are those of the pack, each by its hash."""
    named = entry.values.get("ledger.entries")
    if isinstance(named, Mapping):
        _check_summary(entry.seq, named, journal, report)
        return
    for row in entry.rows("ledger.entries"):
        raw = journal.get(row["id"]) if isinstance(row.get("id"), int) else None
        if raw is None:
            report.notes.append(f"entry {entry.seq}: the pack does not hold posting {row.get('id')}")
        elif hashlib.sha256(raw).hexdigest() != row.get("sha256"):
            report.find(
                Verdict.INVALID, "ledger", f"posting {row.get('id')} is not the one sealed", seq=entry.seq
            )
        else:
            report.journal += 1


def _check_summary(seq: int, named: Mapping[str, Any], journal: Mapping[int, bytes], report: Report) -> None:
    """Of many postings the entry names the first, the last and the root of their hashes."""
    first, last = named.get("first"), named.get("last")
    if not (isinstance(first, int) and isinstance(last, int) and 0 < last - first < 10**7):
        report.find(Verdict.INVALID, "ledger", "postings that are named by no range", seq=seq)
        return
    held = [journal[number] for number in range(first, last + 1) if number in journal]
    if not held:
        report.notes.append(f"entry {seq}: the pack does not hold postings {first} to {last}")
        return
    found = root([hashlib.sha256(raw).digest() for raw in held]).hex()
    if len(held) != named.get("count") or found != named.get("root"):
        report.find(Verdict.INVALID, "ledger", f"postings {first} to {last} are not those sealed", seq=seq)
    else:
        report.journal += len(held)


def documents_of(entry: Opened) -> Iterator[tuple[str, str]]:
    """The hashes of the documents that came with a decision, and their names."""
    arguments = content_of(entry).get("arguments")
    rows = arguments.get("evidence", ()) if isinstance(arguments, Mapping) else ()
    for row in rows if isinstance(rows, Sequence) else ():
        if isinstance(row, Mapping):
            yield str(row.get("sha256")), str(row.get("name"))
