"""The words of the mechanism explained: roles, records, stages of a tranche, and stages of money."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tranche.queries.presenters.money_words import FIGURES, NOTES
from tranche.queries.presenters.words import ROLES, STATES, word


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or the code of a state, and what it means."""

    name: str
    meaning: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class HelpPage:
    """Four lists of words."""

    roles: tuple[Term, ...]
    words: tuple[Term, ...]
    stages: tuple[Term, ...]
    money: tuple[Term, ...]


def help_page() -> HelpPage:
    return HelpPage(roles=_roles(), words=_words(), stages=_stages(), money=_money())


def _roles() -> tuple[Term, ...]:
    meanings = {
        "DO": _("prepares agreements and tranches for the donor and owns most steps of the procedure"),
        "DA": _("approves for the donor, never what the same person proposed"),
        "FM": _("allocates money, prepares contracts and payments, imports bank statements"),
        "RA": _("approves for the recipient, never what the same person proposed"),
        "PY": _("releases an approved payment to the bank, and approves none"),
        "IN": _("verifies milestones and accepts or rejects lots by a signed act"),
        "AU": _("reads everything but what is sealed, and decides nothing"),
        "OP": _("keeps the installation running and grants roles, and sees no reason to know amounts"),
    }
    return tuple(Term(word(ROLES, code).capitalize(), meaning) for code, meaning in meanings.items())


def _words() -> tuple[Term, ...]:
    return (
        Term(
            _("Agreement"),
            _("a memorandum, framework or arrangement: who promised what to whom, with which rules"),
        ),
        Term(_("Origin"), _("where money comes from before the donor; never the donor itself")),
        Term(_("Tranche"), _("a slice of an agreement: an amount, a currency, conditions, a planned date")),
        Term(
            _("Claim"),
            _("what a published source says, as printed; it never moves money and enters no total"),
        ),
        Term(
            _("Receipt"), _("money that a bank statement confirms; that the donor sent it is a separate fact")
        ),
        Term(
            _("Pool"),
            _("money of several donors that may mix; every use is shared by all of them in proportion"),
        ),
        Term(_("Programme"), _("what is funded, named by a public category and a title")),
        Term(
            _("Milestone"),
            _("a part of a contract that may be paid when it is verified or its lots are accepted"),
        ),
        Term(_("Lot"), _("what was made and handed over: a category, a quantity, a country, a value")),
        Term(
            _("Selection"),
            _("why this maker: two assessors' cards, a screening, and the reason where it is not obvious"),
        ),
        Term(
            _("Contribution in kind"),
            _("equipment, training places or services; its value stands beside money and enters no total"),
        ),
        Term(
            _("Joint project"),
            _("production of several partners, who pay in by ordinary receipts and share every lot"),
        ),
        Term(
            _("Priority"),
            _("a need of a year, covered by what is allocated to programmes of its category"),
        ),
        Term(
            _("Decision"),
            _("a write that waits for sign-off; approvals count only for the content that was shown"),
        ),
        Term(
            _("Posting"), _("one movement of money from one account to another, never changed, only reversed")
        ),
        Term(
            _("Log entry"), _("the record that something was done; each one commits to its content by a hash")
        ),
    )


def _stages() -> tuple[Term, ...]:
    meanings = {
        "announced": _("somebody said it in public; nothing is signed"),
        "agreed": _("both sides signed for the amount"),
        "in_procedure": _("the donor's own steps are under way"),
        "authorised": _("every step is done and the transfer may be made"),
        "sent": _("the donor says that the money left"),
        "received": _("a bank statement of the recipient shows the money"),
        "closed": _("nothing is idle and the final report is filed"),
        "returned": _("all of the money went back"),
        "withdrawn": _("it will not come"),
    }
    return tuple(Term(word(STATES, code), meaning, state=code) for code, meaning in meanings.items())


def _money() -> tuple[Term, ...]:
    return tuple(Term(word(FIGURES, code), str(note)) for code, note in NOTES.items())
