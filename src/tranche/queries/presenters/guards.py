"""The conditions of the lifecycle table in words: what does not hold, what to do, which field it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tranche.kernel.money import Money, format_amount
from tranche.queries.presenters import policy_guards, register_guards, second_guards, signoff_guards
from tranche.queries.presenters.action_words import TITLES
from tranche.queries.presenters.guards_people import PEOPLE
from tranche.queries.presenters.words import EVIDENCE, STATES, word

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

AMOUNT = re.compile(r"(-?[0-9]{1,16}) ([A-Z]{3})\b")
REF = re.compile("[A-Z0-9-]{2,40}")

SENTENCES: Mapping[str, tuple[StrPromise, StrPromise, str]] = {
    **signoff_guards.SENTENCES,
    **register_guards.SENTENCES,
    **policy_guards.SENTENCES,
    "enough": (
        _("There is not enough money: %(why)s is missing."),
        _("Take a smaller amount, or bring money in first."),
        "amount",
    ),
    "drafted": (
        _("Not every payment is a draft: %(why)s."),
        _("Leave these out and propose the others."),
        "payments",
    ),
    "one_agreement": (
        _("These payments are under another agreement than the first one: %(why)s."),
        _("Propose them in a decision of their own, so that the right parties approve."),
        "payments",
    ),
    "one_holder": (
        _("These payments are of another holder than the first one: %(why)s."),
        _("Propose them in a decision of their own."),
        "payments",
    ),
    "one_money": (
        _("These payments are in another currency than the first one: %(why)s."),
        _("Propose them in a decision of their own: amounts of two currencies are not added up."),
        "payments",
    ),
    "within_price": (
        _("The milestones would be above the price of the contract by %(why)s."),
        _("Take a smaller amount."),
        "amount",
    ),
    "within_milestone": (
        _("The payments would be above the amount of the milestone by %(why)s."),
        _("Take a smaller amount."),
        "amount",
    ),
    "within_contract": (
        _("The lots would be above the price of the contract by %(why)s."),
        _("Take a smaller value."),
        "value",
    ),
    "money_received": (
        _("No money of %(why)s has been received yet."),
        _("Confirm the receipt from the bank statement first."),
        "funding",
    ),
    "earmark_covers": (
        _("The earmark of %(why)s does not cover this programme."),
        _("Choose money that is not earmarked for something else."),
        "funding",
    ),
    "milestone_ready": (
        _("The milestone is not ready for payment: %(why)s."),
        _("Wait until it is verified, or until its lots are accepted where the contract says so."),
        "milestone",
    ),
    "account_active": (
        _("The account %(why)s is not an active account of this supplier."),
        _("Choose an active account, or have the account verified and activated first."),
        "payee",
    ),
    "line_free": (
        _("The bank line is booked already, for %(why)s."),
        _("Choose a line that is not booked."),
        "line",
    ),
    "line_is_credit": (
        _("The bank line is money going out, not coming in."),
        _("Choose a line of money that came in."),
        "line",
    ),
    "line_is_debit": (
        _("The bank line is money coming in, not going out."),
        _("Choose a line of money that went out."),
        "line",
    ),
    "same_currency": (
        _("The currencies differ: %(why)s."),
        _("Choose a line in the same currency."),
        "line",
    ),
    "same_account": (
        _("The bank line is on the account %(why)s, which does not belong to the party concerned."),
        _("Choose a line of that party's account."),
        "line",
    ),
    "same_amount": (
        _("The bank line and the payment have different amounts."),
        _("Choose the line with exactly the amount of the payment."),
        "line",
    ),
    "not_above_agreed": (_("The amount is above what was agreed."), _("Check the line."), "line"),
    "agreement_signed": (
        _("The agreement is not signed: it is %(why)s."),
        _("Have the agreement signed first."),
        "",
    ),
    "owners_have_holders": (
        _("Nobody holds the role for: %(why)s."),
        _("Choose another party, or have the role granted first."),
        "owners",
    ),
    "assignee_holds_role": (
        _("%(why)s does not hold the role that owns this step."),
        _("Choose somebody who does. Naming a person is a hint: anybody with the role may act."),
        "assignee",
    ),
    "changes": (
        _("Nothing would change in the procedure of %(why)s."),
        _("Choose another template, change the text, or add closed days."),
        "template",
    ),
    "next_version": (
        _("The version must be %(why)s, one more than the last that was published."),
        _("Write this number in the line “version”."),
        "template_text",
    ),
    "steps_done": (
        _("Steps of the procedure are open: %(why)s."),
        _("Complete these steps first."),
        "",
    ),
    "recipient_account": (
        _("%(why)s has no registered bank account."),
        _("Register the bank account first."),
        "",
    ),
    "predecessors_done": (
        _("Steps before this one are not done: %(why)s."),
        _("Complete these steps first."),
        "",
    ),
    "step_evidence": (
        _("A document is missing: %(why)s."),
        _("Add the document and try again."),
        "evidence",
    ),
    "nothing_idle": (_("Money of the tranche is still unspent."), _("Spend or return it first."), ""),
    "no_idle_money": (_("Money of the agreement is still unspent."), _("Spend or return it first."), ""),
    "all_returned": (_("Not all of the money has been returned."), _("Book the return first."), ""),
    "no_live_contract": (_("Contracts are still open: %(why)s."), _("Close these contracts first."), ""),
    "no_live_payment": (_("Payments are still open: %(why)s."), _("Settle or cancel them first."), ""),
    "balance_zero": (_("Money is still held here."), _("Release it one step back first."), ""),
    "no_payment": (_("There are payments for this milestone."), _("Cancel them first."), ""),
    "number_older": (
        _("The number was recorded after the change was requested."),
        _("Call a number that was on file before the request."),
        "number_recorded_on",
    ),
    "one_working_day": (
        _("One working day must pass after the verification of %(why)s."),
        _("Activate the account on the next working day."),
        "",
    ),
    "own_money": (
        _("The money of %(why)s belongs to another recipient."),
        _("Choose money that was agreed for the holder of this programme."),
        "funding",
    ),
    "agreement_live": (
        _("The agreement %(why)s is not signed or has ended."),
        _("Choose money of an agreement that is signed or in force."),
        "funding",
    ),
    "contract_live": (
        _("The contract is no longer open for work: %(why)s."),
        _("Choose a contract that is drafted or signed."),
        "contract",
    ),
    "no_open_lot": (
        _("Lots of this contract are neither accepted nor dropped: %(why)s."),
        _("Accept or drop these lots first."),
        "",
    ),
    "same_payee": (
        _("The bank paid another account: %(why)s."),
        _("Choose the line that paid the account of this payment."),
        "line",
    ),
    "called_after_request": (
        _("The call of %(why)s lies before the request or in the future."),
        _("Give the day on which the call was made."),
        "called_on",
    ),
    "spans_stand": (
        _("The quoted words are no longer in the text: %(why)s."),
        _("Reject the claim and add the document anew."),
        "",
    ),
    "line_in_free": (
        _("The second bank line is booked already, for %(why)s."),
        _("Choose a line that is not booked."),
        "line_in",
    ),
    "line_in_is_credit": (
        _("The second bank line is money going out, not coming in."),
        _("Choose the line of what came in."),
        "line_in",
    ),
    "account_use": (
        _("The account %(why)s holds the other kind of money: that of the mechanism, or the state's own."),
        _("Choose a line of an account that holds this money."),
        "line",
    ),
    "line_parked": (
        _("The bank line is not parked."),
        _("Park it first, or book it as what it is."),
        "line",
    ),
    "payer_known": (
        _("Nobody knows yet who paid this."),
        _("Say whose receipt it is, or which supplier's refund."),
        "tranche",
    ),
    "own_money_back": (
        _("This is money of %(why)s that came back, not a receipt."),
        _("Choose the contract, the programme or the fund that takes it back."),
        "funding",
    ),
    "tranche_awaits": (
        _("The tranche does not await money: %(why)s."),
        _("Park the line with the donor's origin; it is assigned once the tranche is authorised."),
        "tranche",
    ),
    "same_fund": (
        _("The money belongs to another fund: %(why)s."),
        _("Choose a target of the same fund."),
        "funding",
    ),
    "instructed_given": (
        _("The amount in %(why)s is not known: the statement does not say it."),
        _("Type the amount that the bank's advice states."),
        "instructed",
    ),
    "own_fund": (
        _("In the pool %(why)s nobody's money is apart."),
        _("Roll the pool over first, so that the donor has a fund of its own."),
        "funding",
    ),
    "two_currencies": (
        _("Both bank lines are in %(why)s."),
        _("Choose two lines in two currencies."),
        "line_in",
    ),
    "rolled_over": (
        _("This fund was rolled over; its money is now in %(why)s."),
        _("Choose the fund that took its place."),
        "funding",
    ),
    "rule_fits": (
        _("The fund does not allow this roll-over: %(why)s."),
        _(
            "A donor leaves a pool that mixes in order; rules change between pools;"
            " a tranche is earmarked anew."
        ),
        "purpose",
    ),
    "donor_there": (
        _("No unallocated money of %(why)s lies in this pool."),
        _("Release its money back to the pool first, or choose another donor."),
        "donor",
    ),
    "owner_known": (
        _("Interest in %(why)s is no one donor's, so it cannot be divided."),
        _("Allocate or return it first."),
        "funding",
    ),
    "advance_open": (
        _("The advance %(why)s is closed."),
        _("Open another advance."),
        "advance",
    ),
    "contract_signed": (
        _("The contract is not signed: %(why)s."),
        _("Sign the contract first."),
        "contract",
    ),
    "not_above_drawn": (
        _("More would be repaid than is owed, by %(why)s."),
        _("Check the amount that the state received."),
        "instructed",
    ),
    "undone_by": (
        _("Another action takes this back: %(why)s."),
        _("Use that action; it leaves the record in the right state."),
        "entry",
    ),
    "belongs_to_record": (
        _("The entry belongs to the state of its record and is not taken back alone: %(why)s."),
        _("Correct the record by the actions that its page offers."),
        "entry",
    ),
    "not_reversed": (
        _("Entry %(why)s is reversed already, or is itself a reversal."),
        _("Book what is right anew."),
        "entry",
    ),
    "after_last_close": (
        _("The period up to %(why)s is closed already."),
        _("Choose a later day."),
        "upto",
    ),
    "day_is_over": (
        _("The day %(why)s is not over."),
        _("Choose a day that has passed."),
        "upto",
    ),
    "statements_reach": (
        _("The bank statements do not reach this day on: %(why)s."),
        _("Import the statements up to this day first."),
        "upto",
    ),
    "lines_booked": (
        _("Bank lines wait to be booked: %(why)s."),
        _("Book or park every line first."),
        "upto",
    ),
    "bank_agrees": (
        _("Books and bank differ: %(why)s more in the books than at the bank."),
        _("Find the line or the entry that makes the difference; nothing is closed until it is nothing."),
        "upto",
    ),
    "price_covers": (
        _("The price would be below what is planned or delivered under the contract, by %(why)s."),
        _("Take a higher price, or cancel milestones first."),
        "price",
    ),
    "retry_failed": (
        _("Only a failed payment is tried again: %(why)s."),
        _("Choose a payment that failed."),
        "retry_of",
    ),
    "not_above_paid": (
        _("More came back than was paid, by %(why)s."),
        _("Choose the line of this payment."),
        "line",
    ),
    **PEOPLE,
    **second_guards.SENTENCES,
}


def guard_sentence(guard: str, why: str) -> tuple[str, str, str]:
    """What does not hold, what to do next, and the field of the form; amounts are formatted."""
    if guard not in SENTENCES:
        return f"{guard}: {why}", "", ""
    what, after, field = SENTENCES[guard]
    return str(what) % {"why": _shown(why)}, str(after), field


def _shown(why: str) -> str:
    if why in TITLES:
        return str(TITLES[why])
    return ", ".join(_part(part) for part in why.split(", "))


def _amount(found: re.Match[str]) -> str:
    return format_amount(Money(int(found[1]), found[2]), get_language() or "en")


def _part(part: str) -> str:
    """An amount as people read it; a code in words, also after a reference as in: LT-1-M1 planned."""
    if AMOUNT.search(part):
        return AMOUNT.sub(_amount, part)
    ref, _space, state = part.rpartition(" ")
    if state in STATES and (not ref or REF.fullmatch(ref)):
        return f"{ref} {word(STATES, state)}".strip()
    return word(EVIDENCE, part) if part in EVIDENCE else part
