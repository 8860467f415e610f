"""The people of the mechanism with the roles they hold, as the sign-in page of a demonstration lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tranche.models import Login, RoleGrant


@dataclass(frozen=True, slots=True)
class SignIn:
    """One login: whose it is, and (role, party) of every grant that holds."""

    username: str
    name: str
    grants: tuple[tuple[str, str], ...]


def sign_ins(now: datetime) -> tuple[SignIn, ...]:
    """Everybody who may sign in, in the order of registration."""
    held: dict[str, list[tuple[str, str]]] = {}
    for grant in RoleGrant.objects.using("read").select_related("party").order_by("party__ref", "role"):
        if grant.from_at <= now and (grant.to_at is None or now < grant.to_at):
            held.setdefault(grant.person_id, []).append((grant.role, grant.party.ref))
    logins = Login.objects.using("read").select_related("person")
    return tuple(
        SignIn(row.username, row.person.name, tuple(held.get(row.person_id, ())))
        for row in logins.filter(is_active=True, person__active=True).order_by("username")
    )
