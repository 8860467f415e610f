"""The words that tests read with, loaded once, and the short ways to ask for one result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tranche.formats.announcements import (
    Draft,
    Published,
    Reading,
    SourceText,
    load_gazetteer,
    load_lexicon,
    read_announcement,
)
from tranche.formats.announcements.reparse import reads_as

LEX = load_lexicon("en")
GAZ = load_gazetteer()
ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests/golden/sentences/en.toml"
DEMO_TEXT = ROOT / "src/tranche/conf/demo/lithuania-announcement-2024-11-23.txt"


def read(text: str, published: Published | None = None) -> Reading:
    return read_announcement(SourceText(text, published), LEX, GAZ)


def drafts(text: str, kind: str | None = None) -> list[Draft]:
    return [draft for draft in read(text).drafts if kind in {None, draft.kind.value}]


def evidence_faults(text: str, reading: Reading) -> Iterator[str]:
    """Every quote that does not stand where it says, or does not read as the value that rests on it."""
    for draft in reading.drafts:
        for evidence in draft.evidence:
            field = draft.fields[evidence.field]
            if (
                not 0 <= evidence.start < evidence.end
                or text[evidence.start : evidence.end] != evidence.quote
            ):
                yield f"{evidence} is not what stands there"
            elif not reads_as(evidence.field, field, evidence.quote, LEX, GAZ):
                yield f"{evidence.quote!r} does not read as {evidence.field} {field.value!r}"
        printed = [(one.start, one.end, one.amount_text) for one in draft.amounts]
        printed += [(one.start, one.end, one.name_printed) for one in draft.claim_parties]
        for start, end, words in printed:
            if text[start:end] != words:
                yield f"{words!r} is not what stands at {start}"
