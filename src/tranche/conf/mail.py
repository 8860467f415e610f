"""The mail server that TRANCHE_MAIL_URL names; the password is no part of an address and lies in a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

PASSWORD_FILE: Final = "mail-password"  # noqa: S105 - the name of a file
PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
SENDER: Final = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
TIMEOUT_S: Final = 20  # a server that does not answer must not hold up the rest of the work


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and as whom it is sent."""

    scheme: str
    host: str
    port: int
    user: str
    sender: str


def mail_server(url: str) -> MailServer | None:
    """The server of the address, None for no address; raises ValueError."""
    if not url:
        return None
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, strict_parsing=True))
    sender = query.pop("from", "")
    fits = parts.scheme in PORTS and parts.hostname and parts.password is None and not query
    if not fits or parts.path not in ("", "/") or not SENDER.fullmatch(sender):
        raise ValueError(url)
    port = parts.port or PORTS[parts.scheme]
    return MailServer(parts.scheme, str(parts.hostname), port, unquote(parts.username or ""), sender)
