"""The words for codes that the register stores: states, roles, kinds of documents, categories and choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ROLES: Mapping[str, StrPromise] = {
    "DO": _("donor officer"),
    "DA": _("donor approver"),
    "FM": _("fund manager"),
    "RA": _("approver"),
    "PY": _("payer"),
    "IN": _("inspector"),
    "AU": _("auditor"),
    "OP": _("operator"),
}

DECISION_STATES: Mapping[str, StrPromise] = {
    "open": _("waiting"),
    "executed": _("carried out"),
    "withdrawn": _("withdrawn"),
    "rejected": _("rejected"),
    "expired": _("expired"),
    "void": _("void"),
}

STATES: Mapping[str, StrPromise] = {
    "announced": _("announced"),
    "agreed": _("agreed"),
    "in_procedure": _("in procedure"),
    "authorised": _("authorised"),
    "sent": _("sent"),
    "received": _("received"),
    "closed": _("closed"),
    "returned": _("returned"),
    "withdrawn": _("withdrawn"),
    "draft": _("draft"),
    "signed": _("signed"),
    "in_force": _("in force"),
    "ended": _("ended"),
    "todo": _("to do"),
    "done": _("done"),
    "skipped": _("skipped"),
    "open": _("open"),
    "terminating": _("terminating"),
    "cancelled": _("cancelled"),
    "planned": _("planned"),
    "claimed": _("claimed"),
    "verified": _("verified"),
    "drafted": _("drafted"),
    "released": _("released"),
    "settled": _("settled"),
    "failed": _("failed"),
    "made": _("made"),
    "handed_over": _("handed over"),
    "accepted": _("accepted"),
    "rejected": _("rejected"),
    "dropped": _("dropped"),
    "proposed": _("proposed"),
    "active": _("active"),
    "retired": _("retired"),
    "confirmed": _("confirmed"),
    "superseded": _("superseded"),
    "set": _("set"),
}

KINDS: Mapping[str, StrPromise] = {
    "agreement": _("agreement"),
    "tranche": _("tranche"),
    "step": _("procedure step"),
    "programme": _("programme"),
    "contract": _("contract"),
    "milestone": _("milestone"),
    "payment": _("payment"),
    "lot": _("lot"),
    "payee": _("payee account"),
    "claim": _("claim"),
    "priority": _("priority"),
    "party": _("party"),
    "person": _("person"),
    "login": _("sign-in"),
    "decision": _("decision"),
    "document": _("document"),
    "statement": _("bank statement"),
    "bank file": _("bank file"),
    "bank line": _("bank line"),
    "tranche or pool": _("tranche or pool"),
    "record": _("record"),
    "entry": _("journal entry"),
    "advance": _("advance"),
    "setaside": _("set-aside"),
    "bank account": _("bank account"),
    "unassigned": _("unassigned money of"),
    "suspense": _("parked money"),
    "fee": _("bank fee of"),
    "interest": _("interest of"),
    "convert": _("exchange of"),
    "returned": _("return to"),
    "funding": _("fund"),
    "roster": _("roster"),
    "procedure template": _("template of procedures"),
}

EVIDENCE: Mapping[str, StrPromise] = {
    "signed_text": _("Signed text"),
    "notes_exchanged": _("Notes exchanged"),
    "amendment": _("Amendment"),
    "notice": _("Notice"),
    "letter": _("Letter"),
    "final_report": _("Final report"),
    "contract_text": _("Contract text"),
    "invoice": _("Invoice"),
    "visit_report": _("Report of the visit"),
    "bank_refusal": _("The bank's refusal"),
    "delivery_note": _("Delivery note"),
    "acceptance_act": _("Acceptance act"),
    "bank_letter": _("The bank's letter"),
    "document": _("Document"),
    "legal_opinion": _("Legal opinion"),
    "budget_reference": _("Budget reference"),
    "account_confirmation": _("Confirmation of the payee account"),
    "resolution": _("Resolution"),
    "treasury_order": _("Treasury order"),
    "assessment": _("Assessment"),
    "project_list": _("Project list"),
    "choice_note": _("Note on the choice"),
    "finance_note": _("Finance note"),
    "report": _("Report"),
}

CHOICES: Mapping[str, StrPromise] = {
    "production": _("Production"),
    "joint_production": _("Joint production"),
    "training_and_equipping": _("Training and equipping"),
    "air_defence": _("Air defence"),
    "ammunition": _("Ammunition"),
    "earmark": _("By tranche: the money of a donor keeps its own account"),
    "fifo": _("Pooled: money is spent in the order in which it came"),
    "pro_rata": _("Pooled: every use is shared by all donors in proportion"),
    "return": _("Money goes back to its donor"),
    "supply": _("A milestone of a contract"),
    "donor_leaves": _("A donor leaves the pool with its own money"),
    "rule_changes": _("The rule of the pool changes"),
    "earmark_changes": _("The tranche is earmarked for another programme"),
    "unassigned": _("The donor's money that was not assigned yet"),
    "advice": _("The bank's advice, typed in"),
    "statement": _("The bank statement"),
    "memorandum": _("Memorandum"),
    "framework": _("Framework agreement"),
    "implementing": _("Implementing arrangement"),
    "verified": _("When the inspector has verified the milestone"),
    "accepted": _("When its lots are accepted"),
    "quantity": _("Quantity differs"),
    "documents": _("Documents are missing or wrong"),
    "damaged": _("Damaged"),
    "late": _("Late"),
    "other": _("Other"),
    "replaced": _("Replaced"),
    "refunded": _("Refunded"),
    "lost": _("Lost"),
    "expired": _("Expired"),
    "terminated": _("Terminated"),
    "contract": _("From the contract"),
    "register": _("From an official register"),
    "earlier_file": _("From an earlier file"),
    "donor_government": _("Government of a donor"),
    "recipient_government": _("Government of the recipient"),
    "intergovernmental": _("Intergovernmental organisation"),
    "press": _("Press"),
    "press_quoting_official": _("Press quoting an official"),
    "tracker": _("Tracker"),
    "stated": _("Stated in the text"),
    "inferred": _("Inferred"),
    "not_stated": _("Not stated"),
    "state": pgettext_lazy("kind of party", "State"),
    "ministry": _("Ministry"),
    "union": _("Union of states"),
    "manufacturer": _("Manufacturer"),
    "bank": _("Bank"),
    "auditor": _("Auditor"),
    "en": _("English"),
    "person": _("Chosen by a person"),
}


def word(table: Mapping[str, StrPromise], code: str) -> str:
    """The word for a code in the reader's language; the code itself where no word is known."""
    return str(table[code]) if code in table else code.replace("_", " ")


def role_of(role: str, party: str) -> str:
    """Who is meant, as in: donor approver for DK-MOD."""
    return str(_("%(role)s for %(party)s")) % {"role": word(ROLES, role), "party": party}
