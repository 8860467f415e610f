"""`tranche import`: whole or not at all, once, and in words."""

from __future__ import annotations

import fcntl
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.demo_folder import copy_of_demo, tranche

KEY = "0a4b1c9e-94c4-4d0e-8d2b-5d1d5c1f7a02"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_demo(tmp_path / "demo")


@pytest.fixture
def statement(folder: Path) -> Path:
    [path] = (folder / "samples").iterdir()
    return path


def counts(folder: Path) -> tuple[int, ...]:
    with closing(sqlite3.connect(folder / "tranche.sqlite3")) as connection:
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("log_entry", "import_file", "bank_line", "source_document", "claim", "movement")
        )


def test_statement_is_staged_and_books_nothing(folder: Path, statement: Path) -> None:
    before = counts(folder)

    done = tranche("import", "bank", statement, "--dir", folder, "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lines"] == 1
    after = counts(folder)
    assert (after[1], after[2], after[5]) == (before[1] + 1, before[2] + 1, before[5])


def test_statement_is_imported_once(folder: Path, statement: Path) -> None:
    tranche("import", "bank", statement, "--dir", folder)
    before = counts(folder)

    again = tranche("import", "bank", statement, "--dir", folder)

    assert again.returncode == 5
    assert counts(folder) == before


def test_same_key_has_one_effect_and_the_same_answer(folder: Path, statement: Path) -> None:
    first = tranche("import", "bank", statement, "--dir", folder, "--key", KEY, "--json")
    before = counts(folder)

    second = tranche("import", "bank", statement, "--dir", folder, "--key", KEY, "--json")

    assert (first.returncode, second.returncode) == (0, 0)
    answer = json.loads(second.stdout)
    assert answer["replayed"] is True
    assert answer | {"replayed": False} == json.loads(first.stdout)
    assert counts(folder) == before


def test_key_of_another_request_is_a_conflict(folder: Path, statement: Path, tmp_path: Path) -> None:
    tranche("import", "bank", statement, "--dir", folder, "--key", KEY)
    text = tmp_path / "announcement.txt"
    text.write_text("A first tranche of EUR 3 million has been agreed.\n", encoding="utf-8")
    before = counts(folder)

    other = tranche("import", "announcements", text, "--dir", folder, "--key", KEY)

    assert other.returncode == 5
    assert counts(folder) == before


def damaged(name: str, data: bytes) -> bytes:
    text = data.decode()
    match name:
        case "cut":
            return data[: len(data) // 2]
        case "doctype":
            return text.replace("?>", "?><!DOCTYPE Document [<!ENTITY a 'b'>]>", 1).encode()
        case "sum":
            return text.replace("250000.00", "250000.01", 1).encode()
        case "account":
            return text.replace("UA699990010026000000000000000", "UA429990010026000000000000001").encode()
        case _:
            return b""


@pytest.mark.parametrize("name", ["cut", "doctype", "sum", "account", "empty"])
def test_damaged_statement_is_refused_whole(name: str, folder: Path, statement: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.xml"
    path.write_bytes(damaged(name, statement.read_bytes()))
    before = counts(folder)

    done = tranche("import", "bank", path, "--dir", folder)

    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert counts(folder) == before


@pytest.mark.parametrize("kind", ["bank", "announcements"])
def test_missing_file_is_named(kind: str, folder: Path, tmp_path: Path) -> None:
    done = tranche("import", kind, tmp_path / "none", "--dir", folder)

    assert done.returncode == 2
    assert str(tmp_path / "none") in done.stderr


def test_key_that_is_no_uuid_is_refused(folder: Path, statement: Path) -> None:
    done = tranche("import", "bank", statement, "--dir", folder, "--key", "again")

    assert done.returncode == 2
    assert "again is no UUID." in done.stderr


def test_sign_in_without_the_role_is_refused(folder: Path, statement: Path) -> None:
    before = counts(folder)

    done = tranche("import", "bank", statement, "--dir", folder, "--as", "ua.payer")

    assert done.returncode == 3
    assert counts(folder) == before


def test_announcement_gives_drafts(folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "gazette.txt"
    text.write_text("State A helps\n\nA first tranche of EUR 3 million has been agreed.\n", encoding="utf-8")

    known = ("--published", "2024-12", "--outlet", "Gazette")
    done = tranche("import", "announcements", text, "--dir", folder, *known, "--json")

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["document"] == "DOC-GAZETTE"
    assert [claim["state"] for claim in answer["claims"]] == ["draft"] * len(answer["claims"])
    assert answer["claims"]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (b"", ()),
        (b"   \n", ()),
        (b"\xff\xfe\x00", ()),
        (b"A text.\n", ("--published", "yesterday")),
        (b"A text.\n", ("--class", "rumour")),
        (b"A text.\n", ("--ref", "lower case")),
    ],
)
def test_bad_announcement_is_refused(
    data: bytes, options: tuple[str, ...], folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(data)
    before = counts(folder)

    done = tranche("import", "announcements", path, "--dir", folder, *options)

    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert counts(folder) == before


def test_database_that_another_process_holds_is_safe_to_retry(folder: Path, statement: Path) -> None:
    with closing(sqlite3.connect(folder / "tranche.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        held = tranche("import", "bank", statement, "--dir", folder, "--key", KEY)
        other.execute("ROLLBACK")
    after = tranche("import", "bank", statement, "--dir", folder, "--key", KEY)

    assert held.returncode == 6
    assert after.returncode == 0, after.stderr


def test_demo_that_another_process_builds_is_left_alone(folder: Path) -> None:
    mark = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    (folder / "demo.json").write_text(json.dumps(mark | {"complete": False}), encoding="utf-8")

    with (folder / "secrets" / "django-key").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = tranche("demo", "--no-serve", "--dir", folder)

    assert done.returncode == 6
    assert "is in use" in done.stderr
