"""The sentences for codes of refusal: policy, arguments, amounts and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tranche.kernel import refusals
from tranche.kernel.canonical import NotCanonical
from tranche.kernel.money import AmountOutOfRange
from tranche.kernel.policy import Deed, Denied
from tranche.store import errors as store

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

DENIED: Mapping[Denied, StrPromise] = {
    Denied.NO_ROLE: _("You do not hold the role that this needs."),
    Denied.WRONG_RELATION: _("Your role is for another party than the one that this concerns."),
    Denied.CONFLICT: _("You took another part in this before, and two different people must do it."),
    Denied.CEILING: _("The amount is above the limit of your role."),
    Denied.OWN_PROPOSAL: _("You proposed this yourself, so somebody else must approve it."),
    Denied.ALREADY_APPROVED: _("You gave your verdict on this already."),
    Denied.NOT_NEEDED: _("All approvals are there."),
    Denied.INACTIVE: _("Your sign-in is no longer active."),
    Denied.PROPOSER_GONE: _("The person who proposed this no longer holds the role for it."),
    Denied.BARRED: _("You placed this hold, so two other people must lift it."),
    Denied.TAKEN_BACK: _("You took your approval of this decision back, which is final."),
    Denied.SUBSTITUTE: _("You and the person whom one of you stands in for count as one, and took part."),
    Denied.EMPOWERED: _("This gives power to yourself, so other people must propose and approve it."),
    Denied.INTEREST: _("There is a declared interest in the supplier that this is about."),
    Denied.NOT_IN_POLICY: _("This program has another rule for this than the policy in force."),
    Denied.NOT_NAMED: _("Only the recovery persons approve this, and you are none of them."),
}

DEEDS: Mapping[Deed, StrPromise] = {
    Deed.PROPOSED: _("you proposed a part of it"),
    Deed.FILED: _("you filed a document for it"),
    Deed.APPROVED: _("you approved a part of it"),
    Deed.PAID: _("you released money for it"),
    Deed.VERIFIED: _("you verified the account"),
    Deed.INSPECTED: _("you inspected it"),
    Deed.JUDGED: _("you judged it"),
    Deed.HOLDS: _("it is your own key"),
}

ARGUMENT_CODES: Mapping[str, StrPromise] = {
    "missing": _("This is needed."),
    "unknown": _("This form does not know this field."),
    "no_action": _("There is no such action; the page Who may do what lists them all."),
    "verdict": _("Press Approve or Reject."),
    "ref": _("A reference has capital letters, digits and hyphens, 2 to 40 of them, such as LT-UA-2024-T1."),
    "text": _("Write some text, at most 2,000 characters."),
    "characters": _("The text holds invisible or control characters. Type it anew without them."),
    "date": _("Write the date as YYYY-MM-DD, such as 2024-11-23."),
    "whole": _("Write a whole number without sign."),
    "bounds": _("The number is smaller or larger than this field takes."),
    "long": _("The text is longer than this field takes. Shorten it."),
    "address": _("Write an address that begins with https:// or http://."),
    "flag": _("Choose yes or no."),
    "money": _("Write an amount and choose its currency."),
    "range": _("The amount must be above zero and at most ten thousand billion units."),
    "currency": _("Choose a currency."),
    "choice": _("Choose one of the values in the list."),
    "evidence": _("Add the document again."),
    "refs": _("Choose a party for every owner."),
    "keys": _("Choose a party for every owner."),
    "iban": _("This is not a valid IBAN: its check digits or its length are wrong."),
    "bic": _("This is not a valid BIC: it has 8 or 11 characters."),
    "email": _("Write one e-mail address, such as name@example.org."),
    "username": _("A user name has 3 to 60 small Latin letters, digits, points, hyphens or underscores."),
    "password_length": _("A password has 12 to 200 characters. Four words that do not belong together do."),
    "password_same": _("Choose a password that differs from the old one and does not hold the user name."),
    "passwords_differ": _("The two new passwords differ. Type them again."),
    "another": _("Choose another party than the one that files."),
    "one_document": _("Add exactly one document: the newer one."),
    "too_many": _("No more files can be sent through this link."),
    "taken": _("This number is taken in the agreement."),
    "one_date": _("Ask for a booking date or for a value date, not for both."),
    "log_entry": _("There is no such log entry yet."),
    "too_often": _("Too many attempts. Wait a minute, then try again."),
    "form": _("The answer of the key did not arrive whole. Try again."),
    "id": _("This is no id of a stored object."),
    "sha256": _("This is no SHA-256."),
    "rows": _("The list is not complete."),
    "list": _("A list is wanted here; on the command line it stands in the file for --arguments."),
    "twice": _("Something stands twice in the list. Name each once."),
    "most": _("This is more than one decision holds. Divide it into several."),
    "supply": _("Money that goes back to a donor is released by a decision of its own."),
    "lines_long": _("So many payments with names this long are more than one decision holds. Take fewer."),
    "pool": _("A pooled agreement needs the reference of its pool, an earmarked one must not have it."),
    "fund": _("This is no code of a fund, such as LT-UA-2024-T1 or POOL/SE."),
    "pot": _("Name one place: a donor, a tranche or pool with or without a programme, or a contract."),
    "advance": _("Money that a state pays first lies on its own account; choose the contract that holds it."),
    "one_target": _("Name exactly one thing that the line is."),
    "line_or_amount": _(
        "Choose a bank line, or type an amount of the donor's unassigned money: one of them."
    ),
    "purpose": _("This does not belong to the purpose that was chosen."),
    "rate": _("Write the rate as it is printed, digits and one decimal mark, above zero: 46.3300."),
    "rate_base": _("Choose one of the two currencies: the one of which the rate says what one unit costs."),
    "rate_wanted": _(
        "The price is in another currency than the money: state the rate that the plan uses,"
        " its currency, day and source."
    ),
    "rate_unwanted": _("Price and money are in the same currency: no rate is needed."),
    "stated": _("The bank statement says another amount. Leave this field empty."),
    "first_step": _("There is no step to take back: the record stands as it was made."),
    "way_back": _("Its last step did not change its state; the record's page offers what corrects it."),
    "closures": _("Write a country and a day, such as LT 2025-03-03, one on each line."),
    "template_key": _("This key belongs to a shipped example or to another party. Choose a key of your own."),
    "template_or_text": _("Choose a template or write a text, not both."),
    "recovery": _("Name three persons, at least one of each side."),
    "other_currency": _("Type the amount in the other currency, as the bank's advice states it."),
}

SIGNATURE_CODES: Mapping[str, tuple[StrPromise, StrPromise]] = {
    "form": (
        _("The answer of the key did not arrive whole."),
        _("Open the page anew and try again."),
    ),
    "challenge": (
        _("The key signed something else than this page asked for."),
        _("Open the page anew and try again; an answer counts for one question only."),
    ),
    "origin": (
        _("The key was asked by another site than this one."),
        _("Open this installation under its own address. If a message led you here, tell the operator."),
    ),
    "not_verified": (
        _("The key did not check that it was you."),
        _("Set a PIN or a fingerprint on the key, then try again."),
    ),
    "synced": (
        _("This key can be copied to other devices, and only keys bound to one device are taken."),
        _("Use a security key, or a key that the device itself keeps."),
    ),
    "model": (
        _("The policy in force does not take this model of key."),
        _("Ask the operator which models are taken."),
    ),
    "counter": (
        _("The counter of the key did not rise: there may be a copy of it."),
        _("Revoke the key, offer a new one, and tell the operator."),
    ),
    "signature": (
        _("The signature of the key is not valid."),
        _("Try again with the key that you registered."),
    ),
    "unknown": (
        _("This key is not registered for you."),
        _("Use another key, or have this one registered first."),
    ),
    "revoked": (
        _("This key was revoked."),
        _("Use another key, or offer a new one."),
    ),
    "known": (
        _("This key was offered before."),
        _("Use another key; a revoked one is never taken again."),
    ),
    "expired": (
        _("Five minutes have passed since the page asked for your signature."),
        _("Read the page again and sign once more."),
    ),
    "other_content": (
        _("What you signed is not what would be recorded now."),
        _("Read the page again and sign once more."),
    ),
    "used": (
        _("This signature was used before."),
        _("Nothing more is to be done if your approval is listed; else sign once more."),
    ),
    "no_site": (
        _("Security keys are switched off: this installation has no address set for them."),
        _("Ask the operator to set TRANCHE_ORIGIN."),
    ),
}

AMOUNT_CODES: Mapping[str, StrPromise] = {
    "syntax": _("Write digits only, grouped by spaces if you like, and one decimal mark."),
    "precision": _("The currency has fewer digits after the decimal mark."),
    "groups": _("Groups have three digits each, all with the same separator."),
    "currency": _("This currency is not known."),
    "zero": _("The amount must be above zero."),
    "missing": _("This is needed."),
}

FORMAT_CODES: Mapping[str, StrPromise] = {
    "E_FILE_EMPTY": _("The file is empty."),
    "E_FILE_SIZE": _("The file is larger than may be uploaded."),
    "E_UPLOAD_KIND": _("This is no document that can be sent here: PDF, picture, office file or signature."),
    "E_FILE_KIND": _("The file is of another kind than its name says."),
    "E_FILE_COMPRESSED": _("The file is compressed."),
    "E_LANGUAGE": _("The reader knows no rules for this language."),
    "E_TEXT_LENGTH": _("The text is longer than the reader takes."),
    "E_STMT_CONFLICT": _("The statement was imported before with another content."),
    "E_STMT_FIELD": _("A field that the statement needs is missing or too long."),
    "E_CCY_MISSING": _("An amount in the file has no currency."),
    "E_XML_DOCTYPE": _("The file holds a document type declaration, which a bank statement must not have."),
    "E_XML_SYNTAX": _("The file is no complete XML: it may have been cut off or damaged on its way."),
    "E_XML_LIMIT": _("The file is nested deeper, or holds longer texts, than a bank statement does."),
    "E_XML_NAMESPACE": _("The file is no camt.053 bank statement."),
    "E_STMT_EMPTY": _("The file holds no statement."),
    "E_STMT_BALANCE": _("The opening or the closing balance is missing."),
    "E_STMT_CURRENCY": _("The statement mixes currencies."),
    "E_STMT_SUM": _("Opening balance and entries do not add up to the closing balance."),
    "E_STMT_PAGE": _("A page of the statement is missing."),
    "E_STMT_GAP": _("The opening balance is not the closing balance of the statement before."),
    "E_STMT_ACCOUNT": _("The account of the statement is not registered in this mechanism."),
    "E_BATCH_SUM": _("The details of a batch do not add up to its entry."),
    "E_IBAN": _("An account number in the file fails its check digits."),
    "E_CCY_UNKNOWN": _("A currency in the file is not known."),
    "E_AMOUNT_SYNTAX": _("An amount in the file is not written as the standard wants it."),
    "E_AMOUNT_PRECISION": _("An amount in the file has more digits than its currency."),
    "E_AMOUNT_RANGE": _("An amount in the file is out of range."),
    "E_DATE_SYNTAX": _("A date in the file is not written as the standard wants it."),
    "E_DATE_RANGE": _("A date in the file is out of range."),
}

LEAVING_OUT: Mapping[str, tuple[StrPromise, StrPromise]] = {
    "unknown": (
        _("There is no journal entry with the number %(what)s."),
        _("Name an entry by its number, as its page shows it, or a donor by its reference."),
    ),
    "reversal": (
        _("Entry %(what)s undoes entry %(other)s, and neither counts any more."),
        _("Leave out another entry; without these two every balance is the same."),
    ),
    "reversed": (
        _("Entry %(what)s was undone by entry %(other)s, and neither counts any more."),
        _("Leave out another entry; without these two every balance is the same."),
    ),
    "many": (
        _("A question may leave out %(what)s entries at most."),
        _("Leave out a donor's receipts by the donor's reference, or ask twice."),
    ),
    "no_receipts": (
        _("No receipt of %(what)s is in the book."),
        _("Name a donor whose money came, or an entry by its number."),
    ),
}

TEXT_CODES = frozenset({"E_LANGUAGE", "E_TEXT_LENGTH"})
"""Codes of announcements, which are texts and no files of a bank."""

SIMPLE: Mapping[type[Exception], tuple[StrPromise, StrPromise, str, str]] = {
    refusals.HashDiffers: (
        _("The page showed another content than the decision holds."),
        _("Open the decision anew and compare the short code."),
        "hash_differs",
        "",
    ),
    refusals.NotYours: (
        _("You gave no approval here that stands, and did not propose this."),
        _("Ask the person who did."),
        "forbidden",
        "",
    ),
    refusals.WrongPassword: (
        _("This is not your password."),
        _("Type the password of your own sign-in."),
        "step_up_required",
        "password",
    ),
    refusals.WrongCode: (
        _("The code does not fit, or it was used before."),
        _("Wait for the next code and type it within half a minute."),
        "step_up_required",
        "code",
    ),
    refusals.MethodRefused: (
        _("The policy in force does not take this way of approving."),
        _("Use another way, or ask the operator which ways are in force."),
        "method",
        "",
    ),
    refusals.ReasonWanted: (
        _("A reason is needed, of 10 to 2,000 characters."),
        _("Say in a sentence why; it is kept with the record."),
        "validation",
        "reason",
    ),
    refusals.EvidenceNotStored: (
        _("A document was not uploaded completely."),
        _("Add the document again."),
        "evidence",
        "evidence",
    ),
    NotCanonical: (
        _("The text holds invisible or control characters."),
        _("Remove them, or type the text anew, and try again."),
        "validation",
        "text",
    ),
    AmountOutOfRange: (
        _("The amount is larger than one movement may be."),
        _("Check the number of digits."),
        "amount_out_of_range",
        "amount",
    ),
    store.IdemConflict: (
        _("This form was sent before with other values."),
        _("Open the form anew, then send it once."),
        "idem_conflict",
        "",
    ),
    store.WriteUnavailable: (
        _("Somebody else is writing at this moment, or the database is held by another program."),
        _("Try again; the same form is safe to send twice."),
        "write_unavailable",
        "",
    ),
    store.ClockBehind: (
        _("The clock of the server is behind the latest entry of the log: somebody may have set it back."),
        _("Tell the operator to set the clock, then try again; the same form is safe to send twice."),
        "clock_behind",
        "",
    ),
    store.LogBehind: (
        _(
            "Nothing is written: the database is older than what was signed of its log, or another one, as"
            " after an older backup was restored."
        ),
        _("Tell the operator, who settles it with: tranche log check-restore. Pages stay open to be read."),
        "log_behind",
        "",
    ),
    store.DocumentLost: (
        _("This document is on record, but its file is gone from the server or has other bytes."),
        _("Tell the operator: the proof names each such document, and a copy brings its file back."),
        "document_lost",
        "",
    ),
    store.StorageFull: (
        _("The disk of the server is full."),
        _("Tell the operator to make space, then try again; the same form is safe to send twice."),
        "storage_full",
        "",
    ),
}
"""Refusals without figures of their own: what happened, what to do next, the code, the field."""
