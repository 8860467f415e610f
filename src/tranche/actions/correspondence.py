"""How a person wants to be written to, and the address of the own calendar: everybody's own matter."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final

from tranche.actions import arguments as a
from tranche.actions.authority import LANGUAGES
from tranche.actions.execution import Execution
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.notices import MailChoice
from tranche.kernel.policy import ANYBODY, Situation
from tranche.kernel.refusals import AlreadyThere
from tranche.models import CalendarAddress, MailSetting, Party, Person

MAIL: Final = tuple(choice.value for choice in MailChoice)
OWN: Final = "ACCOUNT"
"""What these decisions are listed under: they move no record."""


def token_sha256(token: str) -> str:
    """What is kept of the token of a calendar address."""
    return hashlib.sha256(token.encode()).hexdigest()


def _own_basis(_arguments: Arguments, _today: date) -> Basis:
    return Basis(Situation(owner="", holders=ANYBODY), ref=OWN, holder=Party(ref=""))


def _set_mail(execution: Execution) -> None:
    """What is left out stays as it was."""
    person = Person.objects.filter(pk=execution.by_person)
    MailSetting.objects.update_or_create(
        person_id=execution.by_person, defaults={"mail": execution.text("mail")}
    )
    if email := execution.text("email"):
        person.update(email=email)
    if language := execution.text("language"):
        person.update(language=language)


def _make_basis(arguments: Arguments, today: date) -> Basis:
    if CalendarAddress.objects.filter(token_sha256=arguments["token_sha256"]).exists():
        raise AlreadyThere("calendar", "")
    return _own_basis(arguments, today)


def _make_calendar(execution: Execution) -> None:
    """A new address; the one before ends, because a person has one."""
    _end_calendar(execution)
    CalendarAddress.objects.create(
        token_sha256=execution.text("token_sha256"),
        person_id=execution.by_person,
        made_at=execution.write.now,
    )


def _end_calendar(execution: Execution) -> None:
    live = CalendarAddress.objects.filter(person_id=execution.by_person, ended_at__isnull=True)
    live.update(ended_at=execution.write.now)


register(
    Action(
        "authority.set_mail",
        (
            a.choice("mail", MAIL),
            a.email("email", required=False),
            a.choice("language", LANGUAGES, required=False),
        ),
        _own_basis,
        _set_mail,
    )
)
register(Action("authority.make_calendar", (a.digest("token_sha256"),), _make_basis, _make_calendar))
register(Action("authority.end_calendar", (), _own_basis, _end_calendar))
