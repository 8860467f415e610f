"""Every page in a real browser: no finding of axe in light and dark, nothing cut on a phone or blocked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Page

from tranche.models import BankStatement, Decision, SourceDocument

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def paths() -> list[tuple[str, str]]:
    """(who, path) of every page that the demonstration can show."""
    waiting = Decision.objects.get(state="open", action="contract.sign").id
    order = Decision.objects.get(state="open", action="payment.release").id
    done = Decision.objects.filter(state="executed", action="programme.allocate").first()
    statement = BankStatement.objects.order_by("stmt_id").first()
    document = SourceDocument.objects.order_by("ref").first()
    assert done is not None
    assert statement is not None
    assert document is not None
    reading = (
        *("/", "/agreements/", "/agreements/LT-UA-2024/", "/tranches/", "/tranches/LT-UA-2024-T1/"),
        *("/programmes/", "/programmes/P-DK-PRODUCTION/", "/contracts/", "/contracts/C-DK-01/"),
        *("/lots/C-DK-01-L1/", "/priorities/", "/claims/", f"/claims/documents/{document.ref}/"),
        *("/trace/?from=LT-UA-2024-T1", "/trace/?to=C-DK-01-L1", "/proof/", "/proof/entries/1/"),
        *("/help/", "/policy/"),
        *("/trace/?from=LT-UA-2025-T1", "/trace/?to=C-LT-02-L1", "/trace/?from=DK-UA-2024-T1&without=1"),
        *("/funds/", "/funds/LT-UA-2025-T1/", "/funds/DK-UA-2024-POOL/", "/money/", "/money/idle/"),
        *("/money/balance/", "/money/periods/", "/money/periods/2025-02-28/"),
        *("/money/entries/1/", "/decisions/", "/decisions/?view=all", f"/decisions/{done.id}/", "/nothing/"),
    )
    writing = (
        *("/bank/", f"/bank/{statement.id}/", "/bank/upload/", "/claims/upload/"),
        *(
            "/act/programme.allocate/?programme=P-DK-PRODUCTION",
            "/act/contract.draft/",
            "/act/payee.propose/",
        ),
        *("/act/tranche.start_procedure/", "/act/contract.cancel/", f"/decisions/{waiting}/withdraw/"),
    )
    return [
        *(("auditor", path) for path in reading),
        ("ua.approver1", f"/decisions/{waiting}/approve/"),
        *(("ua.approver1", "/inbox/"), ("ua.approver1", "/account/"), ("operator", "/system/")),
        ("ua.payer", f"/decisions/{order}/execute/"),
        *(("ua.manager", path) for path in writing),
    ]


def visits(signed_in: SignIn, **options: object) -> Iterator[tuple[str, Page]]:
    """Each page in turn, in one browser for each person."""
    browsers: dict[str, Page] = {}
    for who, path in paths():
        if who not in browsers:
            browsers[who] = signed_in(who, **options)
        browsers[who].goto(path)
        yield path, browsers[who]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(demo: Path, signed_in: SignIn, scheme: str) -> None:
    found: list[str] = []

    for path, page in visits(signed_in, color_scheme=scheme, bypass_csp=True):
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        found += [
            f"{path}: {row['id']}: {row['nodes'][0]['html'][:160]}" for row in result.response["violations"]
        ]

    assert found == []


def test_sign_in_page_is_clean_for_axe(demo: Path, signed_in: SignIn) -> None:
    page = signed_in("auditor", bypass_csp=True)
    page.context.clear_cookies()

    page.goto("/account/login/")
    result = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})

    assert [row["id"] for row in result.response["violations"]] == []


def test_nothing_is_cut_on_a_phone(demo: Path, signed_in: SignIn) -> None:
    wide: list[str] = []

    for path, page in visits(signed_in, viewport={"width": 390, "height": 844}):
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)

    assert wide == []


def test_no_page_breaks_its_own_content_policy_or_asks_another_origin(
    demo: Path, signed_in: SignIn, address: str
) -> None:
    said: list[str] = []
    asked: list[str] = []
    listening: set[int] = set()

    for path, page in visits(signed_in):
        if id(page) not in listening:
            listening.add(id(page))
            page.on("console", lambda message: said.append(message.text))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(path)
    blocked = [text for text in said if "Content Security Policy" in text or "Trusted" in text]

    assert blocked == []
    assert [url for url in asked if not url.startswith(address)] == []
