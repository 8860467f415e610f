"""How large a file of each kind may be; every reader asks here (standards note, section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What one file may hold; rows are the entries of a statement or the lines of a table."""

    size_bytes_max: int
    rows_max: int


CAMT: Final = FileLimits(size_bytes_max=200 * MEBIBYTE, rows_max=1_000_000)

XML_DEPTH_MAX: Final = 64  # the deepest message of ISO 20022 that we read has 16 levels
XML_ATTRIBUTES_MAX: Final = 64  # lxml itself takes 200,000 on one element, at 80 MB
XML_TEXT_LENGTH_MAX: Final = MEBIBYTE
