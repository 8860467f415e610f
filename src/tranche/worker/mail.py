"""Sending what the outbox holds: at least once, one attempt at a time, and never what is not durable yet.

The attempt is counted before the mail leaves and the mail is marked after it left; a worker that dies in
between sends it again, under the same Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation

from tranche.actions.outbox import claim, defer, mark_done, mark_failed
from tranche.models import MailSetting, Outbox
from tranche.queries.notices import NoticeRow
from tranche.queries.presenters.notices import letter
from tranche.store import clock
from tranche.store.write import barrier
from tranche.worker.letters import Letter, human, sort

ROWS_MAX: Final = 500  # the rest waits for the next round
SECONDS_MAX: Final = 60  # the other work of a round must not wait longer

REFUSED: Final = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    ValueError,
    UnicodeError,
)
"""One letter cannot be sent; the connection is good for the next one."""

AWAY: Final = OSError
"""The server does not work, as every other error of smtplib says too: nothing else is tried in this round."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mailed:
    """What a round did about mail: letters sent, and letters that did not get through."""

    sent: int = 0
    failed: int = 0


def send_due() -> Mailed:
    """Send what is due; without a mail server every notice stays in the inbox alone."""
    now = clock.now()
    due = Outbox.objects.filter(done_at__isnull=True, dead_at__isnull=True, not_before__lte=now)
    rows = list(due.select_related("person__root").order_by("not_before", "id")[:ROWS_MAX])
    if not settings.TRANCHE_MAIL:
        mark_done(rows, now)
        return Mailed()
    settings_of = MailSetting.objects.filter(person_id__in={human(row).pk for row in rows})
    found = sort(rows, dict(settings_of.values_list("person_id", "mail")), now)
    mark_done(found.unwanted, now)
    mark_failed(found.spent, "the worker ended while it sent this", now)
    defer(found.later)
    return _send_all(found.letters) if found.letters else Mailed()


def _send_all(letters: Sequence[Letter]) -> Mailed:
    barrier()
    connection = get_connection()
    sent = failed = 0
    ends = time.monotonic() + SECONDS_MAX
    try:
        for one in letters:
            if time.monotonic() > ends:
                break
            rows = claim(one.rows, clock.now())
            if not rows:
                continue
            try:
                _send(Letter(one.person, tuple(rows)), connection)
            except REFUSED as error:
                failed += 1
                mark_failed(rows, said(error), clock.now())
            except AWAY as error:
                failed += 1
                mark_failed(rows, said(error), clock.now())
                logger.warning("the mail server does not work: %s", said(error))
                break
            else:
                sent += 1
                mark_done(rows, clock.now())
    finally:
        _close(connection)
    return Mailed(sent, failed)


def _send(one: Letter, connection: Any) -> None:
    with translation.override(one.person.language):
        subject, text = letter([_shown(row) for row in one.rows], settings.TRANCHE_ORIGIN)
    message = EmailMessage(
        subject,
        text,
        to=[one.person.email],
        connection=connection,
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": message_id([row.pk for row in one.rows], one.rows[0].made_at),
        },
    )
    message.send()


def message_id(numbers: Sequence[int], made_at: datetime) -> str:
    """The same for the same letter, so that a mail sent twice is known as one."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return f"<notice-{made_at:%Y%m%d}-{min(numbers)}-{max(numbers)}@{domain}>"


def _shown(row: Outbox) -> NoticeRow:
    payload = {name: str(value) for name, value in row.payload.items()}
    return NoticeRow(row.pk, row.kind, payload, row.made_at)


def said(error: Exception) -> str:
    """The kind of error and the server's code, without its text: that may repeat an address."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((answer[0] for answer in error.recipients.values()), None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _close(connection: Any) -> None:
    try:
        connection.close()
    except AWAY:
        logger.warning("the mail server ended the connection before we did")
