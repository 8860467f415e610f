"""The conditions of policy, recovery, ownership and the log in words: what fails, what to do, which field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SENTENCES: Mapping[str, tuple[StrPromise, StrPromise, str]] = {
    "effective_later": (
        _("A policy holds from tomorrow at the earliest, not from %(why)s."),
        _("Choose a later day."),
        "effective_on",
    ),
    "words_there": (
        _("Entry %(why)s holds no words that could be erased, or they are erased already."),
        _("Look at the entry on the page of the log."),
        "log_entry",
    ),
    "not_set_up": (
        _("Entry %(why)s names who set the mechanism up: without it nobody could prove who may decide."),
        _("What the register calls a person can be changed there."),
        "log_entry",
    ),
    "decision_over": (
        _("The decision of entry %(why)s is still open."),
        _("Carry it out or withdraw it first."),
        "log_entry",
    ),
    "something_new": (
        _("This leaves everything as it is."),
        _("Change at least one value."),
        "",
    ),
    "one_currency": (
        _("Both limits have one currency: %(why)s."),
        _("To change the currency give both limits in the new one."),
        "limit_one",
    ),
    "limits_in_order": (
        _("The second limit is never below the first."),
        _("Take a lower first limit or a higher second one."),
        "limit_two",
    ),
    "three_persons": (
        _("Three different people are named; here are %(why)s."),
        _("Choose another person for each place. Two entries of one human being count once."),
        "third",
    ),
    "both_sides": (
        _("The three come from both sides, and each holds a role of the donor's or the recipient's side."),
        _("Choose at least one person of each side."),
        "third",
    ),
    "recovery_named": (
        _("No three recovery persons are named."),
        _("The operator proposes them, and both sides agree."),
        "",
    ),
    "another_group": (
        _("This is the ownership group already: %(why)s."),
        _("Type another group, or nothing where the party belongs to none any more."),
        "group",
    ),
}
