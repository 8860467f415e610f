"""The set-up names what the operating system lacks in one line, and changes nothing without the right to."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "system-packages"


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A search path that holds bash alone, a Python with all it needs, and a user who is not root."""
    folder = tmp_path / "bin"
    folder.mkdir()
    bash = shutil.which("bash")
    assert bash
    (folder / "bash").symlink_to(bash)
    program(folder / "id", "echo 1000")
    program(folder / "python3", "exit 0")
    return folder


def program(file: Path, line: str) -> None:
    file.write_text(f"#!/usr/bin/env bash\n{line}\n", encoding="utf-8")
    file.chmod(0o755)


def run(wanted: str, path: Path, python: str = "python3") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(path), "PYTHON": python, "LANG": os.environ.get("LANG", "C.UTF-8")}
    command = [str(path / "bash"), str(SCRIPT), wanted]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_nothing_is_said_when_nothing_is_missing(bare_path: Path) -> None:
    done = run("demo", bare_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_missing_venv_is_named_in_one_line(bare_path: Path) -> None:
    program(bare_path / "python3", 'case "$2" in *ensurepip*) exit 1;; esac')

    done = run("demo", bare_path)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "apt-get install --yes --no-install-recommends python3-venv"


def test_tests_ask_for_a_browser_and_the_demo_does_not(bare_path: Path) -> None:
    done = run("test", bare_path)

    assert done.returncode == 1
    assert "chromium" in done.stderr.splitlines()[-1]
    assert run("demo", bare_path).returncode == 0


def test_old_python_is_refused_by_name(bare_path: Path) -> None:
    program(bare_path / "python3.10", "exit 1")

    done = run("demo", bare_path, python="python3.10")

    assert done.returncode == 1
    assert "Python 3.11 or newer under the name python3.10" in done.stderr


def test_root_on_debian_installs_what_is_missing(bare_path: Path, tmp_path: Path) -> None:
    program(bare_path / "id", "echo 0")
    program(bare_path / "apt-get", f'echo "$@" >> {tmp_path / "asked"}')

    done = run("test", bare_path)

    assert done.returncode == 0
    asked = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert asked[0].startswith("update")
    assert asked[1].startswith("install --yes --no-install-recommends")
    assert "chromium" in asked[1]
