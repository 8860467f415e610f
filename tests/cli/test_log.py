"""`tranche log` as an operator types it, in a demonstration of its own."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.demo_folder import copy_of_demo, tranche

from tranche.cli.exits import Exit
from tranche.kernel.log_policy import parse_policy
from tranche.kernel.log_proof import parse_receipt
from tranche.kernel.notes import verify_note


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("log") / "tranche-data"
    copy_of_demo(found)
    return found


@pytest.fixture
def spoilt(folder: Path, tmp_path: Path) -> Path:
    """A copy in which an opening was edited beside the program."""
    found = tmp_path / "tranche-data"
    shutil.copytree(folder, found)
    with sqlite3.connect(found / "tranche.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE log_opening SET doc = replace(doc, 'a', 'b') WHERE seq = 9")
    database.close()
    return found


def test_status_says_how_far_and_by_whom(folder: Path) -> None:
    done = tranche("log", "status", "--dir", str(folder))
    as_json = json.loads(tranche("log", "status", "--json", "--dir", str(folder)).stdout)

    assert done.returncode == Exit.DONE
    assert f"{as_json['entries']} entries, {as_json['signed']} of them under a signed head." in done.stdout
    assert "No witness has cosigned" in done.stdout
    assert as_json["entries"] == as_json["signed"] > 0


def test_a_receipt_and_a_policy_check_each_other(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "3.tlog-proof"
    done = tranche("log", "prove", "3", "--view", "auditor", "--out", str(out), "--dir", str(folder))
    policy = parse_policy(tranche("log", "policy", "--dir", str(folder)).stdout)
    receipt = parse_receipt(out.read_bytes())

    assert done.returncode == Exit.DONE
    assert "tranche-verify" in done.stderr
    assert verify_note(receipt.note, policy.keys).times
    assert policy.is_satisfied(())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prove", "999999"), "No signed head covers an entry 999999."),
        (("prove", "3"), "Nothing of entry 3 is open to public"),
        (("prove", "3", "--view", "everybody"), "No audience is called everybody."),
        (("prove", "three"), "'INDEX'"),
        (("checkpoint", "--init"), "The log has a key already"),
    ],
)
def test_what_cannot_be_is_refused_in_words(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = tranche("log", *arguments, "--dir", str(folder))

    assert done.returncode in (Exit.USAGE, Exit.CONFLICT)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sound_log_verifies_and_an_edited_one_does_not(folder: Path, spoilt: Path) -> None:
    sound = tranche("log", "verify", "--dir", str(folder))
    found = tranche("log", "verify", "--json", "--dir", str(spoilt))

    assert sound.returncode == Exit.DONE
    assert "0 differences" in sound.stdout
    assert found.returncode == Exit.BROKEN
    assert [row["row"] for row in json.loads(found.stdout)["differences"]] == ["log_opening 9"]


def test_without_a_key_nothing_is_signed(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tranche-data"
    shutil.copytree(folder, copy)
    shutil.rmtree(copy / "signer")

    done = tranche("log", "checkpoint", "--dir", str(copy))

    assert done.returncode == Exit.USAGE
    assert "tranche log checkpoint --init" in done.stderr


def test_a_new_key_is_one_that_everybody_sees(folder: Path, tmp_path: Path) -> None:
    """Its state is that of an empty log, so it signs; that it is another key everybody sees in the log."""
    copy = tmp_path / "tranche-data"
    shutil.copytree(folder, copy)
    shutil.rmtree(copy / "signer")

    done = tranche("log", "checkpoint", "--init", "--origin", "log.example/tranche/2", "--dir", str(copy))
    keys = json.loads(tranche("log", "status", "--json", "--dir", str(copy)).stdout)["keys"]

    assert done.returncode == Exit.DONE
    assert [key.partition("+")[0] for key in keys] == ["localhost/tranche/1", "log.example/tranche/2"]


def test_an_older_database_is_not_signed(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tranche-data"
    shutil.copytree(folder, copy)
    state = copy / "signer" / "log-state.json"
    said = json.loads(state.read_text(encoding="utf-8"))
    state.write_text(json.dumps(said | {"size": said["size"] + 5}, separators=(",", ":")), encoding="utf-8")

    done = tranche("log", "checkpoint", "--dir", str(copy))

    assert done.returncode == Exit.BROKEN
    assert "The database is older than the head that was signed last" in done.stderr
    assert "Nothing was signed." in done.stderr


def test_a_file_of_witnesses_that_is_none_is_named(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tranche-data"
    shutil.copytree(folder, copy)
    (copy / "witnesses").write_text("witness of nothing\n", encoding="utf-8")
    out = ("--out", str(tmp_path / "p.zip"), "--policy-out", str(tmp_path / "policy"))

    for command in (
        ("log", "policy"),
        ("log", "request", "ministry"),
        ("log", "cosigned", str(copy / "witnesses")),
        ("export", "evidence", "--all", *out),
    ):
        done = tranche(*command, "--dir", str(copy))
        assert done.returncode == Exit.FINDINGS, command
        assert "The policy of the log cannot be read: line 2" in done.stderr
    assert not (tmp_path / "p.zip").exists()
    assert tranche("log", "status", "--dir", str(copy)).returncode == Exit.DONE


def test_work_goes_on_where_the_signer_refuses_and_says_so(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tranche-data"
    shutil.copytree(folder, copy)
    (copy / "signer" / "log-state.json").write_text("{}", encoding="utf-8")
    with sqlite3.connect(copy / "tranche.sqlite3") as database:
        guard = "log_checkpoint_no_delete"
        [(made,)] = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [guard]).fetchall()
        database.execute(f"DROP TRIGGER {guard}")
        database.execute("DELETE FROM log_checkpoint")
        database.execute(made)
    database.close()

    done = tranche("work", "--once", "--dir", str(copy))

    assert done.returncode == Exit.BROKEN
    assert "mails sent" in done.stderr
    assert "The log's head was not signed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_tree_is_made_anew_and_a_lost_entry_is_not(spoilt: Path) -> None:
    with sqlite3.connect(spoilt / "tranche.sqlite3") as database:
        database.execute("DELETE FROM log_tile")
    database.close()
    rebuilt = tranche("log", "rebuild", "--dir", str(spoilt))
    with sqlite3.connect(spoilt / "tranche.sqlite3") as database:
        database.execute("DELETE FROM log_opening WHERE seq = 9")
        database.execute("DELETE FROM log_entry WHERE seq = 9")
        database.execute("DELETE FROM log_tile")
    database.close()
    lost = tranche("log", "rebuild", "--dir", str(spoilt))

    assert rebuilt.returncode == Exit.DONE
    assert "leads to what was signed" in rebuilt.stdout
    assert lost.returncode == Exit.BROKEN
    assert "entry 9 of the log is missing" in lost.stderr
