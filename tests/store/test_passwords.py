"""Cheap hashes are for tests and demonstrations, and a real mechanism never makes one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password

from tranche.store.passwords import CheapPBKDF2

ASK = "from django.conf import settings; print(settings.PASSWORD_HASHERS)"


def hashers(folder: Path, **env: str) -> str:
    names = ("PATH", "PYTHONPATH", "HOME")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    setting = {"DJANGO_SETTINGS_MODULE": "tranche.conf.settings", "TRANCHE_DATA_DIR": str(folder)}
    command = [sys.executable, "-c", ASK]
    return subprocess.run(
        command, env={**kept, **setting, **env}, check=True, capture_output=True, text=True
    ).stdout


def test_a_cheap_hash_checks_and_says_its_rounds() -> None:
    encoded = make_password("one long pass phrase", hasher="pbkdf2_sha256")

    assert encoded.startswith("pbkdf2_sha256$1000$")
    assert check_password("one long pass phrase", encoded)
    assert not check_password("another pass phrase", encoded)
    assert CheapPBKDF2.iterations < PBKDF2PasswordHasher.iterations


def test_only_a_demonstration_or_a_test_hashes_cheaply(tmp_path: Path) -> None:
    assert "Cheap" not in hashers(tmp_path)
    assert "Cheap" in hashers(tmp_path, TRANCHE_CHEAP_PASSWORDS="1")

    (tmp_path / "demo.json").write_text("{}", encoding="utf-8")
    assert "Cheap" in hashers(tmp_path)
