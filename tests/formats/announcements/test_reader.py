"""The reader as a whole: evidence, determinism, limits, and that it never raises."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.announcements.texts import DEMO_TEXT, GAZ, LEX, ROOT, evidence_faults, read

import tranche.formats.announcements as package
from tranche.formats.announcements import LanguageNotRead, Published, SourceText, TextTooLong, as_stored
from tranche.formats.announcements.reader import read_announcement
from tranche.formats.announcements.records import TEXT_LENGTH_MAX

ATTEMPTS = 8  # other work on the machine may disturb one pair, growth by the square disturbs all
PUBLISHED = Published(2024, 11, 23)
STORY = DEMO_TEXT.read_text("utf-8")
PHRASES = [
    "Lithuania",
    "the Republic of Lithuania",
    "Denmark",
    "Ukraine",
    "the first tranche of EUR 10 million",
    "10-12 million euros",
    "4.2bn kroner",
    "$50 million (EUR 46 million)",
    "these funds",
    "has been agreed",
    "will transfer",
    "received",
    "was not sent",
    "signed a memorandum",
    "the signing of a memorandum in Vilnius",
    "The memorandum on cooperation",
    "on 4 November",
    "key priorities for 2025: training, ammunition and repair",
    "Rustem Umyerov",
    'the "Palyanytsia" project',
    "finalising procedures",
    "in the near future",
    "Points of attention",
    "according to him",
    "if",
    "not",
    ",",
    ";",
    ":",
    "\n",
    "\n\n",
    "• ",
    ". ",
]
ODD = ["🇱🇹", "👩🏽‍🔧", "e\u0301", "\u0301", "\u200d", "\u202f", "\u00a0", "İ", "ﬁ", "\U0001f4b6", "\x0b", "ß"]


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_arbitrary_text_is_read_without_an_error(text: str) -> None:
    reading = read(text, PUBLISHED)

    assert not list(evidence_faults(text, reading))


@given(st.lists(st.sampled_from([*PHRASES, *ODD]), max_size=40))
@settings(max_examples=200, deadline=None)
def test_every_value_stands_where_its_evidence_says(phrases: list[str]) -> None:
    text = " ".join(phrases)

    assert not list(evidence_faults(text, read(text, PUBLISHED)))


@given(st.lists(st.tuples(st.integers(0, len(STORY)), st.sampled_from(ODD)), max_size=12))
@settings(max_examples=100, deadline=None)
def test_inserted_marks_and_emoji_move_the_evidence_with_the_text(insertions: list[tuple[int, str]]) -> None:
    text = STORY
    for place, mark in sorted(insertions, reverse=True):
        text = text[:place] + mark + text[place:]

    assert not list(evidence_faults(text, read(text, PUBLISHED)))


def test_evidence_check_finds_a_moved_span() -> None:
    reading = read(STORY, PUBLISHED)

    assert list(evidence_faults(" " + STORY, reading))


def test_two_processes_with_other_hash_seeds_and_locales_give_the_same_bytes() -> None:
    script = (
        "import sys; from pathlib import Path; from tranche.formats.announcements import *;"
        "sys.stdout.buffer.write(read_announcement(SourceText(Path(sys.argv[1]).read_text('utf-8'),"
        "Published(2024, 11, 23)), load_lexicon('en'), load_gazetteer()).as_json().encode())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script, str(DEMO_TEXT)],
            env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": place},
            capture_output=True,
            check=True,
        ).stdout
        for seed, place in (("0", "C"), ("4711", "C.UTF-8"), ("99", "POSIX"))
    }

    assert found == {read(STORY, PUBLISHED).as_json().encode()}


def test_json_names_the_reader_and_the_words_it_read_with() -> None:
    document = json.loads(read(STORY, PUBLISHED).as_json())

    assert document["reader_version"] == package.READER_VERSION
    assert len(document["lexicon_sha256"]) == 64
    assert len(document["drafts"]) == 7


def test_a_text_beyond_the_limit_is_refused_whole() -> None:
    with pytest.raises(TextTooLong) as refusal:
        read("a" * (TEXT_LENGTH_MAX + 1))

    assert refusal.value.code == "E_TEXT_LENGTH"
    assert refusal.value.length == TEXT_LENGTH_MAX + 1


def test_a_language_without_a_lexicon_is_refused() -> None:
    with pytest.raises(LanguageNotRead) as refusal:
        read_announcement(SourceText("Tekstas.", language="lt"), LEX, GAZ)

    assert refusal.value.code == "E_LANGUAGE"


@pytest.mark.parametrize(
    "unit",
    [
        STORY,
        "Lithuania agreed EUR {n} million, these funds will be sent soon, ",
        "Denmark {n}, ",
        ". " * 40,
        "soon " * 40,
        "“" * 50,
        "(DKK {n}bn = 1.3 + 2.9) ",
        "The first tranche has been received. Umerov signed the memorandum on a pact in Kyiv.\n",
    ],
)
def test_a_doubled_text_takes_at_most_two_and_a_half_times_as_long(unit: str) -> None:
    def spent(length: int) -> int:
        pieces = (unit.replace("{n}", str(number)) for number in range(1, length))
        text = ""
        for piece in pieces:
            text += piece
            if len(text) >= length:
                break
        started = time.process_time_ns()
        read(text[:length], PUBLISHED)
        return time.process_time_ns() - started

    spent(2_000)
    pairs = ((spent(20_000), spent(40_000)) for _ in range(ATTEMPTS))

    assert any(twice <= 2.5 * once for once, twice in pairs)


def test_stored_text_is_composed_with_line_feeds_and_no_byte_order_mark() -> None:
    assert as_stored("\ufeffKas\u030c\r\niu\u0304nas\r") == "Kaš\niūnas\n"


def test_the_package_computes_without_inexact_numbers() -> None:
    folder = ROOT / Path(package.__file__).resolve().relative_to(ROOT).parent
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            inexact = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name) and node.id == "float"
            divided = isinstance(node, ast.Div)
            assert not any((inexact, named, divided)), path.name
