"""Where money comes from that no donor sent: interest, and payers whom nobody knows yet."""

from __future__ import annotations

import uuid

from tranche.kernel.ledger import AccountSpec, Kind
from tranche.models import Origin, Party

TITLES = {"interest": "Interest on the accounts of {name}", "unknown": "Payer not known yet, {name}"}


def origin_account(owner: Party, kind: str, currency: str) -> AccountSpec:
    """The account of such an origin; it is registered when money first needs it."""
    ref = f"{owner.ref}:{kind}"
    if not Origin.objects.filter(ref=ref).exists():
        title = TITLES[kind].format(name=owner.name)[:300]
        Origin.objects.create(id=str(uuid.uuid4()), ref=ref, party=owner, kind=kind, title=title)
    return AccountSpec(Kind.ORIGIN, ref, None, currency)
