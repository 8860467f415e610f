"""An import loses no row, and a place reads as people say it."""

from __future__ import annotations

import pytest

from tranche.formats.errors import FormatError, Where
from tranche.formats.report import ImportReport, Rejected


def test_rows_in_are_accepted_and_rejected() -> None:
    report = ImportReport(3, 2, (Rejected(Where(line=4), "E_AMOUNT_SYNTAX", "1e5"),))

    assert report.rows_in == report.accepted + len(report.rejected)


def test_a_report_that_lost_a_row_cannot_be_made() -> None:
    with pytest.raises(AssertionError):
        ImportReport(3, 2)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where(), ""),
        (Where(line=7), "line 7"),
        (Where(ordinal=2), "entry 2"),
        (Where(7, "Amt", 2), "line 7, entry 2, Amt"),
    ],
)
def test_a_place_is_told_in_words(where: Where, text: str) -> None:
    assert str(where) == text


def test_an_error_carries_code_place_and_value() -> None:
    error = FormatError("E_STMT_SUM", Where(line=7), "1.00")

    assert (error.code, error.where.line, error.value) == ("E_STMT_SUM", 7, "1.00")
    assert str(error) == "E_STMT_SUM line 7 1.00"


def test_an_error_without_place_still_has_one() -> None:
    assert FormatError("E_FILE_EMPTY").where == Where()
