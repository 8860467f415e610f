"""Documents are kept once under their hash, and a changed one is never handed out."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from django.conf import settings

from tranche.store import evidence
from tranche.store.errors import DocumentLost, StorageFull

DATA = b"signed act of acceptance"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "TRANCHE_DATA_DIR", tmp_path)
    return tmp_path


def test_a_document_comes_back_by_its_hash() -> None:
    assert evidence.put(DATA) == SHA256
    assert evidence.get(SHA256) == DATA
    assert evidence.exists(SHA256)


def test_the_same_bytes_are_kept_once_and_not_rewritten(folder: Path) -> None:
    evidence.put(DATA)
    path = folder / "evidence" / SHA256[:2] / SHA256
    before = path.stat().st_ino

    evidence.put(DATA)

    assert path.stat().st_ino == before
    assert [found.name for found in path.parent.iterdir()] == [SHA256]


def test_a_document_is_private_to_its_owner(folder: Path) -> None:
    evidence.put(DATA)

    path = folder / "evidence" / SHA256[:2] / SHA256
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_unknown_document_is_not_found() -> None:
    assert not evidence.exists(SHA256)
    with pytest.raises(DocumentLost, match="no file"):
        evidence.get(SHA256)


def test_a_changed_document_is_refused(folder: Path) -> None:
    evidence.put(DATA)
    (folder / "evidence" / SHA256[:2] / SHA256).write_bytes(b"another act")

    with pytest.raises(DocumentLost, match="has changed"):
        evidence.get(SHA256)


@pytest.mark.parametrize("name", ["", "..", "../" * 3 + "etc/passwd", SHA256[:-1], SHA256.upper(), "ї" * 64])
def test_only_a_hash_names_a_document(name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        evidence.get(name)
    with pytest.raises(ValueError, match="SHA-256"):
        evidence.exists(name)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_called_so_and_keeps_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(StorageFull):
        evidence.put(DATA)
    assert not evidence.exists(SHA256)
    assert list((folder / "evidence" / SHA256[:2]).iterdir()) == []


def test_another_fault_of_the_disk_keeps_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(OSError, match="broken"):
        evidence.put(DATA)
    assert not evidence.exists(SHA256)
