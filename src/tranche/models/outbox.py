"""Notices to persons, kept until their mail is sent; how a person wants to be written to; calendar addresses.

The outbox is no part of the record: what it says stands in the log, and its rows say how far the mail got.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.kernel.notices import MailChoice, NoticeKind
from tranche.models.fields import ID_LENGTH
from tranche.models.person import Person

KEY_LENGTH_MAX = 200
SUBJECT_LENGTH_MAX = 40
ERROR_LENGTH_MAX = 300


class Outbox(models.Model):
    """One notice to one person: in the inbox for good, and sent by mail where the person wants it.

    `done_at` ends it: sent, or no mail was wanted. `dead_at` ends it after the last attempt that failed.
    From `settled_at` on it asks nothing any more: the decision ended, the step is done, the hold is lifted.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    dedupe_key = models.CharField(max_length=KEY_LENGTH_MAX, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    subject = models.CharField(max_length=SUBJECT_LENGTH_MAX)
    payload = models.JSONField()
    made_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=ERROR_LENGTH_MAX, blank=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    LABELS: ClassVar = labels(
        auditor="id kind dedupe_key person subject payload made_at not_before attempts done_at dead_at"
        " settled_at",
        sealed="last_error",
    )

    class Meta:
        db_table = "outbox"
        constraints = [
            models.CheckConstraint(
                name="outbox_kind", condition=models.Q(kind__in=[kind.value for kind in NoticeKind])
            ),
            models.CheckConstraint(
                name="outbox_ends_once",
                condition=models.Q(done_at__isnull=True) | models.Q(dead_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="outbox_asks", condition=models.Q(settled_at__isnull=True)),
            models.Index(fields=["person", "id"], name="outbox_of_person"),
            models.Index(
                fields=["not_before", "id"],
                name="outbox_to_send",
                condition=models.Q(done_at__isnull=True, dead_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.dedupe_key)


class MailSetting(models.Model):
    """How one person wants to be written to; without a row every notice is sent by itself."""

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, primary_key=True, related_name="mail_setting"
    )
    mail = models.CharField(max_length=5)

    LABELS: ClassVar = labels(auditor="person", sealed="mail")

    class Meta:
        db_table = "mail_setting"
        constraints = [
            models.CheckConstraint(
                name="mail_setting_choice",
                condition=models.Q(mail__in=[choice.value for choice in MailChoice]),
            )
        ]

    def __str__(self) -> str:
        return str(self.mail)


class CalendarAddress(models.Model):
    """Where a calendar program fetches a person's deadlines; of the token only the hash is kept."""

    token_sha256 = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calendar_addresses")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    LABELS: ClassVar = labels(auditor="person made_at ended_at", sealed="token_sha256")

    class Meta:
        db_table = "calendar_address"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at__isnull=True),
                name="calendar_address_of_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class ReadMark(models.Model):
    """That a person has read one notice, or with `upto` every one up to it; lies in the scratch file."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.CharField(max_length=ID_LENGTH)
    notice_id = models.BigIntegerField()
    upto = models.BooleanField(default=False)

    LABELS: ClassVar = labels(sealed="id person_id notice_id upto")

    class Meta:
        db_table = "read_mark"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "notice_id", "upto"], name="read_mark_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.notice_id}"
