"""The conditions of holds, of steps that are taken back, and of keys, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SENTENCES: Mapping[str, tuple[StrPromise, StrPromise, str]] = {
    "review_soon": (
        _("A hold is looked at again within ten working days: %(why)s is not among them."),
        _("Choose an earlier day; the hold stays until two persons lift it."),
        "review_on",
    ),
    "hold_open": (
        _("The hold %(why)s was lifted already."),
        _("Nothing more is needed."),
        "hold",
    ),
    "way_back": (
        _("This step is not taken back as it is: %(why)s."),
        _("It made more than a step; use the action on the record's page that undoes it, or withdraw."),
        "",
    ),
    "followers_open": (
        _("Steps that came after it are done already: %(why)s."),
        _("Take these back first, the latest one first."),
        "step",
    ),
    "rests_on_it": (
        _("Something rests on this step already: %(why)s."),
        _("End that first, or leave the step as it is."),
        "",
    ),
    "no_successor": (
        _("It took the place of the account %(why)s, which was retired with it."),
        _("Retire this account, and propose the right one."),
        "payee",
    ),
    "code_free": (
        _("A code with this identity is there already."),
        _("Open the page anew and begin again."),
        "label",
    ),
    "credential_kept": (
        _("The key “%(why)s” was revoked before."),
        _("Nothing is left to do: it proves nothing any more."),
        "credential",
    ),
    "credential_offered": (
        _("The key “%(why)s” does not wait to be registered."),
        _("Choose one that its holder has offered, or have a new one offered."),
        "credential",
    ),
}
