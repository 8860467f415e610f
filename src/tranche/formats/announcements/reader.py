"""Reads one published text into draft claims, by rules, the same way every time."""

from __future__ import annotations

import hashlib

from tranche.formats.announcements.assemble import assembled
from tranche.formats.announcements.context import read_contexts
from tranche.formats.announcements.gazetteer import Gazetteer
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.records import (
    TEXT_LENGTH_MAX,
    LanguageNotRead,
    Reading,
    SourceText,
    TextTooLong,
)

READER_VERSION = "announcements-1"


def read_announcement(doc: SourceText, lex: Lexicon, gaz: Gazetteer) -> Reading:
    """Whole or not at all: a text that is too long or in another language is refused."""
    if len(doc.text) > TEXT_LENGTH_MAX:
        raise TextTooLong(len(doc.text))
    if doc.language != lex.language:
        raise LanguageNotRead(doc.language)
    drafts, notices, unread = assembled(doc, read_contexts(doc, lex, gaz), lex, gaz)
    return Reading(
        drafts=drafts,
        notices=notices,
        unread=unread,
        reader_version=READER_VERSION,
        lexicon_sha256=hashlib.sha256(f"{lex.sha256}{gaz.sha256}".encode()).hexdigest(),
    )
