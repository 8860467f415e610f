"""Which bank line may be which expected movement: proposals by rule, never a choice between rivals.

Rules M1, M3 and M4 of the standards note, section 5, in this order; X names a line that bears one of our
references but differs. The outcome does not depend on the order of lines or expectations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Confidence(StrEnum):
    EXACT = "exact"
    STRONG = "strong"
    WEAK = "weak"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Line:
    """A booked bank line: credit above zero, debit below."""

    id: str
    booked_on: date
    amount_minor: int
    currency: str
    counterparty_iban: str
    references: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Expected:
    """Money that should come or go: signed like the line; any of the references in a text names it."""

    kind: str
    ref: str
    amount_minor: int
    currency: str
    end_to_end_id: str
    references: tuple[str, ...]
    ibans: frozenset[str]
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line may be, by which rule; `differs` says what does not fit, `rivals` who else fits as well."""

    line_id: str
    kind: str
    ref: str
    rule: str
    confidence: Confidence
    amount_minor: int
    differs: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


Rule = Callable[[Line, Expected], bool]


def _end_to_end(line: Line, wanted: Expected) -> bool:
    """M1: our end-to-end reference, the amount, and the counterparty's account where the bank states it."""
    ours = bool(wanted.end_to_end_id) and line.references.get("EndToEndId") == wanted.end_to_end_id
    return ours and _same_amount(line, wanted) and line.counterparty_iban in ("", *wanted.ibans)


def _our_reference(line: Line, wanted: Expected) -> bool:
    """M3: one of our references in the structured reference or the text, and the amount."""
    return _names(line, wanted) and _same_amount(line, wanted)


def _account_and_amount(line: Line, wanted: Expected) -> bool:
    """M4: a registered account, the amount, within the window."""
    known = line.counterparty_iban in wanted.ibans
    return known and _same_amount(line, wanted) and wanted.from_on <= line.booked_on < wanted.to_on


RULES: tuple[tuple[str, Rule], ...] = (
    ("M1", _end_to_end),
    ("M3", _our_reference),
    ("M4", _account_and_amount),
)


def propose(lines: Collection[Line], expected: Collection[Expected]) -> tuple[Proposal, ...]:
    """At most one sure proposal a line and an expectation; rivals are weak, differences a conflict."""
    found: dict[str, Proposal] = {}
    taken: set[str] = set()
    weak: dict[str, Proposal] = {}
    for rule, fits in RULES:
        open_lines = [line for line in lines if line.id not in found]
        open_wanted = [wanted for wanted in expected if wanted.ref not in taken]
        pairs = [(line, wanted) for line in open_lines for wanted in open_wanted if fits(line, wanted)]
        for line, wanted in pairs:
            rivals = _rivals(line, wanted, pairs)
            proposal = _proposal(line, wanted, rule, rivals)
            if rivals:
                weak.setdefault(line.id, proposal)
            else:
                found[line.id] = proposal
        taken |= {proposal.ref for proposal in found.values()}
    rest = {id_: row for id_, row in weak.items() if id_ not in found and row.ref not in taken}
    named = _conflicts([line for line in lines if line.id not in found and line.id not in rest], expected)
    return tuple(sorted((*found.values(), *rest.values(), *named), key=lambda row: row.line_id))


def _proposal(line: Line, wanted: Expected, rule: str, rivals: tuple[str, ...]) -> Proposal:
    confidence = Confidence.WEAK if rivals else _confidence(line, wanted, rule)
    return Proposal(line.id, wanted.kind, wanted.ref, rule, confidence, abs(line.amount_minor), (), rivals)


def _confidence(line: Line, wanted: Expected, rule: str) -> Confidence:
    if rule == "M4" or (rule == "M3" and line.counterparty_iban not in wanted.ibans):
        return Confidence.STRONG
    return Confidence.EXACT


def _rivals(line: Line, wanted: Expected, pairs: Iterable[tuple[Line, Expected]]) -> tuple[str, ...]:
    """The other candidates of either side: two that fit alike are never chosen between."""
    others: dict[str, set[str]] = defaultdict(set)
    for other_line, other in pairs:
        if other_line.id == line.id and other.ref != wanted.ref:
            others["refs"].add(other.ref)
        if other.ref == wanted.ref and other_line.id != line.id:
            others["lines"].add(other_line.id)
    return tuple(sorted(others["refs"] | others["lines"]))


def _conflicts(lines: Iterable[Line], expected: Iterable[Expected]) -> list[Proposal]:
    """X: our reference with another amount or currency, named and never a match."""
    found = []
    for line in lines:
        for wanted in sorted(expected, key=lambda row: row.ref):
            if _names(line, wanted) or (
                wanted.end_to_end_id and line.references.get("EndToEndId") == wanted.end_to_end_id
            ):
                differs = _differences(line, wanted)
                amount = abs(line.amount_minor)
                found.append(
                    Proposal(line.id, wanted.kind, wanted.ref, "X", Confidence.CONFLICT, amount, differs)
                )
                break
    return found


def _differences(line: Line, wanted: Expected) -> tuple[str, ...]:
    found = []
    if line.amount_minor != wanted.amount_minor:
        found.append("amount")
    if line.currency != wanted.currency:
        found.append("currency")
    if line.counterparty_iban not in ("", *wanted.ibans):
        found.append("account")
    return tuple(found)


def _same_amount(line: Line, wanted: Expected) -> bool:
    return (line.amount_minor, line.currency) == (wanted.amount_minor, wanted.currency)


def _names(line: Line, wanted: Expected) -> bool:
    """Whether a reference stands as a word of its own: T1 is not found in T10."""
    words = set(line.text.replace(",", " ").replace(";", " ").split()) | {line.references.get("CdtrRef", "")}
    return any(reference in words for reference in wanted.references)
