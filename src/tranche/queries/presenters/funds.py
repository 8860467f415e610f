"""Funds for readers: the rule in words, whose money goes next, what lies how long, and who paid so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.queries.funds import FundDetail, FundRow, Head, HolderShares, Rule, SpentByDonor, UnspentSource
from tranche.queries.presenters.links import Link, place_href, record_href
from tranche.queries.presenters.money import (
    Figure,
    Item,
    Place,
    account_href,
    entry_href,
    figure_at,
    fund_href,
    place,
    stage_items,
)
from tranche.queries.presenters.money_words import KINDS
from tranche.queries.presenters.words import word
from tranche.queries.stages import MoneyByStage

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

RULES: Mapping[str, StrPromise] = {
    "earmark": gettext_lazy("Earmarked, first in first out inside"),
    "fifo": gettext_lazy("First in, first out"),
    "pro_rata": gettext_lazy("Pro-rata"),
    "advance": gettext_lazy("A state pays first"),
}
MEANINGS: Mapping[str, StrPromise] = {
    "earmark": gettext_lazy("The money keeps accounts of its own; inside each the oldest cents leave first."),
    "fifo": gettext_lazy("The money mixes; the oldest cents leave first."),
    "pro_rata": gettext_lazy(
        "Every donor has an account at every place, and every outflow is split by what each has there."
    ),
    "advance": gettext_lazy(
        "What is drawn is repaid in the same order: the first unit drawn is the first repaid."
    ),
}
IDLE_STAGES = ("idle", "allocated", "contracted", "ordered", "paid")


@dataclass(frozen=True, slots=True)
class RuleShown:
    """The rule of a fund, what it means, since when, and by which agreement."""

    name: str
    meaning: str
    since: date | None
    agreement: Link | None
    pool: Link | None


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fund of the list."""

    ref: Link
    kind: str
    title: str
    rule: str
    since: date | None
    unspent: tuple[Money, ...]
    accepted: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class HeadShown:
    """Whose money goes next out of an account."""

    place: Place
    balance: Figure
    donor: str
    receipt: Link
    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class UnspentShown:
    """What of one receipt is not spent, and how old it is."""

    receipt: Link
    trace_href: str
    donor: str
    on: date
    days: int
    amount: Money
    own: tuple[Money, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class SpentShown:
    """What a donor's money was spent on, in its own currency, and in that of the uses where it is another."""

    donor: str
    kind: str
    amount: Money
    own: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class SharesShown:
    """What the donors of a pool have at one holder, and whose receipt goes next of each."""

    kind: str
    holder: Link
    shares: tuple[tuple[str, Figure, HeadShown | None], ...]
    total: Money


@dataclass(frozen=True, slots=True)
class FundPage:
    """One fund."""

    ref: str
    title: str
    kind: str
    rule: RuleShown
    money: tuple[tuple[Item, ...], ...]
    heads: tuple[HeadShown, ...]
    unspent: tuple[UnspentShown, ...]
    spent: tuple[SpentShown, ...]
    shares: tuple[SharesShown, ...]
    trace_href: str
    record: Link | None

    @property
    def is_converted(self) -> bool:
        return any(row.own for row in self.unspent) or any(row.own for row in self.spent)


def fund_lines(rows: Sequence[FundRow]) -> tuple[FundLine, ...]:
    return tuple(
        FundLine(
            ref=Link(row.ref, fund_href(row.ref)),
            kind=word(KINDS, row.kind),
            title=row.title,
            rule=word(RULES, row.rule.name),
            since=row.rule.since,
            unspent=_sums(row.money, IDLE_STAGES),
            accepted=_sums(row.money, ("accepted",)),
        )
        for row in rows
    )


def _sums(money: Iterable[MoneyByStage], stages: Sequence[str]) -> tuple[Money, ...]:
    sums = ((sum(one.at(stage) for stage in stages), one.currency) for one in money)
    return tuple(Money(minor, currency) for minor, currency in sums if minor)


def rule_shown(rule: Rule) -> RuleShown:
    return RuleShown(
        name=word(RULES, rule.name),
        meaning=word(MEANINGS, rule.name),
        since=rule.since,
        agreement=Link(rule.agreement_title, record_href("agreement", rule.agreement))
        if rule.agreement
        else None,
        pool=Link(rule.pool, fund_href(rule.pool)) if rule.pool else None,
    )


def fund_page(found: FundDetail) -> FundPage:
    row, heads = found.row, {head.account: _head(head, found.names) for head in found.heads}
    return FundPage(
        ref=row.ref,
        title=row.title or row.ref,
        kind=word(KINDS, row.kind),
        rule=rule_shown(row.rule),
        money=tuple(_money_items(money) for money in row.money),
        heads=() if found.shares else tuple(heads.values()),
        unspent=tuple(_unspent(source, found.names) for source in found.unspent),
        spent=tuple(_spent(one, found.names) for one in found.spent),
        shares=tuple(_shares(one, heads, found.names) for one in found.shares),
        trace_href=f"{reverse('trace')}?from={row.ref}",
        record=Link(row.ref, record_href("tranche", row.ref)) if row.kind == "tranche" else None,
    )


def _money_items(money: MoneyByStage) -> tuple[Item, ...]:
    """The stages as plain amounts: the accounts behind them stand on this page."""
    return tuple(
        Item(name=item.name, amount=item.figure.amount, note=item.note)
        for item in stage_items(money)
        if item.figure
    )


def _head(head: Head, names: Mapping[str, str]) -> HeadShown:
    return HeadShown(
        place=place(head.account),
        balance=figure_at(account_href(head.account), head.balance.amount_minor, head.balance.currency),
        donor=names.get(head.donor, head.donor),
        receipt=Link(str(head.source), entry_href(head.source.entry)),
        on=head.booked_on,
        amount=head.amount,
    )


def _unspent(row: UnspentSource, names: Mapping[str, str]) -> UnspentShown:
    return UnspentShown(
        receipt=Link(str(row.source), entry_href(row.source.entry)),
        trace_href=f"{reverse('trace')}?from={row.source}",
        donor=names.get(row.donor, row.donor),
        on=row.booked_on,
        days=row.days,
        amount=row.amount,
        own=_other(row.own, row.amount),
        places=tuple(place(code) for code in row.accounts),
    )


def _spent(row: SpentByDonor, names: Mapping[str, str]) -> SpentShown:
    return SpentShown(
        donor=names.get(row.donor, row.donor),
        kind=word(KINDS, row.kind),
        amount=row.amount,
        own=_other(row.own, row.amount),
    )


def _other(own: Sequence[Money], amount: Money) -> tuple[Money, ...]:
    """The amounts in currencies of their own; none where the only one is the same."""
    return () if all(one.currency == amount.currency for one in own) else tuple(own)


def _shares(row: HolderShares, heads: Mapping[str, HeadShown], names: Mapping[str, str]) -> SharesShown:
    href = place_href(row.kind.value, row.holder) if row.kind is not Kind.POOL else ""
    return SharesShown(
        kind=word(KINDS, row.kind.value),
        holder=Link(row.holder, href),
        shares=tuple(
            (names.get(donor, donor), figure_at(account_href(code), minor, row.currency), heads.get(code))
            for donor, code, minor in row.shares
        ),
        total=Money(row.total_minor, row.currency),
    )
