"""Bank files through the action: staged whole, chained, once; and nothing of them is booked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.actions.refusing import refused
from tests.office import IBAN, Office

from tranche.formats.bank.write_camt import EntryOut, StatementOut, write_statement
from tranche.formats.errors import FormatError
from tranche.kernel.refusals import AlreadyThere, NotAllowed, StatementRefused
from tranche.ledger.balances import balances
from tranche.models import BankLine, BankStatement, ImportFile
from tranche.store import evidence

pytestmark = pytest.mark.usefixtures("mechanism")


def statement(number: int, opening_minor: int, *amounts: int, iban: str = IBAN) -> bytes:
    entries = tuple(
        EntryOut(date(2024, 9, 2), amount, "Ministry", "LT121000011101001000", "LT-UA-2024-T1")
        for amount in amounts
    )
    return write_statement(
        StatementOut(
            f"S-{number}", number, iban, "EUR", date(2024, 9, 2), date(2024, 9, 2), opening_minor, entries
        )
    )


def stage(office: Office, raw: bytes, who: str = "ua.manager") -> None:
    sha256 = evidence.put(raw)
    office.propose(who, "import.stage", sha256=sha256, name="statement.xml", size_bytes=len(raw))


def test_a_statement_is_staged_with_every_line_and_books_nothing() -> None:
    office = Office()

    stage(office, statement(1, 0, 1_000_000_000, -5, -5))

    staged = ImportFile.objects.get()
    assert (staged.rows_in, staged.accepted, staged.rejected) == (3, 3, 0)
    assert list(BankLine.objects.order_by("ordinal").values_list("amount_minor", "occurrence")) == [
        (1_000_000_000, 1),
        (-5, 1),
        (-5, 2),
    ]
    assert balances() == ()


def test_the_same_file_twice_is_staged_once() -> None:
    office = Office()
    raw = statement(1, 0, 100)
    stage(office, raw)

    refused(AlreadyThere, lambda: stage(office, raw))

    assert BankLine.objects.count() == 1


def test_the_same_statement_in_another_file_is_refused() -> None:
    office = Office()
    stage(office, statement(1, 0, 100))

    refused(AlreadyThere, lambda: stage(office, statement(1, 0, 99, 1)))


def test_a_statement_that_does_not_continue_the_chain_is_refused_with_both_sums() -> None:
    office = Office()
    stage(office, statement(1, 0, 100))

    error = refused(StatementRefused, lambda: stage(office, statement(2, 99, 5)))

    assert (error.code, error.expected, error.found) == ("E_STMT_GAP", "1.00 EUR", "0.99 EUR")
    stage(office, statement(2, 100, 5))
    assert [row.closing_minor for row in BankStatement.objects.order_by("seq_no")] == [100, 105]


def test_equal_lines_of_chained_statements_are_two_payments() -> None:
    office = Office()

    stage(office, statement(1, 0, 100))
    stage(office, statement(2, 100, 100))

    assert list(BankLine.objects.order_by("occurrence").values_list("occurrence", flat=True)) == [1, 2]


def test_a_statement_of_an_unknown_account_is_refused() -> None:
    office = Office()

    error = refused(StatementRefused, lambda: stage(office, statement(1, 0, 5, iban="LT121000011101001000")))

    assert error.code == "E_STMT_ACCOUNT"


def test_a_statement_cut_in_half_is_refused_whole() -> None:
    office = Office()
    raw = statement(1, 0, 100)

    refused(FormatError, lambda: stage(office, raw[: len(raw) // 2]))


def test_a_booking_of_the_day_after_tomorrow_is_refused() -> None:
    office = Office()
    tomorrow = statement(1, 0, 5).replace(b"2024-09-02", b"2024-09-03")
    later = statement(1, 0, 5).replace(b"2024-09-02", b"2024-09-04")

    error = refused(FormatError, lambda: stage(office, later))
    stage(office, tomorrow)

    assert error.code == "E_DATE_RANGE"
    assert BankLine.objects.count() == 1


@pytest.mark.parametrize("who", ["ua.approver1", "ua.payer", "auditor", "operator"])
def test_others_do_not_import(who: str) -> None:
    office = Office()

    refused(NotAllowed, lambda: stage(office, statement(1, 0, 5), who))


def test_a_staged_line_becomes_the_receipt_of_its_tranche() -> None:
    office = Office()
    office.authorised()
    stage(office, statement(1, 0, 1_000_000_000))
    line = BankLine.objects.get()

    office.do(
        "ua.manager",
        "tranche.confirm_receipt",
        "ua.approver1",
        tranche="LT-UA-2024-T1",
        line=line.id,
        rule="M3",
    )

    assert {row.code: row.balance for row in balances()}["tranche:LT-UA-2024-T1:EUR"] == 1_000_000_000
    assert line.matches.get().rule == "M3"
    assert Path(evidence._path(ImportFile.objects.get().sha256)).exists()
