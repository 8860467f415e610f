"""Bank statements against the official schema and a public collection of statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from lxml import etree
from tests.conformance.folder import data
from tests.formats.bank.test_camt import GOOD

from tranche.formats.bank.camt import read_statements
from tranche.formats.bank.write_camt import EntryOut, StatementOut, write_statement
from tranche.formats.errors import FormatError

pytestmark = pytest.mark.conformance

VERDICTS = {
    "camt053.v2.all-balance-types.xml": "E_STMT_SUM",
    "camt053.v2.five.decimals.xml": "E_STMT_SUM",
    "camt053.v2.minimal.ultimate.xml": "E_STMT_CURRENCY",
    "camt053.v2.minimal.xml": "E_STMT_CURRENCY",
    "camt053.v2.multi.statement.xml": "accepted",
    "camt053.v2.with-account-name.xml": "E_STMT_BALANCE",
    "camt053.v2.with-party-ids.xml": "E_STMT_CURRENCY",
    "camt053.v2.wrong.xml": "E_STMT_EMPTY",
    "camt053.v3.xml": "E_STMT_CURRENCY",
    "camt053.v4.xml": "E_STMT_CURRENCY",
    "camt053.v8.xml": "E_STMT_CURRENCY",
    "camt53.only-Dt-with-DtTm.xml": "E_STMT_BALANCE",
}


def schema() -> etree.XMLSchema:
    [path] = data("iso20022", "xsd").glob("*camt.053.001.08*.xsd")
    return etree.XMLSchema(etree.parse(str(path)))


def test_our_statement_is_valid_by_the_official_schema() -> None:
    official = schema()
    empty = StatementOut(
        "S-2", 2, "UA213223130000026007233566001", "EUR", date(2025, 1, 1), date(2025, 1, 31), 5, ()
    )
    debit = EntryOut(date(2025, 1, 2), -5, "Maker One", "", "PAY-1", "TRN-1", "BANK-9")

    for raw in (
        GOOD,
        write_statement(empty),
        write_statement(replace(empty, entries=(debit,))),
    ):
        assert official.validate(etree.fromstring(raw)), official.error_log


@pytest.mark.parametrize("name", sorted(name for name, verdict in VERDICTS.items() if verdict != "accepted"))
def test_untrue_public_statements_are_refused_with_their_code(name: str) -> None:
    raw = data("iso20022", "fixtures", name).read_bytes()

    with pytest.raises(FormatError) as caught:
        read_statements(raw)

    assert caught.value.code == VERDICTS[name]


def test_the_true_one_holds_two_chained_statements() -> None:
    first, second = read_statements(
        data("iso20022", "fixtures", "camt053.v2.multi.statement.xml").read_bytes()
    ).statements

    assert first.closing == second.opening


def test_every_public_camt053_has_a_verdict_here() -> None:
    names = {path.name for path in data("iso20022", "fixtures").glob("*camt*53*.xml")}

    assert names == set(VERDICTS)


def test_reports_and_notices_are_no_statements() -> None:
    others = [*data("iso20022", "fixtures").glob("camt052*"), *data("iso20022", "fixtures").glob("camt054*")]
    assert len(others) == 14

    for path in others:
        with pytest.raises(FormatError) as caught:
            read_statements(path)
        assert caught.value.code == "E_XML_NAMESPACE"


def test_every_part_that_our_statement_may_lack_is_still_valid() -> None:
    bare = EntryOut(date(2025, 1, 2), 5, "", "", "")
    account_only = EntryOut(date(2025, 1, 2), 5, "", "LT121000011101001000", "word " * 100)
    raw = write_statement(
        StatementOut(
            "S-3",
            3,
            "UA213223130000026007233566001",
            "EUR",
            date(2025, 1, 1),
            date(2025, 1, 31),
            0,
            (bare, account_only),
        )
    )

    official = schema()
    assert official.validate(etree.fromstring(raw)), official.error_log
