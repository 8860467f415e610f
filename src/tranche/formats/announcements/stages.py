"""Pass five: the stage a clause reports, and how: only what is done counts, and doubtful words never do."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.formats.announcements.clauses import Clause
from tranche.formats.announcements.context import Context, phrase_spans, within
from tranche.formats.announcements.lexicon import Lexicon
from tranche.formats.announcements.records import Modality, Stage
from tranche.formats.announcements.verbs import VerbGroup

STAGES = {stage.value: stage for stage in Stage}
STRENGTH = {stage: place for place, stage in enumerate(Stage)}
MONEY_SENSES = frozenset({*STAGES, "ambiguous", "signing", "intention", "arrival"})
AHEAD = frozenset({Modality.FUTURE, Modality.INTENDED})
PAUSES = frozenset({",", ";", ":"})
TRANSFER_SENSES = frozenset({"sent", "arrival", "received"})


@dataclass(frozen=True, slots=True)
class StageRead:
    """`group` gives the stage, `doubtful` leaves it open, `transfer` is a payment still to come."""

    stage: Stage | None
    modality: Modality
    group: VerbGroup | None
    doubtful: VerbGroup | None
    transfer: VerbGroup | None


def read_stage(context: Context, clause: Clause, lex: Lexicon) -> StageRead:
    groups = [group for group in clause.groups if (group.senses | group.inner_senses) & MONEY_SENSES]
    modalities = [(group, modality_in(context, clause, group, lex)) for group in groups]
    transfer = next((group for group, modality in modalities if _is_transfer(group, modality)), None)
    done = [
        (stage, group)
        for group, modality in modalities
        if modality is Modality.DONE and (stage := stage_of(context, clause, group, lex)) is not None
    ]
    if done:
        stage, group = max(done, key=lambda pair: STRENGTH[pair[0]])
        return StageRead(stage, Modality.DONE, group, None, transfer)
    doubtful = next(
        (
            group
            for group, modality in modalities
            if "ambiguous" in group.senses and modality in {Modality.DONE, Modality.RUNNING}
        ),
        None,
    )
    if doubtful is not None:
        return StageRead(None, modality_in(context, clause, doubtful, lex), None, doubtful, transfer)
    return _not_done(modalities, transfer)


def stage_of(context: Context, clause: Clause, group: VerbGroup, lex: Lexicon) -> Stage | None:
    if "signing" in group.senses:
        return _signed_stage(context, clause, lex)
    found = [STAGES[sense] for sense in group.senses if sense in STAGES]
    return max(found, key=STRENGTH.__getitem__) if found else None


def modality_in(context: Context, clause: Clause, group: VerbGroup, lex: Lexicon) -> Modality:
    """A condition in the clause or a word of the future behind the verb overrules the verb."""
    if group.modality in {Modality.DENIED, Modality.CONDITIONAL}:
        return group.modality
    tokens = context.sentence.tokens[clause.first : clause.last]
    if any(lex.has("words.conditional_words", token.low) for token in tokens):
        return Modality.CONDITIONAL
    perfect = group.modality is Modality.DONE and group.head > group.first
    if not perfect and group.modality not in AHEAD and _points_ahead(context, clause, group, lex):
        return Modality.FUTURE
    return group.modality


def _points_ahead(context: Context, clause: Clause, group: VerbGroup, lex: Lexicon) -> bool:
    """A word of the future belongs to the verb before it, or to all where it opens the clause."""
    span, verb_end = context.clause_span(clause), context.group_span(group).end
    phrases = [
        found for found in phrase_spans(context.sentence, "words.future_phrases", lex) if within(found, span)
    ]
    if phrases and phrases[0].start == span.start:
        return True
    following = next((found for found in phrases if found.start >= verb_end), None)
    if following is None:
        return False
    between = [token for token in context.sentence.tokens if verb_end <= token.start < following.start]
    other = any(verb_end <= context.group_span(one).start < following.start for one in clause.groups)
    return not other and not any(token.text in PAUSES for token in between)


def is_money_clause(context: Context, clause: Clause) -> bool:
    span = context.clause_span(clause)
    spans = [
        *(amount.span for amount in context.amounts.amounts),
        *(ordinal.span for ordinal in context.ordinals),
        *context.anaphora,
    ]
    return any(within(one, span) for one in spans)


def _signed_stage(context: Context, clause: Clause, lex: Lexicon) -> Stage:
    words = context.sentence.quote(context.clause_span(clause))
    if lex.patterns["signing.announced_documents"].search(words):
        return Stage.ANNOUNCED
    if lex.patterns["signing.contract_documents"].search(words):
        return Stage.CONTRACTED
    return Stage.AGREED


def _is_transfer(group: VerbGroup, modality: Modality) -> bool:
    own = group.senses if "intention" not in group.senses else group.inner_senses
    return modality in AHEAD and bool(own & TRANSFER_SENSES)


def _not_done(modalities: list[tuple[VerbGroup, Modality]], transfer: VerbGroup | None) -> StageRead:
    """A promise is an announcement; what is denied, conditional or running is no stage, nor is a bare sum."""
    for group, modality in modalities:
        if modality in AHEAD or (modality is Modality.RUNNING and "intention" in group.senses):
            return StageRead(Stage.ANNOUNCED, modality, group, None, transfer)
    modality = modalities[0][1] if modalities else Modality.INTENDED
    return StageRead(None, modality, None, None, transfer)
