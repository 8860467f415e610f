"""The check-your-answers page: what a proposal would say, and who would have to agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from tranche.kernel.approval import Quorum
from tranche.kernel.canonical import Canonical
from tranche.kernel.lifecycle import Transition
from tranche.kernel.money import Money
from tranche.queries.presenters.decisions import slot_in_words
from tranche.queries.presenters.facts import Fact, present
from tranche.queries.presenters.words import ROLES, STATES, word


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers and facts as rows, the amount in figures, the approvals wanted, the state it would reach."""

    ref: str
    amount: Money | None
    answers: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    approvers: tuple[str, ...]
    executor: str
    becomes: str


def answers(
    content: Mapping[str, object], quorum: Quorum, amount: Money | None, row: Transition, language: str
) -> Answers:
    """What `preview` found, in words; facts that repeat an answer are left out."""
    given = present(cast("Mapping[str, Canonical]", content["arguments"]), language)
    typed = {fact.name for fact in given}
    facts = present(cast("Mapping[str, Canonical]", content["facts"]), language)
    moved = row.source != row.target
    return Answers(
        ref=str(content["ref"]),
        amount=amount,
        answers=given,
        facts=tuple(fact for fact in facts if fact.name not in typed or fact.documents),
        approvers=tuple(slot_in_words(slot) for slot in quorum.slots),
        executor=word(ROLES, row.executor.value) if row.executor else "",
        becomes=word(STATES, row.target) if moved else "",
    )
