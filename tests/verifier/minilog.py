"""A small log made of kernel parts, with keys that signed it, and the packs that lead out of it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tranche.kernel.approval import decision_hash, statement_hash
from tranche.kernel.canonical import Canonical, encode
from tranche.kernel.entries import Item, Sealed, log_leaf, seal, sealed, view_of
from tranche.kernel.journal import Head as JournalHead
from tranche.kernel.journal import text_of
from tranche.kernel.log_proof import Receipt
from tranche.kernel.merkle import inclusion_ranges, leaf_hash, root
from tranche.kernel.notes import COSIGNATURE, ED25519, Checkpoint, Head, Line, Note
from tranche.kernel.tiles import bundle, tile_path
from tranche.log.keys import SigningKey

ORIGIN = "log.example/tranche/1"
NOW_S = 1_795_167_000
AUDITOR = frozenset({"", "public", "donor", "auditor"})
PUBLIC = frozenset({"public"})
DOCUMENT = b"%PDF-1.4 a letter"


def key(name: str, kind: int = ED25519) -> SigningKey:
    """The same key for the same name, every time."""
    return SigningKey(name, kind, hashlib.sha256(name.encode()).digest())


LOG = key(ORIGIN)
WITNESSES = (key("witness.one", COSIGNATURE), key("witness.two", COSIGNATURE))
POLICY = (
    f"log {LOG.vkey.text()}\n"
    f"witness one {WITNESSES[0].vkey.text()}\nwitness two {WITNESSES[1].vkey.text()}\n"
    "group both all one two\nquorum both\n"
)


def salts(seed: str) -> object:
    counter = iter(range(10**6))

    def rng(size: int) -> bytes:
        number = next(counter)
        parts = (hashlib.sha256(f"{seed} {number} {at}".encode()).digest() for at in range(size // 32 + 1))
        return b"".join(parts)[:size]

    return rng


def posting(number: int) -> bytes:
    """A journal entry as it is hashed."""
    head = JournalHead("receipt", "2026-11-20", None, "D-1", None, "2026-11-20T09:00:00.000000Z")
    return text_of(number, head, [f'[1,"origin","tranche","EUR",{number}000,0,0]'], ()).encode()


def content(**changes: Canonical) -> str:
    """The content of the decision that the log carries out."""
    said: dict[str, Canonical] = {
        "action": "tranche.confirm_receipt",
        "arguments": {"evidence": [{"name": "letter.pdf", "sha256": hashlib.sha256(DOCUMENT).hexdigest()}]},
        "facts": {},
        "proposer": "P-1",
        **changes,
    }
    return encode(said).decode()


def approval(decision: str, person: str = "P-2", **changes: Canonical) -> dict[str, Canonical]:
    said: dict[str, Canonical] = {
        "decision_hash": decision,
        "method": "password",
        "person": person,
        "verdict": "approve",
        **changes,
    }
    raw = encode(said)
    return {"method": said["method"], "sha256": statement_hash(raw).hex(), "statement": raw.decode()}


def decided(**changes: Canonical) -> dict[str, Canonical]:
    """The fields of an entry that carries out a decision, with its approval, posting and document."""
    text = content()
    sha256 = decision_hash(text.encode()).hex()
    return {
        "kind": "tranche.confirm_receipt",
        "day": "2026-11-20",
        "at": "2026-11-20T09:15:00.000000Z",
        "actor": "P-1",
        "ref": "T-1",
        "amount": {"amount_minor": 1000, "currency": "EUR"},
        "content": text,
        "decision": {"action": "tranche.confirm_receipt", "id": "D-1", "sha256": sha256, "policy": "x"},
        "approvals": [approval(sha256)],
        "ledger.entries": [{"id": 1, "sha256": hashlib.sha256(posting(1)).hexdigest()}],
        **changes,
    }


@dataclass
class MiniLog:
    """Entries, and what is signed over them."""

    entries: list[Sealed] = field(default_factory=list)
    log: SigningKey = LOG
    witnesses: tuple[SigningKey, ...] = WITNESSES

    def add(self, kind: str, fields: Mapping[str, Canonical]) -> MiniLog:
        rng = salts(f"entry {len(self.entries)}")
        self.entries.append(seal(kind, fields, rng))  # type: ignore[arg-type]
        return self

    def add_items(self, items: list[Item]) -> MiniLog:
        self.entries.append(sealed(items))
        return self

    @property
    def leaves(self) -> list[bytes]:
        return [log_leaf(entry.root) for entry in self.entries]

    @property
    def hashes(self) -> list[bytes]:
        return [leaf_hash(leaf) for leaf in self.leaves]

    def checkpoint(self, *extra: str) -> str:
        return Checkpoint(ORIGIN, Head(len(self.entries), root(self.hashes)), extra).text()

    def note(self, text: str = "", at: int = NOW_S) -> Note:
        text = text or self.checkpoint()
        lines: list[Line] = [self.log.sign(text), *(one.cosign(text, at) for one in self.witnesses)]
        return Note(text, tuple(lines))

    def line(self, seq: int, labels: frozenset[str] = AUDITOR) -> bytes:
        return view_of(self.entries[seq].line(seq), labels)

    def receipt(self, seq: int, labels: frozenset[str] = AUDITOR) -> Receipt:
        hashes = self.hashes
        proof = tuple(root(hashes[low:high]) for low, high in inclusion_ranges(seq, len(hashes)))
        return Receipt(seq, proof, self.note(), self.line(seq, labels))

    def whole(self, labels: frozenset[str] = AUDITOR) -> dict[str, bytes]:
        """The members of a pack of everything."""
        size = len(self.entries)
        assert size <= 256, "one tile"
        lines = [self.line(seq, labels) for seq in range(size)]
        opened = [
            line
            for line in lines
            if any(row[1] for row in json.loads(line)["items"] if isinstance(row, list))
        ]
        members = {
            **self._common(labels),
            tile_path(0, 0, size): b"".join(self.hashes),
            tile_path("entries", 0, size): bundle(self.leaves),
            "openings.jsonl": b"".join(line + b"\n" for line in opened),
        }
        return self._counted(members, labels)

    def some(self, *seqs: int, labels: frozenset[str] = AUDITOR) -> dict[str, bytes]:
        """The members of a pack of some entries."""
        receipts = {f"entry/{seq}.tlog-proof": self.receipt(seq, labels).encoded() for seq in seqs}
        return self._counted({**self._common(labels), **receipts}, labels)

    def _common(self, labels: frozenset[str]) -> dict[str, bytes]:
        found = {"checkpoint": self.note().encoded()}
        if labels == AUDITOR:
            found["journal.jsonl"] = posting(1) + b"\n"
            found[f"documents/{hashlib.sha256(DOCUMENT).hexdigest()}"] = DOCUMENT
        return found

    def _counted(self, members: dict[str, bytes], labels: frozenset[str]) -> dict[str, bytes]:
        return {"manifest.json": manifest(len(members) + 1, len(self.entries), labels), **members}


def manifest(members: int, size: int, labels: frozenset[str] = AUDITOR, **changes: Canonical) -> bytes:
    """What a pack says of itself."""
    said: dict[str, Canonical] = {
        "format": "tranche-evidence/v1",
        "members": members,
        "origin": ORIGIN,
        "size": size,
        "view": "auditor" if labels == AUDITOR else "public",
    }
    return encode(said | changes)


def example(entries: int = 5) -> MiniLog:
    """A log whose entry 1 carries out a decision."""
    log = MiniLog()
    for number in range(entries):
        if number == 1:
            log.add("tranche.confirm_receipt", decided())
        else:
            log.add("system.setup", {"kind": "system.setup", "day": "2026-11-20", "ref": f"R-{number}"})
    return log


def written(path: Path, members: Mapping[str, bytes]) -> Path:
    """A pack of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, raw in members.items():
            pack.writestr(name, raw)
    return path
