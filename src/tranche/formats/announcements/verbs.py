"""Verb groups with their modality: what is done, what runs, what is only to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tranche.formats.announcements.lexicon import Lexicon, Shape
from tranche.formats.announcements.records import Modality
from tranche.formats.announcements.tokens import Token

FINITE = frozenset({Shape.THIRD, Shape.PAST})


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """The run of auxiliaries, adverbs and verbs from token `first` to before `last`."""

    first: int
    last: int
    head: int
    senses: frozenset[str]
    inner_senses: frozenset[str]
    modality: Modality
    finite: bool
    passive: bool


def has_finite_verb(tokens: Sequence[Token], lex: Lexicon) -> bool:
    return any(group.finite for group in verb_groups(tokens, lex))


def verb_groups(tokens: Sequence[Token], lex: Lexicon) -> tuple[VerbGroup, ...]:
    groups: list[VerbGroup] = []
    place = 0
    while place < len(tokens):
        group = _group_at(tokens, place, lex)
        if group is None:
            place += 1
        else:
            groups.append(group)
            place = group.last
    return tuple(groups)


def _group_at(tokens: Sequence[Token], first: int, lex: Lexicon) -> VerbGroup | None:
    if _is_auxiliary(tokens, first, lex):
        return _auxiliary_group(tokens, first, lex)
    stop = _infinitive_end(tokens, first, lex)
    if stop > first:
        return _bare_group(tokens, first, stop - 1, finite=False, lex=lex)
    if _is_finite_verb(tokens, first, lex):
        return _bare_group(tokens, first, first, finite=True, lex=lex)
    return None


def _auxiliary_group(tokens: Sequence[Token], first: int, lex: Lexicon) -> VerbGroup:
    place = first
    while place < len(tokens) and (
        _is_auxiliary(tokens, place, lex) or tokens[place].low in _fillers(lex) or _to_be(tokens, place)
    ):
        place += 1
    if place < len(tokens) and tokens[place].low == "to" and _is_base(tokens, place + 1, lex):
        place += 1
    if place >= len(tokens) or not lex.shapes(tokens[place].low):
        while place > first + 1 and not _is_auxiliary(tokens, place - 1, lex):
            place -= 1
        return _made(tokens, first, place, place - 1, finite=True, lex=lex)
    return _bare_group(tokens, first, place, finite=True, lex=lex)


def _bare_group(tokens: Sequence[Token], first: int, head: int, *, finite: bool, lex: Lexicon) -> VerbGroup:
    """From the head on: its particle, then verbs that hang on it ("to finance", "on finalising")."""
    last = head + 1
    if last < len(tokens) and _is_particle(tokens[head], tokens[last], lex):
        last += 1
    while last < len(tokens):
        stop = _infinitive_end(tokens, last, lex)
        if stop > last:
            last = stop
        elif tokens[last].low == "on" and _is_gerund(tokens, last + 1, lex):
            last += 2
        else:
            break
    return _made(tokens, first, last, head, finite=finite, lex=lex)


def _made(
    tokens: Sequence[Token], first: int, last: int, head: int, *, finite: bool, lex: Lexicon
) -> VerbGroup:
    inner = [lex.senses(token.low) for token in tokens[head + 1 : last]]
    lead = [token.low for token in tokens[first:head]]
    verb_head = bool(lex.shapes(tokens[head].low))
    return VerbGroup(
        first=first,
        last=last,
        head=head,
        senses=lex.senses(tokens[head].low) if verb_head else frozenset(),
        inner_senses=frozenset().union(*inner),
        modality=_modality(tokens, first, head, lex),
        finite=finite,
        passive=any(lex.has("words.be", word) for word in lead)
        and Shape.PARTICIPLE in lex.shapes(tokens[head].low),
    )


def _modality(tokens: Sequence[Token], first: int, head: int, lex: Lexicon) -> Modality:
    lead = [token.low for token in tokens[first:head]]
    near = [token.low for token in tokens[max(0, first - 2) : first]]
    shapes = lex.shapes(tokens[head].low)
    if any(lex.has("words.negations", word) or word.endswith(("n't", "n’t")) for word in [*lead, *near]):
        return Modality.DENIED
    if any(lex.has("words.conditional_auxiliaries", word) for word in lead):
        return Modality.CONDITIONAL
    if any(lex.has("words.future_auxiliaries", word) for word in lead):
        return Modality.FUTURE
    if "to" in lead or "intention" in lex.senses(tokens[head].low):
        return Modality.INTENDED
    if Shape.GERUND in shapes or "being" in lead:
        return Modality.RUNNING
    if any(lex.has("words.have", word) or word in {"was", "were"} for word in lead):
        return Modality.DONE
    present = any(lex.has("words.be_present", word) for word in lead) or not shapes & {Shape.PAST}
    settled = any(lex.has("words.settled_present", sense) for sense in lex.senses(tokens[head].low))
    return Modality.RUNNING if present and not settled else Modality.DONE


def _fillers(lex: Lexicon) -> frozenset[str]:
    return lex.sets["words.adverbs"] | lex.sets["words.negations"] | {"yet"}


def _to_be(tokens: Sequence[Token], place: int) -> bool:
    return tokens[place].low == "to" and place + 1 < len(tokens) and tokens[place + 1].low == "be"


def _is_auxiliary(tokens: Sequence[Token], place: int, lex: Lexicon) -> bool:
    token = tokens[place]
    return lex.has("words.auxiliaries", token.low.replace("’", "'")) and token.text != "May"


def _infinitive_end(tokens: Sequence[Token], place: int, lex: Lexicon) -> int:
    """The place after "to finance" or "to be sent"; `place` itself where no infinitive stands."""
    if tokens[place].low != "to":
        return place
    stop = place + 1
    while stop < len(tokens) and (tokens[stop].low in _fillers(lex) or _is_auxiliary(tokens, stop, lex)):
        stop += 1
    helped = any(lex.has("words.auxiliaries", token.low) for token in tokens[place + 1 : stop])
    wanted = {Shape.PAST, Shape.PARTICIPLE} if helped else {Shape.BASE}
    if stop < len(tokens) and lex.shapes(tokens[stop].low) & wanted:
        return stop + 1
    return stop if helped else place


def _is_base(tokens: Sequence[Token], place: int, lex: Lexicon) -> bool:
    return place < len(tokens) and Shape.BASE in lex.shapes(tokens[place].low)


def _is_gerund(tokens: Sequence[Token], place: int, lex: Lexicon) -> bool:
    return place < len(tokens) and Shape.GERUND in lex.shapes(tokens[place].low)


def _is_particle(head: Token, following: Token, lex: Lexicon) -> bool:
    over = following.low == "over" and lex.has("particles.over", head.low)
    return over or (lex.has("particles.allowed", following.low) and "agreed" in lex.senses(head.low))


def _is_finite_verb(tokens: Sequence[Token], place: int, lex: Lexicon) -> bool:
    token = tokens[place]
    shapes = lex.shapes(token.low)
    if not shapes or (place == 0 and Shape.PAST not in shapes):
        return False
    before = tokens[place - 1] if place else None
    if lex.has("particles.over", token.low) and not (
        place + 1 < len(tokens) and tokens[place + 1].low == "over"
    ):
        return False
    if before is None:
        return True
    if lex.has("words.pronouns", before.low):
        return bool(shapes & {*FINITE, Shape.BASE})
    if lex.has("words.determiners", before.low) or lex.has("words.prepositions", before.low):
        return False
    if before.text in {"'s", "’s"}:
        return False
    if lex.has("words.also_nouns", token.low):
        following = tokens[place + 1].low if place + 1 < len(tokens) else ""
        governs = following == "to" or lex.has("words.determiners", following)
        return not token.is_capital and (before.is_capital or governs)
    return bool(shapes & FINITE)
