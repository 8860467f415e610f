"""The state machine of every record: one row says who may do what, on what evidence, with whose approval.

Enforcement, database rules, buttons and tests come from the rows of `kernel/transitions.py`; here are their
types and the pure functions over them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """The eight roles: donor side DO DA, recipient side FM RA PY, neutral IN AU OP."""

    DONOR_OFFICER = "DO"
    DONOR_APPROVER = "DA"
    FUND_MANAGER = "FM"
    RECIPIENT_APPROVER = "RA"
    PAYER = "PY"
    INSPECTOR = "IN"
    AUDITOR = "AU"
    OPERATOR = "OP"


class QuorumKey(StrEnum):
    """How many others must approve: none, one of the acting side, by amount, both sides, another party,
    one for each partner of a joint project, two of the three recovery persons.
    """

    Q0 = "Q0"
    Q1 = "Q1"
    QA = "QA"
    QJ = "QJ"
    QS = "QS"
    QE = "QE"
    QR = "QR"


class Tag(StrEnum):
    MOVES_MONEY = "$"
    BOOKS_FACT = "#"
    GRANTS_AUTHORITY = "+"
    PUBLISHES = "!"


class Transition(NamedTuple):
    """One row; `source` is '' where the action creates the record; `executor` acts after the approvals."""

    kind: str
    source: str
    target: str
    action: str
    roles: frozenset[Role]
    quorum: QuorumKey
    evidence: tuple[str, ...]
    guards: tuple[str, ...]
    tags: frozenset[Tag]
    executor: Role | None


def rows(
    action: str,
    steps: str,
    who: str,
    quorum: str,
    *,
    evidence: str = "",
    guards: str = "",
    tags: str = "",
    executor: str = "",
) -> list[Transition]:
    """The rows of one action, a row for each state that it leads on from; the words are read at blanks."""
    sources, target = (part.strip() for part in steps.split(">"))
    return [
        Transition(
            kind=action.split(".")[0],
            source="" if source.strip() == "-" else source.strip(),
            target=source.strip() if target == "=" else target,
            action=action,
            roles=frozenset(Role(code) for code in who.split()),
            quorum=QuorumKey(quorum),
            evidence=tuple(evidence.split()),
            guards=tuple(guards.split()),
            tags=frozenset(Tag(tag) for tag in tags),
            executor=Role(executor) if executor else None,
        )
        for source in sources.split(",")
    ]


VERDICTS: frozenset[str] = frozenset({"selection.conclude"})
"""Actions whose argument chooses among several targets; every other action has one from each state."""


class Event(NamedTuple):
    """One step that a record took, as replay needs it."""

    id: int
    action: str
    source: str
    target: str


class Facts(NamedTuple):
    """What the world says at the moment of the step: kinds of evidence, and why a guard fails."""

    evidence: frozenset[str]
    failed_guards: Mapping[str, str]


class LifecycleError(Exception):
    """A step that the table does not allow."""


class NoSuchTransition(LifecycleError):
    """The record is in a state from which the action does not lead on."""

    def __init__(self, kind: str, state: str, action: str) -> None:
        super().__init__(f"{action} is not possible for a {kind} that is {state or 'not there yet'}")
        self.kind, self.state, self.action = kind, state, action


class EvidenceMissing(LifecycleError):
    """The action needs documents that are not filed on the record."""

    def __init__(self, action: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{action} needs evidence: {', '.join(missing)}")
        self.action, self.missing = action, missing


class GuardFailed(LifecycleError):
    """A condition of the action does not hold; `why` says which figure or record is in the way."""

    def __init__(self, action: str, guard: str, why: str) -> None:
        super().__init__(f"{action}: {guard}: {why}")
        self.action, self.guard, self.why = action, guard, why


class IllegalReplay(LifecycleError):
    """The events of a record do not follow one another through the table."""

    def __init__(self, event: Event, state: str) -> None:
        super().__init__(f"event {event.id} ({event.action}) does not continue from {state or 'nothing'}")
        self.event, self.state = event, state


class Defect(NamedTuple):
    rule: str
    what: str


def step(table: Sequence[Transition], kind: str, state: str, action: str, facts: Facts) -> Transition:
    """The row that moves `kind` from `state` by `action`; raises the first thing that stands in the way."""
    row = row_of(table, kind, state, action)
    check(row, facts)
    return row


def check(row: Transition, facts: Facts) -> None:
    """Raise EvidenceMissing or GuardFailed for the first thing that stands in the way of a row."""
    missing = tuple(kind for kind in row.evidence if kind not in facts.evidence)
    if missing:
        raise EvidenceMissing(row.action, missing)
    for guard in row.guards:
        if guard in facts.failed_guards:
            raise GuardFailed(row.action, guard, facts.failed_guards[guard])


def row_of(table: Sequence[Transition], kind: str, state: str, action: str, target: str = "") -> Transition:
    """The row of this step, for a verdict the one with its target; raises NoSuchTransition."""
    for row in table:
        if (row.kind, row.source, row.action) == (kind, state, action) and target in ("", row.target):
            return row
    raise NoSuchTransition(kind, state, action)


def next_actions(table: Sequence[Transition], kind: str, state: str) -> tuple[Transition, ...]:
    """The rows that lead on from a state, in the order of the table."""
    return tuple(row for row in table if row.kind == kind and row.source == state)


def replay(
    table: Sequence[Transition], kind: str, events: Sequence[Event], without: int | None = None
) -> str:
    """The state after the events, leaving one out if asked; raises IllegalReplay at the first misfit."""
    steps = {(row.source, row.action, row.target) for row in table if row.kind == kind}
    state = ""
    for event in events:
        if event.id == without:
            continue
        if event.source != state or (state, event.action, event.target) not in steps:
            raise IllegalReplay(event, state)
        state = event.target
    return state


def check_table(table: Sequence[Transition], end_states: Collection[tuple[str, str]]) -> tuple[Defect, ...]:
    """What is wrong with a table; () for a sound one."""
    return (
        *_naming_defects(table),
        *tag_defects(table),
        *_determinism_defects(table),
        *_reach_defects(table, frozenset(end_states)),
    )


def _naming_defects(table: Sequence[Transition]) -> list[Defect]:
    return [Defect("prefix", row.action) for row in table if row.action.split(".")[0] != row.kind]


def tag_defects(table: Sequence[Transition]) -> list[Defect]:
    """Rows whose quorum is lower than what their tags ask for."""
    found = []
    for row in table:
        if Tag.MOVES_MONEY in row.tags and row.quorum not in (QuorumKey.QA, QuorumKey.QJ):
            found.append(Defect("money needs QA or QJ", row.action))
        if {Tag.BOOKS_FACT, Tag.GRANTS_AUTHORITY} & row.tags and row.quorum is QuorumKey.Q0:
            found.append(Defect("facts and authority need an approver", row.action))
    return found


def _determinism_defects(table: Sequence[Transition]) -> list[Defect]:
    seen: dict[tuple[str, str, str], str] = {}
    found = []
    for row in table:
        key = (row.kind, row.source, row.action)
        if seen.setdefault(key, row.target) != row.target and row.action not in VERDICTS:
            found.append(Defect("two targets", f"{row.action} from {row.source}"))
    return found


def _reach_defects(table: Sequence[Transition], ends: frozenset[tuple[str, str]]) -> list[Defect]:
    found = []
    for kind in sorted({row.kind for row in table}):
        rows = [row for row in table if row.kind == kind]
        states = {row.target for row in rows} | {row.source for row in rows if row.source}
        from_nothing = closure({""}, [(row.source, row.target) for row in rows])
        found += [Defect("unreachable", f"{kind} {state}") for state in sorted(states - from_nothing)]
        kind_ends = {state for end_kind, state in ends if end_kind == kind}
        to_end = closure(kind_ends, [(row.target, row.source) for row in rows])
        found += [Defect("dead end", f"{kind} {state}") for state in sorted(states - to_end)]
    return found


def closure(start: set[str], edges: Sequence[tuple[str, str]]) -> set[str]:
    """Every state reachable from `start` along the edges, `start` included."""
    reached = set(start)
    while more := {target for source, target in edges if source in reached} - reached:
        reached |= more
    return reached
