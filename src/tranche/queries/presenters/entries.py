"""A journal entry for readers: its movements and conversions, sums by currency, what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.kernel.money import Money
from tranche.queries.money import EntryDetail
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.money import Item, Place, entry_href, place
from tranche.queries.presenters.money_words import ENTRIES
from tranche.queries.presenters.words import word


@dataclass(frozen=True, slots=True)
class MovementShown:
    """One line; `pair` is the line of the other currency where it is half a conversion, else 0."""

    number: int
    source: Place
    target: Place
    amount: Money
    pair: int


@dataclass(frozen=True, slots=True)
class ConversionShown:
    """What the bank took and what it gave, and the rate that the two whole numbers imply."""

    out_line: int
    in_line: int
    source: Place
    target: Place
    out: Money
    into: Money

    @property
    def rate(self) -> tuple[int, int]:
        """Minor units given for minor units taken; nothing is multiplied by it."""
        return self.into.amount_minor, self.out.amount_minor


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One journal entry with its movements and what stands behind it."""

    title: str
    recorded_at: datetime
    items: tuple[Item, ...]
    movements: tuple[MovementShown, ...]
    conversions: tuple[ConversionShown, ...]
    totals: tuple[Money, ...]
    log_seq: int
    what_if_href: str


def entry_page(detail: EntryDetail, *, whole: bool = True) -> EntryPage:
    """A journal entry: its movements, its decision and log entry, and what reverses it."""
    found = detail.entry
    is_undone = found.reverses is not None or detail.reversed_by is not None
    pairs = {pair.out_line: pair.in_line for pair in found.fx} | {
        pair.in_line: pair.out_line for pair in found.fx
    }
    movements = tuple(
        MovementShown(
            number=row.line,
            source=place(row.source, whole=whole),
            target=place(row.target, whole=whole),
            amount=Money(row.amount_minor, row.currency),
            pair=pairs.get(row.line, 0),
        )
        for row in found.movements
    )
    return EntryPage(
        title=f"{word(ENTRIES, found.kind)} {found.id}",
        recorded_at=found.recorded_at,
        items=_behind(detail),
        movements=movements,
        conversions=_conversions(detail, movements),
        totals=_totals(movements),
        log_seq=found.log_seq,
        what_if_href="" if is_undone else f"{reverse('trace')}?without={found.id}",
    )


def _conversions(detail: EntryDetail, movements: Sequence[MovementShown]) -> tuple[ConversionShown, ...]:
    lines = {row.number: row for row in movements}
    return tuple(
        ConversionShown(
            out_line=pair.out_line,
            in_line=pair.in_line,
            source=lines[pair.out_line].source,
            target=lines[pair.in_line].target,
            out=lines[pair.out_line].amount,
            into=lines[pair.in_line].amount,
        )
        for pair in detail.entry.fx
    )


def _totals(movements: Sequence[MovementShown]) -> tuple[Money, ...]:
    """What moved in each currency, the currency of the first line first."""
    sums: dict[str, int] = {}
    for row in movements:
        sums[row.amount.currency] = sums.get(row.amount.currency, 0) + row.amount.amount_minor
    return tuple(Money(minor, currency) for currency, minor in sums.items())


def _behind(detail: EntryDetail) -> tuple[Item, ...]:
    found = detail.entry
    items = [Item(_("Booked on"), on=found.booked_on)]
    if found.value_on:
        items.append(Item(_("Value date"), on=found.value_on))
    if found.decision_id:
        decision = f"{title(detail.decision_action)} · {detail.decision_ref}"
        items.append(Item(_("Decision"), text=decision, href=reverse("decision", args=[found.decision_id])))
    log = _("Log entry %(seq)s") % {"seq": found.log_seq}
    items.append(Item(_("Proof"), text=log, href=reverse("proof_entry", args=[found.log_seq])))
    if found.reverses:
        reversed_entry = _("entry %(number)s") % {"number": found.reverses}
        items.append(Item(_("Reverses"), text=reversed_entry, href=entry_href(found.reverses)))
    if detail.reversed_by:
        reversing = _("entry %(number)s") % {"number": detail.reversed_by}
        items.append(Item(_("Reversed by"), text=reversing, href=entry_href(detail.reversed_by)))
    items.append(Item(_("Request key"), text=found.key))
    return tuple(items)
