"""The two trace documents for readers: what this money bought, and who paid for this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money
from tranche.queries.presenters.links import Link, record_href
from tranche.queries.presenters.money import (
    FIGURES,
    KINDS,
    Figure,
    Place,
    account_href,
    entry_href,
    figure_at,
    place,
)
from tranche.queries.presenters.words import word
from tranche.queries.stages import STAGE_OF
from tranche.queries.trace import Source, TraceFrom, TraceTo, Use


@dataclass(frozen=True, slots=True)
class UseShown:
    """What a part of the money went into for good, with its way there."""

    kind: str
    use: Link
    amount: Figure
    path: tuple[Place, ...]


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
    """One receipt that paid for it."""

    receipt: Link
    donor: str
    origin: str
    tranche: Link
    amount: Figure
    path: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Backward:
    """The sources of a use, and their sum by donor."""

    ref: str
    whole: Money
    shares: tuple[ShareShown, ...]
    sources: tuple[SourceShown, ...]


def forward(traced: TraceFrom) -> Forward:
    """Where the money of a tranche, a pool's donor or a receipt is now."""
    uses = tuple(_use(use, traced.currency) for use in traced.uses)
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


def _use(use: Use, currency: str) -> UseShown:
    return UseShown(
        kind=word(KINDS, use.kind),
        use=Link(use.ref, record_href(use.kind, use.ref)),
        amount=figure_at(account_href(use.path[-1]), use.amount_minor, currency),
        path=tuple(place(code) for code in use.path),
    )


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
        sources=tuple(_source(source, traced.currency, donors, origins) for source in traced.sources),
    )


def _source(
    source: Source, currency: str, donors: Mapping[str, str], origins: Mapping[str, str]
) -> SourceShown:
    path = tuple(place(code) for code in source.path)
    own = next((step.holder for step in path if step.code.startswith("tranche:")), Link("–"))
    return SourceShown(
        receipt=Link(source.ref, entry_href(source.entry)),
        donor=donors.get(source.donor, source.donor),
        origin=origins.get(source.origin, source.origin),
        tranche=own,
        amount=figure_at(account_href(source.path[-1]), source.amount_minor, currency),
        path=path,
    )
