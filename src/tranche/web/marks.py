"""The mark of every state: a small drawing beside its word, so that colour never stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from tranche.queries.presenters.words import DECISION_STATES, STATES, word

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

RING: Final = "M6 .8a5.2 5.2 0 1 1 0 10.4a5.2 5.2 0 1 1 0-10.4z"
SQUARE: Final = "M1 1h10v10H1z"
ARROW: Final = "M1 4.2h5V1.4L11 6l-5 4.6V7.8H1z"
BACK: Final = "M11 4.2H6V1.4L1 6l5 4.6V7.8h5z"
TICK: Final = "M3.2 6.2l2 2 3.6-4.2"
CROSS: Final = "M2 2l8 8M10 2l-8 8"


@dataclass(frozen=True, slots=True)
class Glyph:
    """Paths in a square of twelve pixels: drawn as a line, filled, or dotted."""

    outline: str = ""
    solid: str = ""
    dotted: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a template draws: the state's code and word, its glyph and the tone of its colour."""

    code: str
    word: str
    glyph: Glyph
    tone: str


DOTTED: Final = Glyph(dotted=RING)
OPEN: Final = Glyph(outline=RING)
HALF: Final = Glyph(outline=RING, solid="M6 .8a5.2 5.2 0 0 0 0 10.4z")
TICKED: Final = Glyph(outline=f"{RING}{TICK}")
FULL: Final = Glyph(outline=RING, solid=RING)
DONE: Final = Glyph(outline="M1.5 6.5l3 3 6-7")
STRUCK: Final = Glyph(outline=CROSS)
DASH: Final = Glyph(outline="M2 6h8")
LOCK: Final = Glyph(outline="M3.6 5.5V3.6a2.4 2.4 0 0 1 4.8 0v1.9", solid="M2 5.5h8V11H2z")
HOLLOW_ARROW: Final = Glyph(outline=ARROW)
SOLID_ARROW: Final = Glyph(outline=ARROW, solid=ARROW)
BACK_ARROW: Final = Glyph(outline=BACK)


def _filled(fifths: int) -> Glyph:
    """A square that fills from the foot, as money goes from allocated to accepted."""
    height = 2 * fifths
    return Glyph(outline=SQUARE, solid=f"M1 {11 - height}h10v{height}H1z")


GLYPHS: Final[Mapping[str, Glyph]] = {
    "announced": DOTTED,
    "draft": DOTTED,
    "drafted": DOTTED,
    "proposed": DOTTED,
    "planned": DOTTED,
    "offered": DOTTED,
    "listed": DOTTED,
    "todo": OPEN,
    "agreed": OPEN,
    "open": OPEN,
    "claimed": HALF,
    "filed": HALF,
    "in_procedure": HALF,
    "terminating": HALF,
    "assessing": HALF,
    "closing": HALF,
    "recommended": TICKED,
    "selected": FULL,
    "running": FULL,
    "authorised": TICKED,
    "signed": TICKED,
    "verified": TICKED,
    "confirmed": TICKED,
    "in_force": FULL,
    "active": FULL,
    "set": FULL,
    "sent": HOLLOW_ARROW,
    "released": HOLLOW_ARROW,
    "received": SOLID_ARROW,
    "settled": SOLID_ARROW,
    "allocated": _filled(1),
    "contracted": _filled(2),
    "made": _filled(2),
    "paid": _filled(3),
    "delivered": _filled(4),
    "handed_over": _filled(4),
    "accepted": _filled(5),
    "done": DONE,
    "met": DONE,
    "executed": DONE,
    "skipped": DASH,
    "waived": DASH,
    "superseded": DASH,
    "deferred": DASH,
    "not_recommended": STRUCK,
    "expired": DASH,
    "withdrawn": STRUCK,
    "cancelled": STRUCK,
    "dropped": STRUCK,
    "failed": STRUCK,
    "rejected": STRUCK,
    "void": STRUCK,
    "returned": BACK_ARROW,
    "closed": LOCK,
    "ended": LOCK,
    "retired": LOCK,
}

TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        [
            "received",
            "settled",
            "accepted",
            "done",
            "met",
            "executed",
            "verified",
            "confirmed",
            "in_force",
            "active",
            "selected",
            "running",
        ],
        "ok",
    ),
    **dict.fromkeys(
        [
            *("in_procedure", "authorised", "sent", "released", "open", "claimed", "filed", "handed_over"),
            *("assessing", "recommended"),
        ],
        "info",
    ),
    **dict.fromkeys(["terminating", "returned", "expired", "closing", "not_recommended"], "warn"),
    **dict.fromkeys(["failed", "rejected", "void"], "bad"),
}

AMOUNT_STAGES: Final[Mapping[str, StrPromise]] = {
    "allocated": _("allocated"),
    "contracted": _("contracted"),
    "paid": _("paid"),
    "delivered": _("delivered"),
}

WORDS: Final = {**DECISION_STATES, **STATES, **AMOUNT_STAGES}


def mark_of(state: str) -> Mark:
    """The mark of a state of any record or decision; an unknown state is its code and a ring."""
    written = word(WORDS, state)
    return Mark(state, written[:1].upper() + written[1:], GLYPHS.get(state, OPEN), TONES.get(state, "plain"))
