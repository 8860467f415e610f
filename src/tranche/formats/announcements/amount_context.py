"""What the words around a figure say: hedge, range, list, role and whose dollar it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tranche.formats.announcements.gazetteer import Gazetteer, NameForm
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.places import PlaceMention
from tranche.formats.announcements.records import Amount, AmountRole, Basis, Precision
from tranche.formats.announcements.tokens import Sentence

CONTEXT = 40  # characters before a figure in which its hedge and its role stand
HEDGES = (
    ("money.hedges.up_to", Precision.UP_TO),
    ("money.hedges.at_least", Precision.AT_LEAST),
    ("money.hedges.about", Precision.ABOUT),
)
LIST_GAP = re.compile(r"\s*(?:,|\+|and|or|,\s*and|&)\s*", re.IGNORECASE)
DASH_GAP = re.compile(r"\s?[-–—]\s?")
BEFORE_RANGE = re.compile(r"(?<!\w)(?:from|between)\s+$", re.IGNORECASE)


def precision_before(head: str, lex: Lexicon) -> Precision:
    near = head[-CONTEXT:].rstrip(" \u00a0(")
    for name, precision in HEDGES:
        if any(found.end() == len(near) for found in lex.patterns[name].finditer(near)):
            return precision
    return Precision.EXACT


def range_between(start: int, gap: str, text: str) -> bool:
    return DASH_GAP.fullmatch(gap) is not None or range_start(start, gap, text) < start


def range_start(start: int, gap: str, text: str) -> int:
    """Where "from" or "between" opens the range; the figure's own place where none does."""
    found = BEFORE_RANGE.search(text[max(0, start - CONTEXT) : start])
    worded = gap.strip().lower() in {"to", "and"} and found is not None
    return max(0, start - CONTEXT) + found.start() if found is not None and worded else start


def is_listed(gap: str) -> bool:
    return LIST_GAP.fullmatch(gap) is not None


def shared_currency(word: str, places: tuple[PlaceMention, ...], gaz: Gazetteer) -> tuple[str | None, Basis]:
    """The currency and what it rests on; None where no country or two countries could be meant."""
    row = next(row for row in gaz.shared if word in row.words)
    named = {
        row.countries[mention.code]
        for mention in places
        if mention.code in row.countries and mention.form is not NameForm.CAPITAL
    }
    if len(named) > 1 or (not named and row.default is None):
        return None, Basis.INFERRED
    code = named.pop() if named else row.default
    return code, Basis.PRINTED if code == row.default else Basis.INHERITED


def role_of(
    sentence: Sentence,
    start: int,
    currency: str,
    earlier: Sequence[Amount],
    precision: Precision,
    lex: Lexicon,
) -> AmountRole:
    near = sentence.text[max(0, start - CONTEXT) : start].lower().rstrip(" \u00a0")
    main = next((amount for amount in reversed(earlier) if amount.role is AmountRole.MAIN), None)
    before = earlier[-1] if earlier else None
    if before is not None and _is_summand(near, currency, before, main):
        return AmountRole.PART
    if main is not None and main.currency != currency and _restates(near, lex):
        return AmountRole.EQUIVALENT
    if _ends_with(near, "money.part_words", lex):
        return AmountRole.PART
    if _ends_with(near, "money.package_words", lex):
        return AmountRole.PACKAGE
    if _ends_with(near, "money.total_words", lex) and lex.patterns["money.total_nouns"].search(near):
        return AmountRole.AGREEMENT_TOTAL
    return AmountRole.CEILING if precision is Precision.UP_TO else AmountRole.MAIN


def _is_summand(near: str, currency: str, before: Amount, main: Amount | None) -> bool:
    """In "DKK 4.2bn = 1.3 + 2.9" the summands are parts of the sum before the sign."""
    if near.endswith("+"):
        return before.role is AmountRole.PART
    same = before.currency == currency or (main is not None and main.currency == currency)
    return near.endswith("=") and same


def _restates(near: str, lex: Lexicon) -> bool:
    return near.endswith(("(", "=")) or _ends_with(near, "money.equivalent_words", lex)


def _ends_with(near: str, name: str, lex: Lexicon) -> bool:
    tail = re.sub(r"\s+(?:of|to|about|around|approximately|nearly|almost)$", "", near)
    found = [match.end() for match in lex.patterns[name].finditer(near)]
    return bool(found) and found[-1] in {len(near), len(tail)}
