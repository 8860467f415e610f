"""The verifier as one file says the same as the installed one, with Python alone."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.demo_folder import tranche
from tests.verifier.given import Members
from tests.verifier.minilog import POLICY, example, written

from tranche.cli.exits import Exit
from tranche.verifier.report import Verdict


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("verifier") / "tranche-verify.pyz"
    done = tranche("export", "verifier", "--out", str(out))
    assert done.returncode == Exit.DONE
    assert done.stdout == f"{hashlib.sha256(out.read_bytes()).hexdigest()}  tranche-verify.pyz\n"
    return out


def alone(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Without site packages, environment or anything else of this project."""
    command = [sys.executable, "-I", "-S", str(file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=file.parent, timeout=60, check=False)


def spoilt(members: Members) -> Members:
    return {**members, "openings.jsonl": members["openings.jsonl"].replace(b"1000", b"1001", 1)}


@pytest.mark.parametrize(
    ("change", "verdict", "said"),
    [(dict, Verdict.VALID, "VALID"), (spoilt, Verdict.INVALID, "lines: places must ascend")],
    ids=["sound", "spoilt"],
)
def test_it_runs_without_anything_installed(
    file: Path, tmp_path: Path, change: Callable[[Members], Members], verdict: Verdict, said: str
) -> None:
    pack = written(tmp_path / "pack.zip", change(example().whole()))
    (tmp_path / "policy").write_text(POLICY)
    done = alone(file, str(pack), "--policy", str(tmp_path / "policy"))

    assert (done.returncode, done.stderr) == (verdict, "")
    assert said in done.stdout


def test_two_of_one_release_are_the_same(file: Path, tmp_path: Path) -> None:
    tranche("export", "verifier", "--out", str(tmp_path / "again.pyz"))

    assert (tmp_path / "again.pyz").read_bytes() == file.read_bytes()
