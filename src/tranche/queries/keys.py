"""Keys and codes: those of one person, and those that wait for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tranche.kernel.methods import fingerprint
from tranche.models import Credential, Login
from tranche.queries.options import Choice
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key or code as its holder and the operator see it."""

    id: str
    person: str
    method: str
    label: str
    fingerprint: str
    aaguid: str
    device_bound: bool
    offered_at: datetime
    offered_seq: int
    registered_at: datetime | None
    registered_seq: int | None
    revoked_at: datetime | None
    revoked_seq: int | None
    handle: str

    @property
    def state(self) -> str:
        """offered, in_use or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "in_use" if self.registered_at is not None else "offered"


def keys_of(person: str) -> tuple[KeyRow, ...]:
    """Everything that this person offered, the oldest first."""
    rows = Credential.objects.using("read").select_related("person").filter(person_id=person)
    return tuple(_row(found) for found in rows.order_by("offered_at", "id"))


def in_use(person: str, method: str) -> tuple[KeyRow, ...]:
    """What this person can prove something with now."""
    return tuple(row for row in keys_of(person) if row.state == "in_use" and row.method == method)


def choices(*, offered: bool, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Keys that wait to be registered, or all that are not revoked, for a list to choose from."""
    rows = (
        Credential.objects.using("read")
        .select_related("person")
        .filter(within(who, "credential"), revoked_at=None)
    )
    if offered:
        rows = rows.filter(registered_at=None)
    found = [_row(row) for row in rows.order_by("person__name", "offered_at", "id")]
    return tuple(Choice(row.id, f"{row.person}: {row.label} ({row.fingerprint})") for row in found)


def key_of_handle(handle: str) -> Credential | None:
    """The registered key of this identity with its person, or None; for signing in."""
    rows = Credential.objects.using("read").select_related("person").filter(handle=handle, method="webauthn")
    return rows.filter(revoked_at=None).exclude(registered_at=None).first()


def login_of(person: str) -> Login | None:
    """The first active login of an active person."""
    rows = Login.objects.using("read").select_related("person")
    return rows.filter(person_id=person, is_active=True, person__active=True).order_by("username").first()


def _row(found: Credential) -> KeyRow:
    return KeyRow(
        id=found.id,
        person=found.person.name,
        method=found.method,
        label=found.label,
        fingerprint=fingerprint(found.handle, bytes(found.public_key)),
        aaguid=found.aaguid,
        device_bound=found.device_bound,
        offered_at=found.offered_at,
        offered_seq=found.offered_seq,
        registered_at=found.registered_at,
        registered_seq=found.registered_seq,
        revoked_at=found.revoked_at,
        revoked_seq=found.revoked_seq,
        handle=found.handle,
    )
