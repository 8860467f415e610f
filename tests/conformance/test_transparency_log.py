"""Proofs, checkpoints and cosignatures of other implementations of transparency logs."""

from __future__ import annotations

import base64
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.folder import data

from tranche.kernel.merkle import (
    EMPTY_ROOT,
    ProofError,
    consistency_ranges,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from tranche.kernel.notes import (
    Checkpoint,
    HeadForked,
    advance,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    verify_note,
)

pytestmark = pytest.mark.conformance

TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
EXCEPTIONS = {
    "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json": "its roots have 12 bytes; accepted"
    " there, a hash of ours has 32",
}
"""What other implementations take and we refuse."""

NOT_OURS = ("subtreeinclusion", "subtreeconsistency")
"""Proofs of subtrees, which our logs do not make."""


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def proved(case: dict[str, Any]) -> bool:
    hashes = [raw(text) for text in case["proof"] or ()]
    try:
        if "leafIdx" in case:
            verify_inclusion(
                case["leafIdx"], case["treeSize"], raw(case["leafHash"]), hashes, raw(case["root"])
            )
        else:
            roots = (raw(case["root1"]), raw(case["root2"]))
            verify_consistency(case["size1"], case["size2"], *roots, hashes)
    except ProofError:
        return False
    return True


def test_every_vector_is_judged_as_there() -> None:
    folder = data("transparency-log", "testdata")
    cases = {str(path.relative_to(folder)): path for path in folder.rglob("*.json")}
    ours = {name: path for name, path in cases.items() if not name.startswith(NOT_OURS)}

    otherwise = {
        name
        for name, path in ours.items()
        if proved(found := json.loads(path.read_text())) is found["wantErr"]
    }

    assert len(ours) == 196
    assert otherwise == EXCEPTIONS.keys()


def checkpoint(path: Path, *vkeys: str) -> tuple[Checkpoint, dict[str, int | None]]:
    note = parse_note(path.read_bytes())
    signed = verify_note(note, [parse_vkey(text) for text in vkeys])
    return parse_checkpoint(note.text), {vkey.name: at for vkey, at in signed.times.items()}


def leaves(size: int) -> list[bytes]:
    """The entries of a bundle, each after its length, as their leaf hashes."""
    bundle = data("transparency-log", "tessera-testdata", "log", "tile", "entries", "000.p", str(size))
    rest, found = bundle.read_bytes(), []
    while rest:
        end = 2 + int.from_bytes(rest[:2], "big")
        found.append(leaf_hash(rest[2:end]))
        rest = rest[end:]
    return found


def test_every_checkpoint_of_tessera_is_signed_and_each_continues_those_before() -> None:
    folder = data("transparency-log", "tessera-testdata", "log")
    heads = {}
    for path in (folder / f"checkpoint.{size}" for size in range(16)):
        found, times = checkpoint(path, TESSERA)
        assert times == {"example.com/log/testdata": None}
        heads[found.head.size] = found.head

    assert sorted(heads) == list(range(16))
    assert heads[0].root == EMPTY_ROOT
    for size in range(1, 16):
        tile = (folder / "tile" / "0" / "000.p" / str(size)).read_bytes()
        assert [tile[at : at + 32] for at in range(0, len(tile), 32)] == leaves(size)
        assert root(leaves(size)) == heads[size].root
    for old, new in combinations(range(16), 2):
        proof = [root(leaves(new)[low:high]) for low, high in consistency_ranges(old, new)]
        assert advance(heads[old], old, proof, heads[new]) == heads[new]


def sunlight(*parts: str) -> Path:
    return data("transparency-log", "sunlight", "cmd", "skylight", "testdata", *parts)


def test_cosignatures_of_sunlight_hold_and_two_heads_of_one_size_are_evidence() -> None:
    found = {}
    for name, folder in {"witness": "witness", "mirror": "witness/mirror", "witness2": "witness2"}.items():
        keys = json.loads(sunlight(*folder.split("/"), f"{name.rstrip('2')}.v0.json").read_text())
        [path] = [
            path for path in sunlight(*folder.split("/")).glob("*/checkpoint") if len(path.parent.name) == 64
        ]
        found[name], times = checkpoint(path, *keys["verifier_keys"])
        assert [at is not None and at > 1_600_000_000 for at in times.values()] == [True]

    witness, mirror = found["witness"], found["mirror"]
    assert (witness.origin, witness.head.size) == (mirror.origin, mirror.head.size)
    with pytest.raises(HeadForked):
        advance(witness.head, witness.head.size, [], mirror.head)


def test_a_mirrors_tiles_are_those_of_its_root() -> None:
    [folder] = [
        path.parent
        for path in sunlight("witness", "mirror").glob("*/checkpoint")
        if len(path.parent.name) == 64
    ]
    tiles = (folder / "tile/0/000").read_bytes() + (folder / "tile/0/001.p/44").read_bytes()
    note = parse_note((folder / "checkpoint").read_bytes())

    assert (
        root([tiles[at : at + 32] for at in range(0, len(tiles), 32)])
        == parse_checkpoint(note.text).head.root
    )
