"""Operations that the ledger should carry out, drawn from what there is; some have no money after all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.oracle.ledger_model import shares
from tests.simulation import world
from tests.simulation.state import CONVERTED_MAX, State
from tests.simulation.world import (
    ADVANCED,
    CONVERSIONS,
    FLOWS,
    START,
    CloseAccount,
    ClosePeriod,
    Operation,
    Post,
    RollOver,
    Rule,
    pooled,
    spec,
)

from tranche.kernel.chart import AccountSpec, Fund, Kind, Place, fx_account, rounding_account
from tranche.kernel.journal import Line, Pair
from tranche.kernel.money import Money
from tranche.ledger.flows import Restriction

BIG = 10**15
POOL_DONORS_MAX = 64
GENERATIONS_MAX = 5
UNDONE = ((0, 40), (300, 900), (500, 10**6))
"""How far back the entry lies that is reversed."""
WEIGHTS_OF_FLOWS = [way[0] for way in FLOWS]
WEIGHTS_OF_ADVANCED = [way[0] for way in ADVANCED]
WEIGHTS_OF_CONVERSIONS = [way[0] for way in CONVERSIONS]

Deed = Callable[[State], Operation | None]


def flow(state: State) -> Post | None:
    """One step of the way of the money, or back."""
    rule = state.spending_rule()
    ways, weights = (ADVANCED, WEIGHTS_OF_ADVANCED) if rule.is_advance else (FLOWS, WEIGHTS_OF_FLOWS)
    _, kind, leaves, enters = state.rng.choices(ways, weights)[0]
    return step(state, rule, kind, leaves, enters)


def step(state: State, rule: Rule, kind: str, leaves: Kind | None, enters: Kind | None) -> Post | None:
    found = state.place_with_money(rule, leaves)
    if found is None:
        return None
    source, currency = found
    held = sum(balance for _, balance in state.held(rule, source, currency))
    amount = held + state.number(1, 99) if state.chance(0.005) else state.part_of(min(held, BIG))
    return state.flow(rule, kind, source, state.pick(rule.places(enters)), Money(amount, currency))


def conversion(state: State) -> Post | None:
    """Money of a fund in another currency, at the bank's two amounts."""
    rule = state.pick((state.tranche, state.pool, state.shared, state.shared))
    _, kind, leaves, enters, out, into = state.rng.choices(CONVERSIONS, WEIGHTS_OF_CONVERSIONS)[0]
    sources = rule.places(leaves)
    source = state.pick(sources)
    held = sum(balance for _, balance in state.held(rule, source, out))
    if not held:
        return None
    given = Money(state.part_of(min(held, CONVERTED_MAX[out])), out)
    target = source if kind == "convert" else state.pick(rule.places(enters))
    return state.conversion(rule, kind, source, target, given, at_some_rate(state, given, into))


def at_some_rate(state: State, given: Money, currency: str) -> Money:
    """What the bank gave; now and then next to nothing."""
    percent = {"UAH": (3_900, 4_900), "USD": (80, 125), "EUR": (80, 125)}[currency]
    if given.currency == "UAH":
        amount = given.amount_minor * 100 // state.number(3_900, 4_900)
    else:
        amount = given.amount_minor * state.number(*percent) // 100
    return Money(1 if state.chance(0.03) else max(1, amount + state.number(0, 1)), currency)


def receive(state: State) -> Post:
    """Money that the bank has credited, in one of the shapes that it comes in."""
    donor = state.donor()
    origin = spec(Kind.ORIGIN, f"{donor}:{state.pick(('budget', 'windfall', 'interest'))}")
    amount = state.number(1, 3_000) if state.chance(0.5) else state.number(10**5, 10**10)
    targets = (
        spec(Kind.UNASSIGNED, donor),
        spec(Kind.TRANCHE, donor, Fund(f"{donor}-F")),
        spec(Kind.TRANCHE, "LT", state.tranche.fund),
        spec(Kind.POOL, "P", state.pool.fund),
        spec(Kind.POOL, "Q", pooled("Q", donor)),
        spec(Kind.POOL, "Q", pooled("Q", donor)),
    )
    return state.judged(state.draft("receive", Line(origin, state.pick(targets), amount)))


def park(state: State) -> Post:
    """A bank credit that somebody has to look at; of some nobody knows the payer."""
    account, is_known = state.bank_line(), state.chance(0.6)
    origin = spec(Kind.ORIGIN, f"{state.donor()}:budget" if is_known else "BANK:unknown")
    posting = state.judged(state.draft("receive", Line(origin, account, state.number(1, 10**6))))
    if is_known:
        state.parked.append(account)
    else:
        state.unknown.append((len(state.model.entries) + 1, account))
    return posting


def assign(state: State) -> Post | None:
    """A tranche is authorised, or joins its pool."""
    donor = state.donor()
    own = spec(Kind.TRANCHE, donor, Fund(f"{donor}-F"))
    source = state.pick((spec(Kind.UNASSIGNED, donor), own))
    pools = [spec(Kind.POOL, "P", state.pool.fund), spec(Kind.POOL, "Q", pooled("Q", donor))]
    target = state.pick([*pools, own] if source.kind is Kind.UNASSIGNED else pools)
    return _moved(state, "assign", source, target)


def confirm(state: State) -> Post | None:
    """A person says what money that was set aside is."""
    waiting = state.aside if state.chance(0.6) else state.parked
    if not waiting:
        return None
    account = state.pick(waiting)
    if not state.model.balance(account.code):
        waiting.remove(account)
        return None
    return _moved(state, "confirm", account, state.pick(_confirmed(state, account)))


def _confirmed(state: State, account: AccountSpec) -> list[AccountSpec]:
    fund, donor = account.fund, state.donor()
    if fund is None:
        own = spec(Kind.TRANCHE, donor, Fund(f"{donor}-F"))
        programme = spec(Kind.PROGRAMME, state.tranche.holders[Kind.PROGRAMME][0], state.tranche.fund)
        return [spec(Kind.UNASSIGNED, donor), own, spec(Kind.POOL, "P", state.pool.fund), programme]
    rule = state.rule_of(fund)
    now = fund if fund.pool is not None else rule.fund
    places = [rule.start, *rule.places(Kind.PROGRAMME), *rule.places(Kind.CONTRACT)]
    found = [spec(place.kind, place.holder, now) for place in places if rule not in state.leavers]
    return [*found, spec(Kind.RETURNED, fund.donor or "EU", fund)]


def _moved(state: State, kind: str, source: AccountSpec, target: AccountSpec) -> Post | None:
    """Some of what is there, or a little more than that."""
    held = state.model.balance(source.code)
    if held < 1:
        return None
    amount = held + 1 if state.chance(0.005) else state.part_of(min(held, BIG))
    return state.judged(state.draft(kind, Line(source, target, amount)))


def give_back(state: State) -> Post | None:
    """A return to a donor: ordered, settled, or given up again."""
    donor = state.donor()
    if state.chance(0.3):
        source, fund = spec(Kind.UNASSIGNED, donor), None
    else:
        rule = state.pick((state.tranche, state.pool, state.shared, *state.leavers))
        own = state.own_account(rule)
        if own is None or own.currency != "EUR":
            return None
        source, fund = own, own.fund
    transit = spec(Kind.TRANSIT, f"R-{donor}", fund)
    if not state.model.balance(transit.code):
        return _moved(state, "order", source, transit)
    if state.chance(0.35):
        return _moved(state, "release", transit, source)
    return _moved(state, "settle", transit, spec(Kind.RETURNED, donor, fund))


def set_aside(state: State) -> Post | None:
    """Money comes back from the bank, or a donor's bank takes it back."""
    rule = state.pick((state.tranche, state.pool, state.shared))
    ways: tuple[tuple[str, Kind | None], ...] = (
        ("bounce", Kind.TRANSIT),
        ("bounce", Kind.PREPAID),
        ("recall", START),
        ("recall", Kind.PROGRAMME),
    )
    kind, leaves = state.pick(ways)
    source = state.own_account(rule, leaves)
    if kind == "bounce" and state.chance(0.3):
        source = spec(Kind.RETURNED, "EU", rule.fund or pooled("Q", "EU"))
    if kind == "recall" and state.chance(0.2):
        source = spec(Kind.UNASSIGNED, state.donor())
    if source is None or source.currency != "EUR":
        return None
    posting = _moved(state, kind, source, state.bank_line(source.fund))
    if posting is not None and not posting.expected:
        line = posting.drafts[0].lines[0]
        (state.aside if line.target.fund else state.parked).append(line.target)
    return posting


def odd_units(state: State) -> Post | None:
    """The bank's odd minor units, taken or given."""
    rule = state.pick((state.tranche, state.pool, state.shared))
    kind = state.pick(("settle", "refund", "convert"))
    donor = spec(Kind.UNASSIGNED, state.donor())
    if state.chance(0.1) and state.model.balance(donor.code):
        return state.judged(state.draft(kind, Line(donor, rounding_account("EUR"), 1)))
    leaves = state.pick((Kind.TRANSIT, Kind.TRANSIT, Kind.PREPAID, START, Kind.PROGRAMME))
    found = state.place_with_money(rule, leaves)
    if found is None:
        return None
    place, currency = found
    rounding = rounding_account(currency)
    if state.chance(0.4) and leaves is Kind.TRANSIT:
        account = spec(Kind.TRANSIT, place.holder, state.pick(state.funds(rule)))
        return state.judged(state.draft(kind, Line(rounding, account, state.number(1, 100))))
    held = sum(balance for _, balance in state.held(rule, place, currency))
    amount = Money(state.number(1, min(held, 100)), currency)
    [draft] = state.flow(rule, kind, place, place, amount).drafts
    lines = (Line(line.source, rounding, line.amount_minor) for line in draft.lines)
    return state.judged(state.draft(kind, *lines))


def of_unassigned(state: State) -> Post | None:
    """What may become of money whose tranche is not authorised yet: a fee, or another currency."""
    account = spec(Kind.UNASSIGNED, state.donor(), None, state.pick(("EUR", "EUR", "USD")))
    held = state.model.balance(account.code)
    if not held:
        return None
    if state.chance(0.3):
        return _moved(state, "fee", account, spec(Kind.FEE, "BANK", None, account.currency))
    given = Money(state.part_of(min(held, 40)), account.currency)
    got = at_some_rate(state, given, "USD" if account.currency == "EUR" else "EUR")
    there = spec(Kind.UNASSIGNED, account.holder, None, got.currency)
    lines = (
        Line(account, fx_account(given.currency), given.amount_minor),
        Line(fx_account(got.currency), there, got.amount_minor),
    )
    return state.judged(state.draft("convert", *lines, fx=(Pair(1, 2),)))


def move_on(state: State) -> Post | None:
    """Part of a holding goes to another holder, and the account stays open."""
    kind = state.pick((Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID, Kind.PROGRAMME, Kind.SUSPENSE, START))
    if kind is Kind.SUSPENSE:
        source = state.pick(state.aside) if state.aside else None
    elif kind is START:
        source = spec(
            *state.pick(((Kind.UNASSIGNED, state.donor()), (Kind.TRANCHE, "LT", state.tranche.fund)))
        )
    else:
        source = state.own_account(state.pick((state.tranche, state.pool, state.shared)), kind)
    if source is None:
        return None
    fund = Fund("LT-T2") if source.kind is Kind.TRANCHE else source.fund
    target = spec(source.kind, f"{source.holder}.X", fund, source.currency)
    return _moved(state, "rollover", source, target)


def reimburse(state: State) -> Post | None:
    """A state that paid first is repaid, in its own currency or in euro."""
    rule = state.pick((state.tranche, state.pool, state.shared))
    paid = state.pick((state.hryvnia, state.euro))
    account = spec(Kind.ADVANCE, "UA", paid.fund, paid.currency)
    drawn = -state.model.balance(account.code)
    held = sum(balance for _, balance in state.held(rule, rule.start, "EUR"))
    if held < 1 or drawn < 1:
        return None
    if paid is state.euro:
        amount = Money(state.part_of(min(held, drawn)), "EUR")
        [draft] = state.flow(rule, "reimburse", rule.start, rule.start, amount).drafts
        return state.judged(
            state.draft("reimburse", *(Line(line.source, account, line.amount_minor) for line in draft.lines))
        )
    given = Money(state.part_of(min(held, CONVERTED_MAX["EUR"])), "EUR")
    got = Money(given.amount_minor * state.number(3_900, 4_900) // 100, "UAH")
    if got.amount_minor > drawn:
        return None
    return state.conversion(rule, "reimburse", rule.start, rule.start, given, got, account)


def twofold(state: State) -> Post | None:
    """Two outflows from one place in one entry; the second starts from what the first left."""
    rule = state.pick((state.tranche, state.pool, state.shared))
    held = sum(balance for _, balance in state.held(rule, rule.start, "EUR"))
    if held < 2:
        return None
    targets = rule.places(Kind.PROGRAMME)[:2]
    first = state.flow(rule, "allocate", rule.start, targets[0], Money(state.part_of(held - 1), "EUR"))
    taken = {line.source.code: line.amount_minor for line in first.drafts[0].lines}
    accounts = [account for account, _ in state.held(rule, rule.start, "EUR")]
    rest = [state.model.balance(account.code) - taken.get(account.code, 0) for account in accounts]
    second = [
        Line(account, spec(targets[1].kind, targets[1].holder, account.fund), share)
        for account, share in zip(accounts, shares(rest, state.part_of(sum(rest))), strict=True)
        if share
    ]
    return state.judged(state.draft("allocate", *first.drafts[0].lines, *second))


def undo(state: State) -> Post | None:
    """The reversal of an entry, mostly of a late one; many cannot be undone any more."""
    last = len(state.model.entries)
    least, most = state.rng.choices(UNDONE, (2, 11, 7))[0]
    number = state.number(max(1, last - most), max(1, last - least))
    return state.judged(state.model.undo_of(number, state.booked_on()))


def identify(state: State) -> Post | None:
    """Money of an unknown payer is received anew from the right origin and confirmed, all in one."""
    waiting = [(n, account) for n, account in state.unknown if n not in state.model.undone]
    if not waiting:
        return None
    number, account = state.pick(waiting)
    amount = state.model.balance(account.code)
    donor = state.donor()
    right = Line(spec(Kind.ORIGIN, f"{donor}:budget"), account, amount)
    known = Line(account, spec(Kind.UNASSIGNED, donor), amount)
    undone = state.model.undo_of(number, state.booked_on())
    return Post((undone, state.draft("receive", right), state.draft("confirm", known)))


def widen(state: State) -> Post | None:
    """More donors of a pool that has place for 64."""
    place = POOL_DONORS_MAX - len(state.model.donors.get("W", []))
    return Post(tuple(state.newcomer() for _ in range(min(8, place)))) if place else None


def spend_widely(state: State) -> Post | None:
    return step(state, state.wide, "allocate", START, Kind.PROGRAMME)


def fill(state: State) -> Post:
    """The largest movement there is, until a total would leave its range."""
    target = spec(Kind.TRANCHE, "BIG", Fund("BIG"))
    return state.judged(state.draft("receive", Line(spec(Kind.ORIGIN, "BIG:budget"), target, BIG)))


def roll_over(state: State) -> Operation | None:
    """A donor leaves the first-in pool, or a holder gets a successor."""
    if state.chance(0.4) and len(state.pools) < GENERATIONS_MAX:
        return _leave(state)
    rule = state.pick((state.tranche, state.pool, state.shared))
    kind = state.pick((Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT))
    old = state.pick(rule.holders[kind])
    state.names += 1
    new = f"{old.partition('.')[0]}.{state.names}"
    for fund in state.funds(rule):
        for currency in rule.currencies(kind):
            account = spec(kind, old, fund, currency)
            if account.code in state.model.accounts:
                to = spec(kind, new, fund, currency)
                state.queued.append(RollOver(account, "", to, to, state.booked_on()))
    rule.holders[kind][rule.holders[kind].index(old)] = new
    return None


def _leave(state: State) -> Operation | None:
    pool, donor = state.pool, state.donor()
    account = spec(Kind.POOL, "P", pool.fund)
    if account.code not in state.model.accounts:
        return None
    leaver = Rule(Restriction(f"P/{donor}", pro_rata=False), Place(Kind.POOL, "P"), fund=Fund(f"P/{donor}"))
    after = world.fifo_pool(len(state.pools))
    for currency in ("EUR", "USD"):
        old, his, rest = (
            spec(Kind.POOL, "P", fund, currency) for fund in (pool.fund, leaver.fund, after.fund)
        )
        if old.code in state.model.accounts:
            state.queued.append(RollOver(old, f"tranche:{donor}-F:EUR", his, rest, state.booked_on()))
    pool.is_open = False
    state.pools.append(after)
    if leaver.restriction not in [known.restriction for known in state.leavers]:
        state.leavers.append(leaver)
    return None


def close_account(state: State) -> None:
    """The accounts of some bank lines that are dealt with."""
    for _ in range(20):
        account = state.model.accounts.get(f"suspense:S-{state.number(1, state.bank_lines + 1)}:-:EUR")
        closing = [each.code for each in state.queued if isinstance(each, CloseAccount)]
        if account and not account.balance and not account.is_closed and account.spec.code not in closing:
            state.queued.append(CloseAccount(account.spec.code))


def close_period(state: State) -> ClosePeriod | None:
    upto = state.today - timedelta(days=state.number(0, 4))
    closed = state.model.closed_upto
    state.today += timedelta(days=1)
    return ClosePeriod(upto) if closed is None or upto > closed else None
