"""The strings of pages are found, and catalogues follow them without losing a translation."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from tools.make_messages import (
    Found,
    found_strings,
    plural_header,
    printed,
    python_strings,
    read_catalogue,
    renewed,
    template_strings,
    untranslated,
)

PAGE = """{% extends "base.html" %}{% load i18n %}
{% block content %}
   <p title="{% translate 'What it is' %}">{{ name|default:_("Nobody") }}</p>
  {% if days %}
        {% blocktranslate count days=late %}{{ days }} day{% plural %}{{ days }} days{% endblocktranslate %}
 {% endif %}
{% blocktranslate with who=name %}Sent by {{ who }} ("quoted", isn't it){% endblocktranslate %}
{% endblock %}"""

MODULE = '''"""A page."""
from django.utils.translation import gettext as _, gettext_lazy as later, ngettext, pgettext

def title(count: int) -> str:
    other("Not this")
    counted = ngettext("%(n)d lot", "%(n)d lots", count)
    return (_("First "
              "and second"), later("Later"), counted, pgettext("party", "State"))
'''


def found(*strings: tuple[str, str, str], path: str = "x") -> list[Found]:
    return sorted(Found(*string, path) for string in strings)


def test_strings_of_a_template_are_found_whatever_its_indents() -> None:
    assert sorted(template_strings(PAGE, "x")) == found(
        ("What it is", "", ""),
        ("Nobody", "", ""),
        ("%(days)s day", "%(days)s days", ""),
        ('Sent by %(who)s ("quoted", isn\'t it)', "", ""),
    )


def test_strings_of_a_module_are_found_by_what_it_calls_the_functions() -> None:
    assert sorted(python_strings(MODULE, "x")) == found(
        ("First and second", "", ""),
        ("Later", "", ""),
        ("%(n)d lot", "%(n)d lots", ""),
        ("State", "", "party"),
    )


def test_string_that_is_not_written_out_is_refused() -> None:
    text = "from django.utils.translation import gettext as _\nname = 'x'\nshown = _(name)\n"

    with pytest.raises(ValueError, match="written out"):
        list(python_strings(text, "pages.py"))


def test_every_part_of_a_catalogue_survives_printing_and_reading(tmp_path: Path) -> None:
    strings = (
        Found("Lot", "", "", "a.html"),
        Found("%(n)d lot", "%(n)d lots", "", "b.html"),
        Found("State", "", "party", "c.py"),
    )
    catalogue = renewed("uk", strings, read_catalogue("uk", tmp_path))
    of(catalogue, "Lot").string = "Партія"
    of(catalogue, "State", "party").string = "Держава"
    keep(tmp_path, printed(catalogue))

    again = renewed("uk", strings, read_catalogue("uk", tmp_path))

    assert printed(again) == printed(catalogue)
    assert of(again, "Lot").string == "Партія"
    assert of(again, "State", "party").string == "Держава"
    assert [message.id for message in untranslated(again)] == [("%(n)d lot", "%(n)d lots")]


def test_new_string_is_added_empty_and_dead_one_removed(tmp_path: Path) -> None:
    before = renewed(
        "lt", (Found("Lot", "", "", "a"), Found("Old", "", "", "a")), read_catalogue("lt", tmp_path)
    )
    of(before, "Lot").string = "Partija"
    of(before, "Old").string = "Senas"

    after = renewed("lt", (Found("Lot", "", "", "a"), Found("Lots", "", "", "a")), before)

    assert of(after, "Lot").string == "Partija"
    assert not of(after, "Lots").string
    assert after.get("Old") is None


def test_translation_of_a_string_that_became_plural_is_not_kept(tmp_path: Path) -> None:
    before = renewed("lt", (Found("Lot", "", "", "a"),), read_catalogue("lt", tmp_path))
    of(before, "Lot").string = "Partija"

    after = renewed("lt", (Found("Lot", "Lots", "", "a"),), before)

    assert [message.id for message in untranslated(after)] == [("Lot", "Lots")]


def test_file_has_no_dates_names_or_line_numbers(tmp_path: Path) -> None:
    (tmp_path / "src/tranche/templates").mkdir(parents=True)
    (tmp_path / "src/tranche/templates/page.html").write_text(PAGE, encoding="utf-8")

    text = printed(renewed("uk", found_strings(tmp_path), read_catalogue("uk", tmp_path))).decode()

    assert "#: src/tranche/templates/page.html\n" in text
    assert "Date" not in text
    assert "Translator" not in text
    assert f'"Plural-Forms: {plural_header("uk")}\\n"' in text


def of(catalogue: Catalog, string: str, context: str | None = None) -> Message:
    message = catalogue.get(string, context)
    assert message is not None, string
    return message


def keep(root: Path, content: bytes) -> None:
    folder = root / "src/tranche/locale/uk/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_bytes(content)
