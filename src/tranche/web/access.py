"""Every address with what it shows: the one place that decides whether somebody may know of it.

An address that is missing here is answered as unknown, and fails the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.urls import ResolverMatch

from tranche.kernel.policy import Actor
from tranche.kernel.reading import reach
from tranche.queries.known import knows
from tranche.queries.viewer import Viewer, viewer
from tranche.store import clock


class Row(NamedTuple):
    """An object of this kind under this name in the address; without a kind the page holds no one object."""

    kind: str = ""
    key: str = "ref"


PAGE: Final = Row()
WHOLE: Final = Row("whole", "")
"""Books of all donors at once: for those who may know of every agreement."""

ROWS: Final[Mapping[str, Row]] = {
    **dict.fromkeys(("overview", "login", "logout", "preferences", "help", "trace", "priorities"), PAGE),
    **dict.fromkeys(("agreements", "tranches", "programmes", "contracts", "funds", "decisions"), PAGE),
    **dict.fromkeys(("claims", "claims_upload", "claim_document"), PAGE),
    **dict.fromkeys(("proof", "act", "bank", "bank_upload", "bank_statement"), PAGE),
    **dict.fromkeys(("money", "idle", "balance", "periods", "period", "entry", "proof_entry"), WHOLE),
    "account": Row("account", "code"),
    "agreement": Row("agreement"),
    "tranche": Row("tranche"),
    "programme": Row("programme"),
    "contract": Row("contract"),
    "lot": Row("lot"),
    "fund": Row("fund"),
    **dict.fromkeys(("decision", "approve", "execute", "withdraw"), Row("decision", "decision_id")),
    "evidence": Row("evidence", "sha256"),
}


def is_known(match: ResolverMatch, actor: Actor | None) -> bool:
    """Whether the person may know what the address is about; nobody is signed in on open pages only."""
    row = ROWS.get(match.url_name or "")
    if row is None:
        return False
    if not row.kind:
        return True
    if actor is None:
        return False
    return knows(viewer_for(actor), row.kind, str(match.kwargs.get(row.key, "")))


def viewer_for(actor: Actor) -> Viewer:
    """What this person may know of now."""
    return viewer(actor.person, reach(actor, clock.now()))
