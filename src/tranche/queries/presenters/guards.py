"""The conditions of the lifecycle table in words: what does not hold, what to do, which field it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tranche.kernel.money import Money, format_amount
from tranche.queries.presenters.words import EVIDENCE, STATES, word

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

AMOUNT = re.compile(r"([0-9]+) ([A-Z]{3})")
REF = re.compile("[A-Z0-9-]{2,40}")

SENTENCES: Mapping[str, tuple[StrPromise, StrPromise, str]] = {
    "enough": (
        _("There is not enough money: %(why)s is missing."),
        _("Take a smaller amount, or bring money in first."),
        "amount",
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
        _("Add the document and send the form again."),
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
}


def guard_sentence(guard: str, why: str) -> tuple[str, str, str]:
    """What does not hold, what to do next, and the field of the form; amounts are formatted."""
    if guard not in SENTENCES:
        return f"{guard}: {why}", "", ""
    what, after, field = SENTENCES[guard]
    return str(what) % {"why": _shown(why)}, str(after), field


def _shown(why: str) -> str:
    amount = AMOUNT.fullmatch(why)
    if amount:
        return format_amount(Money(int(amount[1]), amount[2]), get_language() or "en")
    return ", ".join(_part(part) for part in why.split(", "))


def _part(part: str) -> str:
    """A code in words, also after a reference as in: LT-1-M1 planned."""
    ref, _space, state = part.rpartition(" ")
    if state in STATES and (not ref or REF.fullmatch(ref)):
        return f"{ref} {word(STATES, state)}".strip()
    return word(EVIDENCE, part) if part in EVIDENCE else part
