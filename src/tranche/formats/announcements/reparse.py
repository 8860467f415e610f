"""Whether a quote alone still reads as the value that rests on it: the gate for drafts and their evidence."""

from __future__ import annotations

from tranche.formats.announcements.context import Context, read_contexts
from tranche.formats.announcements.gazetteer import Gazetteer
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.nouns import projects
from tranche.formats.announcements.persons import reads_as_person
from tranche.formats.announcements.plans import priorities
from tranche.formats.announcements.records import Basis, Field, FieldValue, SourceText
from tranche.formats.announcements.spelling import consonant_key
from tranche.formats.announcements.stages import MONEY_SENSES, stage_of

PRINTED_AS_IS = frozenset({"statement", "title", "purpose", "items", "place", "term"})
COUNTRY_FIELDS = frozenset({"donor", "owner"})


def reads_as(name: str, field: Field, quote: str, lex: Lexicon, gaz: Gazetteer) -> bool:
    """True where reading the quote by itself gives the field's value, or one of its values."""
    if name in PRINTED_AS_IS:
        return quote.lower() in {one.lower() for one in _words(field.value)}
    if name == "scope":
        return lex.patterns["purpose.narrowing"].fullmatch(quote) is not None
    if name == "event_date" and quote.isdigit():
        return field.value == (int(quote), None, None)
    if name == "signatories":
        return any(reads_as_person(quote, one) for one in _words(field.value))
    contexts = read_contexts(SourceText(quote, None, lex.language), lex, gaz)
    return any(_agrees(name, field, context, lex, gaz) for context in contexts)


def _agrees(name: str, field: Field, context: Context, lex: Lexicon, gaz: Gazetteer) -> bool:
    value = field.value
    if name == "amount":
        return _amount_agrees(field, context)
    if name == "ordinal":
        return any(one.value == value for one in context.ordinals)
    if name in COUNTRY_FIELDS:
        return any(one.code in _words(value) for one in context.places)
    if name in {"event_date", "expected_date"}:
        return any(_same_day(one.value, field) for one in context.dates)
    if name == "priority_year":
        return any(one.year == value for one in priorities(context, lex))
    if name == "project":
        alike = any(one.value == value for one in projects(context, lex, gaz))
        return alike or consonant_key(context.sentence.text) == consonant_key(str(value))
    return name == "stage" and _stage_agrees(value, context, lex)


def _amount_agrees(field: Field, context: Context) -> bool:
    """A sum that took its scale or currency from its neighbours need only print the leading digits."""
    if any(str(field.value) == one.value for one in context.amounts.amounts):
        return True
    digits = "".join(letter for letter in context.sentence.text if letter.isdigit()).strip("0")
    return field.basis is Basis.INHERITED and bool(digits) and str(field.value).startswith(digits)


def _stage_agrees(value: FieldValue, context: Context, lex: Lexicon) -> bool:
    for clause in context.clauses:
        for group in clause.groups:
            stage = stage_of(context, clause, group, lex)
            if stage is not None and stage.value == value:
                return True
    return any(_tells(value, token.low, lex) for token in context.sentence.tokens)


def _tells(value: FieldValue, word: str, lex: Lexicon) -> bool:
    """ "Signing" tells of an agreement, "finalising" of a procedure; any promise is an announcement."""
    senses = {
        "agreed": frozenset({"signing"}),
        "contracted": frozenset({"contracted", "signing"}),
        "in_procedure": frozenset({"procedure"}),
        "announced": MONEY_SENSES,
    }
    return bool(senses.get(str(value), frozenset({str(value)})) & lex.senses(word))


def _same_day(printed: tuple[int | None, int | None, int | None], field: Field) -> bool:
    """An inferred year is not printed; day and month are."""
    value = field.value
    if not isinstance(value, tuple):
        return False
    return printed == value or (field.basis is Basis.INFERRED and printed[1:] == value[1:])


def _words(value: FieldValue) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(one for one in value if isinstance(one, str))
    return (value,) if isinstance(value, str) else ()
