"""After a restore: nothing is written until the log agrees with what was kept of it, or goes on openly."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.demo_folder import copy_of_demo, tranche

from tranche.cli.exits import Exit
from tranche.verifier.main import main as verify

DATABASE = "tranche.sqlite3"


class Restored:
    """A mechanism whose database was set back by one restore, and what was kept of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder.parent
        self.published, self.policy = self.root / "public", self.root / "policy.txt"
        self.run("log", "publish", str(self.published))
        shutil.copy(folder / DATABASE, self.root / "backup")
        self.run("log", "rotate-key")
        self.run("work", "--once")
        self.run("log", "publish", str(self.published))
        self.policy.write_text(self.run("log", "policy").stdout)
        self.set_back()

    def set_back(self) -> None:
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copy(self.root / "backup", self.folder / DATABASE)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return tranche(*arguments, "--dir", str(self.folder))

    @property
    def stands_still(self) -> bool:
        self.run("log", "rotate-key")
        return (self.folder / "log-stopped").is_file()

    def is_sound(self) -> bool:
        checks = (("log", "verify"), ("doctor", "--ledger"))
        return all(self.run(*arguments).returncode == Exit.DONE for arguments in checks)


@pytest.fixture
def restored(tmp_path: Path) -> Restored:
    copy_of_demo(tmp_path / "tranche-data")
    return Restored(tmp_path / "tranche-data")


def test_nothing_is_written_to_a_database_that_was_set_back(restored: Restored) -> None:
    write = restored.run("log", "rotate-key")
    work = restored.run("work", "--once")
    compared = restored.run("log", "check-restore")

    assert write.returncode == Exit.REFUSED
    assert "the database is older than what was signed of its log" in write.stderr
    assert work.returncode == Exit.BROKEN
    assert "0 mails sent" in work.stderr
    assert compared.returncode == Exit.BROKEN
    assert "the database is behind it" in compared.stdout
    assert "tranche log adopt" in compared.stderr
    assert restored.stands_still


def test_the_newer_database_brought_back_is_written_to_again(restored: Restored) -> None:
    assert restored.stands_still
    restored.run("log", "adopt", str(restored.published))
    assert restored.stands_still

    again = restored.run("log", "check-restore", "--kept", str(restored.published / "checkpoint"))

    assert again.returncode == Exit.DONE
    assert "restore 1, entry" in again.stdout
    assert not restored.stands_still
    assert restored.is_sound()


def test_lost_entries_come_back_by_their_roots(restored: Restored) -> None:
    adopted = restored.run("log", "adopt", str(restored.published))
    restored.run("log", "check-restore")
    worked = restored.run("work", "--once")
    restored.run("log", "publish", str(restored.published))

    assert adopted.returncode == Exit.DONE
    assert "are back by their roots" in adopted.stdout
    assert worked.returncode == Exit.DONE
    assert restored.is_sound()
    assert verify([str(restored.published), "--policy", str(restored.policy)]) == 0
    assert restored.run("log", "adopt", str(restored.published)).returncode == Exit.REFUSED


def test_a_log_that_cannot_go_on_goes_on_under_another_name(restored: Restored) -> None:
    old = (restored.published / "checkpoint").read_bytes()
    forked = restored.run("log", "fork")
    worked = restored.run("work", "--once")
    policy = restored.run("log", "policy").stdout

    assert forked.returncode == Exit.DONE
    assert "The log goes on as localhost/tranche/2" in forked.stdout
    assert worked.returncode == Exit.DONE
    assert restored.is_sound()
    assert "/2+" in policy
    assert "# tranche-until" in policy
    kept = restored.root / "kept"
    kept.write_bytes(old)
    assert restored.run("log", "check-restore", "--kept", str(kept)).returncode == Exit.USAGE
    assert restored.run("log", "check-restore").returncode == Exit.DONE


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("adopt", "nowhere"), "The published files cannot be taken"),
        (("check-restore", "--kept", "policy.txt"), "a note ends with lines of signatures"),
        (("fork", "--origin", "two words"), "no spaces"),
        (("rotate-key", "--finish"), "No other key signs yet."),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    restored: Restored, arguments: tuple[str, ...], said: str
) -> None:
    done = tranche("log", *arguments, "--dir", str(restored.folder), cwd=restored.root)

    assert done.returncode in (Exit.USAGE, Exit.REFUSED)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert restored.stands_still


def test_a_typing_error_stops_nothing(tmp_path: Path) -> None:
    folder = copy_of_demo(tmp_path / "tranche-data")
    refused = tranche("log", "adopt", "nowhere", "--dir", str(folder))

    assert refused.returncode == Exit.REFUSED
    assert not (folder / "log-stopped").exists()
    assert tranche("log", "status", "--dir", str(folder)).returncode == Exit.DONE
    (folder / "log-stopped").write_text("x")
    assert tranche("log", "status", "--dir", str(folder)).returncode == Exit.FINDINGS
