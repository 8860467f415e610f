"""The sessions of one sign-in: where it is open, and ending one of them or all others; scratch data only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from tranche.web.auth import ADDRESS, AGENT, IDLE_MAX_S, SEEN_AT, SIGNED_IN_AT, SIGNED_IN_MAX_S

PROGRAMS: Final = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS: Final = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""How browsers call themselves, the more exact names first; every one of them also claims to be others."""

SESSIONS_MAX: Final = 5_000  # of the whole installation; more than that were never opened by people


@dataclass(frozen=True, slots=True)
class Open:
    """One session that is still open; `mark` names it without giving it away."""

    mark: str
    address: str
    agent: str
    signed_in_at: datetime
    seen_at: datetime
    is_this: bool


def open_sessions(login_id: str, current: str, now_s: int) -> tuple[Open, ...]:
    """The sessions of a sign-in, the one used last first."""
    found = [
        Open(
            mark=_mark(key),
            address=str(data.get(ADDRESS, "")),
            agent=program(str(data.get(AGENT, ""))),
            signed_in_at=datetime.fromtimestamp(int(data.get(SIGNED_IN_AT, 0)), UTC),
            seen_at=datetime.fromtimestamp(int(data.get(SEEN_AT, 0)), UTC),
            is_this=key == current,
        )
        for key, data in _of(login_id)
        if now_s - int(data.get(SIGNED_IN_AT, 0)) <= SIGNED_IN_MAX_S
        and now_s - int(data.get(SEEN_AT, 0)) <= IDLE_MAX_S
    ]
    return tuple(sorted(found, key=lambda row: (not row.is_this, -row.seen_at.timestamp(), row.mark)))


def end_session(login_id: str, mark: str) -> None:
    """End the session with this mark, where the sign-in has one."""
    for key, _data in _of(login_id):
        if _mark(key) == mark:
            SessionStore().delete(key)


def end_others(request: HttpRequest, login_id: str) -> None:
    """End every session of the sign-in but the one of this request."""
    for key, _data in _of(login_id):
        if key != request.session.session_key:
            SessionStore().delete(key)


def program(agent: str) -> str:
    """Browser and system as people call them, else what the program says of itself."""
    names = (
        next((name for sign, name in table.items() if sign in agent), "") for table in (PROGRAMS, SYSTEMS)
    )
    return ", ".join(name for name in names if name) or agent[:80]


def _of(login_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = Session.objects.using("scratch").filter(expire_date__gt=datetime.now(UTC))
    for row in rows.order_by("-expire_date")[:SESSIONS_MAX]:
        data = row.get_decoded()
        if data.get(SESSION_KEY) == login_id:
            yield row.session_key, data


def _mark(key: str) -> str:
    return hashlib.sha256(f"tranche/session/{key}".encode()).hexdigest()[:16]
