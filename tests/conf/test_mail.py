"""The address of the mail server is parsed once, and what does not parse stops the program by name."""

from __future__ import annotations

import pytest

from tranche.conf.environment import BadSetting, read
from tranche.conf.mail import MailServer, mail_server

ORIGIN = "https://tranche.example"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example?from=t@m.example", MailServer("smtp", "mail.example", 25, "", "t@m.example")),
        (
            "smtp+starttls://post%40m@mail.example?from=t@m.example",
            MailServer("smtp+starttls", "mail.example", 587, "post@m", "t@m.example"),
        ),
        (
            "smtps://u@[::1]:2465/?from=t@m.example",
            MailServer("smtps", "::1", 2465, "u", "t@m.example"),
        ),
    ],
)
def test_the_scheme_says_how_the_connection_is_kept(url: str, server: MailServer) -> None:
    assert read({"TRANCHE_MAIL_URL": url, "TRANCHE_ORIGIN": ORIGIN}).mail == server


def test_without_an_address_there_is_no_mail() -> None:
    assert mail_server("") is None
    assert read({}).mail is None


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example",
        "smtp://?from=t@m.example",
        "https://mail.example?from=t@m.example",
        "smtp://u:secret@mail.example?from=t@m.example",
        "smtp://mail.example/path?from=t@m.example",
        "smtp://mail.example?from=t@m.example&x=1",
        "smtp://mail.example?from=A%20Name%20<t@m.example>",
        "smtp://mail.example?from=t@m.example%0d%0aBcc:x@y.example",
        "smtp://mail.example:99999?from=t@m.example",
        "smtp://mail.example?from",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadSetting, match="TRANCHE_MAIL_URL"):
        read({"TRANCHE_MAIL_URL": url, "TRANCHE_ORIGIN": ORIGIN})


def test_mail_needs_to_know_where_the_pages_are() -> None:
    with pytest.raises(BadSetting, match="TRANCHE_ORIGIN"):
        read({"TRANCHE_MAIL_URL": "smtp://mail.example?from=t@m.example"})
