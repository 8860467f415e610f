"""What an action is: its arguments, what its approvers rely on (`basis`), and what it writes (`apply`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from tranche.actions.arguments import Argument
from tranche.kernel.canonical import Canonical
from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Transition, row_of
from tranche.kernel.money import Money
from tranche.kernel.policy import Deed, Situation
from tranche.kernel.refusals import BadArgument
from tranche.kernel.standing import STANDING
from tranche.kernel.transitions import TABLE
from tranche.models import Party, Record

if TYPE_CHECKING:
    from tranche.actions.execution import Execution

Arguments = Mapping[str, Canonical]


@dataclass(frozen=True, slots=True)
class Basis:
    """What the world says about one request: whom it concerns, what the approvers see, what is in the way.

    `facts` are covered by the decision's hash, so they hold nothing that may change without harm, such as
    balances. `failed` maps a guard to why it does not hold. `evidence` are the kinds on file or brought.
    `subjects` are what the amount adds up under with other decisions: a party, a contract, an account; and
    the fund whose money moves, under which nothing adds up.
    A step back brings its own row, and counts as the deed that it undoes.
    """

    situation: Situation
    ref: str
    holder: Party
    record: Record | None = None
    facts: Mapping[str, Canonical] = field(default_factory=dict)
    amount: Money | None = None
    failed: Mapping[str, str] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()
    label: Label = Label.DONOR
    subjects: frozenset[str] = frozenset()
    row: Transition | None = None
    deed: Deed | None = None
    target: str = ""  # the state that a verdict asks for; every other action has but one
    several: tuple[Record, ...] = ()  # the records of an action that moves more than one
    parts: Mapping[str, int] = field(default_factory=dict)  # minor units by subject, where not the amount

    @property
    def records(self) -> tuple[Record, ...]:
        """The records that it moves: none, one or several."""
        return (*((self.record,) if self.record else ()), *self.several)

    @property
    def state(self) -> str:
        return self.record.state if self.record else ""

    def with_failed(self, failed: Mapping[str, str], facts: Mapping[str, Canonical] | None = None) -> Basis:
        """The same with more guards that fail, and more facts."""
        return replace(self, failed={**self.failed, **failed}, facts={**self.facts, **(facts or {})})

    def stepping_back(
        self, row: Transition, deed: Deed, facts: Mapping[str, Canonical], failed: Mapping[str, str]
    ) -> Basis:
        """The same as the ground on which the last step is taken back."""
        return replace(self, row=row, deed=deed, facts=facts, failed=failed)

    def only(self, failed: Mapping[str, str]) -> Basis:
        """The same with these guards that fail and no others."""
        return replace(self, failed=failed)

    def of_amount(self, amount: Money) -> Basis:
        """The same for another amount."""
        return replace(self, amount=amount)


@dataclass(frozen=True, slots=True)
class Action:
    """One action: who may ask for it, and who must agree, stands in the kernel's tables under its name."""

    name: str
    arguments: tuple[Argument, ...]
    basis: Callable[[Arguments, date], Basis]
    apply: Callable[[Execution], None]

    def row(self, basis: Basis) -> Transition:
        """The row of an action that moves no record, or of the record's state; raises NoSuchTransition."""
        own = basis.row or _STANDING.get(self.name)
        return own or row_of(TABLE, self.name.split(".")[0], basis.state, self.name, basis.target)


_STANDING: Mapping[str, Transition] = {row.action: row for row in STANDING}
_REGISTRY: dict[str, Action] = {}


def register(action: Action) -> None:
    """Make an action known; a name twice is a mistake of the program."""
    if action.name in _REGISTRY:
        raise ValueError(f"{action.name} is registered twice")
    _REGISTRY[action.name] = action


def find(name: str) -> Action:
    """The action of this name; raises BadArgument."""
    action = _REGISTRY.get(name)
    if action is None:
        raise BadArgument("action", "no_action", name)
    return action


def names() -> frozenset[str]:
    return frozenset(_REGISTRY)
