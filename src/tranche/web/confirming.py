"""Money and power are asked for by somebody who proved to be there a short while ago."""

from __future__ import annotations

import time
from typing import Any, Final

from django.http import HttpRequest

from tranche.kernel.lifecycle import Tag
from tranche.kernel.transitions import rows_of
from tranche.web.auth import confirm, is_confirmed
from tranche.web.page import login_of

GRAVE: Final = frozenset({Tag.MOVES_MONEY, Tag.GRANTS_AUTHORITY})


def is_grave(action: str) -> bool:
    """Whether the action moves money or gives power."""
    return any(row.tags & GRAVE for row in rows_of(action))


def check_confirmed(request: HttpRequest) -> None:
    """Take the password that came with the form where it is due; raises WrongPassword, BadArgument."""
    login = login_of(request)
    assert login is not None, "the middleware lets nobody else in"
    now_s = int(time.time())
    if not is_confirmed(request, now_s):
        confirm(request, login, request.POST.get("password", ""), now_s)


def confirmation(request: HttpRequest, action: str = "") -> dict[str, Any]:
    """Whether the form must ask for the password, and whether the person has one here at all."""
    login = login_of(request)
    due = not is_confirmed(request, int(time.time())) and (not action or is_grave(action))
    return {
        "confirm_due": due,
        "confirm_elsewhere": due and login is not None and not login.has_usable_password(),
    }
