"""Pages that list more rows ask the database no more often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.databases import close, point_at
from tests.office import Office, document, eur, password
from tests.story import told

from tranche.store import clock


@pytest.fixture
def growing(template_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """The story in a folder of its own, to be told further."""
    found = told(tmp_path, template_folder)
    point_at(found.folder)
    office = Office.__new__(Office)
    office.now, office._line = found.after, 100
    yield office
    close()


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connections["read"]) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(asked)


def test_statements_do_not_grow_with_rows(growing: Office) -> None:
    client = Client(headers={"accept-language": "en"})
    lists = (
        "/agreements/",
        "/tranches/",
        "/programmes/",
        "/contracts/",
        "/claims/",
        "/priorities/",
        "/proof/",
    )
    grown = (
        "/contracts/C-DK/",
        "/programmes/P-DK/",
        "/agreements/LT-UA-2024/",
        "/money/accounts/allocated/?currency=EUR",
    )
    with clock.at(growing.now):
        client.post("/account/login/", {"username": "auditor", "password": password("auditor")})
        before = {address: statements(client, address) for address in (*lists, *grown)}

    grow(growing)

    with clock.at(growing.now):
        after = {address: statements(client, address) for address in (*lists, *grown)}
    assert after == before


def grow(office: Office) -> None:
    """More of everything that these pages list."""
    for number in (2, 3):
        office.do(
            "ua.manager",
            "milestone.plan",
            ref=f"C-DK-M{number}",
            contract="C-DK",
            title=f"Part {number}",
            amount=eur(100_000_000),
            due_on="2025-01-15",
            pay_after="accepted",
        )
        office.lot(f"LOT-DK-{number}", 100_000_000, milestone=f"C-DK-M{number}", contract="C-DK")
        office.programme(f"P-{number}", "ammunition")
    office.do(
        "lt.officer",
        "tranche.announce",
        ref="LT-UA-2024-T2",
        agreement="LT-UA-2024",
        ordinal=2,
        title="Second tranche",
        donor="LT",
        origin="LT:budget",
        amount=eur(500_000_000),
    )
    office.do(
        "ua.manager",
        "contract.draft",
        ref="C-DK-2",
        programme="P-DK",
        supplier="MFR-2",
        title="Second contract of the pool",
        funding="DK-UA-2024-POOL",
        price=eur(1_000_000),
        tender_reference="T-3",
        price_reason="Only offer",
    )
    office.do(
        "lt.officer",
        "claim.confirm",
        claim="DOC-1-C2",
    )
    office.do(
        "ua.manager",
        "priority.set",
        "ua.approver1",
        ref="N-3",
        holder="UA-MOD",
        year=2025,
        category="air_defence",
        title="Need N-3",
        amount=eur(1_000_000),
        evidence=[document("document", "N-3")],
    )
