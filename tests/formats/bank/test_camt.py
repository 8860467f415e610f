"""camt.053: our own statement reads back, and every untrue or unsafe file is refused whole with its code."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.formats.bank.camt import read_statements
from tranche.formats.bank.write_camt import EntryOut, StatementOut, write_statement
from tranche.formats.errors import FormatError

IBAN = "UA213223130000026007233566001"
DAY = date(2024, 12, 30)
GOLDEN = Path(__file__).resolve().parents[2] / "golden/bank/camt053-statement.xml"


def entry(amount_minor: int, text: str = "LT-UA-2024-T1", end_to_end_id: str = "") -> EntryOut:
    return EntryOut(DAY, amount_minor, "Ministry", "LT121000011101001000", text, end_to_end_id)


def statement(*entries: EntryOut, opening_minor: int = 0) -> StatementOut:
    return StatementOut("S-1", 1, IBAN, "EUR", DAY, date(2024, 12, 31), opening_minor, entries)


GOOD = write_statement(statement(entry(1_000_000_000), entry(-500, "PAY-1", "TRN-1"), opening_minor=700))


def code_of(data: bytes) -> str:
    with pytest.raises(FormatError) as caught:
        read_statements(data)
    return caught.value.code


def test_our_statement_reads_back_to_the_unit() -> None:
    [found] = read_statements(GOOD).statements

    assert (found.account_iban, found.currency, found.opening, found.closing) == (
        IBAN,
        "EUR",
        700,
        1_000_000_200,
    )
    assert [row.amount_minor for row in found.entries] == [1_000_000_000, -500]
    assert [row.text for row in found.entries] == ["LT-UA-2024-T1", "PAY-1"]
    assert found.entries[1].references == {"EndToEndId": "TRN-1"}
    assert found.entries[0].counterparty_iban == "LT121000011101001000"
    assert found.entries[0].counterparty_name == "Ministry"
    assert (found.from_on, found.to_on, found.seq_no) == (DAY, date(2024, 12, 31), 1)


def test_rows_in_are_accepted_and_rejected() -> None:
    report = read_statements(GOOD).report

    assert (report.rows_in, report.accepted, len(report.rejected)) == (2, 2, 0)


def test_the_same_records_give_the_same_bytes() -> None:
    assert (
        write_statement(statement(entry(1_000_000_000), entry(-500, "PAY-1", "TRN-1"), opening_minor=700))
        == GOOD
    )


def test_the_statement_is_the_golden_file() -> None:
    assert GOLDEN.read_bytes() == GOOD


def test_equal_lines_are_two_payments() -> None:
    [found] = read_statements(write_statement(statement(entry(5), entry(5)))).statements

    assert found.entries[0].fingerprint == found.entries[1].fingerprint
    assert [row.occurrence for row in found.entries] == [1, 2]


@pytest.mark.parametrize("percent", range(1, 100))
def test_a_file_cut_anywhere_is_refused(percent: int) -> None:
    assert code_of(GOOD[: len(GOOD) * percent // 100]) in ("E_XML_SYNTAX", "E_FILE_EMPTY")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"10000000.00", b"10000000.01", "E_STMT_SUM"),
        (b"10000002.00", b"10000002.01", "E_STMT_SUM"),
        (b">7.00<", b">7.01<", "E_STMT_SUM"),
        (b'Ccy="EUR">5.00', b'Ccy="USD">5.00', "E_STMT_CURRENCY"),
        (b">5.00<", b">5.001<", "E_AMOUNT_PRECISION"),
        (b">5.00<", b">+5.00<", "E_AMOUNT_SYNTAX"),
        (b">5.00<", b"> 5.00<", "E_AMOUNT_SYNTAX"),
        (b">5.00<", b">1e5<", "E_AMOUNT_SYNTAX"),
        (b">5.00<", b">5,00<", "E_AMOUNT_SYNTAX"),
        (b">5.00<", b">.5<", "E_AMOUNT_SYNTAX"),
        (b">5.00<", b">9999999999999.00<", None),
        (b"2024-12-30</Dt>", b"2024-02-31</Dt>", "E_DATE_SYNTAX"),
        (b"2024-12-30</Dt>", b"2999-12-30</Dt>", "E_DATE_RANGE"),
        (b"2024-12-30</Dt>", b"30.12.2024</Dt>", "E_DATE_SYNTAX"),
        (b"<Cd>CLBD</Cd>", b"<Cd>CLAV</Cd>", "E_STMT_BALANCE"),
        (b"<Cd>OPBD</Cd>", b"<Cd>OPAV</Cd>", "E_STMT_BALANCE"),
        (b"UA213223130000026007233566001", b"UA213223130000026007233566002", "E_IBAN"),
        (b"camt.053.001.08", b"camt.054.001.08", "E_XML_NAMESPACE"),
        (b"camt.053.001.08", b"camt.053.001.99", "E_XML_NAMESPACE"),
        (b"<?xml", b"<!DOCTYPE x><?xml", "E_XML_SYNTAX"),
        (b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>", "E_STMT_SUM"),
    ],
)
def test_a_changed_file_is_refused_with_its_code(old: bytes, new: bytes, code: str | None) -> None:
    assert old in GOOD

    found = code_of(GOOD.replace(old, new))

    assert found == code if code else found.startswith("E_")


def test_a_document_type_is_refused_in_any_encoding() -> None:
    head = b"<?xml version='1.0' encoding='UTF-8'?>\n"
    planted = GOOD.replace(head, head + b'<!DOCTYPE Document [<!ENTITY e "9">]>\n')
    wide = planted.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    assert code_of(planted) == "E_XML_DOCTYPE"
    assert code_of(wide) == "E_XML_DOCTYPE"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_FILE_EMPTY"),
        (b"  \n", "E_FILE_EMPTY"),
        (b"<html><body>Sign in</body></html>", "E_FILE_KIND"),
        (b"<page/>", "E_XML_NAMESPACE"),
        (b"not xml", "E_FILE_KIND"),
        (b"\x1f\x8b\x08\x00", "E_FILE_COMPRESSED"),
        (
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt/></Document>',
            "E_STMT_EMPTY",
        ),
    ],
)
def test_what_is_no_statement_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_tower_of_elements_is_refused() -> None:
    tower = GOOD.replace(b"<Id>S-1</Id>", b"<a>" * 70 + b"</a>" * 70)

    assert code_of(tower) == "E_XML_LIMIT"


def test_an_error_names_the_line() -> None:
    with pytest.raises(FormatError) as caught:
        read_statements(GOOD.replace(b">5.00<", b">5.001<"))

    assert caught.value.where.line == 1 + GOOD[: GOOD.index(b">5.00<")].count(b"\n")
    assert caught.value.value == "5.001"


def test_pending_entries_are_notices_and_not_facts() -> None:
    raw = write_statement(statement(entry(5))).replace(b"</Stmt>", PENDING + b"</Stmt>")

    found = read_statements(raw)

    assert len(found.statements[0].entries) == 1
    assert [notice.code for notice in found.report.notices] == ["N_NOT_BOOKED"]
    assert (found.report.rows_in, found.report.accepted) == (2, 2)


PENDING = (
    b'<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>'
    b"<BookgDt><Dt>2024-12-30</Dt></BookgDt></Ntry>"
)

MANY = statement(*(entry(number * 100 - 1_500) for number in range(30) if number != 15), opening_minor=10_000)


@pytest.mark.parametrize("percent", range(1, 100))
def test_a_longer_file_cut_anywhere_is_refused(percent: int) -> None:
    raw = write_statement(MANY)

    assert code_of(raw[: len(raw) * percent // 100]) == "E_XML_SYNTAX"


AMOUNT = re.compile(rb'(<Amt Ccy="EUR">)([0-9]+)\.([0-9]{2})<')


def test_any_amount_changed_by_one_unit_is_refused() -> None:
    raw = write_statement(MANY)
    places = list(AMOUNT.finditer(raw))
    assert len(places) == len(MANY.entries) + 2

    for place in places:
        minor = int(place[2] + place[3]) + 1
        changed = place[1] + f"{minor // 100}.{minor % 100:02}<".encode()
        assert code_of(raw[: place.start()] + changed + raw[place.end() :]) == "E_STMT_SUM"


def test_the_same_file_by_bytes_path_or_handle_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "statement.xml"
    path.write_bytes(GOOD)

    with path.open("rb") as handle:
        assert read_statements(path) == read_statements(handle) == read_statements(GOOD)


def test_a_long_text_is_written_in_lines_and_reads_back() -> None:
    text = "word " * 60 + "end"

    [found] = read_statements(write_statement(statement(entry(5, text)))).statements

    assert "".join(found.entries[0].text.split()) == "".join(text.split())


def test_an_entry_without_text_and_party_is_written() -> None:
    bare = EntryOut(DAY, 5, "", "", "")

    [found] = read_statements(write_statement(statement(bare))).statements

    assert (found.entries[0].text, found.entries[0].counterparty_name) == ("", "")


def test_the_digest_changes_with_any_line() -> None:
    one, same, other = (
        read_statements(write_statement(statement(entry(5, text)))).statements[0] for text in ("a", "a", "b")
    )

    assert one.lines_digest == same.lines_digest != other.lines_digest


AMOUNTS = st.lists(st.integers(-(10**12), 10**12).filter(bool), max_size=20)


@given(amounts=AMOUNTS, opening_minor=st.integers(0, 10**12))
def test_any_statement_reads_back_and_closes(amounts: list[int], opening_minor: int) -> None:
    out = statement(*(entry(amount) for amount in amounts), opening_minor=opening_minor)

    [found] = read_statements(write_statement(out)).statements

    assert [row.amount_minor for row in found.entries] == amounts
    assert found.closing == opening_minor + sum(amounts)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_result_or_one_format_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        read_statements(data)
