"""The operations of one seed: operation n is the same however many are asked for."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import accumulate
from typing import Final

from tests.oracle.queues import Queue
from tests.simulation import deeds, faults
from tests.simulation.deeds import Deed
from tests.simulation.state import State
from tests.simulation.world import (
    DONORS,
    CloseAccount,
    ClosePeriod,
    OpenAdvance,
    Operation,
    Post,
    Repeat,
    RollOver,
    pooled,
    spec,
)

from tranche.kernel.chart import AccountSpec, Fund, Kind
from tranche.kernel.journal import EntryDraft, Line

ADVANCE_LIMITS: Final = {"UAH": 5 * 10**11, "EUR": 10**9}
TRIES_MAX: Final = 12
KEPT: Final = 0.04
"""Of the operations that have no money after all, or were done before, how many are tried."""


BURSTS: Final = (1, 5, 20, 45, 90)
"""How many bad operations come one after the other, by chance."""


def _fault(state: State) -> Operation | None:
    """One bad operation or a repeated key; after one whose lines were written already none follows."""
    operation = _repeat(state) if state.chance(0.06) else state.pick(faults.FAULTS)(state)
    if state.burst == 0:
        state.burst = state.pick(BURSTS)
    if operation is not None:
        state.burst = 0 if operation.expected == "UnknownPayer" else state.burst - 1
    return operation


def _repeat(state: State) -> Repeat:
    return Repeat("IdemConflict" if state.chance(0.5) else "")


DEEDS: Final[tuple[tuple[int, Deed], ...]] = (
    (4_600, deeds.flow),
    (900, deeds.conversion),
    (800, deeds.receive),
    (120, deeds.park),
    (400, deeds.assign),
    (250, deeds.confirm),
    (300, deeds.give_back),
    (200, deeds.set_aside),
    (200, deeds.odd_units),
    (60, deeds.of_unassigned),
    (60, deeds.move_on),
    (200, deeds.reimburse),
    (100, deeds.twofold),
    (450, deeds.undo),
    (60, deeds.identify),
    (30, deeds.widen),
    (10, deeds.spend_widely),
    (3, deeds.fill),
    (4, deeds.roll_over),
    (10, deeds.close_account),
    (8, deeds.close_period),
    (28, _fault),
)
WEIGHTS: Final = tuple(accumulate(weight for weight, _ in DEEDS))


class Stream:
    """Draws operations, lets the model carry out those that are to succeed, and counts them."""

    def __init__(self, seed: int) -> None:
        self.state = State(random.Random(seed))  # noqa: S311 - reproducible test data
        self.drawn = 0
        self.refused: set[str] = set()
        self.state.queued += _beginning(self.state)

    @property
    def is_in_burst(self) -> bool:
        """Whether the next operation is another bad one."""
        return self.state.burst > 0

    def next(self) -> Operation:
        """The next operation; the model has done it already."""
        self.drawn += 1
        operation = self._draw()
        if operation.expected:
            self.refused.add(operation.expected)
        else:
            self._apply(operation)
        return operation

    def edges(self) -> set[tuple[Kind, Kind, str]]:
        """The edges that money has moved over, a conversion being one from end to end."""
        found: set[tuple[Kind, Kind, str]] = set()
        for entry in self.state.model.entries:
            lines, into = entry.draft.lines, dict(entry.draft.fx)
            for number, line in enumerate(lines, start=1):
                target = lines[into[number] - 1].target if number in into else line.target
                if line.source.kind is not Kind.FX:
                    found.add((line.source.kind, target.kind, entry.draft.kind))
        return found

    def _draw(self) -> Operation:
        state = self.state
        for _ in range(TRIES_MAX):
            if state.queued:
                return _completed(state, state.queued.pop(0))
            [(_, deed)] = state.rng.choices(DEEDS, cum_weights=WEIGHTS)
            is_bad = state.burst > 0 or deed is _fault
            operation = _fault(state) if is_bad else deed(state)
            if operation is not None and (is_bad or not operation.expected or state.chance(KEPT)):
                return operation
        if state.burst:
            state.burst -= 1
            return faults.wrong_count_of_lines(state)
        return deeds.receive(state)

    def _apply(self, operation: Operation) -> None:
        model = self.state.model
        match operation:
            case Post(drafts):
                for draft in drafts:
                    model.post(draft)
            case RollOver(account):
                if operation.lines:
                    model.post(EntryDraft("rollover", operation.lines, operation.booked_on))
                self._close(account)
            case CloseAccount(code):
                self._close(model.accounts[code].spec)
            case ClosePeriod(upto):
                model.close_period(upto)
            case OpenAdvance(account, limit_minor):
                model.open(account, -(limit_minor or 0))

    def _close(self, account: AccountSpec) -> None:
        self.state.model.accounts[account.code].is_closed = True
        self.state.closed.append(account)


def _beginning(state: State) -> list[Operation]:
    """The limits of the two advances, and first money for every fund."""
    operations: list[Operation] = [
        OpenAdvance(spec(Kind.ADVANCE, "UA", rule.fund, rule.currency), ADVANCE_LIMITS[rule.currency])
        for rule in (state.hryvnia, state.euro)
    ]
    targets = [spec(Kind.TRANCHE, "LT", state.tranche.fund), spec(Kind.POOL, "P", state.pool.fund)]
    targets += [spec(Kind.POOL, "Q", pooled("Q", donor)) for donor in DONORS]
    targets += [spec(Kind.TRANCHE, donor, Fund(f"{donor}-F")) for donor in DONORS]
    for target in targets:
        line = Line(spec(Kind.ORIGIN, "EU:windfall"), target, state.number(10**3, 10**9))
        operations.append(Post((state.draft("receive", line),)))
    return operations


def _completed(state: State, operation: Operation) -> Operation:
    """The lines of a roll-over, as the money lies now."""
    if not isinstance(operation, RollOver):
        return operation
    queue: Queue = state.model.accounts[operation.account.code].queue
    lines: list[Line] = []
    for run in queue:
        to = operation.target((run.way.first,))
        if lines and lines[-1].target == to:
            lines[-1] = Line(operation.account, to, lines[-1].amount_minor + run.amount)
        elif run.amount:
            lines.append(Line(operation.account, to, run.amount))
    return replace(operation, lines=tuple(lines))
