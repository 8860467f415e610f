"""The password entered again for one approval: attested by the server, not signed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password

from tranche.kernel.refusals import UnknownReference, WrongPassword
from tranche.models import Login


@dataclass(frozen=True, slots=True)
class Attestation:
    """That this login just proved itself, and how."""

    login: str
    method: str


def attest_password(login_id: str, password: str) -> Attestation:
    """Check the password outside any transaction; raises WrongPassword."""
    login = Login.objects.filter(pk=login_id, is_active=True).first()
    if login is None:
        raise UnknownReference("login", login_id)
    is_own = login.password_until is None  # a one-time password opens one page and proves nothing else
    if not is_own or not check_password(password, login.password):
        raise WrongPassword
    return Attestation(login_id, "password")
