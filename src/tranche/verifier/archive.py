"""The members of a pack, read as streams within limits and never unpacked; or the files of a folder."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

MEMBERS_MAX: Final = 100_000
BYTES_MAX: Final = 4 * 2**30
RATIO_MAX: Final = 100
SMALL: Final = 2**20
"""Below this size a member may compress as well as it likes: lists of equal hashes do."""

MEMBER: Final = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", re.ASCII)


class Unreadable(ValueError):
    """A file that is no pack, or is over a limit."""


class Members(Protocol):
    """Names, and the bytes under each."""

    @property
    def names(self) -> frozenset[str]: ...

    def read(self, name: str) -> bytes: ...


class ZipMembers:
    """A pack in one file."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self._rows = _checked(self._zip.infolist())
            for row in self._rows.values():
                self._zip.open(row).close()  # its name stands twice in the file, and must be the same
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
            if isinstance(error, Unreadable):
                raise
            raise Unreadable(f"{path} is no pack: {error}") from error

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._rows)

    def read(self, name: str) -> bytes:
        """The bytes of a member; raises Unreadable where it is not as long as it says."""
        row = self._rows.get(name)
        if row is None:
            raise Unreadable(f"the pack holds no {name}")
        try:
            with self._zip.open(row) as member:
                raw = member.read(row.file_size + 1)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
            raise Unreadable(f"{name}: {error}") from error
        except Exception as error:  # zlib's errors have no common kind
            raise Unreadable(f"{name} cannot be unpacked: {error}") from error
        if len(raw) != row.file_size:
            raise Unreadable(f"{name} is not as long as it says")
        return raw


def _checked(rows: list[zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    if len(rows) > MEMBERS_MAX:
        raise Unreadable(f"{len(rows)} members, at most {MEMBERS_MAX}")
    if sum(row.file_size for row in rows) > BYTES_MAX:
        raise Unreadable(f"more than {BYTES_MAX} bytes in all")
    found: dict[str, zipfile.ZipInfo] = {}
    for row in rows:
        _check_row(row)
        if row.filename in found:
            raise Unreadable(f"{row.filename} stands twice")
        found[row.filename] = row
    return found


def _check_row(row: zipfile.ZipInfo) -> None:
    name = row.filename
    if not MEMBER.fullmatch(name) or any(part in (".", "..") for part in name.split("/")):
        raise Unreadable(f"a member with an unsafe name: {name[:100]!r}")
    if stat.S_ISLNK(row.external_attr >> 16):
        raise Unreadable(f"{name} is a link")
    if row.file_size > SMALL and row.file_size > RATIO_MAX * max(row.compress_size, 1):
        raise Unreadable(f"{name} unpacks to more than {RATIO_MAX} times its size")


class FolderMembers:
    """A published log as files."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def names(self) -> frozenset[str]:
        files = (file for file in self._path.rglob("*") if file.is_file() and not file.is_symlink())
        return frozenset(file.relative_to(self._path).as_posix() for file in files)

    def read(self, name: str) -> bytes:
        try:
            return (self._path / name).read_bytes()
        except OSError as error:
            raise Unreadable(f"{name}: {error.strerror}") from error


class NoMembers:
    """A receipt alone."""

    names: frozenset[str] = frozenset()

    def read(self, name: str) -> bytes:
        raise Unreadable(f"a receipt holds no {name}")
