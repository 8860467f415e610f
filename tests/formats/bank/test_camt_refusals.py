"""Every code that refuses a bank statement, with the place and the value that it names."""

from __future__ import annotations

from datetime import date

import pytest
from tests.formats.bank.messages import ACCOUNT, balance, details, entry, message, statement

from tranche.formats.bank.camt import read_statements
from tranche.formats.errors import FormatError


def refused(raw: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read_statements(raw)
    return caught.value


def code(*statements: str) -> str:
    return refused(message(*statements)).code


BOOKED = '<Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>'
BACKWARDS = "<FrToDt><FrDtTm>2024-12-31T00:00:00</FrDtTm><ToDtTm>2024-12-30T00:00:00</ToDtTm></FrToDt>"
TRUE = statement(entry("5.00"), closing="5.00")


def test_the_statement_that_is_spoiled_below_is_true() -> None:
    assert read_statements(message(TRUE)).report.accepted == 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<Sts><Cd>BOOK</Cd></Sts>", "", "E_STMT_FIELD"),
        (BOOKED, "<Sts>", "E_STMT_FIELD"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>", "E_STMT_FIELD"),
        ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>CREDIT</CdtDbtInd><Sts>", "E_STMT_FIELD"),
        ("<BookgDt><Dt>2024-12-30</Dt></BookgDt>", "", "E_STMT_FIELD"),
        ("<Id>S-1</Id>", "", "E_STMT_FIELD"),
        ("<Id>S-1</Id>", f"<Id>{'S' * 36}</Id>", "E_STMT_FIELD"),
        (f"<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>", "", "E_STMT_FIELD"),
        (f"<Id><IBAN>{ACCOUNT}</IBAN></Id>", "", "E_STMT_FIELD"),
        (ACCOUNT, ACCOUNT[:-1] + "2", "E_IBAN"),
        (ACCOUNT, "XX" + ACCOUNT[2:], "E_IBAN"),
        ("<Ccy>EUR</Ccy>", "<Ccy>SEK</Ccy>", "E_STMT_CURRENCY"),
        (BOOKED, BOOKED.replace("EUR", "SEK"), "E_STMT_CURRENCY"),
        (BOOKED, BOOKED.replace("EUR", "XXY"), "E_CCY_UNKNOWN"),
        (BOOKED, BOOKED.replace("EUR", "eur"), "E_CCY_UNKNOWN"),
        (BOOKED, BOOKED.replace(' Ccy="EUR"', ""), "E_CCY_MISSING"),
        ("2024-12-30", "1998-12-31", "E_DATE_RANGE"),
        ("2024-12-30", "0001-01-01", "E_DATE_RANGE"),
        ("2024-12-30", "0000-01-01", "E_DATE_RANGE"),
        ("2024-12-30", "20241230", "E_DATE_SYNTAX"),
        ("2024-12-30", "2024-W52-1", "E_DATE_SYNTAX"),
        ("2024-12-30", "2024-12-3٠", "E_DATE_SYNTAX"),
        ("<Dt>2024-12-30</Dt>", "<Dt></Dt>", "E_DATE_SYNTAX"),
        ("<Acct>", f"{BACKWARDS}<Acct>", "E_DATE_RANGE"),
        ("<Acct>", "<StmtPgntn><PgNb>x</PgNb><LastPgInd>true</LastPgInd></StmtPgntn><Acct>", "E_STMT_FIELD"),
    ],
)
def test_a_spoiled_statement_is_refused_with_its_code(old: str, new: str, expected: str) -> None:
    assert old in TRUE

    assert code(TRUE.replace(old, new)) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("+5.00", "E_AMOUNT_SYNTAX"),
        ("-5.00", "E_AMOUNT_SYNTAX"),
        (" 5.00 ", "E_AMOUNT_SYNTAX"),
        ("5.", "E_AMOUNT_SYNTAX"),
        ("٥.00", "E_AMOUNT_SYNTAX"),
        ("NaN", "E_AMOUNT_SYNTAX"),
        ("", "E_AMOUNT_SYNTAX"),
        ("5.000000", "E_AMOUNT_SYNTAX"),
        ("12345678901234.00", "E_AMOUNT_SYNTAX"),
        ("5.001", "E_AMOUNT_PRECISION"),
        ("9999999999999.99", "E_STMT_SUM"),
    ],
)
def test_an_amount_outside_the_grammar_is_refused(amount: str, expected: str) -> None:
    assert code(statement(entry(amount), closing="5.00")) == expected


def test_zeros_beyond_the_minor_unit_are_no_precision() -> None:
    raw = message(statement(entry("5.00000"), closing="5.000"))

    assert read_statements(raw).statements[0].closing == 500


def test_a_booking_after_the_last_day_is_refused() -> None:
    assert read_statements(message(TRUE), booked_until=date(2024, 12, 31)).report.rows_in == 1

    with pytest.raises(FormatError) as caught:
        read_statements(message(TRUE), booked_until=date(2024, 12, 30))

    assert (caught.value.code, caught.value.value) == ("E_DATE_RANGE", "2024-12-30")


def test_the_refusal_shows_both_sums() -> None:
    error = refused(message(statement(entry("5.00"), opening="-1.00", closing="4.50")))

    assert (error.code, error.value) == ("E_STMT_SUM", "-1.00 + 5.00 = 4.00, not 4.50")
    assert error.where.path == "Stmt"


def test_the_refusal_names_the_entry() -> None:
    error = refused(message(statement(entry("5.00"), entry("5.001"), closing="10.00")))

    assert (error.where.ordinal, error.where.path, error.value) == (2, "Amt", "5.001")
    assert str(error.where) == "line 1, entry 2, Amt"


@pytest.mark.parametrize(
    "balances",
    [
        "",
        balance("CLBD", "5.00"),
        balance("OPBD", "0.00"),
        balance("OPAV", "0.00") + balance("CLAV", "5.00"),
    ],
)
def test_a_statement_without_both_balances_is_refused(balances: str) -> None:
    assert code(statement(entry("5.00"), balances=balances)) == "E_STMT_BALANCE"


@pytest.mark.parametrize(
    "balances",
    [
        balance("OPBD", "0.00") + balance("PRCD", "1.00") + balance("CLBD", "5.00"),
        balance("OPBD", "0.00") + balance("CLBD", "5.00") + balance("CLBD", "6.00"),
    ],
)
def test_balances_that_contradict_each_other_are_refused(balances: str) -> None:
    assert code(statement(entry("5.00"), balances=balances)) == "E_STMT_SUM"


def test_balances_after_the_entries_are_refused() -> None:
    ends = balance("OPBD", "0.00") + balance("CLBD", "5.00")
    swapped = TRUE.replace(ends, "").replace("</Stmt>", f"{ends}</Stmt>")

    assert code(swapped) == "E_STMT_BALANCE"


def test_a_file_without_statements_is_refused() -> None:
    assert code() == "E_STMT_EMPTY"


def test_two_statements_with_the_same_number_are_refused() -> None:
    assert code(TRUE, TRUE) == "E_STMT_CONFLICT"


def test_an_entry_outside_a_statement_is_refused() -> None:
    assert code(TRUE + entry("5.00")) == "E_STMT_FIELD"


@pytest.mark.parametrize(
    "inner",
    [
        details('<Amt Ccy="EUR">2.00</Amt>', '<Amt Ccy="EUR">2.00</Amt>'),
        details('<Amt Ccy="EUR">4.99</Amt>'),
        details("<Refs/>", "<Refs/>", batch="<NbOfTxs>3</NbOfTxs>"),
        details(batch='<NbOfTxs>3</NbOfTxs><TtlAmt Ccy="EUR">4.00</TtlAmt>'),
        details('<Amt Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'),
    ],
)
def test_details_that_do_not_add_up_to_their_entry_are_refused(inner: str) -> None:
    error = refused(message(statement(entry("5.00", inner), closing="5.00")))

    assert (error.code, error.where.ordinal) == ("E_BATCH_SUM", 1)


def test_a_charge_booked_apart_explains_no_difference() -> None:
    apart = (
        '<Chrgs><Rcrd><Amt Ccy="EUR">0.30</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<ChrgInclInd>false</ChrgInclInd></Rcrd></Chrgs>"
    )
    row = entry("4.70", details('<Amt Ccy="EUR">5.00</Amt>'), extra=apart)

    assert code(statement(row, closing="4.70")) == "E_BATCH_SUM"


SUMMARY = (
    "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>7.00</Sum><TtlNetNtry><Amt>3.00</Amt>"
    "<CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries>"
    "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>5.00</Sum></TtlCdtNtries>"
    "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>2.00</Sum></TtlDbtNtries></TxsSummry>"
)
ROWS = (entry("5.00"), entry("2.00", mark="DBIT"))


def test_a_true_summary_is_accepted() -> None:
    found = read_statements(message(statement(*ROWS, closing="3.00", summary=SUMMARY)))

    assert found.report.accepted == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">2</NbOf", ">3</NbOf"),
        ("7.00", "7.01"),
        ("3.00", "3.01"),
        ("5.00", "5.01"),
        (">2.00", ">2.01"),
        ("CRDT", "DBIT"),
    ],
)
def test_a_summary_that_differs_is_refused(old: str, new: str) -> None:
    assert code(statement(*ROWS, closing="3.00", summary=SUMMARY.replace(old, new))) == "E_STMT_SUM"


def test_a_summary_says_nothing_where_entries_are_not_booked() -> None:
    pending = entry("9.00", status="<Sts><Cd>PDNG</Cd></Sts>")

    found = read_statements(message(statement(*ROWS, pending, closing="3.00", summary=SUMMARY)))

    assert (found.report.rows_in, found.report.accepted, len(found.statements[0].entries)) == (3, 3, 2)


FIRST = statement(entry("5.00"), closing="5.00", pages=(1, False), interim=(False, True))
SECOND = statement(entry("2.00"), opening="5.00", closing="7.00", pages=(2, True), interim=(True, False))


@pytest.mark.parametrize("pages", [(FIRST, SECOND), (SECOND, FIRST)])
def test_pages_join_in_their_order(pages: tuple[str, str]) -> None:
    [found] = read_statements(message(*pages)).statements

    assert (found.opening, found.closing) == (0, 700)
    assert [row.amount_minor for row in found.entries] == [500, 200]


def test_pages_without_numbers_join_by_their_interim_balances() -> None:
    first = statement(entry("5.00"), closing="5.00", interim=(False, True))
    second = statement(entry("2.00"), opening="5.00", closing="7.00", interim=(True, False))

    [found] = read_statements(message(first, second)).statements

    assert (found.opening, found.closing) == (0, 700)


@pytest.mark.parametrize(
    "pages",
    [
        (FIRST,),
        (SECOND,),
        (FIRST, SECOND.replace("<PgNb>2<", "<PgNb>3<")),
        (FIRST, SECOND.replace("<LastPgInd>true<", "<LastPgInd>false<")),
        (
            FIRST,
            statement(entry("2.00"), opening="6.00", closing="8.00", pages=(2, True), interim=(True, False)),
        ),
        (
            FIRST,
            statement(entry("2.00"), opening="5.00", closing="7.00", pages=(2, True), interim=(True, True)),
        ),
        (statement(entry("5.00"), closing="5.00", interim=(False, True)),),
    ],
)
def test_a_missing_page_is_refused(pages: tuple[str, ...]) -> None:
    assert code(*pages) == "E_STMT_PAGE"
