"""The verifier as one file that runs with Python alone: the same bytes from the same release, everywhere."""

from __future__ import annotations

import hashlib
import zipfile
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Final

from tranche.cli.exits import Exit
from tranche.cli.output import Output
from tranche.formats.files import write_durably

PARTS: Final = ("kernel", "verifier")
MOMENT: Final = (1980, 1, 1, 0, 0, 0)
SHEBANG: Final = b"#!/usr/bin/env python3\n"
START: Final = b"from tranche.verifier.main import run\n\nrun()\n"


def write_verifier(out: Path, output: Output) -> int:
    """Write the file and say its hash, by which others tell that it is the same."""
    raw = verifier_bytes()
    write_durably(out, [raw])
    output.line(f"{hashlib.sha256(raw).hexdigest()}  {out.name}")
    output.say(
        f"Wrote {out}. It runs with Python alone: python3 -I {out.name} PACK --policy FILE. Whoever checks"
        " should compare the hash with that of a release from elsewhere."
    )
    return Exit.DONE


def verifier_bytes() -> bytes:
    """A zip file that Python runs, of the kernel and the verifier; stored, as compressors differ in bytes."""
    package = resources.files("tranche")
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        _member(archive, "__main__.py", START)
        _member(archive, "tranche/__init__.py", package.joinpath("__init__.py").read_bytes())
        for part in PARTS:
            for source in sorted(package.joinpath(part).iterdir(), key=_name):
                if _name(source).endswith(".py"):
                    _member(archive, f"tranche/{part}/{_name(source)}", source.read_bytes())
    return SHEBANG + out.getvalue()


def _name(source: Traversable) -> str:
    return source.name


def _member(archive: zipfile.ZipFile, name: str, raw: bytes) -> None:
    row = zipfile.ZipInfo(name, MOMENT)
    row.external_attr = 0o644 << 16
    archive.writestr(row, raw)
