"""A served demonstration and a real Chromium: built once, served by a thread on a free port of loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import QuietWSGIRequestHandler
from django.test.utils import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.databases import close, point_at

from tranche.web.limits import password_tries, sign_ins
from tranche.web.wsgi import application

CHROMIUM = Path("/usr/bin/chromium")
TODAY = date(2025, 3, 31)
DEMO_SECONDS_MAX = 300
DESKTOP = {"width": 1366, "height": 768}

SignIn = Callable[..., Page]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a complete demonstration, made by its own command."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    command = [
        str(Path(sys.executable).parent / "tranche"),
        "demo",
        "--no-serve",
        "--quiet",
        "--dir",
        str(folder),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRANCHE_")}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=DEMO_SECONDS_MAX, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def demo(built: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the demonstration that the test may change."""
    folder = tmp_path / "data"
    shutil.copytree(built, folder)
    point_at(folder)
    sign_ins.clear()
    password_tries.clear()
    with override_settings(TRANCHE_TODAY=TODAY):
        yield folder
    close()


@pytest.fixture
def address(demo: Path) -> Iterator[str]:
    """Where the copy is served."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(application)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
    connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, in which Django would refuse every query."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the tests say what is missing where it is not installed."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def signed_in(chromium: Browser, address: str) -> Iterator[SignIn]:
    """A page of somebody's own browser; script, width and colours may be chosen."""
    opened: list[BrowserContext] = []

    def sign_in(username: str, path: str = "/", **options: object) -> Page:
        context = chromium.new_context(base_url=address, **({"viewport": DESKTOP} | options))  # type: ignore[arg-type]  # Playwright's own options
        opened.append(context)
        page = context.new_page()
        page.goto(f"/account/login/?next={path}")
        page.locator(f'button[name="as"][value="{username}"]').click()
        return page

    yield sign_in
    for context in opened:
        context.close()


def data_folder() -> Path:
    """The folder of the copy that is served now."""
    return Path(settings.TRANCHE_DATA_DIR)
