"""Lines of a page fall into zones by their shape."""

from __future__ import annotations

from tests.formats.announcements.texts import LEX

from tranche.formats.announcements.records import Zone
from tranche.formats.announcements.zones import read_sentences

PAGE = """Denmark pays for a first lot

Jane Doe
Copenhagen
Denmark agreed to a first tranche of EUR 5 million. It will follow soon.

Key points
  • Denmark has agreed.
  • More will come.

Denmark helps Ukraine

The ministers signed a memorandum in Copenhagen.

An earlier pact

Denmark and Sweden signed a memorandum on repair in Stockholm.

It was brief.
"""


def zones(text: str) -> dict[str, Zone]:
    return {sentence.text: sentence.zone for sentence in read_sentences(text, LEX)}


def test_each_line_gets_its_zone() -> None:
    found = zones(PAGE)

    assert found["Denmark pays for a first lot"] is Zone.HEADLINE
    assert found["Jane Doe"] is Zone.CAPTION
    assert found["Denmark agreed to a first tranche of EUR 5 million."] is Zone.LEAD
    assert found["It will follow soon."] is Zone.LEAD
    assert found["Key points"] is Zone.SUMMARY
    assert found["Denmark has agreed."] is Zone.SUMMARY
    assert found["Denmark helps Ukraine"] is Zone.SUBHEADING
    assert found["The ministers signed a memorandum in Copenhagen."] is Zone.BODY


def test_a_second_signing_under_a_heading_begins_related_matter() -> None:
    found = zones(PAGE)

    assert found["An earlier pact"] is Zone.RELATED
    assert found["Denmark and Sweden signed a memorandum on repair in Stockholm."] is Zone.RELATED
    assert found["It was brief."] is Zone.RELATED


def test_a_heading_without_another_signing_begins_nothing() -> None:
    found = zones(PAGE.replace("signed a memorandum on repair", "met for talks on repair"))

    assert found["It was brief."] is Zone.BODY


def test_abbreviations_and_initials_do_not_end_a_sentence() -> None:
    assert list(zones("Dr. A. Smith of No. 5 spoke. He left.")) == [
        "Dr. A. Smith of No. 5 spoke.",
        "He left.",
    ]
