"""What the reading pages share: how one is shown, and what an address may ask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tranche.kernel.refusals import BadArgument
from tranche.kernel.transitions import rows_of
from tranche.ledger.balances import AsOf
from tranche.log.read import head
from tranche.queries.moments import moment
from tranche.queries.presenters.holds import suspended_shown
from tranche.queries.suspended import suspensions
from tranche.store import clock
from tranche.web.page import actor, show

Kind = TypeVar("Kind", bound=StrEnum)
NUMBER_LENGTH_MAX = 15  # digits of a whole number that every part of the program can hold


def show_page(
    request: HttpRequest, template: str, *, title: str, section: str, subject: str = "", **data: Any
) -> HttpResponse:
    """A page of the register as of the log's last entry; in a demonstration it is marked as illustrative.

    The page of one record names it as its `subject`, so that a hold over it is seen.
    """
    return show(
        request,
        f"pages/{template}.html",
        title=title,
        section=section,
        illustrative=settings.TRANCHE_DEMO,
        suspended=suspended_shown(suspensions(subject)) if subject else (),
        **{"log_seq": head() - 1} | data,
    )


def may_begin(request: HttpRequest, action: str) -> bool:
    """Whether one of the roles held now makes records by this action; whose record it is, the form asks."""
    now = clock.now()
    roles = {grant.role for grant in actor(request).grants if grant.valid(now)}
    return any(row.roles & roles for row in rows_of(action) if not row.source)


def moment_of(found: Mapping[str, str]) -> AsOf:
    """The moment that the parameters at, on and value_on ask for; raises BadArgument."""
    return moment(found["at"], found["on"], found["value_on"])


def whole_of(found: Mapping[str, str], name: str) -> int | None:
    """A parameter that is a whole number, or None where it is not given; raises BadArgument otherwise."""
    text = found[name]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_LENGTH_MAX):
        raise BadArgument(name, "syntax", text)
    return int(text)


def choice_of(found: Mapping[str, str], name: str, kinds: type[Kind]) -> Kind:
    """A parameter that is one of a few words, the first of them where it is not given; raises BadArgument."""
    try:
        return kinds(found[name]) if found[name] else next(iter(kinds))
    except ValueError as error:
        raise BadArgument(name, "choice", found[name]) from error


def asked(request: HttpRequest, *names: str) -> dict[str, str]:
    """The parameters of the address by name, empty where not given; raises BadArgument for any other."""
    for name in request.GET:
        if name not in names or len(request.GET.getlist(name)) > 1:
            raise BadArgument(name, "unknown", request.GET[name])
    return {name: request.GET.get(name, "").strip() for name in names}


def whole_number(request: HttpRequest, name: str) -> int | None:
    """The only parameter of a page, a whole number; None where it is not given, BadArgument otherwise."""
    return whole_of(asked(request, name), name)
