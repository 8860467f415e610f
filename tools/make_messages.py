"""Bring src/tranche/locale/*/LC_MESSAGES/django.po in step with the strings of pages and presenters.

Run as `make messages`. Translations are kept, new strings are added empty, strings that no page uses are
removed; nothing is guessed, so no message is ever fuzzy. Messages stand in the order of their strings, with
the files that use them and no line numbers, so that a change elsewhere moves nothing.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("src/tranche")
TEMPLATES = PACKAGE / "templates"
PYTHON = (PACKAGE / "web", PACKAGE / "queries/presenters")
LANGUAGES = ("lt", "uk")
LINE_WIDTH = 110

Shape = tuple[int | tuple[int, str], ...] | None
SHAPES: Mapping[str, Shape] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
"""The functions of Django that translate, and which of their arguments is what."""

TEMPLATE_NAMES = {name: name for name in SHAPES} | {"_": "gettext"}
"""What `templatize` writes into the Python that it makes of a template."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One string to translate; the plural and the context are empty where there is none."""

    singular: str
    plural: str
    context: str
    path: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.singular, self.plural, self.context)


def found_strings(root: Path = ROOT) -> tuple[Found, ...]:
    """Every string of the templates and of the Python that writes pages, sorted."""
    found: set[Found] = set()
    for file in sorted((root / TEMPLATES).rglob("*.html")):
        path = file.relative_to(root).as_posix()
        found.update(template_strings(file.read_text(encoding="utf-8"), path))
    for folder in PYTHON:
        for file in sorted((root / folder).rglob("*.py")):
            found.update(python_strings(file.read_text(encoding="utf-8"), file.relative_to(root).as_posix()))
    return tuple(sorted(found))


def template_strings(text: str, path: str) -> Iterator[Found]:
    """The text between the strings is blanked out and no Python; within brackets its indents do no harm."""
    return _strings(f"({templatize(text, origin=path)})", TEMPLATE_NAMES, path)


def python_strings(text: str, path: str) -> Iterator[Found]:
    return _strings(text, _names(text), path)


def _names(text: str) -> dict[str, str]:
    """What a module calls the functions that translate, as in: from ... import gettext as _."""
    names = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names.update({alias.asname or alias.name: alias.name for alias in node.names})
    return {local: name for local, name in names.items() if name in SHAPES}


def _strings(text: str, names: Mapping[str, str], path: str) -> Iterator[Found]:
    keywords = {local: SHAPES[name] for local, name in names.items()}
    source = BytesIO(text.encode())
    for _line, local, arguments, _comments in extract_python(source, keywords, [], {"encoding": "utf-8"}):
        yield _found(names[str(local)], arguments, path)


def _found(name: str, arguments: str | Sequence[str | None] | None, path: str) -> Found:
    texts = (arguments,) if isinstance(arguments, str) else arguments or ()
    places = SHAPES[name] or (1,)
    context, parts = "", []
    for number, place in enumerate(places):
        text = texts[number] if number < len(texts) else None
        if not text:
            raise ValueError(f"{path}: {name} needs its strings written out, not {arguments!r}.")
        if isinstance(place, tuple):
            context = text
        else:
            parts.append(text)
    return Found(parts[0], parts[1] if len(parts) > 1 else "", context, path)


def plural_header(language: str) -> str:
    """The plural rule of Django's own catalogue, so that both catalogues count alike."""
    own = Path(django.__file__).parent / f"conf/locale/{language}/LC_MESSAGES/django.po"
    with own.open("rb") as text:
        return read_po(text, locale=language).plural_forms


def catalogue_path(language: str, root: Path = ROOT) -> Path:
    return root / PACKAGE / "locale" / language / "LC_MESSAGES/django.po"


def read_catalogue(language: str, root: Path = ROOT) -> Catalog:
    path = catalogue_path(language, root)
    if not path.is_file():
        return _empty(language)
    with path.open("rb") as text:
        return read_po(text, locale=language, abort_invalid=True)


def renewed(language: str, found: tuple[Found, ...], old: Catalog) -> Catalog:
    """A catalogue of exactly the strings found, with the translations that the old one has of them."""
    fresh = _empty(language)
    places: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        places.setdefault(one.key, []).append(one.path)
    for (singular, plural, context), paths in places.items():
        name = (singular, plural) if plural else singular
        kept = old.get(name, context or None)
        string = kept.string if kept and bool(plural) == kept.pluralizable else None
        fresh.add(name, string, [(path, 0) for path in paths], context=context or None)
    return fresh


def _empty(language: str) -> Catalog:
    header = f"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: {plural_header(language)}\n"
    text = 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in header.splitlines())
    return read_po(BytesIO(text.encode()), locale=language)


def printed(catalogue: Catalog) -> bytes:
    """The file of a catalogue: a head of what a reader of it needs, then the messages in order."""
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    body = BytesIO()
    write_po(body, catalogue, width=LINE_WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    return head.encode() + body.getvalue()


def messages(catalogue: Catalog) -> tuple[Message, ...]:
    return tuple(message for message in catalogue if message.id)


def untranslated(catalogue: Catalog) -> tuple[Message, ...]:
    return tuple(message for message in messages(catalogue) if not _is_translated(message))


def _is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> int:
    parser = argparse.ArgumentParser(description="Bring the message catalogues in step with the pages.")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if stale")
    check = parser.parse_args().check
    found = found_strings()
    stale = 0
    for language in LANGUAGES:
        path = catalogue_path(language)
        catalogue = renewed(language, found, read_catalogue(language))
        fresh = printed(catalogue)
        changed = not path.is_file() or path.read_bytes() != fresh
        stale += changed
        if changed and not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(fresh)
        state = ("stale" if check else "written") if changed else "current"
        count, empty = len(messages(catalogue)), len(untranslated(catalogue))
        sys.stdout.write(f"{language}: {count} messages, {empty} not translated, {state}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
