"""A moment in words, and as the parameters of an address."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tranche.ledger.balances import AsOf
from tranche.queries.presenters.days import day_text


def moment_words(when: AsOf) -> str:
    """What a page shows, as in: as of log entry 17, booked until 31 Dec 2024; nothing for now."""
    said = []
    if when.log_seq is not None:
        said.append(_("as of log entry %(seq)s") % {"seq": when.log_seq})
    if when.booked_on is not None:
        said.append(_("booked until %(day)s") % {"day": day_text(when.booked_on)})
    if when.valued_on is not None:
        said.append(_("with a value date until %(day)s") % {"day": day_text(when.valued_on)})
    return ", ".join(said)


def moment_params(when: AsOf) -> dict[str, str]:
    """The parameters that ask for this moment."""
    asked = {
        "at": "" if when.log_seq is None else str(when.log_seq),
        "on": when.booked_on.isoformat() if when.booked_on else "",
        "value_on": when.valued_on.isoformat() if when.valued_on else "",
    }
    return {name: value for name, value in asked.items() if value}


def address(path: str, params: Mapping[str, str | int]) -> str:
    """An address with the parameters that have a value."""
    query = urlencode({name: value for name, value in params.items() if value})
    return f"{path}?{query}" if query else path
