"""Which refused forms are noted in the log: those that no honest page sends, or that policy forbids.

A slip of the keyboard is none of these. So that nobody fills the log, each sign-in has so many an hour.
"""

from __future__ import annotations

import time
from typing import Final

from django.http import HttpRequest

from tranche.actions.refused import note_refusal
from tranche.kernel.refusals import (
    DecisionNotOpen,
    HashDiffers,
    Held,
    MethodRefused,
    NotAllowed,
    NotYours,
    SignatureRefused,
    StatementRefused,
    UnknownReference,
)
from tranche.queries.presenters.refusals import explain
from tranche.store.errors import StoreError
from tranche.web.limits import Window
from tranche.web.page import actor

NOTED: Final = (
    *(NotAllowed, NotYours, UnknownReference, Held, DecisionNotOpen),
    *(HashDiffers, MethodRefused, SignatureRefused, StatementRefused),
)
NOTED_AN_HOUR: Final = 20
noted = Window(NOTED_AN_HOUR, 3600)


def note(request: HttpRequest, action: str, error: Exception, decision_id: str = "") -> None:
    """Log the attempt where it matters; a log that cannot be written now is no reason to say nothing."""
    by = actor(request)
    if not isinstance(error, NOTED) or not noted.take(by.login, time.monotonic()):
        return
    try:
        note_refusal(action=action, code=_code(error), decision_id=decision_id, by=by)
    except StoreError:
        return


def _code(error: Exception) -> str:
    return error.deny.reason.value if isinstance(error, NotAllowed) else explain(error).code
