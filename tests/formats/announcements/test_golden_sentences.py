"""Sentences of our own, labelled by hand: sums, dates, countries and the stage that each one proves."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from tests.formats.announcements.texts import GAZ, GOLDEN, LEX, evidence_faults, read

from tranche.formats.announcements import SourceText
from tranche.formats.announcements.context import Context, read_contexts
from tranche.formats.announcements.places import countries
from tranche.formats.announcements.stages import STRENGTH

SENTENCES: list[dict[str, Any]] = tomllib.loads(GOLDEN.read_text("utf-8"))["sentence"]
IDS = [row["text"][:50] for row in SENTENCES]


def contexts(text: str) -> tuple[Context, ...]:
    return read_contexts(SourceText(text), LEX, GAZ)


def iso(value: tuple[int | None, int | None, int | None]) -> str:
    year, month, day = value
    return "-".join([str(year or "-"), *(f"{part:02}" for part in (month, day) if part)])


def test_there_are_at_least_thirty_labelled_sentences() -> None:
    assert len(SENTENCES) >= 30
    assert len({row["text"] for row in SENTENCES}) == len(SENTENCES)


@pytest.mark.parametrize("row", SENTENCES, ids=IDS)
def test_sums_are_read_as_labelled(row: dict[str, Any]) -> None:
    found = [
        [
            amount.amount_text,
            amount.currency,
            *filter(None, (amount.amount_minor, amount.upper_minor)),
        ]
        for context in contexts(row["text"])
        for amount in context.amounts.amounts
    ]

    assert found == row.get("amounts", [])


@pytest.mark.parametrize("row", SENTENCES, ids=IDS)
def test_dates_are_read_as_labelled_and_none_is_invented(row: dict[str, Any]) -> None:
    found = [
        [row["text"][day.span.start : day.span.end], iso(day.value)]
        for context in contexts(row["text"])
        for day in context.dates
    ]

    assert found == row.get("dates", [])


@pytest.mark.parametrize("row", SENTENCES, ids=IDS)
def test_countries_are_read_as_labelled(row: dict[str, Any]) -> None:
    found = dict.fromkeys(
        mention.code for context in contexts(row["text"]) for mention in countries(context.places)
    )

    assert list(found) == row.get("countries", [])


@pytest.mark.parametrize("row", SENTENCES, ids=IDS)
def test_the_strongest_stage_is_the_one_labelled(row: dict[str, Any]) -> None:
    reading = read(row["text"])
    stages = [draft.stage for draft in reading.drafts if draft.stage is not None]
    strongest = max(stages, key=STRENGTH.__getitem__).value if stages else ""

    assert strongest == row["stage"]
    assert not list(evidence_faults(row["text"], reading))
