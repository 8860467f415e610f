"""Days, amounts and shares as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from tranche.kernel.money import Money
from tranche.queries.presenters.facts import fact
from tranche.web.wording import amount_text, day_text, month_text, share_text

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("language", "amount", "day", "month", "share"),
    [
        ("en", "10 000 000.50 EUR", "22 Nov 2026", "Nov 2026", "37.5%"),
        ("uk", "10 000 000,50 EUR", "22 лист. 2026 р.", "лист. 2026", "37,5 %"),
        ("lt", "10 000 000,50 EUR", "2026-11-22", "2026-11", "37,5 %"),
    ],
)
def test_each_language_has_its_form(language: str, amount: str, day: str, month: str, share: str) -> None:
    with translation.override(language):
        written = [
            amount_text(Money(1_000_000_050, "EUR")),
            day_text(DAY),
            month_text(DAY),
            share_text(375, 1000),
        ]

    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in written] == [amount, day, month, share]


@pytest.mark.parametrize(
    ("amount", "whole", "written"),
    [(0, 5, "0%"), (5, 5, "100%"), (1, 10**9, "<\N{NO-BREAK SPACE}0.1%"), (1, 3, "33.3%"), (0, 0, "0%")],
)
def test_share_is_rounded_to_a_tenth(amount: int, whole: int, written: str) -> None:
    with translation.override("en"):
        assert share_text(amount, whole) == written


def test_nearly_all_is_not_all() -> None:
    with translation.override("en"):
        assert share_text(10**9 - 1, 10**9) == ">\N{NO-BREAK SPACE}99.9%"


@pytest.mark.parametrize("language", ["en", "uk", "lt"])
def test_day_of_a_decision_is_written_as_on_every_page(language: str) -> None:
    with translation.override(language):
        assert fact("due_on", "2026-11-22", language).text == day_text(DAY)
        assert fact("due_on", "2026", language).text == "2026"
