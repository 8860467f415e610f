"""Pass seven for money: mentions of one sum or one tranche become one fact that keeps all its spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tranche.formats.announcements.funding import MoneyMention
from tranche.formats.announcements.records import Modality, Stage, Zone
from tranche.formats.announcements.stages import STRENGTH

FIRM = frozenset({Stage.SENT, Stage.RECEIVED, Stage.CONTRACTED, Stage.DELIVERED})
REFUSED = frozenset({Modality.DENIED, Modality.CONDITIONAL})
Value = tuple[int, int | None, str]


@dataclass(slots=True)
class Fact:
    """What one document says about one sum; `mentions` in the order of the text."""

    value: Value | None
    ordinal: int | None
    group: str
    mentions: list[MoneyMention] = field(default_factory=list)

    @property
    def sentences(self) -> frozenset[int]:
        return frozenset(mention.sentence for mention in self.mentions)

    @property
    def donors(self) -> frozenset[str | None]:
        return frozenset(donor.code for mention in self.mentions for donor in mention.donors)

    @property
    def zones(self) -> frozenset[Zone]:
        return frozenset(mention.zone for mention in self.mentions)

    @property
    def telling(self) -> list[MoneyMention]:
        """The mentions whose verb gives the fact's stage."""
        read = [mention for mention in self.mentions if mention.stage.stage is not None]
        done = [mention for mention in read if mention.stage.modality is Modality.DONE]
        pool = done or read
        if not pool:
            return []
        strongest = max((mention.stage.stage for mention in pool if mention.stage.stage), key=_strength)
        return [mention for mention in pool if mention.stage.stage is strongest]


def _strength(stage: Stage) -> int:
    return STRENGTH[stage]


def gather_facts(mentions: Iterable[MoneyMention]) -> list[Fact]:
    """Sums first, then mentions of an ordinal alone, then promises without either."""
    ordered = list(mentions)
    facts = _of_sums([mention for mention in ordered if mention.amounts])
    _add_ordinals(facts, [mention for mention in ordered if not mention.amounts and mention.ordinal])
    _add_promises(facts, [mention for mention in ordered if _is_promise(mention)])
    for fact in facts:
        fact.mentions.sort(key=lambda mention: (mention.sentence, mention.statement))
    return sorted(facts, key=lambda fact: (fact.mentions[0].sentence, fact.mentions[0].statement))


class FactIndex:
    """Finds the fact that "the first tranche" or "these funds" means: own zone first, then nearest."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._places: dict[tuple[int | None, str], list[tuple[int, int]]] = {}
        self._facts = tuple(facts)
        for number, fact in enumerate(self._facts):
            for mention in fact.mentions:
                for ordinal in {fact.ordinal, None}:
                    for reach in _reaches(mention.zone):
                        row = self._places.setdefault((ordinal, reach), [])
                        row.append((mention.sentence, number))
        for row in self._places.values():
            row.sort()

    def nearest(self, sentence: int, zone: Zone, ordinal: int | None) -> int | None:
        for reach in _reaches(zone):
            row = self._places.get((ordinal, reach), [])
            at = bisect_right(row, (sentence, len(self._facts)))
            near = row[max(0, at - 1) : at + 1]
            if near:
                return min(near, key=lambda place: abs(place[0] - sentence))[1]
        return None


def _reaches(zone: Zone) -> tuple[str, str, str]:
    return zone.value, "related story" if zone is Zone.RELATED else "own story", "document"


def _of_sums(mentions: list[MoneyMention]) -> list[Fact]:
    """One fact for each sum, ordinal and firm stage; a mention that tells less joins one that tells more."""
    facts: dict[tuple[Value, int | None, str], Fact] = {}
    ordinals: dict[Value, set[int]] = {}
    for mention in mentions:
        if mention.ordinal:
            ordinals.setdefault(_value(mention), set()).add(mention.ordinal.value)
    for mention in mentions:
        value = _value(mention)
        known = ordinals.get(value, set())
        ordinal = mention.ordinal.value if mention.ordinal else min(known) if len(known) == 1 else None
        group = _group(mention)
        fact = facts.setdefault((value, ordinal, group), Fact(value, ordinal, group))
        fact.mentions.append(mention)
    return _joined(list(facts.values()))


def _group(mention: MoneyMention) -> str:
    stage, modality = mention.stage.stage, mention.stage.modality
    if modality in REFUSED:
        return modality.value
    return stage.value if stage in FIRM and stage is not None else "open"


def _joined(facts: list[Fact]) -> list[Fact]:
    """An open mention without any stage is a further mention of the firm fact of the same sum."""
    firm = {(fact.value, fact.ordinal): fact for fact in facts if fact.group in {*FIRM}}
    kept: list[Fact] = []
    for fact in facts:
        target = firm.get((fact.value, fact.ordinal))
        if target is not None and fact.group == "open" and not fact.telling:
            target.mentions.extend(fact.mentions)
        else:
            kept.append(fact)
    return kept


def _add_ordinals(facts: list[Fact], mentions: list[MoneyMention]) -> None:
    """A tranche named without a sum means the sum told of it, where the text tells one."""
    sums = tuple(facts)
    index = FactIndex(sums)
    bare: dict[int, Fact] = {}
    for mention in mentions:
        ordinal = mention.ordinal.value if mention.ordinal else 0
        found = index.nearest(mention.sentence, mention.zone, ordinal)
        if found is not None:
            sums[found].mentions.append(mention)
            continue
        if ordinal not in bare:
            bare[ordinal] = Fact(None, ordinal, "open")
            facts.append(bare[ordinal])
        bare[ordinal].mentions.append(mention)


def _is_promise(mention: MoneyMention) -> bool:
    return not mention.amounts and mention.ordinal is None and not mention.anaphoric


def _add_promises(facts: list[Fact], mentions: list[MoneyMention]) -> None:
    """A promise without a sum is its own fact only where its donor promises nothing more exact."""
    told = frozenset[str | None]().union(*(fact.donors for fact in facts))
    bare: dict[str | None, Fact] = {}
    for mention in mentions:
        donor = mention.donors[0].code if mention.donors else None
        if donor in told or (facts and not told):
            continue
        if donor not in bare:
            bare[donor] = Fact(None, None, "open")
        bare[donor].mentions.append(mention)
    facts.extend(bare.values())


def _value(mention: MoneyMention) -> Value:
    main = mention.amounts[0]
    return (main.amount_minor, main.upper_minor, main.currency)
