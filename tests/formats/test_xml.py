"""XML is read as a stream, one element at a time, and what could do harm is refused."""

from __future__ import annotations

import io

import pytest

from tranche.formats.errors import FormatError
from tranche.formats.xml import Leaves, elements, local, where


def read(data: bytes, *names: str) -> list[str]:
    return [f"{local(element)}:{element.text or ''}" for element in elements(io.BytesIO(data), names)]


def code(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        read(data, "b")
    return caught.value.code


def leaves(text: str, *apart: str) -> Leaves:
    [root] = list(elements(io.BytesIO(text.encode()), ["none"]))
    return Leaves(root, apart)


def test_the_root_comes_first_and_then_the_named_elements() -> None:
    assert read(b"<a xmlns='urn:x'><b>1</b><c/><b>2</b></a>", "b") == ["a:", "b:1", "b:2"]


def test_an_element_is_emptied_when_the_next_is_asked_for() -> None:
    found = elements(io.BytesIO(b"<a><b><c>1</c></b><b/><b/><d/></a>"), ["b", "a"])
    root = next(found)
    first = next(found)
    assert len(first) == 1

    next(found)
    assert len(first) == 0
    next(found)
    whole = next(found)

    assert whole is root
    assert [local(inner) for inner in root] == ["b", "d"]


@pytest.mark.parametrize(
    "data",
    [
        b"<a><b></a>",
        b"<a><b/>",
        b"<a/><a/>",
        b"<a>\x00</a>",
        b"<a>\xff</a>",
        b"<a>&unknown;</a>",
        b"<a b='1' b='2'/>",
        b"<?xml version='1.0' encoding='UTF-7'?><a/>",
        b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
    ],
)
def test_what_is_not_well_formed_is_refused(data: bytes) -> None:
    assert code(data) == "E_XML_SYNTAX"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY e "1">]>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://localhost/x.dtd">',
        "<!DOCTYPE a>",
    ],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_a_document_type_is_refused(declaration: str, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?>{declaration}<a><b>x</b></a>"

    assert code(text.encode(encoding)) == "E_XML_DOCTYPE"


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252", "us-ascii"])
def test_the_encodings_of_banks_are_read(encoding: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?><a><b>x</b></a>".encode(encoding)

    assert read(data, "b") == ["a:", "b:x"]


def test_an_expanding_entity_is_refused_before_it_expands() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))

    assert code(f'<!DOCTYPE a [<!ENTITY e0 "x">{levels}]><a>&e11;</a>'.encode()) in (
        "E_XML_DOCTYPE",
        "E_XML_SYNTAX",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * 65 + b"</a>" * 65,
        b"<a " + b" ".join(b'b%d=""' % number for number in range(65)) + b"/>",
        b"<a><c>" + b"x" * (2**20 + 1) + b"</c></a>",
    ],
)
def test_what_is_too_deep_wide_or_long_is_refused(data: bytes) -> None:
    assert code(data) == "E_XML_LIMIT"


def test_the_limits_themselves_are_allowed() -> None:
    assert read(b"<a>" * 64 + b"</a>" * 64) == ["a:"]
    assert read(b"<a " + b" ".join(b'b%d=""' % number for number in range(64)) + b"/>") == ["a:"]
    assert read(b"<a><c>" + b"x" * 2**20 + b"</c></a>") == ["a:"]


def test_a_place_is_line_and_name() -> None:
    [_, found] = [where(element) for element in elements(io.BytesIO(b"<a>\n\n<b/></a>"), ["b"])]

    assert (found.line, found.path) == (3, "b")


def test_a_line_that_cannot_be_known_is_not_stated() -> None:
    data = b"<a>" + b"\n" * 70_000 + b"<b/></a>"

    [_, found] = [where(element) for element in elements(io.BytesIO(data), ["b"])]

    assert found.line is None


def test_texts_are_found_by_path() -> None:
    found = leaves("<a><b><c> 1 </c><c/><c>2</c></b><d>3</d><e><f>4</f></e></a>", "e")

    assert (found.text("b/c"), found.texts("b/c"), found.text("none", "d")) == ("1", ["1", "2"], "3")
    assert (found.text("none"), found.texts("none"), found.leaf("none")) == ("", [], None)
    assert [local(part) for part in found.parts["e"]] == ["e"]
    assert found.text("e/f") == ""


def test_a_comment_inside_a_text_leaves_it_whole() -> None:
    assert leaves("<a><b>10<!-- x -->0<?y z?>.00</b></a>").text("b") == "100.00"
