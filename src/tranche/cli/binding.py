"""The address and port that a server listens on."""

from __future__ import annotations

import errno
import socket

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt


def parse_bind(bind: str) -> tuple[str, int]:
    """Host and port of ADDRESS:PORT; an IPv6 address stands in brackets."""
    host, mark, port = bind.rpartition(":")
    host = host.strip("[]")
    if not mark or not host or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65_535:
        raise Halt(
            Exit.USAGE,
            f"{bind} is no address and port.",
            "Nothing was served.",
            "Write it as 127.0.0.1:8000.",
        )
    return host, int(port)


def refuse_used_port(host: str, port: int) -> None:
    """Say in words that somebody else listens, before the server would say it in a trace."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise Halt(
                Exit.UNAVAILABLE,
                f"Port {port} on {host} {reason}.",
                f"Nothing was served. {NOTHING_WRITTEN}",
                "Stop the other program or name another port.",
            ) from error
