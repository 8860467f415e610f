"""The conditions of selections, contributions in kind and joint projects in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SENTENCES: Mapping[str, tuple[StrPromise, StrPromise, str]] = {
    "two_assessors": (
        _("Two cards of assessors without an interest in the supplier are needed; there are: %(why)s."),
        _("Let another assessor file a card."),
        "",
    ),
    "screening_allows": (
        _("%(why)s was found on the list, so it cannot be recommended."),
        _("Conclude that it is not recommended, or correct the result of the screening."),
        "verdict",
    ),
    "screening_passed": (
        _("%(why)s was found on the list of the screening and is not chosen."),
        _("Withdraw this selection and choose another maker."),
        "",
    ),
    "reason_written": (
        _("This choice is against the advice, or above the lowest offer: %(why)s."),
        _("Write why this maker is chosen all the same."),
        "why",
    ),
    "selection_chosen": (
        _("The contract cannot rest on this selection: %(why)s."),
        _("Choose a selection of this supplier and programme that was chosen and has no contract yet."),
        "selection",
    ),
    "one_project": (
        _("The programme has a joint project already: %(why)s."),
        _("Choose another programme, or change that project."),
        "programme",
    ),
    "two_partners": (
        _("A joint project has two partners or more; this one would have %(why)s."),
        _("Name every partner on a line of its own, or wind the project up."),
        "partners",
    ),
    "partners_have_approvers": (
        _("Nobody could approve for: %(why)s."),
        _("Choose another party, or have the role granted first."),
        "partners",
    ),
    "shares_in_force": (
        _("The first shares are valid only from %(why)s."),
        _("Start the project on that day or later."),
        "",
    ),
    "money_there": (
        _("No money has been allocated to the programme %(why)s yet."),
        _("Receive the first money and allocate it to the programme first."),
        "",
    ),
    "no_money_yet": (
        _("Money has come into the programme already: %(why)s."),
        _("Start the project and wind it up, so that the money is accounted for."),
        "",
    ),
    "after_last_lot": (
        _("Shares would reach back to lots or shares of %(why)s, which stay as they are."),
        _("Choose a later day."),
        "valid_from",
    ),
}
