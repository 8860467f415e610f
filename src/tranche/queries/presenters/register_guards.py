"""The conditions of payee accounts, conditions precedent, upload links and interests in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SENTENCES: Mapping[str, tuple[StrPromise, StrPromise, str]] = {
    "second_verifier": (
        _("The number was on file only since %(why)s, less than 30 days before the request."),
        _("A second person calls the number as well and confirms the call."),
        "payee",
    ),
    "second_call_wanted": (
        _("No second call is wanted for %(why)s: the number was old enough, or was called twice."),
        _("Activate the account on the next working day."),
        "payee",
    ),
    "conditions_met": (
        _("Conditions precedent are not met: %(why)s."),
        _("Have them accepted or waived by the party that judges them."),
        "",
    ),
    "before_authorised": (
        _("Conditions are added before a tranche is authorised: %(why)s."),
        _("Write it into the agreement, or add it to the next tranche."),
        "tranche",
    ),
    "same_kind": (
        _("The newer document is of another kind than the one that it replaces: %(why)s."),
        _("Add a document of the same kind, or file it beside the old one."),
        "evidence",
    ),
    "link_days": (
        _("A link works until the day before %(why)s, which is too early or more than 30 days ahead."),
        _("Choose a day from tomorrow on, at most 30 days ahead."),
        "expires_on",
    ),
    "link_live": (
        _("The link was revoked already, on %(why)s."),
        _("Issue a new link where one is wanted."),
        "link",
    ),
    "not_taken_over": (
        _("The document %(why)s was taken over already."),
        _("Open the record to see it."),
        "upload",
    ),
    "from_before_to": (
        _("The interest would end before it begins, on %(why)s."),
        _("Choose a later day, or leave it empty."),
        "to_on",
    ),
    "interest_live": (
        _("The interest in %(why)s has ended already."),
        _("Nothing is to be done."),
        "interest",
    ),
}
