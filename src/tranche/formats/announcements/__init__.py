"""Published texts read into draft claims, each with the place of every word it rests on."""

from __future__ import annotations

from tranche.formats.announcements.gazetteer import Gazetteer, load_gazetteer
from tranche.formats.announcements.lexicon import Lexicon, load_lexicon
from tranche.formats.announcements.reader import READER_VERSION, read_announcement
from tranche.formats.announcements.records import (
    Draft,
    Field,
    LanguageNotRead,
    Notice,
    Published,
    Reading,
    SourceText,
    Span,
    TextTooLong,
    as_stored,
)

__all__ = [
    "READER_VERSION",
    "Draft",
    "Field",
    "Gazetteer",
    "LanguageNotRead",
    "Lexicon",
    "Notice",
    "Published",
    "Reading",
    "SourceText",
    "Span",
    "TextTooLong",
    "as_stored",
    "load_gazetteer",
    "load_lexicon",
    "read_announcement",
]
