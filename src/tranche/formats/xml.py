"""XML in, safely: no document type, no network, no recovery, and limits on everything."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree

from tranche.formats.errors import FormatError, Where

SIZE_BYTES_MAX = 200 * 2**20
DEPTH_MAX = 64
ATTRIBUTES_MAX = 64
TEXT_LENGTH_MAX = 2**20

Element = etree._Element


def elements(data: bytes, name: str) -> Iterator[Element]:
    """Every element of this local name, whole; freed when the next one is asked for. Raises FormatError.

    The first thing yielded is the root element at its start, so that a caller may look at its namespace.
    """
    if not data.strip():
        raise FormatError("E_FILE_EMPTY")
    if len(data) > SIZE_BYTES_MAX:
        raise FormatError("E_FILE_SIZE", value=str(len(data)))
    parser = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        yield from _walk(parser, name)
    except etree.XMLSyntaxError as error:
        raise FormatError("E_XML_SYNTAX", Where(line=error.lineno), error.msg or "") from error


def _walk(parser: etree.iterparse, name: str) -> Iterator[Element]:
    depth = 0
    for event, element in parser:
        if event == "start":
            depth += 1
            _limits(element, depth)
            if depth == 1:
                yield element
            continue
        depth -= 1
        if len(element.text or "") > TEXT_LENGTH_MAX:
            raise FormatError("E_XML_LIMIT", where(element), "text")
        if local(element) == name:
            yield element
            element.clear()


def _limits(element: Element, depth: int) -> None:
    docinfo: Any = element.getroottree().docinfo
    if depth == 1 and docinfo.doctype:
        raise FormatError("E_XML_DOCTYPE", where(element))
    if depth > DEPTH_MAX or len(element.attrib) > ATTRIBUTES_MAX:
        raise FormatError("E_XML_LIMIT", where(element), "depth or attributes")


def local(element: Element) -> str:
    """The name without its namespace; "" for comments and instructions."""
    tag: object = element.tag  # a comment has a function here, whatever the stubs say
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def where(element: Element) -> Where:
    return Where(line=line_of(element), path=local(element))


def line_of(element: Element) -> int | None:
    """The line of the file on which the element starts."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def child(element: Element, *path: str) -> Element | None:
    """The first element along a path of local names."""
    found: Element | None = element
    for name in path:
        found = next((inner for inner in found if local(inner) == name), None) if found is not None else None
    return found


def children(element: Element, name: str) -> list[Element]:
    return [inner for inner in element if local(inner) == name]


def text(element: Element, *path: str) -> str:
    """The text at the end of a path, without blanks around it; "" where there is none."""
    found = child(element, *path)
    return (found.text or "").strip() if found is not None else ""
