"""What a simulated mechanism knows between two operations, and the choices that are drawn from its seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from tests.oracle.ledger_model import Model, shares
from tests.simulation import world
from tests.simulation.world import DONORS, START, Flow, Operation, Post, Rule, spec

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place, fx_account, rounding_account
from tranche.kernel.journal import EntryDraft, Line, Pair
from tranche.kernel.money import Money

Choice = TypeVar("Choice")
CONVERTED_MAX = {"EUR": 40, "USD": 40, "UAH": 4_000}
"""The model converts unit by unit."""


@dataclass(slots=True)
class State:
    """The model, the rules in force, and what waits to be dealt with."""

    rng: random.Random
    model: Model = field(default_factory=Model)
    tranche: Rule = field(default_factory=world.tranche)
    pools: list[Rule] = field(default_factory=lambda: [world.fifo_pool(0)])
    shared: Rule = field(default_factory=world.pro_rata_pool)
    wide: Rule = field(default_factory=lambda: world.pro_rata_pool("W"))
    hryvnia: Rule = field(default_factory=lambda: world.advance("UA-A", "UAH"))
    euro: Rule = field(default_factory=lambda: world.advance("UA-B", "EUR"))
    leavers: list[Rule] = field(default_factory=list)
    parked: list[AccountSpec] = field(default_factory=list)
    unknown: list[tuple[int, AccountSpec]] = field(default_factory=list)
    aside: list[AccountSpec] = field(default_factory=list)
    closed: list[AccountSpec] = field(default_factory=list)
    queued: list[Operation] = field(default_factory=list)
    today: date = world.FIRST_DAY
    bank_lines: int = 0
    names: int = 0
    burst: int = 0

    @property
    def pool(self) -> Rule:
        return self.pools[-1]

    def pick(self, choices: Sequence[Choice]) -> Choice:
        return choices[int(self.rng.random() * len(choices))]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def number(self, lowest: int, highest: int) -> int:
        return lowest + int(self.rng.random() * (highest - lowest + 1))

    def part_of(self, held: int) -> int:
        """An amount of at most what is held: any, all of it, or a small one."""
        dice = self.rng.random()
        if dice < 0.4:
            return self.number(1, held)
        if dice < 0.55:
            return held
        if dice < 0.8:
            return self.number(1, min(held, 60))
        return max(1, held >> self.number(1, 8))

    def booked_on(self) -> date:
        """Some day that is still open."""
        back = self.number(0, 6)
        closed = self.model.closed_upto
        day = self.today - timedelta(days=back)
        return day if closed is None or day > closed else self.today

    def draft(self, kind: str, *lines: Line, fx: tuple[Pair, ...] = ()) -> EntryDraft:
        booked_on = self.booked_on()
        value_on = booked_on - timedelta(days=2) if self.chance(0.3) else None
        return EntryDraft(kind, lines, booked_on, value_on, fx=fx)

    def judged(self, draft: EntryDraft, flow: Flow | None = None) -> Post:
        """A posting with what the model says of it."""
        return Post((draft,), self.model.refusal(draft), flow)

    def funds(self, rule: Rule) -> list[Fund]:
        return [rule.fund] if rule.fund is not None else self.model.donors.get(rule.restriction.code, [])

    def spending_rule(self) -> Rule:
        """A rule whose money is on its way, the pools more often than what is left of old ones."""
        rules = (self.tranche, self.pool, self.shared, self.hryvnia, self.euro, self.pick(self.pools))
        return self.rng.choices(rules, (3, 3, 5, 2, 1, 1))[0]

    def held(self, rule: Rule, place: Place, currency: str) -> list[tuple[AccountSpec, int]]:
        """What each fund may give at a place; an advance down to its limit."""
        found = []
        for fund in self.funds(rule):
            account = spec(place.kind, place.holder, fund, currency)
            known = self.model.accounts.get(account.code)
            least = 0 if known is None or known.floor is None else known.floor
            found.append((account, self.model.balance(account.code) - least))
        return found

    def place_with_money(self, rule: Rule, kind: Kind | None) -> tuple[Place, str] | None:
        """A place of this kind, and the currency, where the rule has something."""
        places = [(place, currency) for place in rule.places(kind) for currency in rule.currencies(kind)]
        self.rng.shuffle(places)
        for place, currency in places:
            if any(balance for _, balance in self.held(rule, place, currency)):
                return place, currency
        return None

    def flow(self, rule: Rule, kind: str, source: Place, target: Place, out: Money) -> Post:
        """An outflow by the rule's own arithmetic."""
        held = self.held(rule, source, out.currency)
        lines = [
            Line(account, spec(target.kind, target.holder, account.fund, out.currency), share)
            for (account, _), share in zip(held, shares([b for _, b in held], out.amount_minor), strict=True)
            if share
        ]
        asked = Flow(rule.restriction, source, target, out)
        return self.judged(self.draft(kind, *lines), None if source.kind is Kind.ADVANCE else asked)

    def conversion(
        self,
        rule: Rule,
        kind: str,
        source: Place,
        target: Place,
        out: Money,
        into: Money,
        to: AccountSpec | None = None,
    ) -> Post:
        """A conversion: what is given follows the balances, what comes follows what was given."""
        held = self.held(rule, source, out.currency)
        given = shares([balance for _, balance in held], out.amount_minor)
        got = shares(given, into.amount_minor)
        lines: list[Line] = []
        pairs: list[Pair] = []
        for (account, _), less, more in zip(held, given, got, strict=True):
            there = to or spec(target.kind, target.holder, account.fund, into.currency)
            if less and more:
                lines += [Line(account, fx_account(out.currency), less)]
                lines += [Line(fx_account(into.currency), there, more)]
                pairs.append(Pair(len(lines) - 1, len(lines)))
            elif less:
                lines.append(Line(account, rounding_account(out.currency), less))
        asked = Flow(rule.restriction, source, target, out, into, to)
        return self.judged(self.draft(kind, *lines, fx=tuple(pairs)), asked)

    def bank_line(self, fund: Fund | None = None) -> AccountSpec:
        """An account for one line of a bank statement that somebody has to look at."""
        self.bank_lines += 1
        return spec(Kind.SUSPENSE, f"S-{self.bank_lines}", fund)

    def newcomer(self) -> EntryDraft:
        """The first money of another donor of the widest pool."""
        self.names += 1
        donor = f"W{self.names}"
        share = spec(Kind.POOL, "W", world.pooled("W", donor))
        return self.draft("receive", Line(spec(Kind.ORIGIN, f"{donor}:budget"), share, self.number(1, 10**6)))

    def own_account(self, rule: Rule, kind: Kind | None = START) -> AccountSpec | None:
        """One fund's account with money at a place of this kind."""
        found = self.place_with_money(rule, kind)
        if found is None:
            return None
        accounts = [account for account, balance in self.held(rule, *found) if balance]
        return self.pick(accounts)

    def donor(self) -> str:
        return self.pick(DONORS)

    def rule_of(self, fund: Fund) -> Rule:
        """The rule that money of this fund follows today; of a rolled-over pool, its newest form."""
        if fund.pool is not None:
            return self.shared
        if fund == self.tranche.fund:
            return self.tranche
        known = (rule for rule in (*self.pools, *self.leavers) if rule.fund == fund and rule.is_open)
        return next(known, self.pool)
