"""`tranche-verify` as somebody types it who has Python and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.verifier.minilog import POLICY, example, written

import tranche.verifier.main

SOURCE = Path(tranche.verifier.main.__file__).parents[2]
BARE = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from tranche.verifier.main import run; run()"
"""Isolated and without installed packages: what is not in the standard library is not there."""


def tranche_verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", BARE, *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture
def policy(tmp_path: Path) -> str:
    path = tmp_path / "policy"
    path.write_text(POLICY, encoding="utf-8")
    return str(path)


@pytest.fixture
def pack(tmp_path: Path) -> str:
    return str(written(tmp_path / "pack.zip", example().whole()))


def test_a_pack_is_valid_without_any_library(pack: str, policy: str) -> None:
    done = tranche_verify(pack, "--policy", policy)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("VALID\n")
    assert "1 approvals attested by the server, not signed" in done.stdout
    assert "cosigned by witness.one at 2026-11-20T09:30:00+00:00" in done.stdout
    assert "It does not show that what was entered is true, nor that nothing was left out." in done.stdout


def test_a_receipt_and_a_folder_are_valid(tmp_path: Path, policy: str) -> None:
    receipt = tmp_path / "1.tlog-proof"
    receipt.write_bytes(example().receipt(1).encoded())
    folder = tmp_path / "log"
    for name, raw in example().whole().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)

    assert tranche_verify(str(receipt), "--policy", policy).returncode == 0
    assert tranche_verify(str(folder), "--policy", policy).returncode == 0


def test_one_document_says_the_same(pack: str, policy: str) -> None:
    done = tranche_verify(pack, "--policy", policy, "--json")

    found = json.loads(done.stdout)
    assert (found["verdict"], found["size"], found["entries"]) == (0, 5, 5)


def test_every_verdict_has_its_code(tmp_path: Path, pack: str, policy: str) -> None:
    kept = tmp_path / "kept"
    other = example()
    other.entries.reverse()
    kept.write_bytes(other.note().encoded())
    lonely = example()
    lonely.witnesses = ()
    (tmp_path / "none").write_bytes(b"nothing")
    alone = str(written(tmp_path / "alone.zip", lonely.whole()))
    broken = {**example().whole(), "openings.jsonl": b"{}\n"}
    spoilt = str(written(tmp_path / "spoilt.zip", broken))

    assert tranche_verify(alone, "--policy", policy).returncode == 10
    assert tranche_verify(pack, "--policy", policy, "--max-age", "1s").returncode == 20
    assert tranche_verify(pack, "--policy", policy, "--kept", str(kept)).returncode == 30
    assert tranche_verify(spoilt, "--policy", policy).returncode == 40
    assert tranche_verify(str(tmp_path / "none"), "--policy", policy).returncode == 50


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--max-age", "soon"), "--max-age takes a number"),
        (("--kept", "missing"), "missing"),
        (("--policy", "missing"), "missing"),
        (("--unknown",), "unrecognized"),
    ],
)
def test_wrong_usage_is_two_and_says_so(
    pack: str, policy: str, arguments: tuple[str, ...], said: str
) -> None:
    done = tranche_verify(pack, "--policy", policy, *arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["", "quorum none\n", "log nothing\nquorum none\n"])
def test_a_policy_that_names_no_log_is_wrong_usage(tmp_path: Path, pack: str, text: str) -> None:
    path = tmp_path / "own-policy"
    path.write_text(text, encoding="utf-8")

    assert tranche_verify(pack, "--policy", str(path)).returncode == 2


def test_a_log_that_no_witness_saw_says_so(tmp_path: Path, pack: str) -> None:
    path = tmp_path / "own-policy"
    path.write_text(POLICY.splitlines()[0] + "\nquorum none\n", encoding="utf-8")

    done = tranche_verify(pack, "--policy", str(path))

    assert done.returncode == 0
    assert "No witness of your policy stands behind this" in done.stdout
