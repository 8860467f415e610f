"""Keys and codes in words: where each stands, what is to be done next, and what the policy takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tranche.kernel.methods import Method
from tranche.kernel.policy import Policy
from tranche.queries.keys import KeyRow
from tranche.queries.presenters.days import day_text
from tranche.queries.presenters.links import Link, log_link
from tranche.queries.presenters.words import CHOICES, word


@dataclass(frozen=True, slots=True)
class KeyShown:
    """One key or code of the list."""

    id: str
    label: str
    method: str
    fingerprint: str
    state: str
    state_word: str
    tone: str
    note: str
    log: Link
    may_add: bool
    add_url: str
    add_options_url: str
    revoke_url: str


@dataclass(frozen=True, slots=True)
class KeysShown:
    """The page: what is in use or waits, what is past, and the rule in force."""

    kept: tuple[KeyShown, ...]
    revoked: tuple[KeyShown, ...]
    has_key: bool
    password_stands: bool
    synced_taken: bool


def keys_shown(rows: Sequence[KeyRow], policy: Policy) -> KeysShown:
    has_key = any(row.state == "in_use" and row.method == Method.KEY for row in rows)
    shown = [_key(row, has_key=has_key) for row in rows]
    return KeysShown(
        kept=tuple(row for row in shown if row.state != "revoked"),
        revoked=tuple(row for row in shown if row.state == "revoked"),
        has_key=has_key,
        password_stands=Method.PASSWORD in policy.methods,
        synced_taken=policy.synced_keys,
    )


def _key(row: KeyRow, *, has_key: bool) -> KeyShown:
    words = {"offered": _("waits"), "in_use": _("in use"), "revoked": _("revoked")}
    return KeyShown(
        id=row.id,
        label=row.label,
        method=word(CHOICES, row.method),
        fingerprint=row.fingerprint,
        state=row.state,
        state_word=words[row.state],
        tone={"offered": "warn", "in_use": "ok", "revoked": ""}[row.state],
        note=_note(row),
        log=log_link(row.revoked_seq or row.registered_seq or row.offered_seq),
        may_add=row.state == "offered" and has_key,
        add_url=reverse("key_add", args=[row.id]),
        add_options_url=reverse("key_add_options", args=[row.id]),
        revoke_url=reverse("key_revoke", args=[row.id]),
    )


def _note(row: KeyRow) -> str:
    if row.revoked_at is not None:
        return _("revoked on %(day)s") % {"day": day_text(row.revoked_at.date())}
    if row.registered_at is not None:
        return _("registered on %(day)s") % {"day": day_text(row.registered_at.date())}
    return _("offered on %(day)s, registered by nobody yet") % {"day": day_text(row.offered_at.date())}
