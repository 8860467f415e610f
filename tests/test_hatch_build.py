"""The message catalogues that the package ships are compiled from their texts."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError
from hatch_build import LOCALES, compile_catalogues

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def catalogue(root: Path, language: str, text: str) -> Path:
    folder = root / LOCALES / language / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(HEADER + text, encoding="utf-8")
    return folder / "django.mo"


def test_each_language_gets_its_compiled_catalogue(tmp_path: Path) -> None:
    uk = catalogue(tmp_path, "uk", 'msgid "Tranche"\nmsgstr "Транш"\n')
    lt = catalogue(tmp_path, "lt", 'msgid "Tranche"\nmsgstr "Dalis"\n')

    written = compile_catalogues(tmp_path)

    assert written == (lt, uk)
    with uk.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Tranche") == "Транш"


def test_uncertain_translation_is_not_shipped(tmp_path: Path) -> None:
    uk = catalogue(tmp_path, "uk", '#, fuzzy\nmsgid "Tranche"\nmsgstr "Транш?"\n')

    compile_catalogues(tmp_path)

    with uk.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Tranche") == "Tranche"


def test_broken_catalogue_stops_the_build(tmp_path: Path) -> None:
    catalogue(tmp_path, "uk", 'msgid "Tranche"\nmsgid "Two"\nmsgstr "x" y"\nnonsense\n')

    with pytest.raises(PoFileError):
        compile_catalogues(tmp_path)
