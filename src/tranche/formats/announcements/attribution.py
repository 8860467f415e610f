"""Who said it: the person named as the source, carried on to the sentences that follow in the same zone."""

from __future__ import annotations

from collections.abc import Sequence

from tranche.formats.announcements.context import Context, phrase_spans
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.persons import PersonMention
from tranche.formats.announcements.records import Zone

NAME_REACH = 120  # characters from "announced by" to the name, which follows its office


def announcers(contexts: Sequence[Context], lex: Lexicon) -> tuple[PersonMention | None, ...]:
    """One entry a sentence; a change of zone ends what a person said."""
    found: list[PersonMention | None] = []
    zone: Zone | None = None
    current: PersonMention | None = None
    for context in contexts:
        if context.zone is not zone:
            zone, current = context.zone, None
        current = _named(context, lex) or current
        found.append(current)
    return tuple(found)


def _named(context: Context, lex: Lexicon) -> PersonMention | None:
    for name in ("attribution.announce_phrases", "attribution.according"):
        for found in phrase_spans(context.sentence, name, lex):
            for person in context.persons:
                if 0 <= person.span.start - found.end <= NAME_REACH:
                    return person
    return None
