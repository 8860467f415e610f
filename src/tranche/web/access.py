"""Every address with what it shows: the one place that decides whether somebody may know of it.

An address that is missing here is answered as unknown, and fails the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from django.http import HttpRequest
from django.urls import ResolverMatch

from tranche.kernel.lifecycle import Role
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

OPEN: Final = (
    "login",
    "login_options",
    "login_by_key",
    "logout",
    "preferences",
    "oidc_begin",
    "oidc_end",
    "calendar",
)
OWN: Final = (
    *("own_account", "password", "end_sessions", "keys", "key_options", "key_offer", "key_code"),
    *("help", "policy", "policy_history", "inbox", "notice", "read_notices", "make_calendar", "end_calendar"),
)
LISTS: Final = (
    *("overview", "agreements", "tranches", "procedures", "templates", "template_editor", "holding"),
    *("programmes", "contracts", "funds", "selections", "in_kind", "joint_projects", "payees", "priorities"),
    *(
        "people",
        "uploads",
        "decisions",
        "holds",
        "claims",
        "claim_document",
        "money",
        "idle",
        "proof",
        "proof_entry",
        "receipt",
        "log_policy",
        "proof_verify",
        "witnesses",
        "pack",
        "trace",
    ),
)
FORMS: Final = ("act", "bank", "bank_upload", "claims_upload", "upload")
"""Pages whose own rules say what they take: roles, the parties of accounts, the token of a link."""

ROWS: Final[Mapping[str, Row]] = {
    **dict.fromkeys((*OPEN, *OWN, *LISTS, *FORMS), PAGE),
    **dict.fromkeys(("balance", "periods", "period"), WHOLE),
    **dict.fromkeys(("tranche", "tranche_procedure"), Row("tranche")),
    **dict.fromkeys(
        ("decision", "approve", "statement", "execute", "withdraw", "revoke"), Row("decision", "decision_id")
    ),
    **dict.fromkeys(("key_add_options", "key_add", "key_revoke"), Row("credential", "credential_id")),
    **{kind: Row(kind) for kind in ("agreement", "programme", "contract", "lot", "selection", "inkind")},
    **{kind: Row(kind) for kind in ("joint", "payee", "fund")},
    "account": Row("account", "code"),
    "bank_statement": Row("statement", "statement_id"),
    "entry": Row("entry", "entry_id"),
    "evidence": Row("evidence", "sha256"),
    "issue_link": Row("record"),
    "issue_password": Row("login", "login_id"),
    **dict.fromkeys(("staffing", "system"), Row("staff", "")),
    "person": Row("person", "person_id"),
    "take_over": Row("upload", "upload_id"),
    "template": Row("template", "key"),
}


def is_known(match: ResolverMatch, request: HttpRequest) -> bool:
    """Whether the person may know what the address is about; nobody is signed in on open pages only."""
    row = ROWS.get(match.url_name or "")
    if row is None:
        return False
    if not row.kind:
        return True
    if getattr(request, "actor", None) is None:
        return False
    return knows(viewer_of(request), row.kind, str(match.kwargs.get(row.key, "")))


def viewer_of(request: HttpRequest) -> Viewer:
    """What the person who asks may know of now; found once for a request."""
    kept = getattr(request, "viewer", None)
    if kept is None:
        kept = viewer_for(cast("Actor", request.actor))  # type: ignore[attr-defined]  # set by the middleware
        request.viewer = kept  # type: ignore[attr-defined]  # kept for the rest of the request
    return cast("Viewer", kept)


def viewer_for(actor: Actor) -> Viewer:
    """What this person may know of now."""
    now = clock.now()
    operates = any(grant.role is Role.OPERATOR and grant.valid(now) for grant in actor.grants)
    return viewer(actor.person, reach(actor, now), keeps_people=operates and actor.active)
