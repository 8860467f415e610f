"""A person's own password, and the one-time password that opens the door the first time.

A password is never in the content of a decision and never in the log, so these two writes are no decisions:
the act by which a sign-in was made or reset was one.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib.auth.hashers import check_password, make_password

from tranche.actions.people import counted
from tranche.kernel.methods import ONE_TIME_FOR
from tranche.kernel.policy import Actor, Denied, Deny
from tranche.kernel.refusals import BadArgument, NotAllowed, UnknownReference, WrongPassword
from tranche.log.append import append
from tranche.models import Login
from tranche.store.write import WriteTx, write_transaction

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken when read from paper
GROUPS, GROUP_LENGTH = 5, 4  # 31^20 is above 2^99
PASSWORD_LENGTHS: Final = (12, 200)


def issue_password(*, login_id: str, key: str, by: Actor) -> str:
    """A new one-time password, given once to the person who made or reset the sign-in; raises NotAllowed.

    The same key again gives nothing: what was printed cannot be printed again.
    """
    secret = "-".join(
        "".join(secrets.choice(ALPHABET) for _letter in range(GROUP_LENGTH)) for _group in range(GROUPS)
    )
    hashed = make_password(secret)

    def act(write: WriteTx) -> None:
        login = _login(login_id)
        if login.issuer_id is None or counted([login.issuer_id]) != {by.person} or not login.is_active:
            raise NotAllowed("authority.issue_password", Deny(Denied.WRONG_RELATION))
        until = write.now + ONE_TIME_FOR
        Login.objects.filter(pk=login.pk).update(password=hashed, password_until=until, issuer=None)
        _log("authority.issue_password", login, by, write)

    receipt = write_transaction(
        key=key, request={"act": "issue_password", "by": by.login, "login": login_id}, act=act
    )
    return "" if receipt.replayed else secret


def change_password(*, old: str, new: str, key: str, by: Actor) -> None:
    """Choose one's own password; every other session of the sign-in ends.

    Raises WrongPassword, BadArgument.
    """
    shortest, longest = PASSWORD_LENGTHS
    if not shortest <= len(new) <= longest:
        raise BadArgument("new_password", "password_length")
    login = _login(by.login)
    if not check_password(old, login.password):
        raise WrongPassword
    if old == new or login.username in new.lower():
        raise BadArgument("new_password", "password_same")
    hashed = make_password(new)

    def act(write: WriteTx) -> None:
        if _login(by.login).password != login.password:
            raise WrongPassword
        Login.objects.filter(pk=login.pk).update(password=hashed, password_until=None)
        _log("authority.change_password", login, by, write)

    write_transaction(key=key, request={"act": "change_password", "by": by.login}, act=act)


def _login(login_id: str) -> Login:
    found = Login.objects.filter(pk=login_id).first()
    if found is None:
        raise UnknownReference("login", login_id)
    return found


def _log(kind: str, login: Login, by: Actor, write: WriteTx) -> None:
    append(
        write,
        kind=kind,
        actor=by.person,
        object_type="person",
        object_id=login.person_id,
        fields={"ref": login.username},
    )
