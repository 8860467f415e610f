"""The settings that a promise rests on are fixed, and loading them changes nothing on the disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import formats, translation

NAMES = ("SECRET_KEY", "TRANCHE_DEMO", "DEBUG", "USE_TZ", "TIME_ZONE", "SESSION_COOKIE_HTTPONLY", "LANGUAGES")
ASK = f"""
import json
from django.conf import settings
found = {{name: getattr(settings, name) for name in {NAMES!r}}}
found["today"] = str(settings.TRANCHE_TODAY)
print(json.dumps(found))
"""


def load(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    fixed = {"DJANGO_SETTINGS_MODULE": "tranche.conf.settings", "TRANCHE_DATA_DIR": str(folder)}
    command = [sys.executable, "-c", ASK]
    return subprocess.run(
        command, env={**kept, **fixed, **env}, check=False, capture_output=True, text=True, cwd=folder.parent
    )


def loaded(folder: Path, **env: str) -> dict[str, Any]:
    done = load(folder, **env)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_loading_makes_no_file_and_no_folder(tmp_path: Path) -> None:
    loaded(tmp_path / "absent")

    assert list(tmp_path.iterdir()) == []


def test_what_is_fixed_is_fixed(tmp_path: Path) -> None:
    found = loaded(tmp_path / "absent", DEBUG="1", DJANGO_DEBUG="1")

    assert found["DEBUG"] is False
    assert found["USE_TZ"] is True
    assert found["TIME_ZONE"] == "UTC"
    assert found["SESSION_COOKIE_HTTPONLY"] is True
    assert [code for code, _ in found["LANGUAGES"]] == ["en", "uk", "lt"]


def test_the_key_comes_from_the_folder_and_else_is_for_one_process_alone(tmp_path: Path) -> None:
    first, second = loaded(tmp_path)["SECRET_KEY"], loaded(tmp_path)["SECRET_KEY"]
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "django-key").write_text("a-key-of-this-folder\n", encoding="ascii")

    assert first != second
    assert min(len(first), len(second)) >= 50
    assert loaded(tmp_path)["SECRET_KEY"] == "a-key-of-this-folder"


def test_the_clock_of_a_demonstration_stands_where_its_file_says(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"today": "2025-03-31"}', encoding="utf-8")

    found = loaded(tmp_path)
    moved = loaded(tmp_path, TRANCHE_TODAY="2025-04-01")

    assert (found["TRANCHE_DEMO"], found["today"]) == (True, "2025-03-31")
    assert moved["today"] == "2025-04-01"


def test_a_demonstration_whose_day_is_not_set_has_the_real_one(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{}", encoding="utf-8")

    assert loaded(tmp_path)["today"] == "None"


def test_a_bad_variable_stops_the_program_by_its_name(tmp_path: Path) -> None:
    done = load(tmp_path, TRANCHE_TODAY="tomorrow")

    assert done.returncode != 0
    assert "TRANCHE_TODAY takes a date as YYYY-MM-DD" in done.stderr


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "1\u00a0234.50"), ("uk", "1\u00a0234,50"), ("lt", "1\u00a0234,50")],
)
def test_numbers_are_grouped_by_a_no_break_space_in_every_language(language: str, shown: str) -> None:
    with override_settings(), translation.override(language):
        formats.reset_format_cache()

        assert formats.number_format("1234.50", decimal_pos=2, force_grouping=True) == shown
