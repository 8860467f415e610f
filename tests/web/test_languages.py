"""The tranche page of the demonstration in Ukrainian and Lithuanian: none of our English is left on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.test.utils import override_settings
from hatch_build import LOCALES, compile_catalogues
from tests.databases import close, point_at
from tests.demo_folder import copy_of_demo
from tools.make_messages import LANGUAGES, catalogue_path, found_strings

TODAY = date(2025, 3, 31)
PAGE = "/tranches/LT-UA-2024-T1/"
PEOPLE = ("lt.officer", "ua.manager", "auditor")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
TAG = re.compile(r"<[^>]+>")
SPOKEN = frozenset({"aria-label", "title", "alt", "placeholder"})
VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "path", "rect", "line", "circle", "use"})
NAME = "Tranche"
"""The name of the program, which is the same in every language."""


class Spoken(HTMLParser):
    """The texts that a reader sees or hears, without those marked as being in a language of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._foreign: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        foreign = tag != "html" and "lang" in named
        if not foreign and not any(self._foreign):
            self.texts += [value or "" for name, value in attrs if name in SPOKEN]
        if tag not in VOID:
            self._foreign.append(foreign)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._foreign:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._foreign):
            self.texts.append(" ".join(data.split()))


def spoken(html: str) -> set[str]:
    reader = Spoken()
    reader.feed(html)
    return {text for text in reader.texts if text} - {NAME}


def english() -> tuple[re.Pattern[str], ...]:
    """What each string of the pages looks like in English; one word between values says too little."""
    patterns = []
    for found in found_strings():
        for text in filter(None, (found.singular, found.plural)):
            for piece in TAG.split(text):
                words = re.findall(r"[A-Za-z]{2,}", PLACEHOLDER.sub("", piece))
                if len(words) > 1 or (words and not PLACEHOLDER.search(piece)):
                    wanted = " ".join(piece.split())
                    patterns.append(re.compile(_any_value(wanted)))
    return tuple(patterns)


def _any_value(text: str) -> str:
    return "(.+)".join(re.escape(part) for part in PLACEHOLDER.split(text))


def english_left(html: str) -> list[str]:
    patterns = english()
    texts = sorted(spoken(html))
    return [text for text in texts if any(pattern.fullmatch(text) for pattern in patterns)]


@pytest.fixture(scope="module", autouse=True)
def _fresh_catalogues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The catalogues as they are in the source now, whatever was compiled before."""
    root = tmp_path_factory.mktemp("catalogues")
    for language in LANGUAGES:
        source = catalogue_path(language)
        target = catalogue_path(language, root)
        target.parent.mkdir(parents=True)
        target.write_bytes(source.read_bytes())
    compile_catalogues(root)
    with override_settings(LOCALE_PATHS=[root / LOCALES]):
        yield


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A copy of the finished demonstration, in which people sign in."""
    point_at(copy_of_demo(tmp_path_factory.mktemp("languages") / "demo"))
    with override_settings(TRANCHE_TODAY=TODAY):
        yield
    close()


def page(username: str, language: str) -> str:
    client = Client()
    assert client.post("/account/login/", {"as": username}).status_code == 303
    assert client.post("/preferences/", {"language": language, "next": PAGE}).status_code == 303
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    return answer.content.decode()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("username", PEOPLE)
def test_no_english_sentence_is_left_on_the_tranche_page(username: str, language: str) -> None:
    html = page(username, language)

    assert f'<html lang="{language}"' in html
    assert len(spoken(html)) > 100
    assert english_left(html) == []


@pytest.mark.usefixtures("demo")
def test_english_on_the_page_would_be_found() -> None:
    found = english_left(page("auditor", "en"))

    assert len(found) > 60
    assert "Who must act now" in found


def test_texts_in_a_language_of_their_own_are_left_alone() -> None:
    html = '<html lang="uk"><p title="Мова">Так<br>Ні <q lang="en">As printed <b>there</b></q> Що</p></html>'

    assert spoken(html) == {"Мова", "Так", "Ні", "Що"}


@pytest.mark.parametrize(
    ("language", "said"),
    [("uk", "Хто має діяти зараз"), ("lt", "Kas turi veikti dabar")],
)
@pytest.mark.usefixtures("demo")
def test_page_speaks_the_chosen_language(language: str, said: str) -> None:
    assert said in spoken(page("ua.manager", language))
