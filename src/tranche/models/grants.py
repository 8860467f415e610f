"""A stored grant as policy sees it, for everybody who reads grants."""

from __future__ import annotations

from typing import Final

from tranche.kernel.lifecycle import Role
from tranche.kernel.money import Money
from tranche.kernel.policy import Grant, GrantScope
from tranche.models.person import Person, RoleGrant

BEHIND: Final = ("party", "person__root", "delegated_by__root", "parent__person__root")
"""What must be read with a grant to see it whole."""


def grant_from(row: RoleGrant) -> Grant:
    """A lent grant holds no longer than the one that it was lent from, nor when its lender has left."""
    ends = [row.to_at]
    if row.parent is not None:
        ends.append(row.parent.to_at if is_active(row.parent.person) else row.from_at)
    return Grant(
        id=row.id,
        role=Role(row.role),
        party=row.party.ref,
        from_at=row.from_at,
        to_at=min((end for end in ends if end is not None), default=None),
        ceiling=Money(row.ceiling_minor, row.currency) if row.ceiling_minor and row.currency else None,
        scope=GrantScope(row.scope),
        scope_ref=row.scope_ref,
        delegator=row.delegated_by.counts_as if row.delegated_by else "",
    )


def is_active(person: Person) -> bool:
    """Whether the human being behind this entry acts at all."""
    return (person.root or person).active


def approving_parties(using: str) -> frozenset[str]:
    """The parties for which somebody approves, by reference."""
    rows = RoleGrant.objects.using(using).filter(role__in=("DA", "RA"), person__active=True)
    return frozenset(rows.values_list("party__ref", flat=True))
