"""The two trace documents for readers: what this money bought, and who paid for this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.queries.presenters.links import Link, record_href
from tranche.queries.presenters.money import Figure, Place, account_href, entry_href, figure_at, place
from tranche.queries.presenters.money_words import FIGURES, KINDS
from tranche.queries.presenters.words import word
from tranche.queries.stages import STAGE_OF
from tranche.queries.trace import Source, TraceFrom, TraceTo, Use

Row = TypeVar("Row")
Way = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class UseShown:
    """What a part of the money went into for good, with every way that it took there."""

    kind: str
    use: Link
    amount: Figure
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class RestShown:
    """Where a part of the money lies that is not spent."""

    place: Place
    stage: str
    amount: Figure


@dataclass(frozen=True, slots=True)
class Forward:
    """Used, unspent and returned; the three add up to the whole."""

    ref: str
    whole: Money
    used: Money
    unspent: Money
    returned: Money
    uses: tuple[UseShown, ...]
    rests: tuple[RestShown, ...]


@dataclass(frozen=True, slots=True)
class ShareShown:
    """What one donor paid, in money and as a part of the whole."""

    donor: str
    amount: Money
    whole_minor: int


@dataclass(frozen=True, slots=True)
class SourceShown:
    """One receipt that paid for it, by one way or several."""

    receipt: Link
    donor: str
    origin: str
    tranche: Link
    amount: Figure
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Backward:
    """The sources of a use, and their sum by donor."""

    ref: str
    whole: Money
    shares: tuple[ShareShown, ...]
    sources: tuple[SourceShown, ...]


def forward(traced: TraceFrom) -> Forward:
    """Where the money of a tranche, a pool's donor or a receipt is now."""
    by_account = _grouped(traced.uses, lambda use: use.path[-1])
    uses = tuple(_use(parts, traced.currency) for parts in by_account)
    rests = tuple(
        RestShown(
            place=place(rest.account),
            stage=word(FIGURES, STAGE_OF[Kind(rest.account.split(":")[0])]),
            amount=figure_at(account_href(rest.account), rest.amount_minor, traced.currency),
        )
        for rest in traced.unspent
    )

    def money(amount_minor: int) -> Money:
        return Money(amount_minor, traced.currency)

    return Forward(
        ref=traced.ref,
        whole=money(traced.amount_minor),
        used=money(sum(use.amount_minor for use in traced.uses)),
        unspent=money(sum(rest.amount_minor for rest in traced.unspent)),
        returned=money(traced.returned_minor),
        uses=uses,
        rests=rests,
    )


def _grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> Iterable[list[Row]]:
    """Rows of one key together, in the order in which the keys first come."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found.values()


def _use(parts: list[Use], currency: str) -> UseShown:
    first = parts[0]
    return UseShown(
        kind=word(KINDS, first.kind),
        use=Link(first.ref, record_href(first.kind, first.ref)),
        amount=figure_at(account_href(first.path[-1]), sum(part.amount_minor for part in parts), currency),
        ways=tuple(_way(part.path) for part in parts),
    )


def _way(path: Sequence[str]) -> Way:
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
    return Backward(
        ref=traced.ref,
        whole=Money(traced.amount_minor, traced.currency),
        shares=shares,
        sources=tuple(
            _source(parts, traced.currency, donors, origins)
            for parts in _grouped(traced.sources, lambda source: source.ref)
        ),
    )


def _source(
    parts: list[Source], currency: str, donors: Mapping[str, str], origins: Mapping[str, str]
) -> SourceShown:
    first = parts[0]
    ways = tuple(_way(part.path) for part in parts)
    own = next((step.holder for step in ways[0] if step.code.startswith("tranche:")), Link("–"))
    return SourceShown(
        receipt=Link(first.ref, entry_href(first.entry)),
        donor=donors.get(first.donor, first.donor),
        origin=origins.get(first.origin, first.origin),
        tranche=own,
        amount=figure_at(account_href(first.path[-1]), sum(part.amount_minor for part in parts), currency),
        ways=ways,
    )
