"""What would be without some entries, for readers: what lacks its money, and which accounts would differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tranche.kernel.money import Money
from tranche.queries.presenters.links import Link, record_href
from tranche.queries.presenters.moments import address
from tranche.queries.presenters.money import Place, account_href, entry_href, place
from tranche.queries.presenters.money_words import KINDS
from tranche.queries.presenters.trace import Way, way_of
from tranche.queries.presenters.words import word
from tranche.queries.whatif import Changed, Lacking, WhatIf

SEPARATOR = ","


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that is left out, and the address of the same question with it put back."""

    what: Link
    back_href: str


@dataclass(frozen=True, slots=True)
class LackingShown:
    """A use or a place that would lack money; `missing` is told where it first lacks in another currency."""

    kind: str
    what: Link
    amount: Money
    missing: Money | None
    ways: tuple[Way, ...]
    href: str


@dataclass(frozen=True, slots=True)
class ChangedShown:
    """An account that would hold another amount."""

    place: Place
    now: Money
    would: Money
    difference: Money


@dataclass(frozen=True, slots=True)
class WhatIfShown:
    """The answer, and the way back to the book as it is."""

    left_out: tuple[LeftOut, ...]
    receipts: tuple[Link, ...]
    uses: tuple[LackingShown, ...]
    places: tuple[LackingShown, ...]
    accounts: tuple[ChangedShown, ...]
    back_href: str

    @property
    def is_converted(self) -> bool:
        return any(row.missing for row in (*self.uses, *self.places))


def whatif_shown(answer: WhatIf, path: str, asked: dict[str, str]) -> WhatIfShown:
    """`asked` are the other parameters of the page."""
    names = [*map(str, answer.entries), *answer.donors]
    return WhatIfShown(
        left_out=tuple(
            LeftOut(
                what=_what(name),
                back_href=address(
                    path, {**asked, "without": SEPARATOR.join(one for one in names if one != name)}
                ),
            )
            for name in names
        ),
        receipts=tuple(Link(ref, entry_href(int(ref.partition(":")[0]))) for ref in answer.receipts),
        uses=_lacking(answer.uses),
        places=_lacking(answer.places),
        accounts=tuple(_changed(row) for row in answer.accounts),
        back_href=address(path, asked),
    )


def _what(name: str) -> Link:
    if name.isdigit():
        return Link(_("entry %(number)s") % {"number": name}, entry_href(int(name)))
    return Link(_("all receipts of %(donor)s") % {"donor": name})


def _lacking(rows: Iterable[Lacking]) -> tuple[LackingShown, ...]:
    """By account; one row for several ways."""
    found: dict[tuple[str, str], list[Lacking]] = {}
    for row in rows:
        found.setdefault((row.account, row.missing.currency), []).append(row)
    return tuple(_lack(parts) for parts in found.values())


def _lack(parts: list[Lacking]) -> LackingShown:
    first = parts[0]
    missing = Money(sum(part.missing.amount_minor for part in parts), first.missing.currency)
    return LackingShown(
        kind=word(KINDS, first.kind),
        what=Link(first.ref, record_href(first.kind, first.ref)),
        amount=Money(sum(part.amount.amount_minor for part in parts), first.amount.currency),
        missing=None if missing.currency == first.amount.currency else missing,
        ways=tuple(way_of(part.path) for part in parts),
        href=account_href(first.account),
    )


def _changed(row: Changed) -> ChangedShown:
    return ChangedShown(place(row.account), row.now, row.would, row.would - row.now)
