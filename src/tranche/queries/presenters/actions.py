"""Actions in plain words, and which of them a record's state and a person's roles allow next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tranche.kernel.lifecycle import Role, Transition, next_actions
from tranche.kernel.policy import Actor, Deed, Deny, Situation, decide
from tranche.kernel.transitions import TABLE, rows_of
from tranche.queries.further import Further, further
from tranche.queries.presenters.action_words import TITLES
from tranche.queries.presenters.refusals import denied
from tranche.queries.presenters.words import ROLES, word
from tranche.queries.sides import Sides, sides_of

if TYPE_CHECKING:
    pass

BEGUN_ON: Mapping[str, tuple[str, ...]] = {
    "agreement": ("tranche.announce", "inkind.offer"),
    "programme": ("contract.draft", "selection.list", "joint.draft"),
    "contract": ("milestone.plan", "lot.record"),
    "milestone": ("payment.draft",),
}
"""Actions that make a new record below this one."""

BY_BANK_LINE = frozenset(
    {"tranche.confirm_receipt", "contract.book_refund", "payment.settle", "payment.bounce"}
)
"""Actions that start from a line of a bank statement."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """One action that the state allows; `why` says who may do it where the viewer may not."""

    action: str
    title: str
    url: str
    allowed: bool
    why: str


def title(action: str) -> str:
    """The action as a person would say it."""
    return word(TITLES, action)


def address(action: str, ref: str) -> str:
    """The page where the action is prepared for this record."""
    if action in BY_BANK_LINE:
        return reverse("bank")
    kind = action.split(".")[0]
    name = next((parent for parent, made in BEGUN_ON.items() if action in made), kind)
    return f"{reverse('act', args=[action])}?{urlencode({name: ref})}"


def next_steps(ref: str, actor: Actor, now: datetime) -> tuple[NextStep, ...]:
    """What may happen next to the record with this reference, in the order of the lifecycle table.

    Roles and parties are judged here; amounts, evidence and who must be somebody else when it is prepared.
    """
    sides = sides_of(ref)
    rows = [*next_actions(TABLE, sides.kind, sides.state), *_begun_rows(sides.kind)]
    steps = [(action, address(action, ref)) for action in dict.fromkeys(row.action for row in rows)]
    steps += [(act.action, _further_address(act)) for act in further(sides.kind, sides.state, ref)]
    return tuple(_step(action, url, actor, sides, now) for action, url in steps)


def _further_address(act: Further) -> str:
    if act.action == "evidence.issue_link":
        return reverse("issue_link", args=[act.known["record"]])
    return f"{reverse('act', args=[act.action])}?{urlencode(act.known)}"


def _step(action: str, url: str, actor: Actor, sides: Sides, now: datetime) -> NextStep:
    roles = rows_of(action)[0].roles
    verdict = decide(actor, action, roles, _around(action, sides), Deed.PROPOSED, now)
    why = f"{denied(verdict)} {_who(roles)}" if isinstance(verdict, Deny) else ""
    return NextStep(action, title(action), url, not isinstance(verdict, Deny), why)


def _around(action: str, sides: Sides) -> Situation:
    """Money is the recipient's to move; a condition may be added by any party to the agreement."""
    if action == "condition.add":
        return replace(sides.situation, named=sides.situation.parties)
    is_money = action.split(".")[0] in ("advance", "bank", "fund", "payment")
    recipient = sides.situation.recipient
    return replace(sides.situation, owner=recipient) if is_money and recipient else sides.situation


def _begun_rows(kind: str) -> list[Transition]:
    return [row for row in TABLE if row.source == "" and row.action in BEGUN_ON.get(kind, ())]


def _who(roles: frozenset[Role]) -> str:
    names = ", ".join(word(ROLES, role.value) for role in sorted(roles))
    return str(_("This is done by: %(roles)s.")) % {"roles": names}
