"""Every variable is parsed once, and what does not parse stops the program by name."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tranche.conf.environment import POSTGRESQL_WRITE_SETTINGS, BadSetting, databases, read

SETTINGS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
SOURCE = Path(__file__).resolve().parents[2] / "src" / "tranche" / "conf" / "environment.py"


def test_without_variables_a_mechanism_lives_beside_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    found = read({})

    assert found.data_dir == tmp_path / "tranche-data"
    assert found.hosts == ("localhost", "127.0.0.1", "[::1]")
    assert (found.database_url, found.today) == ("", None)
    assert (found.demo, found.storage_warns, found.cheap_passwords) == (False, False, False)


def test_every_variable_is_read() -> None:
    found = read(
        {
            "TRANCHE_DATA_DIR": "/srv/m",
            "TRANCHE_DATABASE_URL": "postgresql://app@db/m",
            "TRANCHE_HOSTS": "a.example, b.example",
            "TRANCHE_TODAY": "2025-03-31",
            "TRANCHE_STORAGE_WARNS": "1",
            "TRANCHE_CHEAP_PASSWORDS": "1",
            "TRANCHE_CLOCK_RAN_AHEAD_TO": "2027-03-31T08:00:00.000000Z",
        }
    )

    assert found.data_dir == Path("/srv/m")
    assert found.clock_ran_ahead_to == "2027-03-31T08:00:00.000000Z"
    assert found.database_url == "postgresql://app@db/m"
    assert found.hosts == ("a.example", "b.example")
    assert found.today == date(2025, 3, 31)
    assert (found.demo, found.storage_warns, found.cheap_passwords) == (False, True, True)


def test_a_demonstration_is_known_by_its_file_or_its_variable(tmp_path: Path) -> None:
    before = read({"TRANCHE_DATA_DIR": str(tmp_path)})
    asked = read({"TRANCHE_DATA_DIR": str(tmp_path), "TRANCHE_DEMO": "1"})
    (tmp_path / "demo.json").write_text("{}", encoding="utf-8")
    after = read({"TRANCHE_DATA_DIR": str(tmp_path)})

    assert [found.demo for found in (before, asked, after)] == [False, True, True]
    assert after.storage_warns
    assert after.cheap_passwords


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRANCHE_DEMO", "yes"),
        ("TRANCHE_DEMO", ""),
        ("TRANCHE_STORAGE_WARNS", "true"),
        ("TRANCHE_CHEAP_PASSWORDS", "2"),
        ("TRANCHE_TODAY", "31.03.2025"),
        ("TRANCHE_TODAY", "2025-02-30"),
        ("TRANCHE_TODAY", "2025-W13-1"),
        ("TRANCHE_TODAY", "20250331"),
        ("TRANCHE_TODAY", "٢٠٢٥-03-31"),
        ("TRANCHE_CLOCK_RAN_AHEAD_TO", "2027-03-31"),
        ("TRANCHE_CLOCK_RAN_AHEAD_TO", "2027-03-31T08:00:00Z"),
        ("TRANCHE_HOSTS", "*"),
        ("TRANCHE_HOSTS", "a,,b"),
    ],
)
def test_a_value_that_does_not_parse_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read({name: value})

    assert caught.value.name == name
    assert caught.value.wanted


@pytest.mark.parametrize("name", ["TRANCHE_DEMO", "TRANCHE_STORAGE_WARNS", "TRANCHE_CHEAP_PASSWORDS"])
def test_a_switch_that_does_not_parse_is_refused_in_a_demonstration_too(tmp_path: Path, name: str) -> None:
    (tmp_path / "demo.json").write_text("{}", encoding="utf-8")

    with pytest.raises(BadSetting):
        read({"TRANCHE_DATA_DIR": str(tmp_path), name: "yes"})


def aliases(url: str) -> dict[str, dict[str, object]]:
    return databases(read({"TRANCHE_DATA_DIR": "/srv/m", "TRANCHE_DATABASE_URL": url}))


def test_the_embedded_database_has_one_file_and_two_ways_in() -> None:
    found = aliases("")

    assert found["default"]["NAME"] == found["read"]["NAME"] == "/srv/m/tranche.sqlite3"
    assert found["scratch"]["NAME"] == "/srv/m/scratch.sqlite3"
    modes = {alias: found[alias]["OPTIONS"]["transaction_mode"] for alias in found}  # type: ignore[index]  # a mapping
    assert modes == {"default": "IMMEDIATE", "read": "DEFERRED", "scratch": "IMMEDIATE"}
    assert "query_only=ON" in found["read"]["OPTIONS"]["init_command"]  # type: ignore[index]  # as above
    assert "query_only" not in found["default"]["OPTIONS"]["init_command"]  # type: ignore[index]  # as above


def test_a_server_is_named_by_host_or_by_the_folder_of_its_socket() -> None:
    by_host = aliases("postgresql://app@db.example:6432/mech%20one?sslmode=verify-full")["default"]
    by_socket = aliases("postgresql://app@/mech?host=/run/pg&port=5433")["default"]

    assert [by_host[name] for name in ("HOST", "PORT", "NAME", "USER")] == [
        "db.example",
        "6432",
        "mech one",
        "app",
    ]
    assert by_host["OPTIONS"] == {
        "options": POSTGRESQL_WRITE_SETTINGS,
        "prepare_threshold": 2,
        "sslmode": "verify-full",
    }
    assert [by_socket[name] for name in ("HOST", "PORT")] == ["/run/pg", "5433"]


def test_pages_read_a_server_through_a_session_that_cannot_write() -> None:
    found = aliases("postgresql://app@db/m")

    assert found["default"]["NAME"] == found["read"]["NAME"] == "m"
    options = str(found["read"]["OPTIONS"])
    assert "default_transaction_read_only=on" in options
    assert "default_transaction_read_only" not in str(found["default"]["OPTIONS"])


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:secret@db/m",
        "postgresql://app:@db/m",
        "postgresql://app@db/m?password=secret",
        "postgresql://app@db/m?options=-c%20fsync=off",
        "postgresql://app@db/m?sslmode",
        "postgresql://app@db:many/m",
        "postgresql://app@db/",
        "postgresql://app@db",
        "mysql://app@db/m",
        "db",
    ],
)
def test_a_url_with_a_secret_or_a_setting_of_ours_is_refused(url: str) -> None:
    with pytest.raises(BadSetting) as caught:
        aliases(url)

    assert caught.value.name == "TRANCHE_DATABASE_URL"
    assert "secret" not in str(caught.value)


def test_every_variable_is_documented() -> None:
    read_names = set(re.findall(r"TRANCHE_[A-Z_]+", SOURCE.read_text(encoding="utf-8")))
    told = set(re.findall(r"^\| `(TRANCHE_[A-Z_]+)`", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE))

    assert read_names == told
