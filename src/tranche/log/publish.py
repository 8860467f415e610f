"""The log as static files (C2SP tlog-tiles): whoever has the folder can check the log without us.

Full tiles never change and are written once; the checkpoint comes last, so that a reader who takes it finds
everything under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tranche.formats.files import write_durably
from tranche.kernel.merkle import DIGEST_BYTES
from tranche.kernel.tiles import WIDTH, openings_path, tile_path, tiles_of
from tranche.log import heads, receipts, tiles
from tranche.log.erasures import again, decided

CHECKPOINT: Final = "checkpoint"
PUBLIC_MODE: Final = 0o644
FOLDER_MODE: Final = 0o755


class NothingSigned(LookupError):
    """There is no checkpoint yet."""


def publish(folder: Path, using: str = "read") -> heads.Signed:
    """Write what is missing under the newest checkpoint, then the checkpoint; raises NothingSigned.

    Openings hold what is public of each entry and nothing else; those that changed since, because something
    was erased, are written anew.
    """
    signed = heads.latest(using)
    if signed is None:
        raise NothingSigned
    read = tiles.reader(using)
    erased = {one.seq // WIDTH for one in {*decided(using), *again(using)}}
    for level, number, width in tiles_of(signed.head.size):
        _write(folder, tile_path(level, number, width), [read(level, number)[: width * DIGEST_BYTES]])
        if level == 0:
            _write(folder, tile_path("entries", number, width), [tiles.bundle(number, width, using)])
            name = openings_path(number, width)
            if number in erased or not (folder / name).exists():
                lines = list(openings(number, width, receipts.PUBLIC, using))
                _write(folder, name, lines, is_new=True)
    _write(folder, CHECKPOINT, [heads.whole_note(signed, using).encoded()], is_new=True)
    return signed


def openings(number: int, width: int, labels: frozenset[str], using: str = "read") -> Iterable[bytes]:
    """The lines of one tile's entries for an audience, one a line."""
    first = number * WIDTH
    return [raw + b"\n" for _, raw in receipts.lines(first, first + width, labels, using)]


def _write(folder: Path, name: str, chunks: Sequence[bytes], *, is_new: bool = False) -> None:
    path = folder / name
    if path.exists() and not is_new:
        return
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    write_durably(path, chunks)
    path.chmod(PUBLIC_MODE)
