"""Why a bank line may be something, as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tranche.queries.presenters.words import word

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

RULES: Mapping[str, StrPromise] = {
    "M1": lazy("it bears our own end-to-end reference and the same amount."),
    "M3": lazy("it names our reference and has the same amount."),
    "M4": lazy("it comes from a registered account with the same amount, within the time expected."),
    "X": lazy("it bears our reference, but is not what was expected."),
    "refund": lazy("it comes from the supplier of this contract, which holds prepaid money."),
}

CONFIDENCE: Mapping[str, StrPromise] = {
    "exact": lazy("Exact match"),
    "strong": lazy("Strong match"),
    "weak": lazy("Possible"),
    "conflict": lazy("Conflict"),
}

DIFFERENCES: Mapping[str, StrPromise] = {
    "amount": lazy("the amount"),
    "currency": lazy("the currency"),
    "account": lazy("the account of the counterparty"),
}


def why_sentence(rule: str) -> str:
    return word(RULES, rule)


def confidence_word(confidence: str) -> str:
    return word(CONFIDENCE, confidence)


def differs_sentence(differs: Sequence[str]) -> str:
    """What does not fit; nothing where all fits."""
    names = ", ".join(word(DIFFERENCES, name) for name in differs)
    return _("It differs in %(names)s.") % {"names": names} if names else ""


def rivals_sentence(rivals: Sequence[str]) -> str:
    """What fits as well, so that the program does not choose."""
    return _("These fit as well: %(rivals)s.") % {"rivals": ", ".join(rivals)} if rivals else ""
