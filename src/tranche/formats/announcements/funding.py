"""Pass six for money: each clause that speaks of a sum or a tranche, with its donors and its stage."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tranche.formats.announcements.amount_context import is_listed
from tranche.formats.announcements.clauses import Clause, statement_span
from tranche.formats.announcements.context import Context, OrdinalMention, phrase_spans, within
from tranche.formats.announcements.gazetteer import Gazetteer, NameForm
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.places import PlaceMention
from tranche.formats.announcements.records import (
    Amount,
    AmountRole,
    ClaimParty,
    Modality,
    PartyRole,
    Scope,
    Span,
    Zone,
)
from tranche.formats.announcements.stages import MONEY_SENSES, PAUSES, StageRead, is_money_clause, read_stage

FROM_WORDS = frozenset({"by", "from"})
TO_WORDS = frozenset({"to", "for"})
SUBJECT_BREAKS = frozenset({"of", "in", "to", "for", "with", "against", "between", "on", "from", "by", "at"})
UNTOLD = StageRead(None, Modality.INTENDED, None, None, None)
LIST_LENGTH_MIN = 2  # sums joined beside the verb, as in "20 and 2.7 million were sent"
ATTACHED = frozenset({AmountRole.EQUIVALENT, AmountRole.PART})


@dataclass(frozen=True, slots=True)
class MoneyMention:
    """One clause about money; `stage_span` is the verb group that gives the stage."""

    sentence: int
    zone: Zone
    statement: Span
    amounts: tuple[Amount, ...]
    ordinal: OrdinalMention | None
    anaphoric: bool
    donors: tuple[ClaimParty, ...]
    others: tuple[ClaimParty, ...]
    stage: StageRead
    stage_span: Span | None
    doubtful_span: Span | None


def money_mentions(context: Context, lex: Lexicon, gaz: Gazetteer) -> Iterator[MoneyMention]:
    carried: tuple[ClaimParty, ...] = ()
    for clause in context.clauses:
        read = read_stage(context, clause, lex)
        donors = tuple(_donors(context, clause, lex, gaz)) or carried
        carried = donors
        if not is_money_clause(context, clause):
            if donors and read.stage is not None and _pays(clause):
                yield from _mentions(context, clause, donors, read, lex, gaz)
            continue
        yield from _mentions(context, clause, donors, read, lex, gaz)


def _pays(clause: Clause) -> bool:
    """Without a sum only "agreed to finance" and "will finance" speak of money."""
    return any("ambiguous" in group.senses | group.inner_senses for group in clause.groups)


def _mentions(
    context: Context,
    clause: Clause,
    donors: tuple[ClaimParty, ...],
    read: StageRead,
    lex: Lexicon,
    gaz: Gazetteer,
) -> Iterator[MoneyMention]:
    span = context.clause_span(clause)
    amounts = [amount for amount in context.amounts.amounts if within(amount.span, span)]
    ordinal = next((found for found in context.ordinals if within(found.span, span)), None)
    beside = _beside(context, read, amounts)
    for place, row in enumerate(_rows(context, amounts, donors, lex) or [()]):
        own = _printed_before(context, row[0], gaz) if row else None
        told = read if not row or _governed(context, beside, row[0]) else UNTOLD
        yield MoneyMention(
            sentence=context.number,
            zone=context.zone,
            statement=statement_span(context.sentence, clause),
            amounts=row,
            ordinal=ordinal if place == 0 else None,
            anaphoric=any(within(found, span) for found in context.anaphora),
            donors=(own,) if own else donors,
            others=tuple(_others(context, span, lex, gaz)),
            stage=told,
            stage_span=context.group_span(told.group) if told.group else None,
            doubtful_span=_doubtful_span(context, clause, told),
        )


def _beside(context: Context, read: StageRead, amounts: Sequence[Amount]) -> list[Amount]:
    """The sums with no comma between them and the verb; none where the clause has no telling verb."""
    group = read.group or read.doubtful
    if group is None:
        return []
    verb = context.group_span(group)
    pauses = [token.start for token in context.sentence.tokens if token.text in PAUSES]
    pauses = [place for place in pauses if not any(one.start <= place < one.end for one in amounts)]
    return [one for one in amounts if not _any_between(pauses, verb, one.span)]


def _any_between(pauses: Sequence[int], verb: Span, amount: Span) -> bool:
    first, second = sorted((verb, amount))
    place = bisect_left(pauses, first.end)
    return place < len(pauses) and pauses[place] < second.start


def _governed(context: Context, beside: Sequence[Amount], amount: Amount) -> bool:
    """A verb reaches past a comma only to a list, or where no sum stands beside it."""
    if not beside or amount in beside:
        return True
    if len(beside) < LIST_LENGTH_MIN:
        return False
    nearest = min(beside, key=lambda one: abs(one.start - amount.start))
    first, second = sorted((nearest.span, amount.span))
    return is_listed(context.sentence.quote(Span(first.end, max(first.end, second.start))))


def _rows(
    context: Context, amounts: Sequence[Amount], donors: tuple[ClaimParty, ...], lex: Lexicon
) -> list[tuple[Amount, ...]]:
    """Each main sum with its equivalents and parts; after a colon the parts of countries follow their sum."""
    rows: list[list[Amount]] = []
    for amount in amounts:
        between = context.sentence.quote(Span(rows[-1][0].end, amount.start)) if rows else ""
        if rows and amount.role not in ATTACHED and ":" in between:
            amount = replace(amount, role=AmountRole.PART)
        if rows and amount.role in ATTACHED:
            rows[-1].append(amount)
        else:
            rows.append([amount])
    return [_scoped(context, row, donors, lex) for row in rows]


def _scoped(
    context: Context, row: list[Amount], donors: tuple[ClaimParty, ...], lex: Lexicon
) -> tuple[Amount, ...]:
    words = context.sentence.text
    main = row[0]
    parts = [amount for amount in row if amount.role is AmountRole.PART]
    named = {mention.span.end for mention in context.places}
    if len({donor.code for donor in donors}) > 1 or any(part.start - 1 in named for part in parts):
        main = replace(main, scope=Scope.JOINT)
    elif len(parts) > 1:
        main = replace(main, scope=Scope.SUM_OF_PARTS)
    elif lex.patterns["money.cumulative_words"].search(words):
        main = replace(main, scope=Scope.CUMULATIVE)
    elif donors and lex.patterns["money.joint_words"].search(words):
        main = replace(main, scope=Scope.UNCLEAR)
    return (main, *row[1:])


def _doubtful_span(context: Context, clause: Clause, read: StageRead) -> Span | None:
    """From the subject to the money: the words that leave the stage open."""
    if read.doubtful is None:
        return None
    statement = statement_span(context.sentence, clause)
    verb = context.group_span(read.doubtful)
    money = [*context.anaphora, *(amount.span for amount in context.amounts.amounts)]
    ends = [found.end for found in money if within(found, statement) and found.start >= verb.end]
    return Span(min(statement.start, verb.start), min(ends, default=verb.end))


def _donors(context: Context, clause: Clause, lex: Lexicon, gaz: Gazetteer) -> Iterator[ClaimParty]:
    """The subject of a verb that gives, or the country behind "by" and "from"."""
    giving = next(
        (group for group in clause.groups if (group.senses | group.inner_senses) & MONEY_SENSES), None
    )
    for mention in context.places:
        if not clause.first <= mention.first < clause.last or mention.code in gaz.recipients:
            continue
        before = context.sentence.tokens[mention.first - 1].low if mention.first else ""
        active = giving is not None and not giving.passive and "received" not in giving.senses
        subject = active and giving is not None and mention.last <= giving.first
        if (subject and before not in SUBJECT_BREAKS and _acts(context, mention, lex)) or (
            before in FROM_WORDS and giving is not None and _is_country(mention)
        ):
            yield _party(context, mention, PartyRole.DONOR)


def _acts(context: Context, mention: PlaceMention, lex: Lexicon) -> bool:
    """A country acts by its name, or as "the Lithuanian side" and "Denmark's government"."""
    if mention.form is NameForm.NAME and not mention.possessive:
        return True
    tokens = context.sentence.tokens
    following = tokens[mention.last + mention.possessive :][:3]
    return mention.form in {NameForm.ADJECTIVE, NameForm.NAME} and any(
        lex.has("money.side_words", token.low) for token in following
    )


def _is_country(mention: PlaceMention) -> bool:
    return mention.form is NameForm.NAME


def _printed_before(context: Context, amount: Amount, gaz: Gazetteer) -> ClaimParty | None:
    """In "Denmark 111M, France 29M" the country stands before its own sum."""
    for mention in context.places:
        gap = amount.start - mention.span.end
        if _is_country(mention) and 0 < gap <= 1 and mention.code not in gaz.recipients:
            return _party(context, mention, PartyRole.DONOR)
    return None


def _others(context: Context, span: Span, lex: Lexicon, gaz: Gazetteer) -> Iterator[ClaimParty]:
    """Recipients behind "to" and "for", intermediaries behind "via", origins such as windfall proceeds."""
    for mention in context.places:
        before = context.sentence.tokens[mention.first - 1].low if mention.first else ""
        if not within(mention.span, span) or not _is_country(mention):
            continue
        if before in TO_WORDS and mention.code in gaz.recipients and not mention.possessive:
            yield _party(context, mention, PartyRole.RECIPIENT)
        elif lex.has("money.intermediaries", before):
            yield _party(context, mention, PartyRole.INTERMEDIARY)
    for found in phrase_spans(context.sentence, "money.origins", lex):
        if within(found, span):
            yield ClaimParty(PartyRole.ORIGIN, None, context.sentence.quote(found), *found)


def _party(context: Context, mention: PlaceMention, role: PartyRole) -> ClaimParty:
    return ClaimParty(role, mention.code, context.sentence.quote(mention.span), *mention.span)
