"""Who may do what, written out: every action, role and relation that is allowed; what is missing is denied.

Nothing is said here a second time: each row asks `decide`, `quorum_for` and the tables that the program runs
on, so an auditor who reads the matrix reads the rules in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from tranche.kernel.approval import Quorum, quorum_for
from tranche.kernel.deeds import deed_of
from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import QuorumKey, Role, Transition
from tranche.kernel.money import Money
from tranche.kernel.policy import (
    CONFLICTS,
    Actor,
    Allow,
    Deed,
    Grant,
    Policy,
    Situation,
    decide,
)
from tranche.kernel.reading import READS
from tranche.kernel.standing import STANDING
from tranche.kernel.transitions import TABLE

COLUMNS: Final = (
    *("part", "action", "role", "relation", "steps", "quorum", "approvals", "above_limit_1", "above_limit_2"),
    *("executes", "evidence", "tags", "not_who", "approver_not_who"),
)
RELATIONS: Final[Mapping[str, Situation]] = {
    "own": Situation(owner="HERE"),
    "party": Situation(owner="THERE", parties=frozenset({"HERE", "THERE"})),
    "named": Situation(owner="THERE", named=frozenset({"HERE"})),
    "self": Situation(owner="THERE", holders=frozenset({"somebody"})),
    "other": Situation(owner="THERE", parties=frozenset({"THERE"})),
}
"""How an actor of the party HERE may stand to a record; `other` is no relation at all."""

READING: Final[Mapping[str, str]] = {"a": "any", "p": "party", "o": "own", "n": "named", "m": "mandate"}
_SIDES: Final = Situation(
    owner="THERE", parties=frozenset({"DONOR", "RECIPIENT"}), approving="DONOR", recipient="RECIPIENT"
)
_NOW: Final = datetime(2024, 1, 1, tzinfo=UTC)


class Permission(NamedTuple):
    """One line: `part` is act or read; relations and steps are joined by commas where several allow it."""

    part: str
    action: str
    role: str
    relation: str
    steps: str = ""
    quorum: str = ""
    approvals: str = ""
    above_limit_1: str = ""
    above_limit_2: str = ""
    executes: str = ""
    evidence: str = ""
    tags: str = ""
    not_who: str = ""
    approver_not_who: str = ""


def matrix(policy: Policy) -> tuple[Permission, ...]:
    """Every permission under these limits: acts by action and role, then what each role reads."""
    acts = [line for rows in _by_action().values() for line in _acts(rows, policy)]
    return (*sorted(acts), *_reads())


def as_csv(lines: tuple[Permission, ...]) -> str:
    """The matrix as comma-separated values; no cell holds a quotation mark or a line break."""
    rows = (COLUMNS, *lines)
    return "".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) + "\n" for row in rows)


def relations(action: str, role: Role, roles: frozenset[Role]) -> tuple[str, ...]:
    """The relations in which this role may ask for the action."""
    grant = Grant("g", role, "HERE", _NOW, None)
    actor = Actor("somebody", "login", "web", (grant,))
    return tuple(
        name
        for name, situation in RELATIONS.items()
        if isinstance(decide(actor, action, roles, situation, deed_of(action), _NOW), Allow)
    )


def _by_action() -> dict[tuple[object, ...], list[Transition]]:
    """The rows that say the same of an action but for the states that they lead from and to."""
    found: dict[tuple[object, ...], list[Transition]] = {}
    for row in (*TABLE, *STANDING):
        key = (row.action, row.roles, row.quorum, row.evidence, row.tags, row.executor)
        found.setdefault(key, []).append(row)
    return found


def _acts(rows: list[Transition], policy: Policy) -> Iterator[Permission]:
    row = rows[0]
    steps = dict.fromkeys(f"{one.source or '-'}>{one.target}" for one in rows if one.target)
    for role in sorted(row.roles):
        near = relations(row.action, role, row.roles)
        if near:
            agree = [_approvals(row.quorum, role, amount, policy) for amount in _amounts(row.quorum, policy)]
            yield Permission(
                part="act",
                action=row.action,
                role=role.value,
                relation="any" if "other" in near else ",".join(near),
                steps=" ".join(steps),
                quorum=row.quorum.value,
                approvals=agree[0],
                above_limit_1=agree[1],
                above_limit_2=agree[2],
                executes=row.executor.value if row.executor else "",
                evidence=" ".join(row.evidence),
                tags="".join(sorted(row.tags)),
                not_who=_not_who(deed_of(row.action)),
                approver_not_who=_not_who(Deed.APPROVED) if row.quorum is not QuorumKey.Q0 else "",
            )


def _amounts(key: QuorumKey, policy: Policy) -> tuple[int | None, ...]:
    """An amount at the first limit, one above it, one above the second; one alone where none counts."""
    if key not in (QuorumKey.QA, QuorumKey.QJ):
        return (policy.limit_one_minor, None, None)
    return (policy.limit_one_minor, policy.limit_one_minor + 1, policy.limit_two_minor + 1)


def _approvals(key: QuorumKey, role: Role, amount_minor: int | None, policy: Policy) -> str:
    if amount_minor is None:
        return ""
    if key is QuorumKey.QE:
        return "1 DA|RA of each partner"
    found = quorum_for(key, role, Money(amount_minor, policy.currency), _SIDES, policy)
    return " + ".join(_slots(found)) + (" of another party" if key is QuorumKey.QS else "")


def _slots(found: Quorum) -> list[str]:
    return [f"{slot.wanted} {'|'.join(sorted(slot.roles))}" for slot in found.slots]


def _not_who(deed: Deed) -> str:
    """Whose earlier deeds stand in the way, each with where it counts."""
    before = sorted((done.value, scope.value) for done, new, scope in CONFLICTS if new == deed)
    return " ".join(f"{done}@{scope}" for done, scope in before)


def _reads() -> Iterator[Permission]:
    for role, letters in READS.items():
        for label, letter in zip(Label, letters, strict=True):
            if letter in READING:
                yield Permission("read", label.value, role.value, READING[letter])


def as_markdown(lines: tuple[Permission, ...]) -> str:
    """The acts as one table for people: an action with everybody who may ask, and who must agree."""
    found = ["| action | who asks | who agrees | executes | documents |", "|---|---|---|---|---|"]
    acts: dict[tuple[str, ...], list[str]] = {}
    for line in lines:
        if line.part == "act":
            each = (line.approvals, line.above_limit_1, line.above_limit_2)
            wanted = list(dict.fromkeys(filter(None, each)))
            key = (line.action, " / ".join(wanted) or "nobody", line.executes, line.evidence)
            acts.setdefault(key, []).append(f"{line.role} ({line.relation.replace(',', ', ')})")
    for (action, agree, executes, evidence), who in acts.items():
        cells = (action, ", ".join(dict.fromkeys(who)), agree, executes, evidence.replace(" ", ", "))
        found.append(f"| {' | '.join(cell.replace('|', ' or ') for cell in cells)} |")
    return "\n".join(found) + "\n"
