"""How a person proves one approval: a key that signs it, a code, or the password entered again.

Checked before the write transaction, where it takes time; what may have changed since, whether a key was
revoked, its counter and the step of a code, is asked again inside it by `use_up`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password

from tranche.actions.credentials import in_use_of, refuse_demo_key
from tranche.actions.site import site_in_force
from tranche.formats.security_key import Assertion, check_assertion
from tranche.kernel.approval import statement_hash
from tranche.kernel.methods import Method
from tranche.kernel.refusals import SignatureRefused, UnknownReference, WrongCode, WrongPassword
from tranche.kernel.totp import step_that_fits
from tranche.models import Credential, Login
from tranche.store import clock, codes


@dataclass(frozen=True, slots=True)
class Attestation:
    """That this login just proved itself, and how; with a key the statement that it signed."""

    login: str
    method: str
    statement: bytes = b""
    assertion: Assertion | None = None
    sign_count: int = 0
    code_handle: str = ""
    code_step: int = 0

    @property
    def has_its_proof(self) -> bool:
        """Whether the parts are there that the method stands on, and no others."""
        by_key, by_code = self.method == Method.KEY, self.method == Method.CODE
        return by_key == (self.assertion is not None) and by_code == bool(self.code_handle)


def attest_password(login_id: str, password: str) -> Attestation:
    """Check the password outside any transaction; raises WrongPassword."""
    login = _login(login_id)
    _check_password(login, password)
    return Attestation(login_id, Method.PASSWORD.value)


def attest_code(login_id: str, password: str, code: str) -> Attestation:
    """Check the password and a code that was not used yet; raises WrongPassword or WrongCode."""
    login = _login(login_id)
    _check_password(login, password)
    now_s = int(clock.now().timestamp())
    for credential in in_use_of(login.person_id, Method.CODE):
        secret = codes.get(credential.handle)
        step = step_that_fits(secret, code, now_s, credential.last_step) if secret else None
        if step is not None:
            return Attestation(login_id, Method.CODE.value, code_handle=credential.handle, code_step=step)
    raise WrongCode


def attest_key(login_id: str, statement: bytes, assertion: Assertion) -> Attestation:
    """Check that a key in use of this person signed the statement here; raises SignatureRefused.

    The counter is left to `use_up`: the same form may come twice, and the second time finds what it did.
    """
    login = _login(login_id)
    key = key_in_use(assertion.handle)
    if key.person_id != login.person_id:
        raise SignatureRefused("unknown")
    site = site_in_force(assertion.client_data)
    counter = check_assertion(assertion, statement_hash(statement), bytes(key.public_key), 0, site)
    return Attestation(login_id, Method.KEY.value, statement, assertion, counter)


def key_in_use(handle: str) -> Credential:
    """A registered key that is not revoked; raises SignatureRefused."""
    found = Credential.objects.filter(handle=handle, method=Method.KEY.value).first()
    if found is None or found.registered_at is None:
        raise SignatureRefused("unknown")
    if found.revoked_at is not None:
        raise SignatureRefused("revoked")
    refuse_demo_key(found.aaguid)
    return found


def use_up(given: Attestation) -> None:
    """Inside the write: the key still holds and its counter rose, or the code's step was not used before."""
    if given.assertion is not None:
        key = key_in_use(given.assertion.handle)
        if given.sign_count <= key.sign_count and (given.sign_count or key.sign_count):
            raise SignatureRefused("counter")
        Credential.objects.filter(pk=key.pk).update(sign_count=given.sign_count)
    if given.method == Method.CODE:
        rows = Credential.objects.filter(handle=given.code_handle, revoked_at=None)
        if not rows.filter(last_step__lt=given.code_step).update(last_step=given.code_step):
            raise WrongCode


def _check_password(login: Login, password: str) -> None:
    is_own = login.password_until is None  # a one-time password opens one page and proves nothing else
    if not is_own or not check_password(password, login.password):
        raise WrongPassword


def _login(login_id: str) -> Login:
    login = Login.objects.filter(pk=login_id, is_active=True).first()
    if login is None:
        raise UnknownReference("login", login_id)
    return login
