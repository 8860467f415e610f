"""The Ukrainian and Lithuanian catalogues: current, whole where it counts, and true to their source."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from tools.make_messages import (
    LANGUAGES,
    ROOT,
    catalogue_path,
    found_strings,
    messages,
    read_catalogue,
    untranslated,
)

WHOLE_PERCENT_MIN = 99
"""The essential strings below are complete; of all others hardly any may wait for its translation."""

ESSENTIAL = re.compile(
    r"templates/(base\.html|parts/|pages/(tranche|tranches|tranches_table|forward|history|next_steps|path|place"
    r"|waiting|claims_table)\.html)"
    r"|presenters/(tranches|trace|words|events|links|actions|claims|money|money_words)\.py"
    r"|web/(charts|marks|label_words|wording|page)\.py|web/views/tranches\.py"
)
"""What prints the frame of every page and the page of a tranche."""

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")
TAG = re.compile(r"</?\w+[^>]*>")
COUNTS = (0, 1, 2, 5, 11, 21, 22, 101, 111)
FORMS = {"uk": (2, 0, 1, 2, 2, 0, 1, 0, 2), "lt": (3, 0, 1, 1, 3, 0, 1, 0, 3)}
"""Which of the four forms the grammar wants for each of COUNTS; the fourth of Ukrainian is for fractions."""

LATE = {
    "uk": ("днів", "день", "дні", "днів", "днів", "день", "дні", "день", "днів"),
    "lt": ("dienų", "diena", "dienos", "dienos", "dienų", "diena", "dienos", "diena", "dienų"),
}

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def used_in() -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Each string of the pages and the files that use it."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for found in found_strings():
        places.setdefault(found.key, []).append(found.path)
    return {key: tuple(paths) for key, paths in places.items()}


def key_of(message: Message) -> tuple[str, str, str]:
    singular, plural = message.id if isinstance(message.id, tuple | list) else (message.id, "")
    return (str(singular), str(plural), str(message.context or ""))


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each translation with the source that it stands for; forms of a plural stand for the plural."""
    if isinstance(message.string, tuple | list):
        for form in message.string:
            yield str(message.id[1]), str(form)
    else:
        yield str(message.id), str(message.string)


def compiled(language: str) -> gettext.GNUTranslations:
    file = BytesIO()
    write_mo(file, read_catalogue(language))
    file.seek(0)
    return gettext.GNUTranslations(file)


def plurals_of(language: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The singular, the plural and the translated forms of every message that counts."""
    for message in messages(read_catalogue(language)):
        if message.pluralizable:
            singular, plural, _context = key_of(message)
            yield singular, plural, tuple(text for _source, text in pairs(message))


@in_each_language
def test_catalogue_has_every_string_of_the_pages_and_no_other(language: str) -> None:
    kept = {key_of(message) for message in messages(read_catalogue(language))}

    assert sorted(set(used_in()) - kept) == [], "strings without a message: run make messages, then translate"
    assert sorted(kept - set(used_in())) == [], "messages that no page uses: run make messages"


@in_each_language
def test_no_message_is_uncertain_or_obsolete(language: str) -> None:
    catalogue = read_catalogue(language)

    assert [message.id for message in messages(catalogue) if message.fuzzy] == []
    assert not catalogue.obsolete
    assert "#, fuzzy" not in catalogue_path(language).read_text(encoding="utf-8")


@in_each_language
def test_frame_and_tranche_page_are_translated_whole(language: str) -> None:
    missing = {key_of(message) for message in untranslated(read_catalogue(language))}
    essential = {key for key, paths in used_in().items() if any(ESSENTIAL.search(path) for path in paths)}

    assert len(essential) > 250
    assert sorted(essential & missing) == []


@in_each_language
def test_hardly_any_string_waits_for_its_translation(language: str) -> None:
    catalogue = read_catalogue(language)
    count = len(messages(catalogue))

    done = count - len(untranslated(catalogue))

    assert 100 * done >= WHOLE_PERCENT_MIN * count


@in_each_language
def test_placeholders_and_tags_are_those_of_the_source(language: str) -> None:
    different = [
        (source, text)
        for message in messages(read_catalogue(language))
        for source, text in pairs(message)
        if text and (marks(source) != marks(text) or source[:1].isspace() != text[:1].isspace())
    ]

    assert different == []


def marks(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text) + TAG.findall(text))


def test_lost_placeholder_or_tag_would_be_seen() -> None:
    source = "<strong>%(amount)s</strong> of {count}"

    assert marks(source) == marks("{count}: <strong>%(amount)s</strong>")
    assert marks(source) != marks("{count}: %(amount)s")
    assert marks(source) != marks("<strong>%(sum)s</strong> {count}")


@in_each_language
def test_plurals_are_counted_as_django_counts_them(language: str) -> None:
    own = Path(django.__file__).parent / f"conf/locale/{language}/LC_MESSAGES/django.po"

    assert plural_rule(catalogue_path(language)) == plural_rule(own)
    assert plural_rule(own).startswith("nplurals=4")


def plural_rule(path: Path) -> str:
    head = path.read_text(encoding="utf-8").split('"\n\n', 1)[0].replace('"\n"', "")
    found = re.search(r"Plural-Forms: ([^\\]+);\\n", head)
    assert found, path
    return re.sub(r"\s+", "", found[1])


@in_each_language
def test_every_plural_message_is_printed_in_its_form_for_every_count(language: str) -> None:
    known = compiled(language)
    plurals = tuple(plurals_of(language))

    assert len(plurals) >= 6
    for singular, plural, forms in plurals:
        (name,) = set(re.findall(r"%\((\w+)\)", plural))
        for count, form in zip(COUNTS, FORMS[language], strict=True):
            said = known.ngettext(singular, plural, count)
            assert said == forms[form], (singular, count)
            assert str(count) in (said % {name: count}).split()


@in_each_language
def test_days_late_are_declined(language: str) -> None:
    known = compiled(language)

    said = [
        known.ngettext("%(days)s day late", "%(days)s days late", count) % {"days": count} for count in COUNTS
    ]

    assert [text.split()[-2:] for text in said] == [
        [str(count), word] for count, word in zip(COUNTS, LATE[language], strict=True)
    ]


@in_each_language
def test_words_of_the_glossary_are_the_words_of_the_pages(language: str) -> None:
    """Each word has the same translation in the glossary as on the pages."""
    known = compiled(language)
    rows = glossary(ROOT / "docs/glossary.md")
    column = {"uk": 1, "lt": 2}[language]

    assert len(rows) >= 20
    shown = {row[0]: row[column] for row in rows if (row[0], "", "") in used_in()}
    assert len(shown) >= 15
    assert {word: known.gettext(word) for word in shown} == shown


def glossary(path: Path) -> list[tuple[str, ...]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    return [row for row in rows if row[0] != "English" and not row[0].startswith("---")]
