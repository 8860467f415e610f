"""`tranche export evidence` and `tranche-verify` on a demonstration, as an auditor would use them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.demo_folder import copy_of_demo, tranche
from tests.verifier.test_main import tranche_verify

from tranche.cli.exits import Exit

TRANCHE = "LT-UA-2024-T1"
SECRET = (b"UA21", b"actor", b"approvals", b"reason", b"statement", b"MFR-1", b"amount")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("export") / "tranche-data"
    copy_of_demo(found)
    return found


def exported(folder: Path, out: Path, *arguments: str) -> Path:
    policy = out.with_suffix(".policy")
    done = tranche(
        "export", "evidence", *arguments, "--out", str(out), "--policy-out", str(policy), "--dir", str(folder)
    )
    assert done.returncode == Exit.DONE, done.stderr
    assert "tranche-verify" in done.stderr
    return policy


def verified(pack: Path, policy: Path) -> dict[str, Any]:
    done = tranche_verify(str(pack), "--policy", str(policy), "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["verdict"] == done.returncode == 0, found["findings"]
    return found


def test_a_tranche_with_everything_that_continues_it(folder: Path, tmp_path: Path) -> None:
    found = verified(tmp_path / "p.zip", exported(folder, tmp_path / "p.zip", TRANCHE))

    listing = "\n".join(found["listing"])
    assert f"tranche.confirm_receipt {TRANCHE}" in listing
    assert f"step.complete {TRANCHE}-S1" in listing
    assert "log.key" in listing
    assert "party.register" not in listing
    assert found["documents"] > 0
    assert found["journal"] == 1
    assert any("own key at http://localhost:8000" in how for how in found["approvals"])
    assert found["notes"] == []


def test_everything_and_the_same_root_for_every_audience(folder: Path, tmp_path: Path) -> None:
    views = ("auditor", "donor@LT", "public")
    packs = {view: tmp_path / f"{view}.zip" for view in views}
    found = {
        view: verified(packs[view], exported(folder, packs[view], "--all", "--view", view)) for view in views
    }

    assert len({row["root"] for row in found.values()}) == 1
    opened = [found[view]["opened"] for view in views]
    assert opened == sorted(opened, reverse=True)
    assert len(set(opened)) == len(views)
    with zipfile.ZipFile(packs["public"]) as pack:
        everything = b"".join(pack.read(name) for name in pack.namelist())
        assert not [name for name in pack.namelist() if name.startswith(("documents/", "journal"))]
    assert [secret for secret in SECRET if secret in everything] == []


def test_the_same_entries_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    exported(folder, tmp_path / "a.zip", TRANCHE)
    exported(folder, tmp_path / "b.zip", TRANCHE)

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_is_not_there_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.zip"
    unknown = tranche("export", "evidence", "NO-SUCH", "--out", str(out), "--dir", str(folder))
    neither = tranche("export", "evidence", "--out", str(out), "--dir", str(folder))
    view = tranche("export", "evidence", "--all", "--view", "all", "--out", str(out), "--dir", str(folder))

    assert "No entry under a signed head is about NO-SUCH." in unknown.stderr
    assert {done.returncode for done in (unknown, neither, view)} == {Exit.USAGE}
    assert not out.exists()


def test_a_period_is_the_entries_of_its_days(folder: Path, tmp_path: Path) -> None:
    days = ("--from", "2024-11-01", "--to", "2024-11-30")
    found = verified(tmp_path / "days.zip", exported(folder, tmp_path / "days.zip", *days))
    listed = [line.split(": ", 1)[1] for line in found["listing"]]

    assert {line[:7] for line in listed if "credential" not in line and "log.key" not in line} == {"2024-11"}
    assert any("tranche.confirm_receipt" in line for line in listed)
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2031-01-01"), "was recorded on 2031-01-01 or later"),
        (("--to", "2001-01-01"), "was recorded up to 2001-01-01"),
        (("--from", "2001-01-01", "--to", "2001-01-31"), "was recorded from 2001-01-01 to 2001-01-31"),
        (("--from", "yesterday"), "does not match"),
        (("--from", "2024-12-01", "--to", "2024-11-01"), "lies after the last one"),
        (("--from", "2024-11-01", "--all"), "or say --all"),
        ((), "or say --all"),
    ],
)
def test_days_that_hold_nothing_or_are_none(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = tranche("export", "evidence", *arguments, "--out", str(tmp_path / "x.zip"), "--dir", str(folder))

    assert done.returncode == Exit.USAGE
    assert said in done.stderr
    assert not (tmp_path / "x.zip").exists()
