"""A file is measured, hashed and looked at before anything parses it."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import zipfile
from pathlib import Path

import pytest

from tranche.formats.errors import FormatError
from tranche.formats.limits import FileLimits
from tranche.formats.source import Given, open_source

LIMITS = FileLimits(size_bytes_max=1000, rows_max=1)
XML = b"<?xml version='1.0'?><a/>"


def code(given: Given) -> str:
    with pytest.raises(FormatError) as caught, open_source(given, LIMITS):
        pytest.fail("the file was opened")
    return caught.value.code


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("statement.xml", XML)
    return buffer.getvalue()


def test_an_open_file_has_size_and_hash_and_stands_at_its_start(tmp_path: Path) -> None:
    path = tmp_path / "statement.xml"
    path.write_bytes(XML)
    used = io.BytesIO(XML)
    used.read(5)

    for given in (XML, path, used):
        with open_source(given, LIMITS) as source:
            assert (source.size_bytes, source.sha256) == (len(XML), hashlib.sha256(XML).hexdigest())
            assert source.file.read() == XML


@pytest.mark.parametrize("data", [b"", b" ", b"\n\t \r\n"])
def test_nothing_is_refused(data: bytes) -> None:
    assert code(data) == "E_FILE_EMPTY"


def test_the_limit_of_size_is_exact() -> None:
    with open_source(b"<" * 1000, LIMITS) as source:
        assert source.size_bytes == 1000

    assert code(b"<" * 1001) == "E_FILE_SIZE"


@pytest.mark.parametrize(
    "data",
    [gzip.compress(XML), bz2.compress(XML), lzma.compress(XML), zipped()],
    ids=["gzip", "bz2", "xz", "zip"],
)
def test_a_compressed_file_is_refused(data: bytes) -> None:
    assert code(data) == "E_FILE_COMPRESSED"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html></html>",
        b" \n<HTML lang='en'>",
        b"%PDF-1.7",
        b"{1:F01BANK}{4::20:X",
        b"Date;Amount",
        b'{"amount": 1}',
        b"\xef\xbb\xbfDate;Amount",
    ],
)
def test_another_kind_of_file_is_refused(data: bytes) -> None:
    assert code(data) == "E_FILE_KIND"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_xml_is_known_in_its_encodings(encoding: str) -> None:
    with open_source("<?xml version='1.0'?><a/>".encode(encoding), LIMITS) as source:
        assert source.size_bytes > 0
