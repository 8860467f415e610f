"""Every state of every record has a word and a drawing, and no two stages of money look alike."""

from __future__ import annotations

from django.utils import translation

from tranche.kernel.transitions import state_rows
from tranche.queries.presenters.words import DECISION_STATES
from tranche.web.marks import GLYPHS, OPEN, WORDS, mark_of

STAGES = [
    "announced",
    "agreed",
    "in_procedure",
    "authorised",
    "sent",
    "received",
    "allocated",
    "contracted",
    "paid",
    "delivered",
    "accepted",
    "closed",
    "withdrawn",
    "returned",
]


def test_every_state_of_the_lifecycle_table_has_a_word_and_a_drawing() -> None:
    states = {state for _, state, _ in state_rows()} | DECISION_STATES.keys()

    assert states - WORDS.keys() == set()
    assert states - GLYPHS.keys() == set()


def test_no_two_stages_of_a_tranche_share_a_drawing() -> None:
    assert len({mark_of(stage).glyph for stage in STAGES}) == len(STAGES)


def test_every_drawing_says_something() -> None:
    assert all(glyph.outline or glyph.solid or glyph.dotted for glyph in GLYPHS.values())


def test_unknown_state_is_shown_by_its_code() -> None:
    with translation.override("en"):
        mark = mark_of("half_made")

    assert (mark.word, mark.glyph, mark.tone) == ("Half made", OPEN, "plain")
