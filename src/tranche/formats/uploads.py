"""What a file from outside may be, told by its first bytes and never by its name or what its sender says."""

from __future__ import annotations

from typing import Final

from tranche.formats.errors import FormatError

BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),  # office documents and signed containers (ETSI EN 319 162-1)
    (b"\x30\x82", "application/pkcs7-mime"),  # detached signatures in DER (RFC 5652)
)


def media_type_of(data: bytes) -> str:
    """The kind of a document; raises FormatError for anything that is none, such as a web page."""
    for begin, media_type in BEGINNINGS:
        if data.startswith(begin):
            return media_type
    raise FormatError("E_UPLOAD_KIND")
