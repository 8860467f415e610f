"""The ledger once more as plain dicts and queues: slow, obvious, and without a database."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

ENDLESS = ("origin",)
KEEPS_SOURCE = ("lot", "fee", "returned")

Queue = deque[tuple[str, int]]


@dataclass
class LedgerSim:
    """Accounts as queues of (source, amount); an entry is a list of (from, to, amount)."""

    queues: dict[str, Queue] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    entries: list[list[tuple[str, str, int]]] = field(default_factory=list)
    reversed: set[int] = field(default_factory=set)

    def balance(self, account: str) -> int:
        return sum(amount for _, amount in self.queues.get(account, ())) - self.given.get(account, 0)

    def shares(self, accounts: list[str], amount: int) -> list[int]:
        """Return nested shares by exact fractions, each threshold rounded half up."""
        held = [self.balance(account) for account in accounts]
        whole, paid = sum(held), 0
        result: list[int] = []
        for n in range(len(held)):
            threshold = floor(Fraction(amount * sum(held[: n + 1]), whole) + Fraction(1, 2))
            result.append(threshold - paid)
            paid = threshold
        return result

    def post(self, lines: list[tuple[str, str, int]]) -> bool:
        """Move money line by line; tell whether every line had its money, and change nothing if not."""
        before = {account: deque(queue) for account, queue in self.queues.items()}
        given = dict(self.given)
        number = len(self.entries) + 1
        for n, (source, target, amount) in enumerate(lines, start=1):
            if not self._move(f"{number}:{n}", source, target, amount):
                self.queues, self.given = before, given
                return False
        self.entries.append(lines)
        return True

    def _move(self, name: str, source: str, target: str, amount: int) -> bool:
        if source.startswith(ENDLESS):
            self.given[source] = self.given.get(source, 0) + amount
            self._put(target, [(name, amount)])
            return True
        if self.balance(source) < amount:
            return False
        queue, moved = self.queues[source], list[tuple[str, int]]()
        while amount:
            origin, there = queue.popleft()
            taken = min(there, amount)
            if there > taken:
                queue.appendleft((origin, there - taken))
            moved.append((origin, taken))
            amount -= taken
        self._put(target, moved)
        return True

    def _put(self, account: str, money: list[tuple[str, int]]) -> None:
        if account.startswith(ENDLESS):
            self.given[account] -= sum(amount for _, amount in money)
        else:
            self.queues.setdefault(account, deque()).extend(money)

    def undo(self, number: int) -> bool:
        """Reverse an entry once, if the money is still there."""
        if number in self.reversed:
            return False
        mirror = [(target, source, amount) for source, target, amount in reversed(self.entries[number - 1])]
        if not self.post(mirror):
            return False
        self.reversed |= {number, len(self.entries)}
        return True

    def sources(self, account: str) -> dict[str, int]:
        """Return whose money lies in an account."""
        found: dict[str, int] = {}
        for source, amount in self.queues.get(account, ()):
            found[source] = found.get(source, 0) + amount
        return found


@dataclass(frozen=True)
class Step:
    """One thing that a stream does: an entry kind between two places, or the reversal of an entry."""

    kind: str
    source: tuple[str, str]
    target: tuple[str, str]
    amount: int
    choice: int


WAYS = (
    ("allocate", ("pool", "P"), ("programme", "G-1")),
    ("reserve", ("programme", "G-1"), ("contract", "C-1")),
    ("reserve", ("programme", "G-1"), ("contract", "C-2")),
    ("order", ("contract", "C-1"), ("transit", "Y-1")),
    ("order", ("contract", "C-2"), ("transit", "Y-2")),
    ("settle", ("transit", "Y-1"), ("prepaid", "C-1")),
    ("settle", ("transit", "Y-2"), ("prepaid", "C-2")),
    ("accept", ("prepaid", "C-1"), ("lot", "L-1")),
    ("accept", ("prepaid", "C-1"), ("lot", "L-2")),
    ("accept", ("prepaid", "C-2"), ("lot", "L-3")),
    ("unaccept", ("lot", "L-1"), ("prepaid", "C-1")),
    ("refund", ("prepaid", "C-2"), ("contract", "C-2")),
    ("release", ("contract", "C-1"), ("programme", "G-1")),
    ("release", ("transit", "Y-2"), ("contract", "C-2")),
    ("release", ("programme", "G-1"), ("pool", "P")),
    ("fee", ("transit", "Y-1"), ("fee", "BANK")),
)


def stream(seed: int, steps: int) -> list[Step]:
    """Return a seeded stream of receipts, flows and reversals; many of them will have to be refused."""
    rng = random.Random(seed)  # noqa: S311 - reproducible test data
    result: list[Step] = []
    for n in range(steps):
        amount, choice = rng.randint(1, 2_000), rng.randint(0, 10**6)
        dice = rng.random()
        if n < 6 or dice < 0.12:
            result.append(Step("receive", ("origin", "X"), ("pool", "P"), amount * 7, choice))
        elif dice < 0.2:
            result.append(Step("reverse", ("", ""), ("", ""), 0, choice))
        else:
            kind, source, target = rng.choice(WAYS)
            result.append(Step(kind, source, target, amount, choice))
    return result
