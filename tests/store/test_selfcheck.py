"""The self-check finds each unsafe setting, guard, disk and clock, and nothing on a sound mechanism."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from tests.databases import Server, point_at
from tests.store import writes

from tranche.store import clock, selfcheck
from tranche.store.selfcheck import Finding, refusals, self_check


class Usage(NamedTuple):
    """What the system says about a disk."""

    total: int
    used: int
    free: int


INSTANT = datetime(2024, 11, 25, 9, 0, tzinfo=UTC)


def found(code: str) -> list[Finding]:
    return [finding for finding in self_check() if finding.code == code]


def run(sql: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large local disk."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(2**40, 0, 2**40))
    monkeypatch.setattr(selfcheck, "file_system", lambda _folder: "ext4")


@pytest.mark.usefixtures("sqlite_mechanism", "roomy")
def test_a_sound_mechanism_has_no_finding() -> None:
    assert self_check() == ()


@pytest.mark.postgres
@pytest.mark.usefixtures("roomy")
def test_a_sound_server_has_no_finding_but_the_test_role(postgresql_mechanism: Path) -> None:
    assert postgresql_mechanism.is_dir()
    assert [(finding.code, finding.level) for finding in self_check()] == [("superuser", "warn")]
    assert refusals(self_check()) == ()


@pytest.mark.postgres
@pytest.mark.usefixtures("roomy")
def test_an_ordinary_role_can_connect_with_our_settings(
    postgresql_mechanism: Path, postgres_server: Server
) -> None:
    name = connections["default"].settings_dict["NAME"]
    run("CREATE ROLE ordinary LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO ordinary")

    point_at(postgresql_mechanism, postgres_server.url(name, "ordinary"))
    findings = self_check()
    receipt = writes.run(writes.insert_and_log)

    assert findings == ()
    assert receipt.log_seq == 0
    point_at(postgresql_mechanism, postgres_server.url(name))
    run("DROP OWNED BY ordinary; DROP ROLE ordinary")


@pytest.mark.usefixtures("sqlite_mechanism", "roomy")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("synchronous", "NORMAL"),
        ("foreign_keys", "OFF"),
        ("recursive_triggers", "OFF"),
        ("temp_store", "FILE"),
        ("cell_size_check", "OFF"),
        ("wal_autocheckpoint", "1000"),
        ("ignore_check_constraints", "ON"),
        ("journal_mode", "DELETE"),
    ],
)
def test_each_unsafe_setting_of_sqlite_refuses(pragma: str, value: str) -> None:
    run(f"PRAGMA {pragma}={value}")

    [finding] = self_check()

    assert (finding.code, finding.level) == (f"setting_{pragma}", "refuse")
    assert finding.remedy


@pytest.mark.postgres
@pytest.mark.usefixtures("postgresql_mechanism", "roomy")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("synchronous_commit", "off"),
        ("zero_damaged_pages", "on"),
        ("ignore_checksum_failure", "on"),
        ("session_replication_role", "replica"),
        ("lock_timeout", "0"),
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
        ("TimeZone", "Europe/Vilnius"),
        ("default_transaction_isolation", "serializable"),
    ],
)
def test_each_unsafe_setting_of_postgresql_refuses(name: str, value: str) -> None:
    run(f"SET {name} = '{value}'")

    [finding] = refusals(self_check())

    assert finding.code == f"setting_{name.removeprefix('default_')}"


@pytest.mark.usefixtures("roomy")
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("DROP TRIGGER log_entry_no_update", "absent"),
        ("CREATE TRIGGER extra AFTER INSERT ON log_entry BEGIN SELECT 1; END", "not shipped"),
        ("DROP INDEX log_entry_object", "absent"),
        ("ALTER TABLE commit_barrier ADD COLUMN more INTEGER", "another text"),
    ],
)
@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_missing_changed_or_added_guard_refuses(change: str, what: str) -> None:
    run(change)

    [finding] = self_check()

    assert (finding.code, finding.level, finding.found) == ("guard", "refuse", what)


@pytest.mark.usefixtures("mechanism", "roomy")
def test_an_older_or_newer_database_refuses_and_nothing_else_is_looked_at() -> None:
    recorder = MigrationRecorder(connections["default"])
    recorder.record_applied("tranche", "9999_of_the_future")
    [newer] = self_check()
    recorder.record_unapplied("tranche", "9999_of_the_future")
    last = max(name for app, name in recorder.applied_migrations() if app == "tranche")
    recorder.record_unapplied("tranche", last)
    [older] = self_check()

    assert (newer.code, newer.level, newer.found) == ("schema", "refuse", "with 9999_of_the_future")
    assert (older.code, older.level, older.found) == ("schema", "refuse", f"without {last}")


@pytest.mark.usefixtures("sqlite_mechanism")
@pytest.mark.parametrize(("warns", "level"), [(True, "warn"), (False, "refuse")])
@pytest.mark.parametrize(
    ("usage", "is_enough"),
    [
        (Usage(2**40, 0, 2**30 - 1), False),
        (Usage(2**40, 0, 2**40 // 21), False),
        (Usage(2**31, 0, 2**30), True),
    ],
)
def test_a_nearly_full_disk_refuses_or_warns_by_the_one_setting(
    monkeypatch: pytest.MonkeyPatch, warns: bool, level: str, usage: Usage, is_enough: bool
) -> None:
    monkeypatch.setattr(settings, "TRANCHE_STORAGE_WARNS", warns)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

    assert [finding.level for finding in found("space")] == ([] if is_enough else [level])


@pytest.mark.usefixtures("sqlite_mechanism")
@pytest.mark.parametrize("kind", ["nfs4", "tmpfs", "cifs"])
def test_a_file_system_that_may_lose_data_refuses(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(settings, "TRANCHE_STORAGE_WARNS", False)
    monkeypatch.setattr(selfcheck, "file_system", lambda _folder: kind)

    [finding] = found("file_system")

    assert (finding.level, finding.found) == ("refuse", kind)


def mounted(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    monkeypatch.setattr(Path, "exists", lambda _path: True)
    monkeypatch.setattr(Path, "read_text", lambda _path, encoding: table)


def test_the_nearest_mount_names_the_file_system(monkeypatch: pytest.MonkeyPatch) -> None:
    mounted(
        monkeypatch, "a / ext4 rw 0 0\nb /srv nfs rw 0 0\nc /srv/data xfs rw 0 0\nd /srv/da tmpfs rw 0 0\n"
    )

    assert selfcheck.file_system(Path("/srv/data/tranche")) == "xfs"
    assert selfcheck.file_system(Path("/srv/other")) == "nfs"
    assert selfcheck.file_system(Path("/home")) == "ext4"


def test_a_system_that_does_not_say_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _path: False)

    assert selfcheck.file_system(Path("/srv")) == ""


@pytest.mark.usefixtures("mechanism", "roomy")
@pytest.mark.parametrize(
    ("behind", "is_refused"), [(timedelta(minutes=4), False), (timedelta(minutes=6), True)]
)
def test_a_clock_behind_the_last_entry_refuses(
    monkeypatch: pytest.MonkeyPatch, behind: timedelta, is_refused: bool
) -> None:
    monkeypatch.setattr(settings, "TRANCHE_TODAY", None)
    with clock.at(INSTANT):
        writes.run(writes.log)

    with clock.at(INSTANT - behind):
        findings = found("clock")

    assert [finding.level for finding in findings] == (["refuse"] if is_refused else [])


@pytest.mark.usefixtures("sqlite_mechanism", "roomy")
@pytest.mark.parametrize(("demo", "levels"), [(True, []), (False, ["refuse"])])
def test_a_clock_that_stands_is_for_demonstrations_only(
    monkeypatch: pytest.MonkeyPatch, demo: bool, levels: list[str]
) -> None:
    monkeypatch.setattr(settings, "TRANCHE_TODAY", date(2024, 11, 25))
    monkeypatch.setattr(settings, "TRANCHE_DEMO", demo)

    assert [finding.level for finding in found("clock_stands")] == levels


@pytest.mark.usefixtures("sqlite_mechanism", "roomy")
def test_a_latest_time_that_is_named_as_wrong_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TRANCHE_TODAY", None)
    monkeypatch.setattr(settings, "TRANCHE_CLOCK_RAN_AHEAD_TO", "2024-11-25T09:00:00.000000Z")
    with clock.at(INSTANT):
        writes.run(writes.log)

    with clock.at(INSTANT - timedelta(days=30)):
        assert found("clock") == []
        assert [finding.level for finding in found("clock_ran_ahead")] == ["warn"]


@pytest.mark.usefixtures("sqlite_mechanism", "roomy")
@pytest.mark.parametrize(("day", "is_refused"), [(25, False), (24, True)])
def test_the_clock_of_a_demonstration_may_begin_its_day_anew(
    monkeypatch: pytest.MonkeyPatch, day: int, is_refused: bool
) -> None:
    with clock.at(INSTANT):
        writes.run(writes.log)
    monkeypatch.setattr(settings, "TRANCHE_TODAY", date(2024, 11, day))

    with clock.at(datetime(2024, 11, day, 8, 0, tzinfo=UTC)):
        findings = found("clock")

    assert [finding.level for finding in findings] == (["refuse"] if is_refused else [])


@pytest.mark.usefixtures("sqlite_mechanism", "roomy")
def test_an_old_library_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "SQLITE_VERSION_MIN", (99, 0, 0))

    assert [finding.level for finding in found("sqlite_version")] == ["refuse"]


@pytest.mark.postgres
@pytest.mark.usefixtures("postgresql_mechanism", "roomy")
def test_an_old_server_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "POSTGRESQL_VERSION_MIN", 990_000)

    assert [finding.level for finding in found("postgresql_version")] == ["refuse"]
