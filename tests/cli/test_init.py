"""`tranche init`: a mechanism from a roster, or nothing at all."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from tests.demo_folder import copy_of_demo, tranche

from tranche.cli.roster import EXAMPLE

ROSTER = EXAMPLE.read_text(encoding="utf-8")
QUICK = {"TRANCHE_CHEAP_PASSWORDS": "1", "TRANCHE_STORAGE_WARNS": "1"}
"""Ten real password hashes take seconds; what is tested here is everything else."""

KEY = "7d7a2f0e-5d7c-4b8e-9a58-0d2c7a1f3b11"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.toml"
    path.write_text(ROSTER, encoding="utf-8")
    return path


def count(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "tranche.sqlite3")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_example_roster_is_printed_whole() -> None:
    assert tranche("init", "--example").stdout.strip() == ROSTER.strip()


def test_roster_becomes_logged_entries_and_passwords(roster: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"

    done = tranche("init", "--roster", roster, "--dir", folder, "--json", environment=QUICK)

    assert done.returncode == 0, done.stderr
    people = json.loads(done.stdout)["people"]
    assert [person["username"] for person in people][:2] == ["a.officer", "a.approver1"]
    assert len({person["password"] for person in people}) == len(people) == 10
    assert count(folder, "person") == 10
    assert (count(folder, "policy_version"), count(folder, "recovery_person")) == (1, 3)
    assert count(folder, "log_entry") == 1 + 1 + 4 + 1 + 1 + 10 + 1 + 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "tranche.sqlite3").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "secrets" / "django-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "signer" / "log-key").stat().st_mode) == 0o600
    proved = tranche("doctor", "--ledger", "--dir", folder, environment=QUICK)
    assert "0 differences" in proved.stdout


def test_password_is_asked_where_it_is_no_demonstration(roster: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = json.loads(
        tranche("init", "--roster", roster, "--dir", folder, "--json", environment=QUICK).stdout
    )
    words = {person["username"]: person["password"] for person in made["people"]}

    by_system_user = tranche("balance", "--dir", folder)
    right = tranche(
        "balance", "--dir", folder, "--as", "auditor", given=words["auditor"] + "\n", environment=QUICK
    )
    versions = tranche(
        *("policy", "history", "--json", "--dir", folder, "--as", "auditor"),
        given=words["auditor"] + "\n",
        environment=QUICK,
    )
    assert [row["decision"] for row in json.loads(versions.stdout)["items"]] == [""]
    wrong = tranche("balance", "--dir", folder, "--as", "auditor", given="guess\n", environment=QUICK)

    assert by_system_user.returncode == 3
    assert right.returncode == 0, right.stderr
    assert wrong.returncode == 3
    assert wrong.stdout == ""


def test_second_roster_is_refused(roster: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    tranche("init", "--roster", roster, "--dir", folder, "--key", KEY, environment=QUICK)

    for more in ((), ("--key", KEY)):
        again = tranche("init", "--roster", roster, "--dir", folder, *more, environment=QUICK)
        assert again.returncode == 5
        assert "password" not in again.stdout
    assert count(folder, "person") == 10


def test_demonstration_takes_no_roster(roster: Path, tmp_path: Path) -> None:
    folder = copy_of_demo(tmp_path / "demo")

    done = tranche("init", "--roster", roster, "--dir", folder, environment=QUICK)

    assert done.returncode == 3
    assert count(folder, "person") == 16


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('mechanism = "Contributions', 'mechanisms = "Contributions', "names no mechanism"),
        ('kind = "state"', 'sort = "state"', "parties, row 1: kind is missing"),
        ('username = "a.officer"', 'username = "a.officer"\nphone = "1"', "phone is not known"),
        ("[[people]]", "[[persons]]", "a table persons that nobody knows"),
        ("[[parties]]", "[parties", "is no TOML file"),
        ('party = "AA"', 'party = "ZZ"', "ZZ"),
        ('"DO@AA-MOD"', '"DO@AA-MOD", "FM@BB-MOD"', ""),
        ('"DO@AA-MOD"', '"XX@AA-MOD"', ""),
        ('"DO@AA-MOD"', '"DO@ZZ"', ""),
        ('kind = "state"', 'kind = "planet"', ""),
        ('currency = "EUR"', 'currency = "euro"', ""),
        ('opened_on = "2025-01-01"', 'opened_on = "soon"', ""),
        ("UA699990010026000000000000000", "UA609990010026000000000000000", ""),
        ('username = "a.approver1"', 'username = "a.officer"', ""),
        ('ref = "AA-MOD"', 'ref = "AA"', ""),
        ('org_number = "2"', 'org_number = "1"', ""),
    ],
)
def test_roster_that_is_wrong_founds_nothing(old: str, new: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    assert old in ROSTER
    path.write_text(ROSTER.replace(old, new, 1 if old != "[[people]]" else -1), encoding="utf-8")
    folder = tmp_path / "data"

    done = tranche("init", "--roster", path, "--dir", folder)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not folder.exists()


def test_missing_roster_file_is_named(tmp_path: Path) -> None:
    done = tranche("init", "--roster", tmp_path / "none.toml", "--dir", tmp_path / "data")

    assert done.returncode == 2
    assert "none.toml" in done.stderr
    assert not (tmp_path / "data").exists()
