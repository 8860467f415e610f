"""Pass seven for money: mentions of one sum or one tranche become one fact that keeps all its spans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tranche.formats.announcements.fact_index import FactIndex
from tranche.formats.announcements.funding import MoneyMention
from tranche.formats.announcements.records import Basis, Modality, Stage, Zone
from tranche.formats.announcements.stages import STRENGTH

FIRM = frozenset({Stage.SENT, Stage.RECEIVED, Stage.CONTRACTED, Stage.DELIVERED})
REFUSED = frozenset({Modality.DENIED, Modality.CONDITIONAL})
Value = tuple[int, int | None, str]
Donors = frozenset[str | None]


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
    """Sums first, then what refers to them, then promises without either."""
    ordered = list(mentions)
    facts = _of_sums([mention for mention in ordered if mention.amounts])
    _add_references(facts, [mention for mention in ordered if _is_reference(mention)])
    _add_promises(facts, [mention for mention in ordered if _is_promise(mention)])
    for fact in facts:
        fact.mentions.sort(key=lambda mention: (mention.sentence, mention.statement))
    return sorted(facts, key=lambda fact: (fact.mentions[0].sentence, fact.mentions[0].statement))


def _of_sums(mentions: list[MoneyMention]) -> list[Fact]:
    """One fact for each sum, ordinal and firm stage; a mention that tells less joins one that tells more."""
    facts: dict[tuple[Value, int | None, str], dict[Donors, Fact]] = {}
    ordinals: dict[Value, set[int]] = {}
    for mention in mentions:
        if mention.ordinal:
            ordinals.setdefault(_value(mention), set()).add(mention.ordinal.value)
    for mention in mentions:
        value = _value(mention)
        known = ordinals.get(value, set())
        ordinal = mention.ordinal.value if mention.ordinal else min(known) if len(known) == 1 else None
        group = group_of(mention)
        same_sum = facts.setdefault((value, ordinal, group), {})
        _fact_of_donor(same_sum, mention, Fact(value, ordinal, group)).mentions.append(mention)
    return _joined([fact for same_sum in facts.values() for fact in same_sum.values()])


def _fact_of_donor(same_sum: dict[Donors, Fact], mention: MoneyMention, fresh: Fact) -> Fact:
    """Two donors of one sum are two facts; a mention without a donor belongs to the first."""
    donors: Donors = frozenset(donor.code for donor in mention.donors)
    nobody: Donors = frozenset()
    if not donors and same_sum:
        return next(iter(same_sum.values()))
    if nobody in same_sum:
        same_sum[donors] = same_sum.pop(nobody)
    return same_sum.setdefault(donors, fresh)


def group_of(mention: MoneyMention) -> str:
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


def _add_references(facts: list[Fact], mentions: list[MoneyMention]) -> None:
    """ "The first tranche" and "these funds" mean the sum told of them, where the text tells one."""
    sums = tuple(facts)
    index = FactIndex([[(one.sentence, one.zone, fact.ordinal) for one in fact.mentions] for fact in sums])
    further: dict[tuple[int | None, int | None, str], Fact] = {}
    for mention in mentions:
        ordinal = mention.ordinal.value if mention.ordinal else None
        found = index.nearest(mention.sentence, mention.zone, ordinal)
        group = group_of(mention)
        told = sums[found] if found is not None else None
        if told is not None and group in {told.group, "open"}:
            told.mentions.append(mention)
            continue
        key = (found, ordinal, group)
        if key not in further:
            value = told.value if told else None
            further[key] = Fact(value, told.ordinal if told else ordinal, group)
            facts.append(further[key])
        further[key].mentions.append(_with_sum(mention, told))


def _with_sum(mention: MoneyMention, told: Fact | None) -> MoneyMention:
    """A later stage told of "the tranche" keeps the sum, as inherited from where it is printed."""
    printed = next((one for one in told.mentions if one.amounts), None) if told else None
    if printed is None:
        return mention
    main = printed.amounts[0]
    inherited = replace(main, scale_basis=Basis.INHERITED, currency_basis=Basis.INHERITED)
    return replace(mention, amounts=(inherited,), donors=mention.donors or printed.donors)


def _is_reference(mention: MoneyMention) -> bool:
    """These funds without a stage say what money is for, and add nothing to how far it came."""
    told = mention.stage.stage is not None or mention.stage.modality in REFUSED
    return not mention.amounts and (mention.ordinal is not None or (mention.anaphoric and told))


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
