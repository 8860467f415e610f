"""The two trace documents for readers: what this money bought, and who paid for this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tranche.kernel.money import Money
from tranche.queries.presenters.links import Link, record_href
from tranche.queries.presenters.money import Figure, Place, account_href, entry_href, figure_at, place
from tranche.queries.presenters.money_words import FIGURES, KINDS
from tranche.queries.presenters.words import word
from tranche.queries.stages import stage_of
from tranche.queries.trace import Source, TraceFrom, TraceTo, Use

Row = TypeVar("Row")
Way = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class UseShown:
    """What a part of the money went into for good, with every way that it took there.

    `amount` is in the currency of the source, `own` in that of the use where it is another.
    """

    kind: str
    use: Link
    amount: Money
    own: Figure | None
    href: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class RestShown:
    """Where a part of the money lies that is not spent."""

    place: Place
    stage: str
    amount: Money
    own: Figure | None
    href: str


@dataclass(frozen=True, slots=True)
class Forward:
    """Used, unspent and returned; the three add up to the whole."""

    ref: str
    whole: Money
    used: Money
    unspent: Money
    returned: Money
    returned_own: tuple[Money, ...]
    uses: tuple[UseShown, ...]
    rests: tuple[RestShown, ...]

    @property
    def is_converted(self) -> bool:
        """Whether a part is in another currency than its source, so that a column says so."""
        own = [*(use.own for use in self.uses), *(rest.own for rest in self.rests)]
        return bool(self.returned_own) or any(own)


@dataclass(frozen=True, slots=True)
class ShareShown:
    """What one donor paid, in money and as a part of the whole."""

    donor: str
    amount: Money
    whole_minor: int


@dataclass(frozen=True, slots=True)
class SourceShown:
    """One receipt that paid for it, by one way or several; `own` is what it gave in its own currency.

    `state` is origin, advance, rounding or unfunded.
    """

    receipt: Link
    donor: str
    origin: str
    tranche: Link
    amount: Money
    own: Money | None
    href: str
    ways: tuple[Way, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Backward:
    """The sources of a use, and their sum by donor."""

    ref: str
    whole: Money
    shares: tuple[ShareShown, ...]
    sources: tuple[SourceShown, ...]

    @property
    def is_converted(self) -> bool:
        return any(row.own for row in self.sources)

    @property
    def is_refined(self) -> bool:
        """Whether a state paid first for a part of it, repaid or not."""
        ways = (way for row in self.sources for way in row.ways)
        return any(row.state == "advance" for row in self.sources) or any(
            step.code.startswith("advance:") for way in ways for step in way
        )


def forward(traced: TraceFrom) -> Forward:
    """Where the money of a tranche, a pool's donor or a receipt is now."""

    def money(amount_minor: int) -> Money:
        return Money(amount_minor, traced.currency)

    return Forward(
        ref=traced.ref,
        whole=money(traced.amount_minor),
        used=money(sum(use.amount_minor for use in traced.uses)),
        unspent=money(sum(rest.amount_minor for rest in traced.unspent)),
        returned=money(traced.returned_minor),
        returned_own=tuple(own for own in traced.returned_own if own.currency != traced.currency),
        uses=tuple(_use(parts, traced.currency) for parts in _grouped(traced.uses, lambda use: use.path[-1])),
        rests=tuple(
            RestShown(
                place=place(rest.account),
                stage=word(FIGURES, stage_of(rest.account)),
                amount=money(rest.amount_minor),
                own=_own(rest.own, traced.currency, account_href(rest.account)),
                href=account_href(rest.account),
            )
            for rest in traced.unspent
        ),
    )


def _own(own: Money, currency: str, href: str) -> Figure | None:
    return None if own.currency == currency else figure_at(href, own.amount_minor, own.currency)


def _grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> Iterable[list[Row]]:
    """Rows of one key together, in the order in which the keys first come."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found.values()


def _use(parts: list[Use], currency: str) -> UseShown:
    first = parts[0]
    href = account_href(first.path[-1])
    own = Money(sum(part.own.amount_minor for part in parts), first.own.currency)
    return UseShown(
        kind=word(KINDS, first.kind),
        use=Link(first.ref, record_href(first.kind, first.ref)),
        amount=Money(sum(part.amount_minor for part in parts), currency),
        own=_own(own, currency, href),
        href=href,
        ways=tuple(way_of(part.path) for part in parts),
    )


def way_of(path: Sequence[str]) -> Way:
    """A path in words."""
    return tuple(place(code) for code in path)


def backward(traced: TraceTo, donors: Mapping[str, str], origins: Mapping[str, str]) -> Backward:
    """Who paid, by donor and by receipt, in the order of the receipts."""
    shares = tuple(
        ShareShown(
            donor=donors.get(share.donor, share.donor),
            amount=Money(share.amount_minor, traced.currency),
            whole_minor=traced.amount_minor,
        )
        for share in traced.shares
    )
    grouped = _grouped(traced.sources, lambda source: f"{source.ref} {source.donor}")
    return Backward(
        ref=traced.ref,
        whole=Money(traced.amount_minor, traced.currency),
        shares=shares,
        sources=tuple(_source(parts, traced.currency, donors, origins) for parts in grouped),
    )


def backwards(traced: TraceTo, donors: Mapping[str, str], origins: Mapping[str, str]) -> tuple[Backward, ...]:
    """One for each currency of the use."""
    return tuple(backward(one, donors, origins) for one in (traced, *traced.others))


def _source(
    parts: list[Source], currency: str, donors: Mapping[str, str], origins: Mapping[str, str]
) -> SourceShown:
    first = parts[0]
    ways = tuple(way_of(part.path) for part in parts)
    tranche = next((step.holder for step in ways[0] if step.code.startswith("tranche:")), Link("–"))
    own = Money(sum(part.own.amount_minor for part in parts), first.own.currency)
    return SourceShown(
        receipt=Link(first.ref, entry_href(first.entry)) if first.entry else Link("–"),
        donor=donors.get(first.donor, first.donor),
        origin=origins.get(first.origin, first.origin),
        tranche=tranche,
        amount=Money(sum(part.amount_minor for part in parts), currency),
        own=None if own.currency == currency else own,
        href=account_href(first.path[-1]),
        ways=ways,
        state=first.kind,
    )
