"""Who a command acts as: a person of the mechanism, never the machine."""

from __future__ import annotations

import getpass
import re
import uuid

import typer
from django.conf import settings

from tranche.actions.attestation import attest_password
from tranche.actions.people import actor_of
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.output import Output
from tranche.kernel.disclosure import Label
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Actor
from tranche.models import Login

DEMO_READER = "auditor"
DEMO_WRITER = "ua.manager"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def reader(username: str | None) -> Actor:
    """The person who reads; refused where the person holds no role."""
    actor = _actor(username, DEMO_READER)
    if not actor.grants or not actor.active:
        raise _nobody("This sign-in holds no role in the mechanism.")
    return actor


def writer(username: str | None, output: Output) -> Actor:
    """The person who asks for a write; what the person may do is decided by the action."""
    if settings.TRANCHE_DEMO and username is None:
        output.say(f"This demo acts as {DEMO_WRITER}. Name another sign-in with --as.")
    return _actor(username, DEMO_WRITER)


def ceiling(actor: Actor) -> Label:
    """The most closed label that this person may read here; sealed fields are not shown by any command."""
    roles = {grant.role for grant in actor.grants}
    return Label.AUDITOR if Role.AUDITOR in roles else Label.DONOR


def checked_key(given: str | None, output: Output) -> str:
    """The request's key; a new one is printed, so that the request can be repeated."""
    if given is None:
        key = str(uuid.uuid4())
        output.say(f"Key of this request: {key}")
        return key
    if not UUID.fullmatch(given.lower()):
        raise Halt(
            Exit.USAGE, f"{given} is no UUID.", NOTHING_WRITTEN, "Leave --key out; a key is made and printed."
        )
    return given.lower()


def _actor(username: str | None, in_demo: str) -> Actor:
    if settings.TRANCHE_DEMO:
        return actor_of(_login(username or in_demo).id, "cli")
    if username is None:
        return actor_of(_login(getpass.getuser()).id, "cli")
    login = _login(username)
    attest_password(login.id, typer.prompt(f"Password of {username}", hide_input=True, err=True))
    return actor_of(login.id, "cli")


def _login(username: str) -> Login:
    login = Login.objects.using("read").filter(username=username, is_active=True).first()
    if login is None:
        raise _nobody(f"There is no sign-in named {username}.")
    return login


def _nobody(what: str) -> Halt:
    return Halt(Exit.REFUSED, what, NOTHING_WRITTEN, "Name the sign-in that acts with --as.")
