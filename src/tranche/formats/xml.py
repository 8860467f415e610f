"""XML in, safely and as a stream: no document type, no network, no recovery, and limits on everything."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, BinaryIO, Final

from lxml import etree

from tranche.formats.errors import FormatError, Where
from tranche.formats.limits import XML_ATTRIBUTES_MAX, XML_DEPTH_MAX, XML_TEXT_LENGTH_MAX

Element = etree._Element

ENCODINGS: Final = frozenset(
    {"ASCII", "US-ASCII", "UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE"}
    | {"ISO-8859-1", "ISO-8859-15", "WINDOWS-1252"}
)
"""What banks write; UTF-7 and the like could hide a declaration from other tools."""
HEAD_BYTES: Final = 512
DECLARATION = re.compile(rb"[^<]{0,3}\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)")
LINE_MAX: Final = 65_535
"""libxml2 counts lines of elements in 16 bits; from here on the line is unknown."""


def elements(file: BinaryIO, names: Collection[str]) -> Iterator[Element]:
    """The root at its start, then each element of these local names once it is whole. Raises FormatError.

    An element is emptied when the next one is asked for, so memory holds one at a time.
    """
    _check_encoding(file)
    parser = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from _walk(parser, frozenset(names))
    except etree.XMLSyntaxError as error:
        raise FormatError("E_XML_SYNTAX", Where(line=error.lineno), error.msg or "") from error


def _check_encoding(file: BinaryIO) -> None:
    """The declared encoding is one that banks use; the parser itself would take any that the system knows."""
    start = file.tell()
    declared = DECLARATION.match(file.read(HEAD_BYTES).replace(b"\x00", b""))
    file.seek(start)
    if declared and declared[1].decode("ascii", "replace").upper() not in ENCODINGS:
        raise FormatError("E_XML_SYNTAX", Where(line=1), declared[1].decode("ascii", "replace"))


def _walk(parser: etree.iterparse, names: frozenset[str]) -> Iterator[Element]:
    depth = 0
    emptied: Element | None = None
    for event, element in parser:
        if event == "start":
            depth += 1
            if depth > XML_DEPTH_MAX or len(element.attrib) > XML_ATTRIBUTES_MAX:
                raise FormatError("E_XML_LIMIT", where(element), "depth or attributes")
            if depth == 1:
                _check_document(element)
                yield element
            continue
        depth -= 1
        if len(element.text or "") > XML_TEXT_LENGTH_MAX:
            raise FormatError("E_XML_LIMIT", where(element), "text")
        if local(element) in names:
            yield element
            element.clear()
            _drop(emptied)
            emptied = element


def _check_document(root: Element) -> None:
    information: Any = root.getroottree().docinfo  # the stubs leave out doctype
    if information.doctype:
        raise FormatError("E_XML_DOCTYPE", where(root))


def _drop(emptied: Element | None) -> None:
    """Take the element before out of its parent; the parser still holds on to the latest one."""
    parent = emptied.getparent() if emptied is not None else None
    if emptied is not None and parent is not None:
        parent.remove(emptied)


def local(element: Element) -> str:
    """The name without its namespace; "" for comments and instructions."""
    tag: object = element.tag  # a comment has a function here, whatever the stubs say
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def where(element: Element) -> Where:
    """The place of an element."""
    line: object = element.sourceline
    known = isinstance(line, int) and line < LINE_MAX
    return Where(line=line if known and isinstance(line, int) else None, path=local(element))


class Leaves:
    """The texts under one element by the path of local names, read in one walk.

    Elements whose name is in `apart` are not entered; they stand whole in `parts`, in document order.
    """

    __slots__ = ("_found", "element", "parts")

    def __init__(self, element: Element, apart: Collection[str] = ()) -> None:
        self.element = element
        self.parts: dict[str, list[Element]] = {name: [] for name in apart}
        self._found: dict[str, list[Element]] = {}
        self._enter(element, "")

    def _enter(self, element: Element, prefix: str) -> None:
        for inner in element:
            name = local(inner)
            if name in self.parts:
                self.parts[name].append(inner)
            elif len(inner):
                self._enter(inner, f"{prefix}{name}/")
            else:
                self._found.setdefault(prefix + name, []).append(inner)

    def text(self, *paths: str) -> str:
        """The first text at the first of these paths that has one; "" where none has."""
        for path in paths:
            for leaf in self._found.get(path, ()):
                if found := (leaf.text or "").strip():
                    return found
        return ""

    def texts(self, path: str) -> list[str]:
        """Every text at a path that is not blank."""
        return [found for leaf in self._found.get(path, ()) if (found := (leaf.text or "").strip())]

    def leaf(self, *paths: str) -> Element | None:
        """The first element at the first of these paths that is there."""
        return next((self._found[path][0] for path in paths if path in self._found), None)
