"""Mail: at least once, in the person's language, with nothing in it that is not for a mail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from tests.office import Office
from tests.post_office import PostOffice, post_office

from tranche.actions.outbox import retry
from tranche.conf.mail import MailServer
from tranche.kernel.notices import ATTEMPTS_MAX
from tranche.models import Outbox, Person
from tranche.store import clock
from tranche.worker.mail import Mailed, send_due

ORIGIN = "https://tranche.example"


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with post_office() as opened, mailing(opened.port):
        yield opened


def mailing(port: int, timeout_s: float = 5) -> override_settings:
    server = MailServer("smtp", "127.0.0.1", port, "", "tranche@ministry.example")
    return override_settings(
        TRANCHE_MAIL=server,
        TRANCHE_ORIGIN=ORIGIN,
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_TIMEOUT=timeout_s,
        DEFAULT_FROM_EMAIL=server.sender,
    )


def with_address(*names: str, language: str = "en") -> None:
    for name in names:
        Person.objects.filter(logins__username=name).update(email=f"{name}@m.example", language=language)


def asked(office: Office) -> str:
    """A role that one approver of another party is asked for: the shortest decision that waits."""
    person = Person.objects.get(logins__username="lt.finance")
    return office.propose(
        "operator", "authority.grant", person=person.id, role="DA", party="LT-FIN"
    ).decision_id


def deliver(office: Office, later: timedelta = timedelta()) -> Mailed:
    with clock.at(office.tick(later or timedelta(minutes=1))):
        return send_due()


def state(name: str) -> Outbox:
    return Outbox.objects.get(person__logins__username=name)


@pytest.mark.parametrize(
    "mechanism", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_mail_holds_a_link_and_a_code_and_comes_once(mechanism: Path, post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver1")
    decision = asked(office)

    first, second = deliver(office), deliver(office, timedelta(days=2))

    assert (first, second) == (Mailed(sent=1), Mailed())
    [(to, message)] = post.letters
    code = state("dk.approver1").payload["code"]
    text = str(message.get_content())
    assert to == "dk.approver1@m.example"
    assert message["Subject"] == f"Tranche: A decision waits for your approval ({code})"
    assert message["Auto-Submitted"] == "auto-generated"
    assert f"{ORIGIN}/inbox/{state('dk.approver1').pk}/" in text
    assert not any(word in text for word in ("lt.finance", "dk.approver1", "EUR", decision))
    assert Outbox.objects.filter(done_at__isnull=True).count() == 0


@pytest.mark.usefixtures("sqlite_mechanism")
def test_each_is_written_to_in_the_own_language(post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver1", language="uk")
    with_address("dk.approver2", language="lt")
    asked(office)

    deliver(office)

    subjects = {to: str(message["Subject"]) for to, message in post.letters}
    assert len(set(subjects.values())) == 2
    assert not any("waits" in subject for subject in subjects.values())
    assert any("і" in letter for letter in subjects["dk.approver1@m.example"])


@pytest.mark.usefixtures("sqlite_mechanism")
def test_without_a_server_nothing_is_sent_and_the_inbox_is_whole() -> None:
    office = Office()
    with_address("dk.approver1")
    asked(office)

    assert settings.TRANCHE_MAIL is None
    assert deliver(office) == Mailed()
    assert state("dk.approver1").done_at is not None


@pytest.mark.usefixtures("sqlite_mechanism")
def test_one_refused_recipient_stops_nobody_else_and_dies_after_ten_attempts(post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver1", "dk.approver2")
    post.refused.add("dk.approver1@m.example")
    asked(office)

    assert deliver(office) == Mailed(sent=1, failed=1)
    assert deliver(office, timedelta(seconds=5)) == Mailed()
    for _attempt in range(ATTEMPTS_MAX - 1):
        assert state("dk.approver1").dead_at is None
        assert deliver(office, timedelta(days=1, minutes=1)) == Mailed(failed=1)

    dead = state("dk.approver1")
    assert (dead.attempts, dead.last_error) == (ATTEMPTS_MAX, "SMTPRecipientsRefused 550")
    assert dead.dead_at is not None
    assert deliver(office, timedelta(days=2)) == Mailed()
    assert post.recipients() == ["dk.approver2@m.example"]

    post.refused.clear()
    assert retry(None, office.now) == 1
    assert deliver(office) == Mailed(sent=1)
    assert retry(None, office.now) == 0


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_server_that_is_down_loses_nothing() -> None:
    office = Office()
    with_address("dk.approver1", "dk.approver2")
    with post_office() as opened:
        port = opened.port
    asked(office)

    with mailing(port):
        assert deliver(office) == Mailed(failed=1)  # and the other was not tried
        assert sorted(Outbox.objects.exclude(person__email="").values_list("attempts", flat=True)) == [0, 1]
        with post_office(port) as opened:
            assert deliver(office, timedelta(minutes=5)) == Mailed(sent=2)
            assert sorted(opened.recipients()) == ["dk.approver1@m.example", "dk.approver2@m.example"]


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_slow_server_holds_a_round_up_for_one_timeout(post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver1", "dk.approver2")
    asked(office)
    post.answers_after_s = 1.0
    began = time.monotonic()

    with mailing(post.port, timeout_s=0.2):
        assert deliver(office) == Mailed(failed=1)

    assert time.monotonic() - began < 5
    errors = {row.last_error for row in Outbox.objects.filter(attempts=1)}
    assert errors <= {"TimeoutError", "SMTPServerDisconnected"}
    assert len(errors) == 1


@pytest.mark.usefixtures("sqlite_mechanism")
def test_nothing_breaks_out_of_a_header(post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver2")
    Person.objects.filter(logins__username="dk.approver1").update(email="a@b.example\r\nBcc: evil@c.example")
    asked(office)
    Outbox.objects.filter(person__logins__username="dk.approver2").update(
        payload={"subject": "decision", "id": "x", "action": "x.y", "code": "7QK2\r\nBcc: evil@c.example"}
    )

    assert deliver(office) == Mailed(failed=2)
    assert post.letters == []
    assert "BadHeaderError" in state("dk.approver2").last_error


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_digest_comes_once_a_day_with_everything(post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver1")
    office.propose("dk.approver1", "authority.set_mail", mail="daily")
    asked(office)
    asked(office)

    assert deliver(office, timedelta(hours=1)) == Mailed()
    assert deliver(office, timedelta(days=1)) == Mailed(sent=1)

    [message] = [message for _to, message in post.letters]
    assert str(message["Subject"]) == "Tranche: What is new and waits for you (2)"
    assert str(message.get_content()).count(f"{ORIGIN}/inbox/") == 2


@pytest.mark.usefixtures("sqlite_mechanism")
def test_who_wants_no_mail_has_no_address_or_left_gets_none(post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver1", "ua.approver1")
    office.propose("dk.approver1", "authority.set_mail", mail="never")
    Person.objects.filter(logins__username="ua.approver1").update(active=False)
    asked(office)

    assert deliver(office) == Mailed()
    assert Outbox.objects.filter(done_at__isnull=True).count() == 0


@pytest.mark.usefixtures("sqlite_mechanism")
def test_what_waited_too_long_for_a_server_is_not_sent(post: PostOffice) -> None:
    office = Office()
    with_address("dk.approver1")
    asked(office)

    assert deliver(office, timedelta(days=8)) == Mailed()
    assert state("dk.approver1").done_at is not None


WORKER = """
import sys
from datetime import datetime
import django
django.setup()
from tests.worker.test_mail import mailing
from tranche.store import clock
from tranche.worker import mail
if sys.argv[3] == "die":
    import os, signal
    mail.mark_done = lambda rows, now: os.kill(os.getpid(), signal.SIGKILL) if rows else None
with mailing(int(sys.argv[1])), clock.at(datetime.fromisoformat(sys.argv[2])):
    mail.send_due()
"""


@pytest.mark.crash
def test_a_worker_killed_after_sending_sends_again_and_loses_nothing(
    sqlite_mechanism: Path, post: PostOffice
) -> None:
    office = Office()
    with_address("dk.approver1")
    asked(office)
    Outbox.objects.exclude(person__logins__username="dk.approver1").update(done_at=office.now)

    def work(how: str, later: timedelta) -> int:
        arguments = [str(post.port), office.tick(later).isoformat(), how]
        environment = os.environ | {"TRANCHE_DATA_DIR": str(sqlite_mechanism)}
        return subprocess.run(
            [sys.executable, "-c", WORKER, *arguments], check=False, env=environment
        ).returncode

    assert work("die", timedelta(minutes=1)) == -signal.SIGKILL
    assert (state("dk.approver1").attempts, state("dk.approver1").done_at) == (1, None)
    assert work("live", timedelta(minutes=2)) == 0

    assert state("dk.approver1").done_at is not None
    assert len(post.letters) == 2
    assert len({str(message["Message-ID"]) for _to, message in post.letters}) == 1
