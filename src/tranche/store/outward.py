"""Asking another server: no redirect, no proxy, and no waiting for an answer that is long or slow."""

from __future__ import annotations

import socket
import threading
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final, NamedTuple
from urllib.parse import urlsplit

CONNECTIONS: Final = {"http": HTTPConnection, "https": HTTPSConnection}


class Answer(NamedTuple):
    """What came back; `kind` is the type of the body."""

    status: int
    kind: str
    body: bytes


class TooLong(ValueError):
    """An answer with more bytes than are read."""


def ask(
    address: str,
    body: bytes | None = None,
    *,
    seconds_max: float,
    bytes_max: int,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Get from an http or https address, or post where there is a body; raises OSError, ValueError.

    The time counts for the whole answer: a server that sends a byte now and then is left as well.
    """
    parts = urlsplit(address)
    if parts.scheme not in CONNECTIONS or not parts.hostname:
        raise ValueError(f"no http or https address: {address[:200]}")
    connection = CONNECTIONS[parts.scheme](parts.hostname, parts.port, timeout=seconds_max)
    late = threading.Event()
    watch = threading.Timer(seconds_max, _give_up, (connection, late))
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET" if body is None else "POST", path, body, headers or {})
        response = connection.getresponse()
        raw = response.read(bytes_max + 1)
        if len(raw) > bytes_max:
            raise TooLong(f"more than {bytes_max} bytes")
        if late.is_set():
            raise TimeoutError(f"no whole answer within {seconds_max} seconds")
        return Answer(response.status, response.headers.get_content_type(), raw)
    except (HTTPException, OSError) as error:
        if late.is_set():
            raise TimeoutError(f"no whole answer within {seconds_max} seconds") from error
        raise OSError(f"{type(error).__name__}: {error}") from error
    finally:
        watch.cancel()
        connection.close()


def _give_up(connection: HTTPConnection, late: threading.Event) -> None:
    late.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
