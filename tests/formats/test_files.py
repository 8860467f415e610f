"""A file is written whole and on the disk before it has its name, or it is not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tranche.formats.files import whole_file, write_durably


def test_a_file_holds_every_chunk_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "act"

    write_durably(path, [b"signed ", b"", b"act"])

    assert path.read_bytes() == b"signed act"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["act"]


def test_writing_again_replaces_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "act"
    write_durably(path, [b"a long first version"])

    write_durably(path, [b"short"])

    assert path.read_bytes() == b"short"


def test_a_source_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "act"
    write_durably(path, [b"old"])

    def chunks() -> Iterator[bytes]:
        yield b"new, but"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_durably(path, chunks())

    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["act"]


def test_the_name_comes_after_the_flush_and_the_folder_is_flushed_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "act"
    seen: list[tuple[bool, bool]] = []
    flush = os.fsync

    def record(descriptor: int) -> None:
        is_folder = os.path.isdir(f"/proc/self/fd/{descriptor}")  # noqa: PTH112 - a link of the system
        seen.append((is_folder, path.exists()))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    write_durably(path, [b"act"])

    assert seen == [(False, False), (True, True)]


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_durably(tmp_path / "absent" / "act", [b"act"])


def test_a_file_written_piece_by_piece_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "table"

    with whole_file(path) as out:
        out.write(b"first ")
        assert not path.exists()
        out.write(b"second")

    assert path.read_bytes() == b"first second"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def write() -> None:
        with whole_file(tmp_path / "table") as out:
            out.write(b"half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()

    assert list(tmp_path.iterdir()) == []
