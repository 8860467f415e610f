"""Serving the pages: gunicorn with threads, on loopback while approvals rest on a password."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Any

from django.db import connections
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # it ships no types

from tranche.actions.policy import in_force
from tranche.cli.binding import parse_bind, refuse_used_port
from tranche.cli.exits import Exit, Halt
from tranche.cli.locks import only_process
from tranche.cli.output import Output

APPLICATION = "tranche.web.wsgi:application"
THREADS = 4
OPTIONS = {
    "worker_class": "gthread",
    "threads": THREADS,
    "timeout": 30,
    "graceful_timeout": 20,
    "max_requests": 1000,
    "max_requests_jitter": 100,
    "preload_app": True,
    "accesslog": None,
    "loglevel": "warning",
    "control_socket_disable": True,
}


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn in this process, with our options and no configuration file."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from tranche.web.wsgi import application

        return application


def run_server(folder: Path, bind: str, workers: int | None, output: Output, greeting: str = "") -> int:
    """Serve until Ctrl-C; only on loopback while a password stands for a signature."""
    host, port = parse_bind(bind)
    refuse_open_address(host)
    with only_process(folder, f"it is served at http://{bind}/"):
        refuse_used_port(host, port)
        connections.close_all()  # a fork must not share a database connection
        name = "localhost" if host in ("127.0.0.1", "::1", "localhost") else host
        output.say(greeting or f"Serving {folder} at http://{name}:{port}/ - stop with Ctrl-C.")
        options = {**OPTIONS, "bind": f"{host}:{port}", "workers": workers or os.cpu_count() or 1}
        master = os.getpid()
        try:
            _Server(options).run()
        except SystemExit as ended:
            if os.getpid() != master:
                raise  # a worker process that ends
            if ended.code not in (0, None):
                raise Halt(
                    Exit.UNAVAILABLE,
                    f"The server stopped by itself (code {ended.code}).",
                    "Pages are not served; what was recorded is recorded.",
                    "Read the lines above, then start it again.",
                ) from ended
    sys.stderr.flush()
    output.say("Stopped. What was recorded is kept; start again with the same command.")
    return Exit.DONE


def refuse_open_address(host: str) -> None:
    """Anything but loopback is refused while the policy lets a password stand for a signature."""
    if "password" not in in_force().methods or _is_loopback(host):
        return
    raise Halt(
        Exit.REFUSED,
        f"{host} can be reached from other machines, and approvals rest on a password alone.",
        "Nothing was served.",
        "Serve on 127.0.0.1, and let people come through a tunnel that knows them.",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
