"""Actions in plain words, and which of them a record's state and a person's roles allow next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tranche.kernel.lifecycle import Role, Transition, next_actions
from tranche.kernel.policy import Actor, Deed, Deny, decide
from tranche.kernel.transitions import TABLE
from tranche.queries.presenters.refusals import denied
from tranche.queries.presenters.words import ROLES, word
from tranche.queries.sides import sides_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TITLES: Mapping[str, StrPromise] = {
    "agreement.amend": _("Amend the agreement"),
    "agreement.bring_into_force": _("Bring the agreement into force"),
    "agreement.draft": _("Draft an agreement"),
    "agreement.end": _("End the agreement"),
    "agreement.sign": _("Record the signature of the agreement"),
    "agreement.withdraw": _("Withdraw the draft"),
    "claim.add_document": _("Add an announcement"),
    "claim.confirm": _("Confirm the claim"),
    "claim.link": _("Link the claim to a record"),
    "claim.reject": _("Reject the claim"),
    "claim.supersede": _("Mark the claim as superseded"),
    "contract.book_refund": _("Book a refund of the supplier"),
    "contract.cancel": _("Cancel the draft contract"),
    "contract.close": _("Close the contract"),
    "contract.draft": _("Draft a contract"),
    "contract.release": _("Release money of the contract"),
    "contract.sign": _("Sign the contract and reserve its money"),
    "contract.terminate": _("Terminate the contract"),
    "evidence.file": _("File a document"),
    "import.stage": _("Import a bank statement"),
    "lot.accept": _("Accept the lot"),
    "lot.drop": _("Drop the lot"),
    "lot.hand_over": _("Hand the lot over"),
    "lot.record": _("Record a lot"),
    "lot.reject": _("Reject the lot"),
    "milestone.cancel": _("Cancel the milestone"),
    "milestone.claim": _("Claim the milestone as reached"),
    "milestone.plan": _("Plan a milestone"),
    "milestone.verify": _("Verify the milestone"),
    "party.register": _("Register a party"),
    "payee.activate": _("Activate the payee account"),
    "payee.propose": _("Propose a payee account"),
    "payee.reject": _("Reject the payee account"),
    "payee.retire": _("Retire the payee account"),
    "payee.verify": _("Verify the payee account by a call"),
    "payment.cancel": _("Cancel the payment"),
    "payment.draft": _("Draft a payment"),
    "payment.fail": _("Record that the bank refused the payment"),
    "payment.release": _("Release the payment"),
    "payment.settle": _("Book the payment as settled"),
    "priority.amend": _("Amend the priority"),
    "priority.set": _("Set a priority"),
    "priority.withdraw": _("Withdraw the priority"),
    "programme.allocate": _("Allocate money to the programme"),
    "programme.close": _("Close the programme"),
    "programme.draft": _("Draft a programme"),
    "programme.open": _("Open the programme"),
    "programme.release": _("Release money of the programme"),
    "step.complete": _("Complete the step"),
    "step.skip": _("Skip the step"),
    "tranche.agree": _("Agree the tranche"),
    "tranche.announce": _("Announce a tranche"),
    "tranche.authorise": _("Authorise the tranche"),
    "tranche.close": _("Close the tranche"),
    "tranche.confirm_receipt": _("Confirm the receipt of money"),
    "tranche.mark_returned": _("Mark the tranche as returned"),
    "tranche.report_sent": _("Report the money as sent"),
    "tranche.start_procedure": _("Start the procedure"),
    "tranche.withdraw": _("Withdraw the tranche"),
}

BEGUN_ON: Mapping[str, tuple[str, ...]] = {
    "agreement": ("tranche.announce",),
    "programme": ("contract.draft",),
    "contract": ("milestone.plan", "lot.record"),
    "milestone": ("payment.draft",),
}
"""Actions that make a new record below this one."""

BY_BANK_LINE = frozenset({"tranche.confirm_receipt", "contract.book_refund", "payment.settle"})
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
    steps = []
    for row in rows:
        verdict = decide(actor, row.action, row.roles, sides.situation, Deed.PROPOSED, now)
        why = f"{denied(verdict)} {_who(row.roles)}" if isinstance(verdict, Deny) else ""
        allowed = not isinstance(verdict, Deny)
        steps.append(NextStep(row.action, title(row.action), address(row.action, ref), allowed, why))
    return tuple(steps)


def _begun_rows(kind: str) -> list[Transition]:
    return [row for row in TABLE if row.source == "" and row.action in BEGUN_ON.get(kind, ())]


def _who(roles: frozenset[Role]) -> str:
    names = ", ".join(word(ROLES, role.value) for role in sorted(roles))
    return str(_("This is done by: %(roles)s.")) % {"roles": names}
