"""A real mail server on this computer, which can refuse a recipient, be slow, or be silent."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast


@dataclass
class PostOffice:
    """What came in, in order; `refused` recipients are answered 550, and `answers_after_s` slows all."""

    port: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    answers_after_s: float = 0
    after_delivery: threading.Event = field(default_factory=threading.Event)

    def texts(self) -> list[str]:
        return [str(message.get_content()) for _to, message in self.letters]

    def recipients(self) -> list[str]:
        return [to for to, _message in self.letters]


class _Session(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client of ours speaks."""

    def handle(self) -> None:
        office = cast("_Server", self.server).office
        self._say("220 post office")
        to = ""
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            time.sleep(office.answers_after_s)
            verb = line.split(" ", 1)[0].upper()
            if verb == "RCPT":
                to = line.partition("<")[2].rpartition(">")[0]
                self._say("550 no such person" if to in office.refused else "250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                data = self._read()
                office.letters.append((to, email.message_from_bytes(data, policy=email.policy.default)))
                office.after_delivery.set()
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _read(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, office: PostOffice) -> None:
        self.office = office
        super().__init__(("127.0.0.1", office.port), _Session)


@contextmanager
def post_office(port: int = 0) -> Iterator[PostOffice]:
    """Open for as long as the caller works."""
    office = PostOffice(port)
    with _Server(office) as server:
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()
