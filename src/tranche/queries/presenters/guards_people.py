"""The conditions of acts about people in words: what does not hold, what to do, which field it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PEOPLE: Mapping[str, tuple[StrPromise, StrPromise, str]] = {
    "person_active": (
        _("%(why)s has left the mechanism."),
        _("Choose somebody else, or call the person back first."),
        "person",
    ),
    "person_inactive": (
        _("%(why)s has not left the mechanism."),
        _("Open the person's page to see what is held."),
        "person",
    ),
    "roles_fit": (
        _("One person may not hold these roles together: %(why)s."),
        _("Choose somebody else, or end the other role first."),
        "person",
    ),
    "scope_fits": (
        _("The party has no such programme or contract: %(why)s."),
        _("For a whole party leave the reference empty; else give one of its programmes or contracts."),
        "scope_ref",
    ),
    "ends_after": (
        _("It would end before it begins: %(why)s."),
        _("Choose a later last day."),
        "to_on",
    ),
    "begins_now_or_later": (
        _("It would begin in the past: %(why)s."),
        _("A substitute acts from today on, never for days that are over."),
        "from_on",
    ),
    "sixty_days": (
        _("It would last %(why)s days; a substitute acts for 60 days at most."),
        _("Choose an earlier last day. For longer the operator proposes a role of its own."),
        "to_on",
    ),
    "within_own": (
        _("A substitute gets no more than you hold yourself. %(why)s"),
        _("Choose an earlier last day, or a lower limit in the same currency."),
        "to_on",
    ),
    "grant_valid": (
        _("This role has ended: %(why)s."),
        _("Open the person's page to see which roles hold."),
        "grant",
    ),
    "not_lent": (
        _("You hold this role as a substitute for %(why)s, and it cannot be lent on."),
        _("The holder names the substitute."),
        "grant",
    ),
    "not_oneself": (
        _("%(why)s holds this role already."),
        _("Choose somebody else."),
        "person",
    ),
    "no_loop": (
        _("You stand in for %(why)s yourself, so the roles would go in a circle."),
        _("Choose somebody else, or end that substitution first."),
        "person",
    ),
    "operator_stays": (
        _("Nobody would be left to give roles: this is the last operator who can sign in."),
        _("Have another operator appointed first."),
        "",
    ),
    "two_persons": (
        _("These are known to be one person already: %(why)s."),
        _("Choose two entries that are still counted apart."),
        "duplicate",
    ),
    "name_free": (
        _("The user name %(why)s is taken."),
        _("Choose another one."),
        "username",
    ),
    "login_active": (
        _("The sign-in %(why)s is shut."),
        _("A sign-in that was shut stays shut; add a new one."),
        "login",
    ),
    "identity_free": (
        _("The account %(why)s opens a sign-in here already."),
        _("End that link first."),
        "subject",
    ),
    "identity_there": (
        _("The account %(why)s opens nothing here any more."),
        _("There is nothing left to do."),
        "identity",
    ),
}
