"""Approved postings over HTTP: proposed by one person, signed by another's key, posted by the last approval.

`python -m tests.bench.signed --minutes 10` is the long form; `python -m tests.bench signed` the short one.
The pages are served by `tranche serve` as it is; clients keep their connections, as browsers do.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from tests.bench.mechanism import Mechanism, postgres_mechanism, postgres_server, set_up, sqlite_mechanism
from tests.bench.stored import percentile

from tranche.kernel.canonical import Canonical, encode

CLIENTS: Final = 4
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
DECISION = re.compile("/decisions/([0-9a-f-]{36})/")
START_SECONDS_MAX: Final = 120


class NotServed(RuntimeError):
    """The server answered something else than was asked for."""


@dataclass
class Browser:
    """One person's session over one kept connection."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> str:
        _status, _headers, body = self._ask("GET", path)
        found = TOKEN.search(body)
        self.token = found[1] if found else self.token
        return body

    def post(self, path: str, form: dict[str, str], wanted: int) -> tuple[str, str]:
        """(address to go to, body); raises NotServed for another status."""
        data = urlencode(form | {"csrfmiddlewaretoken": self.token})
        status, headers, body = self._ask("POST", path, data)
        if status != wanted:
            said = " ".join(re.sub("<[^>]+>", " ", body).split())
            raise NotServed(f"{path}: {status} instead of {wanted}: {said[:600]}")
        return headers.get("Location", ""), body

    def _ask(self, method: str, path: str, data: str | None = None) -> tuple[int, Any, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            return self._once(method, path, data, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.connection = None  # a worker was replaced; the same key makes the repeat harmless
            return self._once(method, path, data, headers)

    def _once(
        self, method: str, path: str, data: str | None, headers: dict[str, str]
    ) -> tuple[int, Any, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers, body


def signed_in(port: int, username: str) -> Browser:
    from tests.desk import password

    browser = Browser(port)
    browser.get("/account/login/")
    browser.post("/account/login/", {"username": username, "password": password(username), "next": "/"}, 303)
    browser.get("/decisions/")
    return browser


@dataclass
class Pair:
    """A fund manager and an approver at their own desks; each posting is a cent for their programme."""

    manager: Browser
    approver: Browser
    key: Any
    programme: str
    times: list[float] = field(default_factory=list)

    def post_one(self) -> None:
        arguments: dict[str, Canonical] = {
            "amount": {"amount_minor": 1, "currency": "EUR"},
            "funding": "LT-UA-2024-T1",
            "programme": self.programme,
        }
        form = {"then": "confirm", "arguments": encode(arguments).decode(), "key": str(uuid.uuid4())}
        address, _ = self.timed(self.manager, "/act/programme.allocate/", form, 303)
        found = DECISION.search(address)
        if found is None:
            raise NotServed(f"no decision at {address}")
        signing(self, found[1])

    def timed(self, browser: Browser, path: str, form: dict[str, str], wanted: int) -> tuple[str, str]:
        begin = time.perf_counter()
        answer = browser.post(path, form, wanted)
        self.times.append(time.perf_counter() - begin)
        return answer


class Signer(Protocol):
    """Whoever signs at a desk with a key, and notes how long each request takes."""

    approver: Browser
    key: Any

    def timed(self, browser: Browser, path: str, form: dict[str, str], wanted: int) -> tuple[str, str]: ...


def signing(who: Signer, decision: str) -> None:
    """Approve a decision: ask what is to be signed, sign it and send it."""
    from tests.keyring import proof

    from tranche.formats.security_key import from_base64url

    asked = {"verdict": "approve", "reason": ""}
    said = json.loads(who.timed(who.approver, f"/decisions/{decision}/statement/", asked, 200)[1])
    assertion = who.key.sign(from_base64url(said["publicKey"]["challenge"]))
    shown = json.loads(from_base64url(said["statement"]))["decision_hash"]
    form = asked | proof(assertion) | {"statement": said["statement"], "shown_hash": shown}
    who.timed(who.approver, f"/decisions/{decision}/approve/", form | {"key": str(uuid.uuid4())}, 303)


class Worker(Protocol):
    def post_one(self) -> None: ...


def prepared() -> list[tuple[str, Any]]:
    """The programme and the key of each pair, in a mechanism with money to allocate."""
    from tests.keyring import registered
    from tests.office import Office

    office = Office()
    office.received()
    found = []
    for number in range(1, CLIENTS + 1):
        office.programme(f"P-{number}")
        found.append((f"P-{number}", registered(office, f"ua.approver{1 + number % 2}")))
    return found


@contextmanager
def served(mechanism: Mechanism) -> Iterator[int]:
    """`tranche serve` over this mechanism; gives its port, and stops it by its number."""
    from django.conf import settings

    from tranche.cli.folder import prepare

    prepare(Path(settings.TRANCHE_DATA_DIR))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {"TRANCHE_DATA_DIR": str(mechanism.folder), "TRANCHE_DEMO": "1"}
    environment |= {"TRANCHE_DATABASE_URL": mechanism.url} if mechanism.url else {}
    command = [str(Path(sys.executable).parent / "tranche"), "serve", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NotServed(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise NotServed("the server does not listen")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of some seconds did: postings, and how long each request took."""

    postings: int
    seconds: float
    times: Sequence[float]

    @property
    def rate(self) -> float:
        return self.postings / self.seconds

    def said(self) -> str:
        middle, most = (percentile(self.times, share) * 1000 for share in (50, 99))
        worst = max(self.times) * 1000
        return f"{middle:.0f} ms a request, 99 of 100 within {most:.0f} ms, the slowest {worst:.0f} ms"


def measure(mechanism: Mechanism, seconds: float) -> Run:
    """Post for so long with every pair at once; every posting is counted in the ledger at the end."""
    from django.core.management import call_command
    from django.db import connections

    from tranche.models import Decision

    people = prepared()
    call_command("migrate", database="scratch", verbosity=0)
    done = Decision.objects.filter(action="programme.allocate", state="executed")
    before = done.count()
    connections.close_all()
    with served(mechanism) as port:
        pairs = [
            Pair(
                signed_in(port, "ua.manager"), signed_in(port, f"ua.approver{1 + number % 2}"), key, programme
            )
            for number, (programme, key) in enumerate(people, 1)
        ]
        begin = time.perf_counter()
        failed = drive(pairs, begin + seconds)
        spent = time.perf_counter() - begin
    if failed:
        raise failed[0]
    return Run(done.count() - before, spent, [took for pair in pairs for took in pair.times])


def drive(workers: Sequence[Worker], until: float) -> list[Exception]:
    """Every worker posts until this instant; gives what stopped them."""
    failed: list[Exception] = []

    def work(worker: Worker) -> None:
        try:
            while time.perf_counter() < until and not failed:
                worker.post_one()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def main(arguments: Sequence[str], name: str, about: str, run: Callable[[Mechanism, float], Run]) -> int:
    """Measure on each engine for so many minutes, and print what came of it."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.bench.{name}", description=about)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--folder", type=Path, default=Path(__file__).resolve().parents[2])
    options = parser.parse_args(arguments)
    set_up()
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=options.folder) as place:
        folder = Path(place)
        folder.chmod(0o711)  # the server runs as somebody else
        with postgres_server(folder) as server:
            if server is not None:
                with postgres_mechanism(server, folder) as mechanism:
                    _report(mechanism, run(mechanism, options.minutes * 60))
        with sqlite_mechanism(folder) as mechanism:
            _report(mechanism, run(mechanism, options.minutes * 60))
    return 0


def _report(mechanism: Mechanism, run: Run) -> None:
    print(f"{mechanism.engine}: {run.postings:,} approved postings in {run.seconds:.0f} s,", end=" ")
    print(f"{run.rate:.1f} a second; {run.said()}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], "signed", __doc__ or "", measure))
