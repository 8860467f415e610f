"""Who may read what: how far each role reads at each label, as data and one pure function.

Letters as in `kernel/policy.py`: o own party's records, p those of an agreement it is party to, n named,
m within an audit mandate, a any, - never. Nobody holds a mandate of his own yet, so an auditor's is the whole
mechanism.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Actor, Grant, GrantScope

ORDER: Final = tuple(Label)

READS: Final[Mapping[Role, str]] = {
    Role.DONOR_OFFICER: "apon",
    Role.DONOR_APPROVER: "apon",
    Role.FUND_MANAGER: "aoon",
    Role.RECIPIENT_APPROVER: "aoon",
    Role.PAYER: "aoon",
    Role.INSPECTOR: "annn",
    Role.AUDITOR: "ammm",
    Role.OPERATOR: "a---",
}
"""One letter a label, from public to sealed."""


class Reach(NamedTuple):
    """Whose records somebody may know of: all, or those that these parties own or are party to.

    `closed` are the parties on whose own records the fields for auditors are open too: account numbers, what
    a bank says.
    """

    everything: bool
    parties: frozenset[str]
    closed: frozenset[str] = frozenset()

    def opens(self, owners: frozenset[str]) -> bool:
        """Whether such fields are open on what one of these parties owns or has to decide."""
        return self.everything or bool(self.closed & owners)


NOTHING: Final = Reach(everything=False, parties=frozenset())


def reach(actor: Actor, now: datetime) -> Reach:
    """Whose records the actor may know of, which is where some grant reads what every donor reads."""
    if not actor.active:
        return NOTHING
    held = [grant for grant in actor.grants if grant.valid(now)]
    return Reach(
        everything=any(_letter(grant.role, Label.DONOR) in "am" for grant in held),
        parties=frozenset(grant.party for grant in held if _letter(grant.role, Label.DONOR) in "opn"),
        closed=frozenset(grant.party for grant in held if _opens_own(grant)),
    )


def _opens_own(grant: Grant) -> bool:
    """A role for one contract or programme opens no statement of an account that pays for others too."""
    return grant.scope is GrantScope.PARTY and _letter(grant.role, Label.AUDITOR) == "o"


def _letter(role: Role, label: Label) -> str:
    return READS[role][ORDER.index(label)]
