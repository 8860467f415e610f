"""`tranche witness` as another organisation types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.demo_folder import tranche
from tests.verifier.minilog import LOG

from tranche.cli.exits import Exit


@pytest.fixture
def folder(tmp_path: Path) -> str:
    found = str(tmp_path / "witness")
    done = tranche("witness", "init", "witness.example", "--dir", found)
    assert done.returncode == Exit.DONE
    assert done.stdout.startswith("witness.example+")
    tranche("witness", "trust", LOG.vkey.text(), "--dir", found)
    return found


def test_status_names_key_and_logs(folder: str) -> None:
    done = tranche("witness", "status", "--dir", folder)

    assert done.returncode == Exit.DONE
    assert f"log {LOG.name}: 0 entries cosigned" in done.stdout
    assert "0 heads refused" in done.stdout


def test_nothing_refused_is_no_evidence(folder: str, tmp_path: Path) -> None:
    done = tranche("witness", "evidence", str(tmp_path / "out"), "--dir", folder)

    assert done.returncode == Exit.DONE
    assert "nothing to write" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("init", "witness.example"), Exit.CONFLICT, "There is a witness in"),
        (("trust", LOG.vkey.text()), Exit.CONFLICT, "is known already with this key."),
        (("trust", "nothing"), Exit.USAGE, "No key of a kind that is known here: nothing."),
        (("cosign", "missing"), Exit.UNAVAILABLE, "missing"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    folder: str, arguments: tuple[str, ...], code: Exit, said: str
) -> None:
    done = tranche("witness", *arguments, "--dir", folder)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", [("status",), ("cosign", "request"), ("trust", LOG.vkey.text()), ("evidence", "out")]
)
def test_a_folder_without_a_witness_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "request").write_text("old 0", encoding="utf-8")

    done = tranche("witness", *command, "--dir", str(tmp_path / "none"), cwd=tmp_path)

    assert done.returncode == Exit.USAGE
    assert f"There is no witness in {tmp_path / 'none'}." in done.stderr


def test_a_request_that_is_none_is_answered_and_explained(folder: str, tmp_path: Path) -> None:
    (tmp_path / "request").write_text("old 0", encoding="utf-8")

    done = tranche("witness", "cosign", str(tmp_path / "request"), "--dir", folder)

    assert (done.returncode, done.stdout) == (Exit.REFUSED, "refused 400 0\n")
    assert "Nothing was cosigned." in done.stderr


def test_a_name_that_no_line_can_bear_makes_no_witness(tmp_path: Path) -> None:
    done = tranche("witness", "init", "two words", "--dir", str(tmp_path / "none"))

    assert done.returncode == Exit.USAGE
    assert "A key's name has no spaces" in done.stderr
    assert not (tmp_path / "none").exists()
