"""The balance sheet lists every account and sums to nothing in each currency."""

from __future__ import annotations

import json

import pytest
from tests.ledger import desk

from tranche.kernel.chart import Kind, Place
from tranche.queries.balance import AccountBalance, KindTotal, balance_sheet

pytestmark = pytest.mark.usefixtures("mechanism")


def test_an_empty_book_has_an_empty_sheet() -> None:
    sheet = balance_sheet()

    assert (sheet.accounts, sheet.totals, sheet.currencies, sheet.groups) == ((), (), (), ())


def test_every_account_and_the_totals_by_kind_are_listed() -> None:
    desk.danish_pool()
    desk.flow(
        "allocate", desk.DANISH, Place(Kind.POOL, "DK-2024"), Place(Kind.PROGRAMME, "P-1"), 10_000_000_000
    )

    sheet = balance_sheet()

    assert sheet.totals == (
        KindTotal("EUR", "origin", 4, -53_770_000_000),
        KindTotal("EUR", "pool", 4, 43_770_000_000),
        KindTotal("EUR", "programme", 4, 10_000_000_000),
        KindTotal("EUR", "tranche", 4, 0),
    )
    assert sum(total.balance_minor for total in sheet.totals) == 0
    assert sheet.accounts[0] == AccountBalance(
        "origin:DK:budget:EUR", "origin", "DK:budget", None, None, "EUR", 0, 12_500_000_000, -12_500_000_000
    )
    assert [account.account for account in sheet.accounts] == sorted(a.account for a in sheet.accounts)
    assert json.loads(json.dumps(sheet.as_json()))["accounts"][5]["fund"] == "DK-2024/EU"
