"""Operations that the ledger must refuse: a good one spoiled in one way, and the error that must follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.simulation import deeds
from tests.simulation.state import State
from tests.simulation.world import (
    START,
    CloseAccount,
    ClosePeriod,
    OpenAdvance,
    Operation,
    Post,
    RollOver,
    pooled,
    spec,
)

from tranche.kernel.chart import AccountSpec, Fund, Kind, fx_account, rounding_account
from tranche.kernel.journal import EntryDraft, Line, Pair

LINES_MAX = 10_000
Fault = Callable[[State], Operation | None]


def _good(state: State) -> EntryDraft | None:
    """An entry in one currency that would be posted."""
    posting = deeds.flow(state)
    return None if posting is None or posting.expected else posting.drafts[0]


def _spoiled(draft: EntryDraft, expected: str, *lines: Line) -> Post:
    return Post((replace(draft, lines=lines) if lines else draft,), expected)


def overdraft(state: State) -> Post | None:
    """One donor, or the one fund, gives more than there is."""
    draft = _good(state)
    if draft is None:
        return None
    first = draft.lines[0]
    known = state.model.accounts[first.source.code]
    there = known.balance - (known.floor or 0)
    if first.source.fund is not None and first.source.fund.pool is not None:
        rule = state.wide if first.source.fund.pool == "W" else state.shared
        place = next(place for place in rule.places(_kind(first)) if place.holder == first.source.holder)
        there = sum(balance for _, balance in state.held(rule, place, first.source.currency))
    much = replace(first, amount_minor=there + state.number(1, 1_000))
    return None if much.amount_minor > deeds.BIG else _spoiled(draft, "InsufficientFunds", much)


def _kind(line: Line) -> Kind | None:
    return START if line.source.kind is Kind.POOL else line.source.kind


def wrong_edge(state: State) -> Post | None:
    draft = _good(state)
    return None if draft is None else _spoiled(replace(draft, kind="identify"), "EdgeNotAllowed")


def skipped_step(state: State) -> Post | None:
    """Money may not jump over a step of its way."""
    account = state.own_account(state.pick((state.tranche, state.pool)), Kind.CONTRACT)
    if account is None:
        return None
    target = spec(state.pick((Kind.PREPAID, Kind.LOT)), "C-1", account.fund)
    kind = state.pick(("settle", "accept", "order"))
    return Post((state.draft(kind, Line(account, target, 1)),), "EdgeNotAllowed")


def wrong_currency(state: State) -> Post | None:
    draft = _good(state)
    if draft is None:
        return None
    line = draft.lines[0]
    other = replace(line.target, currency="USD" if line.target.currency != "USD" else "EUR")
    return _spoiled(draft, "EdgeNotAllowed", replace(line, target=other), *draft.lines[1:])


def wrong_fund(state: State) -> Post | None:
    """Money of two funds never meets in one account."""
    draft = _good(state)
    if draft is None:
        return None
    line = draft.lines[0]
    other = Fund("LT-T1") if line.source.fund != Fund("LT-T1") else Fund("P")
    target = AccountSpec(line.target.kind, line.target.holder, other, line.target.currency)
    return _spoiled(draft, "EdgeNotAllowed", replace(line, target=target), *draft.lines[1:])


def unpaired_conversion(state: State) -> Post | None:
    """Half a conversion, or one inside a single currency."""
    account = state.own_account(state.tranche, Kind.TRANSIT)
    if account is None:
        return None
    prepaid = spec(Kind.PREPAID, "C-1", account.fund, state.pick(("UAH", "EUR")))
    lines = (Line(account, fx_account("EUR"), 1), Line(fx_account(prepaid.currency), prepaid, 1))
    pairs = () if prepaid.currency == "UAH" else (Pair(1, 2),)
    return Post((state.draft("settle", *lines, fx=pairs),), "EdgeNotAllowed")


def amount_out_of_range(state: State) -> Post | None:
    draft = _good(state)
    if draft is None:
        return None
    amount = state.pick((0, -1, -(10**6), deeds.BIG + 1, 2**63, 2**80))
    return _spoiled(
        draft, "AmountOutOfRange", *draft.lines[:-1], replace(draft.lines[-1], amount_minor=amount)
    )


def much_to_round(state: State) -> Post | None:
    account = state.own_account(state.tranche, Kind.TRANSIT)
    if account is None:
        return None
    line = Line(rounding_account("EUR"), account, state.number(101, 10**6))
    return Post((state.draft("settle", line),), "AmountOutOfRange")


def wrong_count_of_lines(state: State) -> Post:
    line = Line(spec(Kind.ORIGIN, "DK:budget"), spec(Kind.UNASSIGNED, "DK"), 1)
    lines = () if state.chance(0.9) else (line,) * (LINES_MAX + 1)
    return Post((state.draft("receive", *lines),), "AmountOutOfRange")


def other_words(state: State) -> Post:
    """An account's code in another meaning, or words that make no account."""
    targets = (
        AccountSpec(Kind.TRANCHE, "DK", state.tranche.fund, "EUR"),
        AccountSpec(Kind.POOL, "P", Fund("P", "P", "DK"), "EUR"),
        AccountSpec(Kind.UNASSIGNED, "a b", None, "EUR"),
        AccountSpec(Kind.TRANCHE, "LT", Fund("x/y/z"), "EUR"),
        AccountSpec(Kind.UNASSIGNED, "DK", Fund("LT-T1"), "EUR"),
    )
    line = Line(spec(Kind.ORIGIN, "DK:budget"), state.pick(targets), 1)
    return Post((state.draft("receive", line),), "BadAccount")


def closed_account(state: State) -> Post | None:
    waiting = [account for account in state.closed if account.kind is Kind.SUSPENSE and account.fund is None]
    if not waiting:
        return None
    line = Line(spec(Kind.ORIGIN, "DK:budget"), state.pick(waiting), 5)
    return Post((state.draft("receive", line),), "AccountClosed")


def closed_period(state: State) -> Post | None:
    draft, closed = _good(state), state.model.closed_upto
    if draft is None or closed is None:
        return None
    return _spoiled(replace(draft, booked_on=closed - timedelta(days=state.number(0, 400))), "PeriodClosed")


def second_reversal(state: State) -> Post | None:
    if not state.model.undone:
        return None
    number = state.pick(list(state.model.undone)[-50:])
    return Post((state.model.undo_of(number, state.booked_on()),), "AlreadyReversed")


def altered_mirror(state: State) -> Post | None:
    """A reversal of other amounts, of part of the lines, in another order, or of nothing."""
    number = state.number(1, len(state.model.entries))
    if state.model.entries[number - 1].draft.kind == "reverse":
        return Post((state.model.undo_of(number, state.booked_on()),), "NotMirror")
    mirror = state.model.undo_of(number, state.booked_on())
    first, *others = mirror.lines
    altered = [
        replace(mirror, lines=(replace(first, amount_minor=first.amount_minor + 1), *others)),
        replace(mirror, reverses=len(state.model.entries) + 1_000),
    ]
    if others:
        altered += [replace(mirror, lines=(first,), fx=()), replace(mirror, lines=(*others, first))]
        if mirror.lines == (*others, first):
            altered.pop()
    return Post((state.pick(altered),), "NotMirror")


def favoured_donor(state: State) -> Post | None:
    """One unit of a pool's outflow on the wrong donor."""
    rule = state.shared
    kind, leaves, enters = state.pick(
        (
            ("allocate", START, Kind.PROGRAMME),
            ("order", Kind.CONTRACT, Kind.TRANSIT),
            ("accept", Kind.PREPAID, Kind.LOT),
        )
    )
    posting = deeds.step(state, rule, kind, leaves, enters)
    if posting is None or posting.expected or len(posting.drafts[0].lines) < 2:
        return None
    first, second, *others = posting.drafts[0].lines
    lines = (
        replace(first, amount_minor=first.amount_minor + 1),
        *([replace(second, amount_minor=second.amount_minor - 1)] if second.amount_minor > 1 else []),
        *others,
    )
    return _spoiled(posting.drafts[0], "SharesNotNested", *lines)


def favoured_abroad(state: State) -> Post | None:
    """One kopeck of a pool's conversion on the wrong donor."""
    posting = deeds.conversion(state)
    if posting is None or posting.expected or len(posting.drafts[0].fx) < 2:
        return None
    draft = posting.drafts[0]
    gains, loses = (pair.in_line - 1 for pair in draft.fx[:2])
    lines = list(draft.lines)
    if lines[loses].amount_minor < 2:
        return None
    lines[gains] = replace(lines[gains], amount_minor=lines[gains].amount_minor + 1)
    lines[loses] = replace(lines[loses], amount_minor=lines[loses].amount_minor - 1)
    return _spoiled(draft, "SharesNotNested", *lines)


def advance_beyond_its_limit(state: State) -> Post:
    rule = state.pick((state.hryvnia, state.euro))
    account = spec(Kind.ADVANCE, "UA", rule.fund, rule.currency)
    known = state.model.accounts[account.code]
    left = known.balance - (known.floor or 0)
    target = spec(Kind.CONTRACT, "C-1", rule.fund, rule.currency)
    return Post((state.draft("prefinance", Line(account, target, left + 1)),), "InsufficientFunds")


def advance_opened_again(state: State) -> OpenAdvance:
    rule = state.pick((state.hryvnia, state.euro))
    account = spec(Kind.ADVANCE, "UA", rule.fund, rule.currency)
    return OpenAdvance(account, state.number(1, 100), "BadAccount")


def advance_without_a_limit(state: State) -> OpenAdvance:
    account = spec(Kind.ADVANCE, "UA", Fund("UA-NEW"), "UAH")
    return OpenAdvance(account, state.pick((None, 0, -5)), "BadAccount")


def advance_that_nobody_opened(state: State) -> Post:
    fund = Fund("UA-NEW")
    line = Line(spec(Kind.ADVANCE, "UA", fund, "UAH"), spec(Kind.CONTRACT, "C-1", fund, "UAH"), 1)
    return Post((state.draft("prefinance", line),), "BadAccount")


def unknown_payer(state: State) -> Post | None:
    waiting = [(n, account) for n, account in state.unknown[-20:] if n not in state.model.undone]
    if not waiting:
        return None
    _, account = state.pick(waiting)
    return Post((state.draft("confirm", Line(account, spec(Kind.UNASSIGNED, "DK"), 1)),), "UnknownPayer")


def closing_with_money(state: State) -> CloseAccount | None:
    account = state.own_account(state.pick((state.tranche, state.shared)))
    return None if account is None else CloseAccount(account.code, "BadAccount")


def closing_nothing(_state: State) -> CloseAccount:
    return CloseAccount("tranche:NOBODY:EUR", "BadAccount")


def closing_twice(state: State) -> CloseAccount | RollOver | None:
    if not state.closed:
        return None
    account = state.pick(state.closed)
    if state.chance(0.5):
        return CloseAccount(account.code, "AccountClosed")
    return RollOver(account, "", account, account, state.booked_on(), expected="AccountClosed")


def rolling_nothing(state: State) -> RollOver:
    nobody = spec(Kind.POOL, "NOBODY", Fund("NOBODY"))
    return RollOver(nobody, "", nobody, nobody, state.booked_on(), expected="BadAccount")


def closing_a_period_again(state: State) -> ClosePeriod | None:
    closed = state.model.closed_upto
    if closed is None:
        return None
    return ClosePeriod(closed - timedelta(days=state.number(0, 30)), "PeriodClosed")


def fund_of_other_words(state: State) -> Post:
    """A pool's donor under the code of another donor."""
    fund = Fund("Q/DK") if state.model.balance("pool:Q/DK:EUR") else pooled("Q", "D K")
    line = Line(spec(Kind.ORIGIN, "DK:budget"), spec(Kind.POOL, "Q2", fund), 1)
    return Post((state.draft("receive", line),), "BadAccount")


def one_donor_too_many(state: State) -> Post | None:
    is_full = len(state.model.donors.get("W", [])) == deeds.POOL_DONORS_MAX
    return Post((state.newcomer(),), "PoolFull") if is_full else None


FAULTS: tuple[Fault, ...] = (
    *(overdraft,) * 4,
    wrong_edge,
    skipped_step,
    wrong_currency,
    wrong_fund,
    unpaired_conversion,
    *(amount_out_of_range,) * 2,
    much_to_round,
    wrong_count_of_lines,
    other_words,
    fund_of_other_words,
    closed_account,
    *(closed_period,) * 2,
    *(second_reversal,) * 2,
    *(altered_mirror,) * 2,
    *(favoured_donor,) * 3,
    *(favoured_abroad,) * 2,
    advance_beyond_its_limit,
    advance_opened_again,
    advance_without_a_limit,
    advance_that_nobody_opened,
    unknown_payer,
    closing_with_money,
    closing_nothing,
    closing_twice,
    rolling_nothing,
    closing_a_period_again,
    one_donor_too_many,
)
