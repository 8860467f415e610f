"""Which bank line may be which expected movement: proposals by rule, never a choice between rivals.

Rules M1, M3, X and M4 of the standards note, section 5. X names a line that bears one of our references but
differs, and stands before M4: what the payer wrote outweighs an equal amount. The outcome does not
depend on the order of lines or expectations, and the work grows with the candidates, not with lines times
expectations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tranche.kernel.reconcile_rules import (
    BY_ACCOUNT,
    BY_ANY_NAME,
    BY_ORDER,
    BY_REFERENCE,
    Expected,
    Key,
    Line,
    Rule,
    account_agrees,
)

__all__ = ["RIVALS_MAX", "Confidence", "Expected", "Line", "Proposal", "propose"]

RIVALS_MAX: Final = 20
"""How many candidates and rivals one line lists: more than a person can weigh says no more."""


class Confidence(StrEnum):
    EXACT = "exact"
    STRONG = "strong"
    WEAK = "weak"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line may be, by which rule and on what: `keys` agreed, `differs` did not, `rivals` fit as well.

    Rivals are the references of other expectations for this line, then the ids of other lines for this one.
    """

    line_id: str
    kind: str
    ref: str
    rule: str
    confidence: Confidence
    amount_minor: int
    differs: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def reason(self) -> dict[str, object]:
        """What is stored with the match."""
        return {
            "rule": self.rule,
            "keys": list(self.keys),
            "differs": list(self.differs),
            "rivals": list(self.rivals),
        }


Pair = tuple[Line, Expected]


def propose(lines: Collection[Line], expected: Collection[Expected]) -> tuple[Proposal, ...]:
    """Sure proposals where line and expectation are each other's only candidate; all else weak or conflict.

    Candidates of one level that are not unique leave the later, looser levels too: nothing chooses for them.
    """
    open_lines = {line.id: line for line in lines}
    open_expected = {wanted.ref: wanted for wanted in expected}
    assert len(open_lines) == len(lines), "two lines have the same id"
    assert len(open_expected) == len(expected), "two expectations have the same reference"
    found = [
        *_level(BY_ORDER, open_lines, open_expected),
        *_level(BY_REFERENCE, open_lines, open_expected),
        *_conflicts(open_lines, expected),
        *_level(BY_ACCOUNT, open_lines, open_expected),
    ]
    return tuple(sorted(found, key=lambda row: (row.line_id, row.ref)))


def _level(
    rule: Rule, open_lines: dict[str, Line], open_expected: dict[str, Expected]
) -> tuple[Proposal, ...]:
    """What one rule says; its candidates are taken out of what is open."""
    pairs = _candidates(rule, open_lines.values(), open_expected.values())
    for line, wanted in pairs:
        open_lines.pop(line.id, None)
        open_expected.pop(wanted.ref, None)
    return tuple(_decided(rule, pairs))


def _conflicts(open_lines: dict[str, Line], expected: Iterable[Expected]) -> tuple[Proposal, ...]:
    """X: one of our references on a line that no name rule took, with what differs; it is never a match."""
    pairs = _candidates(BY_ANY_NAME, open_lines.values(), expected)
    for line, _ in pairs:
        open_lines.pop(line.id, None)
    return tuple(
        _proposal("X", line, wanted, Confidence.CONFLICT, differs=differs, keys=BY_ANY_NAME.agrees)
        for line, wanted in pairs
        if (differs := _differences(line, wanted))
    )


def _candidates(rule: Rule, lines: Iterable[Line], expected: Iterable[Expected]) -> list[Pair]:
    """The pairs of a level, each once, in the order of their names."""
    by_key: dict[Key, list[Expected]] = defaultdict(list)
    for wanted in expected:
        for key in set(rule.of_expected(wanted)):
            by_key[key].append(wanted)
    pairs = {
        (line.id, wanted.ref): (line, wanted)
        for line in lines
        for key in rule.of_line(line)
        for wanted in by_key.get(key, ())
        if rule.fits(line, wanted)
    }
    return [pairs[name] for name in sorted(pairs)]


def _decided(rule: Rule, pairs: Sequence[Pair]) -> Iterable[Proposal]:
    refs: dict[str, list[str]] = defaultdict(list)
    ids: dict[str, list[str]] = defaultdict(list)
    for line, wanted in pairs:
        refs[line.id].append(wanted.ref)
        ids[wanted.ref].append(line.id)
    for line, wanted in pairs:
        if wanted.ref not in refs[line.id][:RIVALS_MAX]:
            continue
        rivals = (*_others(refs[line.id], wanted.ref), *_others(ids[wanted.ref], line.id))
        confidence = Confidence.WEAK if rivals else _confidence(rule, line, wanted)
        yield _proposal(rule.name, line, wanted, confidence, rivals=rivals[:RIVALS_MAX], keys=rule.agrees)


def _others(names: Sequence[str], own: str) -> list[str]:
    return [name for name in names[: RIVALS_MAX + 1] if name != own]


def _proposal(
    rule: str,
    line: Line,
    wanted: Expected,
    confidence: Confidence,
    *,
    differs: tuple[str, ...] = (),
    rivals: tuple[str, ...] = (),
    keys: tuple[str, ...] = (),
) -> Proposal:
    amount = abs(line.amount_minor)
    return Proposal(line.id, wanted.kind, wanted.ref, rule, confidence, amount, differs, rivals, keys)


def _confidence(rule: Rule, line: Line, wanted: Expected) -> Confidence:
    if rule.name == "M4" or (rule.name == "M3" and line.counterparty_iban not in wanted.ibans):
        return Confidence.STRONG
    return Confidence.EXACT


def _differences(line: Line, wanted: Expected) -> tuple[str, ...]:
    found = {
        "amount": line.amount_minor == wanted.amount_minor,
        "currency": line.currency == wanted.currency,
        "account": account_agrees(line, wanted),
    }
    return tuple(name for name, agrees in found.items() if not agrees)
