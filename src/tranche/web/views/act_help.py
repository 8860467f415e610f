"""The help beside the inputs of money: what each one asks for, and when it stays empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

HELP: Final[Mapping[str, StrPromise]] = {
    "authority.delegate.grant": _("Your own role that the substitute is to use."),
    "authority.delegate.person": _(
        "Nobody who holds a role of the other side. The substitute and you count as one person."
    ),
    "authority.delegate.from_on": _("Empty for at once; never a day that is over."),
    "authority.delegate.to_on": _("At most 60 days. It ends at once when you or the operator end it."),
    "authority.set_mail.mail": _(
        "A mail holds a link and a short code: no amount, no name, no account number."
    ),
    "authority.set_mail.email": _("Empty to keep the address that is known."),
    "authority.set_mail.language": _("The language of mail and calendar; empty to keep it."),
    "authority.grant.scope": _("Empty for everything of the party."),
    "authority.grant.scope_ref": _("Only for a role that reaches no further than one of these."),
    "authority.grant.from_on": _("Empty for at once."),
    "authority.grant.to_on": _("Empty for a role without an end."),
    "authority.merge_persons.duplicate": _("The entry that turned out to be the same human being."),
    "ceiling": _("The largest amount that may be approved under the role; empty for none."),
    "issuer": _("The address of the ministry's identity provider, exactly as it names itself."),
    "subject": _("What the provider calls the account; it never changes, unlike a name."),
    "username": _("3 to 60 small Latin letters, digits, points, hyphens or underscores."),
    "assignee": _("A hint for everybody else: anyone who holds the role may still complete the step."),
    "closures": _("Days on which nobody works, beyond the calendar: LT 2025-03-03, one on each line."),
    "template_text": _("The whole template as text; the template editor checks it and draws it."),
    "tranche.amend_procedure.template": _("The last version of a template, in place of the one that runs."),
    "tranche.amend_procedure.owners": _("Only for owners that the procedure does not know yet."),
    "instructed": _(
        "Only where two currencies meet and the statement does not say the other amount:"
        " as in the bank's advice."
    ),
    "limit": _("What the state may have paid first and not been repaid, at most; it never changes."),
    "rate": _("Only where the price is in another currency than the money: the digits as printed, 46.3300."),
    "rate_base": _("The currency of which the rate says what one unit costs: for 46.33 UAH a euro, EUR."),
    "rate_on": _("The day for which the source states the rate."),
    "rate_source": _("Who states the rate, for example the central bank."),
    "margin_bp": _("What is reserved above the plan, for a worse rate: 250 is 2.5 per cent."),
    "clause": _("The clause of the agreement, or the letters, on which this rests."),
    "retry_of": _("Only where this payment takes the place of one that failed."),
    "line_in": _("The line of what came in, on an account in another currency."),
    "log_entry": _(
        "Its number. The texts of every entry of the same decision go with it: reason, details and content."
        " Hashes stay in their places, so that the log proves the same as before."
    ),
    "legal_basis": _("Everybody reads this in the log: name the law or the request, and no person."),
    "entry": _("The number of the entry. What the same decision posted is reversed with it."),
    "review_on": _("At most ten working days ahead. The hold stays until two persons lift it."),
    "over_ref": _(
        "The reference of the record, the programme, the agreement or party, as its page shows it."
    ),
    "upto": _("The last day of the period. Nothing is booked into it afterwards."),
    "successor": _("The reference of the new fund, only where the rule changes."),
    "set_aside": _("Only for a line of money going out: what was set aside for it."),
    "bank.park.origin": _("Whose money it is, where that is known; else it waits until its paper is there."),
    "bank.identify.tranche": _("For a receipt that this tranche awaits."),
    "bank.identify.origin": _("For money of a donor whose tranche is not authorised yet."),
    "bank.identify.contract": _("For a refund of the supplier, or a payment that came back."),
    "bank.identify.programme": _("For money of a programme that came back."),
    "bank.identify.funding": _("For money that was sent back to a donor and returned."),
    "bank.book_fee.donor": _("Only for a fee on a donor's unassigned money."),
    "bank.book_interest.donor": _("Only for interest on a donor's unassigned money."),
    "bank.convert.donor": _("Only for a donor's unassigned money."),
    "payment.draft.milestone": _("For a payment to a supplier."),
    "payment.draft.donor": _("For money that goes back: to whom."),
    "payment.draft.funding": _("For money that goes back: out of what; empty for unassigned money."),
    "payment.draft.purpose": _("Empty for a payment to a supplier."),
    "fund.roll_over.donor": _("Only where a donor leaves the pool."),
    "fund.roll_over.new_rule": _("Only where the rule changes."),
    "fund.roll_over.programme": _("Only where the tranche is earmarked anew: for which programme."),
    "tranche.confirm_receipt.amount": _(
        "Only for money that came before the tranche was authorised; else choose the bank line."
    ),
    "advance.reimburse.funding": _("Out of whose money the state is repaid."),
    "lowest": _("The lowest price offered in the same tender; the same as the price where this is it."),
    "has_interest": _("A card of an assessor with an interest is kept and does not count."),
    "screening_sha256": _("The 64 digits that name exactly the list that was searched."),
    "why": _("Needed where the choice is against the advice or not at the lowest price."),
    "contract.draft.selection": _("Only where the maker was chosen by a selection here."),
    "inkind.value.value": _("A figure beside money: nothing is booked, and no total counts it."),
    "valuer": _("Who says so: an office or an expert."),
    "partners": _(
        "One line a partner: reference; weight; what it is due to pay in, which may be left out."
        " For example: UA-MOD; 60; 6000000.00 EUR. Under the rule of what was paid in, the weight is"
        " that amount; under a schedule, the units that are due."
    ),
    "valid_from": _("The day from which accepted lots are shared out by these weights."),
    "share_cause": _("Who enters or leaves signs too; who is expelled for breach does not."),
    "effective_on": _("Tomorrow at the earliest. What still waits on that day becomes void."),
    "limit_one": _("Up to this amount one approver is enough. Empty to leave it as it is."),
    "limit_two": _("Above this amount two approvers of each side are needed. Empty to leave it as it is."),
    "window_days": _("Amounts to one payee within so many days count together: 7 to 366."),
    "methods": _("Empty to leave them as they are. A password never comes back once it is gone."),
    "key_models": _(
        "The numbers of the models (AAGUID), parted by commas; the word any frees them again. Empty to leave"
        " them as they are."
    ),
    "first": _("Three people of both sides. Two of them can have a role given when nobody else can."),
    "register.set_group.group": _(
        "A word of capital letters, digits and hyphens that all parties of one owner share. Empty where the"
        " party belongs to none any more."
    ),
    "authority.recover.person": _("Everybody is told for two working days before anybody may approve."),
    "authority.recover.to_on": _("Empty for a role without an end."),
    "contract.write_off.borne_by": _("Who bears the loss, and what is done to get it back."),
}
