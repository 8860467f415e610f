"""Statements as staged, and what their lines may be."""

from __future__ import annotations

import uuid

import pytest
from tests.office import IBAN, Office

from tranche.models import BankLine, BankStatement, free
from tranche.queries import bank
from tranche.queries.matching import Suggestion, expected, suggestions

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Office:
    return Office()


def offered(line_id: str) -> tuple[Suggestion, ...]:
    lines = list(free(BankLine.objects.all()))
    return suggestions(lines).get(line_id, ())


def test_authorised_tranche_is_expected_whole_and_the_rest_after_a_part(office: Office) -> None:
    office.authorised()
    whole = [(row.kind, row.ref, row.amount_minor) for row in expected()]
    line = office.bank_line(400_000_000, "part")
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)

    assert whole == [("tranche", "LT-UA-2024-T1", 1_000_000_000)]
    assert [row.amount_minor for row in expected()] == [600_000_000]


def test_tranche_that_is_not_authorised_is_not_expected(office: Office) -> None:
    office.lithuanian_tranche()

    assert expected() == ()


def test_receipt_is_found_by_the_reference_of_the_tranche(office: Office) -> None:
    office.authorised()

    (found,) = offered(office.bank_line(1_000_000_000, "Transfer LT-UA-2024-T1"))

    assert (found.action, found.ref, found.rule) == ("tranche.confirm_receipt", "LT-UA-2024-T1", "M3")


def test_same_reference_with_another_amount_is_a_conflict(office: Office) -> None:
    office.authorised()

    (found,) = offered(office.bank_line(999_999_999, "Transfer LT-UA-2024-T1"))

    assert (found.confidence, found.differs) == ("conflict", ("amount",))


def test_released_payment_is_expected_as_money_going_out(office: Office) -> None:
    office.execute("ua.payer", office.approved_payment())

    (found,) = offered(office.bank_line(-200_000_000, "PAY-1"))

    assert (found.action, found.ref) == ("payment.settle", "PAY-1")


def test_money_from_the_supplier_may_be_a_refund_up_to_what_is_prepaid(office: Office) -> None:
    office.paid()

    (found,) = offered(office.bank_line(5_000_000, "refund C-1"))

    assert (found.action, found.ref, found.confidence) == ("contract.book_refund", "C-1", "weak")
    assert offered(office.bank_line(200_000_001, "refund C-1")) == ()


def test_booked_line_shows_its_booking_and_offers_nothing(office: Office) -> None:
    office.authorised()
    line = office.bank_line(1_000_000_000, "LT-UA-2024-T1")
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)

    found = bank.statement(BankLine.objects.get(pk=line).statement_id, None)

    (row,) = found.lines
    assert (row.booked_kind, row.booked_as) == ("tranche", "LT-UA-2024-T1")
    assert row.suggestions == ()
    assert (found.row.lines, found.row.matched) == (1, 1)


def test_proof_says_when_entries_do_not_make_the_closing_balance(office: Office) -> None:
    line = office.bank_line(5)
    BankStatement.objects.update(closing_minor=0)

    found = bank.statement(BankLine.objects.get(pk=line).statement_id, None)

    assert found.entries_minor == 5
    assert not found.adds_up


def test_readers_see_the_statements_of_their_own_parties_only(office: Office) -> None:
    line = office.bank_line(5)
    statement_id = BankLine.objects.get(pk=line).statement_id

    assert [row.iban for row in bank.statements(frozenset({"UA-MOD"}))] == [IBAN]
    assert bank.statements(frozenset({"LT-MOD"})) == ()
    with pytest.raises(bank.UnknownStatement):
        bank.statement(statement_id, frozenset({"LT-MOD"}))
    assert bank.unbooked_count(None) == bank.unbooked_count(frozenset({"UA-MOD"})) == 1
    assert bank.unbooked_count(frozenset({"LT-MOD"})) == 0


def test_unknown_statement_is_an_error() -> None:
    with pytest.raises(bank.UnknownStatement):
        bank.statement(str(uuid.uuid4()), None)
