"""A seeded stream of postings has the same outcome in the real ledger and in the plain model."""

from __future__ import annotations

import pytest
from tests.ledger import desk
from tests.oracle.ledger_sim import LedgerSim, Step, stream

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place
from tranche.kernel.ledger import Line
from tranche.kernel.ledger_errors import AlreadyReversed, InsufficientFunds, NotMirror
from tranche.ledger import fragments
from tranche.ledger.balances import balances
from tranche.ledger.flows import Restriction
from tranche.ledger.verify import verify

pytestmark = pytest.mark.usefixtures("mechanism")

STEPS = 300
DONORS = ("DK", "SE", "IS")
POOLED = tuple(desk.pooled("P", donor) for donor in DONORS)


def code(place: tuple[str, str], fund: Fund | None) -> str:
    return AccountSpec(Kind(place[0]), place[1], fund, "EUR").code


class Pair:
    """The model and the ledger, driven by the same steps under one spending rule."""

    def __init__(self, *, pro_rata: bool) -> None:
        self.sim = LedgerSim()
        self.rule = Restriction("P", pro_rata=pro_rata)
        self.funds: list[Fund] = []

    def run(self, step: Step) -> None:
        if step.kind == "receive":
            self._receive(step)
        elif step.kind == "reverse":
            self._reverse(step)
        else:
            self._flow(step)

    def _receive(self, step: Step) -> None:
        fund = POOLED[step.choice % 3] if self.rule.pro_rata else Fund("P")
        if fund not in self.funds:
            self.funds.append(fund)
        origin = desk.spec(Kind.ORIGIN, f"{DONORS[step.choice % 3]}:budget")
        pool = desk.spec(Kind.POOL, "P", fund)
        assert self.sim.post([(origin.code, pool.code, step.amount)])
        desk.post(desk.entry("receive", Line(origin, pool, step.amount)))

    def _flow(self, step: Step) -> None:
        accounts = [code(step.source, fund) for fund in self.funds]
        enough = sum(map(self.sim.balance, accounts)) >= step.amount
        source, target = (Place(Kind(kind), holder) for kind, holder in (step.source, step.target))
        if not enough:
            with pytest.raises(InsufficientFunds):
                desk.flow(step.kind, self.rule, source, target, step.amount)
            return
        shares = self.sim.shares(accounts, step.amount)
        targets = [code(step.target, fund) for fund in self.funds]
        moved = [line for line in zip(accounts, targets, shares, strict=True) if line[2]]
        assert self.sim.post(moved)
        desk.flow(step.kind, self.rule, source, target, step.amount)

    def _reverse(self, step: Step) -> None:
        number = step.choice % len(self.sim.entries) + 1
        if self.sim.undo(number):
            desk.undo(number)
            return
        with pytest.raises((InsufficientFunds, AlreadyReversed, NotMirror)):
            desk.undo(number)

    def assert_same(self) -> None:
        found = {row.code: row.balance for row in balances(using="default")}
        assert {account: amount for account, amount in found.items() if amount} == {
            account: self.sim.balance(account)
            for account in (*self.sim.queues, *self.sim.given)
            if self.sim.balance(account)
        }
        for row in balances(kinds=(Kind.LOT, Kind.FEE), using="default"):
            net: dict[str, int] = {}
            for fragment in fragments.of_accounts([row.account_id], using="default"):
                sign = 1 if fragment.entered == row.code else -1
                name = str(fragment.source)
                net[name] = net.get(name, 0) + sign * fragment.amount_minor
            assert {name: amount for name, amount in net.items() if amount} == self.sim.sources(row.code)


@pytest.mark.parametrize(("pro_rata", "seed"), [(False, 1), (True, 2)])
def test_ledger_and_model_agree_on_every_balance_and_source(pro_rata: bool, seed: int) -> None:
    pair = Pair(pro_rata=pro_rata)

    for n, step in enumerate(stream(seed, STEPS), start=1):
        pair.run(step)
        if n % 50 == 0:
            pair.assert_same()

    assert verify().differences == ()
    assert len(pair.sim.entries) > STEPS // 3
