"""A sign-in or a click never writes to the record."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections

from tranche.models import Party, ReadMark


def test_sessions_live_in_the_scratch_file_alone(mechanism: Path) -> None:
    before = (mechanism / "tranche.sqlite3").read_bytes()
    session = SessionStore()
    session["login"] = "someone"

    session.save()

    assert Session.objects.db == "scratch"
    assert Session.objects.count() == 1
    assert (mechanism / "tranche.sqlite3").read_bytes() == before
    assert "django_session" not in connections["default"].introspection.table_names()


@pytest.mark.usefixtures("sqlite_mechanism")
def test_read_marks_lie_beside_the_sessions_and_nowhere_else() -> None:
    ReadMark.objects.create(person_id="x", notice_id=1)

    assert ReadMark.objects.db == "scratch"
    assert "read_mark" not in connections["default"].introspection.table_names()
    assert "outbox" in connections["default"].introspection.table_names()


@pytest.mark.usefixtures("sqlite_mechanism")
def test_the_scratch_file_holds_no_table_of_the_record() -> None:
    tables = set(connections["scratch"].introspection.table_names())

    assert tables <= {"django_session", "django_migrations", "read_mark"}
    assert Party.objects.db == "default"
