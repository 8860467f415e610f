"""How one person is written to, and since when there is a calendar address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tranche.kernel.notices import MailChoice
from tranche.models import CalendarAddress, MailSetting, Person


@dataclass(frozen=True, slots=True)
class Correspondence:
    """`calendar_since` is None where there is no address that works."""

    mail: str
    email: str
    language: str
    calendar_since: datetime | None


def mail_of(person_id: str) -> Correspondence:
    person = Person.objects.using("read").get(pk=person_id)
    setting = MailSetting.objects.using("read").filter(pk=person_id).first()
    live = CalendarAddress.objects.using("read").filter(person_id=person_id, ended_at__isnull=True).first()
    return Correspondence(
        mail=setting.mail if setting else MailChoice.EACH.value,
        email=person.email,
        language=person.language,
        calendar_since=live.made_at if live else None,
    )
