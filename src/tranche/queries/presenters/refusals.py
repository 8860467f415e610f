"""Every refusal in plain sentences: what happened, what was not done, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tranche.formats.errors import FormatError
from tranche.kernel import ledger_errors as ledger
from tranche.kernel import lifecycle, refusals
from tranche.kernel.canonical import NotCanonical
from tranche.kernel.money import AmountError, AmountOutOfRange
from tranche.kernel.policy import Denied, Deny
from tranche.queries.presenters.days import day_text
from tranche.queries.presenters.facts import label
from tranche.queries.presenters.guards import guard_sentence
from tranche.queries.presenters.refusal_words import (
    AMOUNT_CODES,
    ARGUMENT_CODES,
    DEEDS,
    DENIED,
    FORMAT_CODES,
    LEAVING_OUT,
    SIGNATURE_CODES,
    SIMPLE,
    TEXT_CODES,
)
from tranche.queries.presenters.template_words import defect_sentences
from tranche.queries.presenters.words import EVIDENCE, KINDS, STATES, word
from tranche.queries.starts import UnknownRef
from tranche.queries.whatif import CannotLeaveOut
from tranche.store import errors as store


@dataclass(frozen=True, slots=True)
class Explanation:
    """One refusal for people; `field` names the input it is about, where there is one."""

    what: str
    not_done: str
    next: str
    code: str
    field: str = ""


def denied(deny: Deny) -> str:
    """Why policy says no, with the earlier deeds where these are the reason."""
    sentence = str(DENIED[deny.reason])
    deeds = ", ".join(str(DEEDS[deed]) for deed in sorted(deny.deeds))
    return f"{sentence} ({deeds})" if deeds else sentence


def _nothing() -> str:
    return _("Nothing was recorded.")


def _not_allowed(error: refusals.NotAllowed) -> Explanation:
    after = _("Ask somebody who holds the role, or see on the decision's page who is still needed.")
    if error.deny.reason is Denied.NOT_IN_POLICY:
        after = _("Both sides take the new rules over: an approver proposes a change of the policy.")
    code = "segregation_of_duties" if error.deny.reason is Denied.CONFLICT else "forbidden"
    return Explanation(denied(error.deny), _nothing(), after, code)


def _unknown_reference(error: refusals.UnknownReference) -> Explanation:
    names = {"kind": word(KINDS, error.kind), "ref": error.ref}
    what = _("There is no %(kind)s with the reference %(ref)s.") % names
    return Explanation(what, _nothing(), _("Check the reference or choose from the list."), "not_found")


def _unknown_ref(error: UnknownRef) -> Explanation:
    what = _("Nothing has the reference %(ref)s.") % {"ref": error.ref}
    return Explanation(what, _nothing(), _("Check the reference."), "not_found")


def _signature(error: refusals.SignatureRefused) -> Explanation:
    what, after = SIGNATURE_CODES[error.code]
    return Explanation(str(what), _nothing(), str(after), "step_up_required", "")


def _cannot_leave_out(error: CannotLeaveOut) -> Explanation:
    sentence, after = LEAVING_OUT[error.why]
    values = {"what": error.what, "other": error.other}
    return Explanation(str(sentence) % values, _nothing(), str(after) % values, "validation", "without")


def _circular(_error: Exception) -> Explanation:
    return Explanation(
        _("Without these entries the money would lead back to itself for ever, so nobody can be named."),
        _nothing(),
        _("Leave out the receipt alone, or fewer entries."),
        "ledger",
        "without",
    )


def _taken(error: refusals.ReferenceTaken) -> Explanation:
    what = _("The reference %(ref)s is taken.") % {"ref": error.ref}
    return Explanation(what, _nothing(), _("Choose another reference."), "reference_taken", "ref")


def _bad_argument(error: refusals.BadArgument) -> Explanation:
    sentence = str(ARGUMENT_CODES.get(error.code, ARGUMENT_CODES["choice"]))
    what = f"{label(error.name)}: {sentence}"
    return Explanation(what, _nothing(), _("Correct the field and try again."), "validation", error.name)


def _template(error: refusals.TemplateUnsound) -> Explanation:
    what = f"{label(error.name)}: {' '.join(defect_sentences(error.defects))}"
    after = _("Correct the text; the template editor shows every step and its dates.")
    return Explanation(what, _nothing(), after, "validation", error.name)


def _currency(error: refusals.CurrencyDiffers) -> Explanation:
    values = {"given": error.given, "wanted": error.wanted}
    what = _("The amount is in %(given)s, but the money lies in %(wanted)s.") % values
    after = _("Choose %(wanted)s, or record the exchange first.") % values
    return Explanation(what, _nothing(), after, "currency_mismatch", "amount")


def _content_changed(error: refusals.ContentChanged) -> Explanation:
    fields = ", ".join(label(name) for name in error.fields)
    what = _("What the approvers relied on has changed since the proposal: %(fields)s.") % {"fields": fields}
    not_done = _("The decision is void. It was not carried out, and its approvals count for nothing.")
    return Explanation(
        what, not_done, _("Propose it again with the facts as they are now."), "content_changed"
    )


def _not_open(error: refusals.DecisionNotOpen) -> Explanation:
    what = _("This decision has ended: %(state)s.") % {"state": _ended(error.state)}
    return Explanation(what, _nothing(), _("Open the decision to see what became of it."), "wrong_state")


def _ended(state: str) -> str:
    return {
        "executed": _("it was carried out"),
        "withdrawn": _("its proposer withdrew it"),
        "rejected": _("an approver rejected it"),
        "expired": _("its time ran out"),
        "void": _("its content changed"),
    }.get(state, state)


def _not_ready(error: refusals.DecisionNotReady) -> Explanation:
    what = _("Approvals are missing: %(count)s.") % {"count": error.missing}
    return Explanation(what, _nothing(), _("Wait until the approvers have decided."), "wrong_state")


def _held(error: refusals.Held) -> Explanation:
    where = error.scope or _("the whole mechanism")
    what = _("%(hold)s lies over %(where)s: nothing there moves money or grants authority.") % {
        "hold": error.hold,
        "where": where,
    }
    return Explanation(what, _nothing(), _("It can be done once two persons have lifted the hold."), "held")


def _notice(error: refusals.NoticeRuns) -> Explanation:
    what = _("Everybody is still being told: this may be approved from %(day)s on.") % {
        "day": day_text(error.from_on)
    }
    after = _("Wait until then. Each of the recovery persons can stop it before.")
    return Explanation(what, _nothing(), after, "wrong_state")


def _already(error: refusals.AlreadyThere) -> Explanation:
    values = {"kind": word(KINDS, error.kind), "ref": error.ref}
    what = _("The %(kind)s %(ref)s is there already.") % values
    not_done = _("Nothing was recorded a second time.")
    return Explanation(what, not_done, _("Open the one that is there."), "already_there")


def _statement(error: refusals.StatementRefused) -> Explanation:
    values = {"expected": error.expected, "found": error.found}
    shown = _("Expected: %(expected)s; found: %(found)s.") % values
    what = f"{word(FORMAT_CODES, error.code)} {shown} [{error.code}]"
    not_done = _("The whole file was refused; none of its entries was kept.")
    after = _("Ask the bank for the statement in between, or register the account first.")
    return Explanation(what, not_done, after, error.code, "file")


def _format(error: Exception) -> Explanation:
    code = str(getattr(error, "code", "E_FORMAT"))
    where = str(getattr(error, "where", "") or "")
    what = word(FORMAT_CODES, code) if code in FORMAT_CODES else _("The file could not be read.")
    place = _("Place: %(where)s.") % {"where": where} if where else ""
    value = str(getattr(error, "value", ""))
    found = _("Found: %(value)s.") % {"value": value} if value else ""
    if code == "E_UPLOAD_KIND":
        return Explanation(what, _nothing(), _("Send it as a PDF or as a picture."), code, "file")
    if code in TEXT_CODES:
        after = _("Shorten the text to the announcement itself, in a language that the reader knows.")
        return Explanation(f"{what} [{code}]", _nothing(), after, code, "text")
    not_done = _("The whole file was refused; none of its entries was kept.")
    after = _("Download the file from the bank again and upload it unchanged.")
    said = " ".join(part for part in (what, place, found, f"[{code}]") if part)
    return Explanation(said, not_done, after, code, "file")


def _no_transition(error: lifecycle.NoSuchTransition) -> Explanation:
    values = {"kind": word(KINDS, error.kind), "state": word(STATES, error.state) or _("not there yet")}
    what = _("This is not possible: the %(kind)s is %(state)s.") % values
    after = _("Open the record to see what is possible now.")
    if error.action == "tranche.confirm_receipt":
        after = _(
            "Park the bank line with the donor's origin; it is assigned once the tranche is authorised."
        )
    return Explanation(what, _nothing(), after, "wrong_state")


def _evidence_missing(error: lifecycle.EvidenceMissing) -> Explanation:
    kinds = ", ".join(word(EVIDENCE, kind) for kind in error.missing)
    what = _("A document is missing: %(kinds)s.") % {"kinds": kinds}
    return Explanation(what, _nothing(), _("Add the document and try again."), "evidence", "evidence")


def _guard(error: lifecycle.GuardFailed) -> Explanation:
    what, after, field = guard_sentence(error.guard, error.why)
    code = "insufficient_funds" if error.guard == "enough" else "wrong_state"
    return Explanation(what, _nothing(), after, code, field)


def _amount(error: AmountError) -> Explanation:
    quoted = _("“%(text)s” is no amount that this form takes.") % {"text": error.text}
    what = f"{quoted} {AMOUNT_CODES.get(error.code, AMOUNT_CODES['syntax'])}"
    readings = _(" or ").join(error.readings)
    after = _("Write %(readings)s.") % {"readings": readings} if readings else _("Write it as 1234 or 1 234.")
    return Explanation(what, _nothing(), after, "validation", "amount")


def _short(error: ledger.InsufficientFunds) -> Explanation:
    what = _("There is not enough money in %(account)s.") % {"account": error.account}
    after = _("Take a smaller amount, or bring money in first.")
    return Explanation(what, _nothing(), after, "insufficient_funds", "amount")


def _ledger(error: Exception) -> Explanation:
    what = _("The ledger refused the posting (%(name)s).") % {"name": type(error).__name__}
    after = _("Tell the operator; “tranche doctor --ledger” says more.")
    return Explanation(what, _nothing(), after, "ledger")


def _uncertain(_error: Exception) -> Explanation:
    return Explanation(
        _("We do not know whether this was recorded."),
        _("The database did not answer when the change was being made durable."),
        _("Try again: the same request with the same key has one effect, however often it is sent."),
        "outcome_unknown",
    )


def _simple(error: Exception) -> Explanation:
    """Refusals without figures of their own."""
    what, after, code, field = SIMPLE[type(error)]
    return Explanation(str(what), _nothing(), str(after), code, field)


_EXPLAINERS: tuple[tuple[type[Exception], Callable[..., Explanation]], ...] = (
    (refusals.NotAllowed, _not_allowed),
    (refusals.SignatureRefused, _signature),
    (refusals.UnknownReference, _unknown_reference),
    (UnknownRef, _unknown_ref),
    (CannotLeaveOut, _cannot_leave_out),
    (refusals.ReferenceTaken, _taken),
    (refusals.BadArgument, _bad_argument),
    (refusals.TemplateUnsound, _template),
    (refusals.CurrencyDiffers, _currency),
    (refusals.ContentChanged, _content_changed),
    (refusals.DecisionNotOpen, _not_open),
    (refusals.DecisionNotReady, _not_ready),
    (refusals.AlreadyThere, _already),
    (refusals.Held, _held),
    (refusals.NoticeRuns, _notice),
    (refusals.StatementRefused, _statement),
    (lifecycle.NoSuchTransition, _no_transition),
    (lifecycle.EvidenceMissing, _evidence_missing),
    (lifecycle.GuardFailed, _guard),
    (AmountError, _amount),
    (ledger.InsufficientFunds, _short),
    (store.CommitUncertain, _uncertain),
    (FormatError, _format),
    (refusals.Refusal, _simple),
    (AmountOutOfRange, _simple),
    (NotCanonical, _simple),
    (ledger.CircularFunding, _circular),
    (ledger.LedgerError, _ledger),
    (store.StoreError, _simple),
)

DOMAIN_ERRORS: tuple[type[Exception], ...] = (
    refusals.Refusal,
    lifecycle.LifecycleError,
    ledger.LedgerError,
    FormatError,
    AmountError,
    AmountOutOfRange,
    NotCanonical,
    UnknownRef,
    CannotLeaveOut,
    store.StoreError,
)
"""What a person may meet; anything else is a fault of the program."""

_STATUS = {
    "forbidden": 403,
    "segregation_of_duties": 403,
    "not_found": 404,
    "insufficient_funds": 409,
    "wrong_state": 409,
    "held": 409,
    "content_changed": 409,
    "already_there": 409,
    "hash_differs": 409,
    "reference_taken": 409,
    "ledger": 409,
    "outcome_unknown": 503,
    "write_unavailable": 503,
    "clock_behind": 503,
    "log_behind": 503,
    "storage_full": 503,
    "document_lost": 503,
}


def explain(error: Exception) -> Explanation:
    """The sentences for a domain error in the language in force; raises TypeError for anything else."""
    for known, explainer in _EXPLAINERS:
        if isinstance(error, known):
            return explainer(error)
    raise TypeError(f"{type(error).__name__} is no domain error") from error


def status_of(explanation: Explanation) -> int:
    """The HTTP status that goes with a refusal; 422 where only the input was wrong."""
    return _STATUS.get(explanation.code, 422)
