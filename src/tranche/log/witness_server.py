"""A witness over HTTP (C2SP tlog-witness): the same decision as by files, with the same bodies."""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tranche.kernel.witness_request import REQUEST_BYTES_MAX
from tranche.log.keys import KeyUnsafe
from tranche.log.witness import Reply, Witness, WitnessError

ADD: Final = "/add-checkpoint"
LAST: Final = re.compile(r"/([0-9a-f]{64})/checkpoint", re.ASCII)
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
SECONDS_MAX: Final = 10
AT_ONCE_MAX: Final = 32
OK, NOT_FOUND, CONFLICT, TOO_LARGE, BROKEN = 200, 404, 409, 413, 500


class WitnessServer(ThreadingHTTPServer):
    """Answers for one witness until it is shut down."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        super().__init__(address, _Handler)
        self.witness = witness
        self._places = threading.BoundedSemaphore(AT_ONCE_MAX)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One request in its own thread: few at once, and none for longer than it may take."""
        with self._places:
            watch = threading.Timer(SECONDS_MAX, _end, (request,))
            watch.daemon = True
            watch.start()
            try:
                super().process_request_thread(request, client_address)
            finally:
                watch.cancel()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody who went away in the middle is no news."""


def _end(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    server_version = "tranche-witness"
    sys_version = ""
    timeout = SECONDS_MAX

    def do_POST(self) -> None:
        if self.path != ADD:
            self._answer(NOT_FOUND, b"")
            return
        length = self.headers.get("Content-Length", "")
        if (
            not length.isascii()
            or not length.isdecimal()
            or len(length) > 9
            or int(length) > REQUEST_BYTES_MAX
        ):
            self._answer(TOO_LARGE, b"")
            return
        raw = self.rfile.read(int(length))
        try:
            reply = self.server.witness.cosign(raw, int(time.time()))
        except (WitnessError, KeyUnsafe) as error:  # without its memory it cosigns nothing
            self.log_error("%s", error)
            self._answer(BROKEN, b"")
            return
        self._answer(reply.status, _body(reply), SIZE_TYPE if reply.status == CONFLICT else TEXT_TYPE)

    def do_GET(self) -> None:
        found = LAST.fullmatch(self.path)
        try:
            note = self.server.witness.last(found[1]) if found else None
        except WitnessError as error:
            self.log_error("%s", error)
            self._answer(BROKEN, b"")
            return
        self._answer(OK if note else NOT_FOUND, note or b"")

    def _answer(self, status: int, body: bytes, kind: str = TEXT_TYPE) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _body(reply: Reply) -> bytes:
    """A cosignature; of a conflict the size that the witness knows; of another refusal nothing."""
    if reply.line is not None:
        return reply.line.text().encode()
    return f"{reply.size}\n".encode() if reply.status == CONFLICT else b""
