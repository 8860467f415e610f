"""Every field of the standards note that a bank may state, in the old and the new form of the message."""

from __future__ import annotations

from datetime import date

import pytest
from tests.formats.bank.messages import PAYER, balance, details, entry, message, statement

from tranche.formats.bank.camt import read_statements
from tranche.formats.bank.records import Charge, Entry, Exchange, Statement

PARTIES = (
    "<RltdPties><Dbtr><Pty><Nm>Treasury</Nm></Pty></Dbtr>"
    f"<DbtrAcct><Id><IBAN>{PAYER}</IBAN></Id></DbtrAcct><Cdtr><Pty><Nm>Ministry</Nm></Pty></Cdtr></RltdPties>"
)
OLD_PARTIES = (
    f"<RltdPties><Dbtr><Nm>Treasury</Nm></Dbtr><DbtrAcct><Id><IBAN>{PAYER}</IBAN></Id></DbtrAcct>"
    "<Cdtr><Nm>Ministry</Nm></Cdtr></RltdPties>"
)


def only_statement(*entries: str, closing: str = "5.00", **options: str) -> Statement:
    [found] = read_statements(message(statement(*entries, closing=closing, **options))).statements  # type: ignore[arg-type]  # texts only
    return found


def only_entry(text: str, closing: str = "5.00") -> Entry:
    [found] = only_statement(text, closing=closing).entries
    return found


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(1, 14)])
def test_every_version_is_read_by_the_same_reader(version: str) -> None:
    status = "<Sts>BOOK</Sts>" if version < "08" else "<Sts><Cd>BOOK</Cd></Sts>"
    parties = OLD_PARTIES if version < "08" else PARTIES
    raw = message(statement(entry("5.00", details(parties), status=status), closing="5.00"), version=version)

    [found] = read_statements(raw).statements

    [booked] = found.entries
    assert (booked.amount_minor, booked.counterparty_name, booked.counterparty_iban) == (
        500,
        "Treasury",
        PAYER,
    )


def test_the_other_party_of_a_debit_is_the_creditor() -> None:
    paid = only_entry(entry("5.00", details(PARTIES), mark="DBIT"), closing="-5.00")

    assert (paid.amount_minor, paid.counterparty_name, paid.counterparty_iban) == (-500, "Ministry", "")


def test_the_head_of_the_statement_is_kept() -> None:
    number = (
        "<ElctrncSeqNb>7</ElctrncSeqNb><LglSeqNb>9</LglSeqNb><FrToDt><FrDtTm>2024-12-01T00:00:00+02:00</FrDtTm>"
        "<ToDtTm>2024-12-31T23:59:59.123456789Z</ToDtTm></FrToDt><CpyDplctInd>COPY</CpyDplctInd>"
    )

    found = only_statement(number=number, closing="0.00")

    assert (found.stmt_id, found.seq_no, found.message_id, found.copy_mark) == ("S-1", 7, "M-1", "COPY")
    assert (found.from_on, found.to_on) == (date(2024, 12, 1), date(2024, 12, 31))


def test_without_a_period_the_closing_day_ends_it() -> None:
    found = only_statement(closing="0.00")

    assert (found.from_on, found.to_on, found.seq_no) == (None, date(2024, 12, 31), None)


def test_a_number_too_large_to_keep_is_a_notice() -> None:
    raw = message(statement(number="<ElctrncSeqNb>20241231000001</ElctrncSeqNb>"))

    found = read_statements(raw)

    assert found.statements[0].seq_no is None
    assert [notice.code for notice in found.report.notices] == ["N_STMT_SEQUENCE"]


@pytest.mark.parametrize(
    "account",
    ["<Id><Othr><Id>12345</Id></Othr></Id><Ccy>EUR</Ccy>", "<Id><BBAN>12345</BBAN></Id>"],
)
def test_an_account_without_iban_has_its_number(account: str) -> None:
    found = only_statement(account=account, closing="0.00")

    assert (found.account_iban, found.currency) == ("12345", "EUR")


def test_other_balances_are_kept_and_not_used() -> None:
    balances = (
        balance("OPBD", "1.00")
        + balance("OPAV", "9.00")
        + balance("CLBD", "1.00")
        + balance("CLAV", "-3.00", "SEK")
    )

    found = only_statement(balances=balances)

    assert [(b.code, b.amount_minor, b.currency) for b in found.balances] == [
        ("OPBD", 100, "EUR"),
        ("OPAV", 900, "EUR"),
        ("CLBD", 100, "EUR"),
        ("CLAV", -300, "SEK"),
    ]


def test_the_closing_of_the_day_before_serves_as_opening() -> None:
    found = only_statement(balances=balance("PRCD", "-1.00") + balance("CLBD", "-1.00"))

    assert found.opening == -100


def test_references_of_the_only_transaction_are_those_of_the_entry() -> None:
    refs = (
        "<Refs><MsgId>B-1</MsgId><AcctSvcrRef>D-1</AcctSvcrRef><PmtInfId>P-1</PmtInfId><InstrId>I-1</InstrId>"
        "<EndToEndId>E-1</EndToEndId><UETR>0b4d9f2a-1111-4222-8333-444455556666</UETR><TxId>T-1</TxId></Refs>"
        "<RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>"
    )
    found = only_entry(
        entry("5.00", details(refs), extra="<NtryRef>N-1</NtryRef><AcctSvcrRef>A-1</AcctSvcrRef>")
    )

    assert found.references == {
        "AcctSvcrRef": "A-1",
        "CdtrRef": "RF18539007547034",
        "EndToEndId": "E-1",
        "InstrId": "I-1",
        "MsgId": "B-1",
        "NtryRef": "N-1",
        "PmtInfId": "P-1",
        "TxId": "T-1",
        "UETR": "0b4d9f2a-1111-4222-8333-444455556666",
    }


def test_a_reference_that_is_not_provided_is_absent() -> None:
    found = only_entry(entry("5.00", details("<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>")))

    assert found.references == {}


def test_a_batch_keeps_its_transactions_apart() -> None:
    rows = [f'<Refs><EndToEndId>E-{n}</EndToEndId></Refs><Amt Ccy="EUR">2.50</Amt>{PARTIES}' for n in (1, 2)]
    batch = '<MsgId>B-1</MsgId><PmtInfId>P-1</PmtInfId><NbOfTxs>2</NbOfTxs><TtlAmt Ccy="EUR">5.00</TtlAmt>'

    found = only_entry(entry("5.00", details(*rows, batch=batch)))

    assert found.references == {"MsgId": "B-1", "PmtInfId": "P-1"}
    assert (found.counterparty_name, found.counterparty_iban) == ("", "")
    assert [(d.amount_minor, d.references["EndToEndId"]) for d in found.details] == [
        (250, "E-1"),
        (250, "E-2"),
    ]
    assert {d.counterparty_name for d in found.details} == {"Treasury"}


def test_the_only_transaction_has_the_amount_of_its_entry() -> None:
    assert only_entry(entry("5.00", details(PARTIES))).details[0].amount_minor == 500


def test_an_amount_in_another_currency_is_information_only() -> None:
    foreign = '<AmtDtls><TxAmt><Amt Ccy="SEK">57.10</Amt></TxAmt></AmtDtls>'

    assert only_entry(entry("5.00", details(foreign))).details[0].amount_minor is None


def test_the_exchange_keeps_both_amounts_and_the_printed_rate() -> None:
    exchange = (
        '<AmtDtls><InstdAmt><Amt Ccy="SEK">57.10</Amt></InstdAmt><CntrValAmt><Amt Ccy="EUR">5.00</Amt>'
        "<CcyXchg><SrcCcy>SEK</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>0.087565</XchgRate></CcyXchg>"
        "</CntrValAmt></AmtDtls>"
    )

    found = only_entry(entry("5.00", details(exchange)))

    assert found.exchange == Exchange(5710, "SEK", "SEK", "EUR", "0.087565")


@pytest.mark.parametrize(
    "stated",
    [
        '<Chrgs><Rcrd><Amt Ccy="EUR">0.30</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>",
        '<Chrgs><Amt Ccy="EUR">0.30</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Chrgs>',
        '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">0.30</TtlChrgsAndTaxAmt>'
        '<Rcrd><Amt Ccy="EUR">0.30</Amt><ChrgInclInd>1</ChrgInclInd></Rcrd></Chrgs>',
    ],
)
def test_charges_are_read_in_the_old_and_the_new_form(stated: str) -> None:
    found = only_entry(entry("4.70", details('<Amt Ccy="EUR">5.00</Amt>'), extra=stated), closing="4.70")

    assert found.charges == (Charge(-30, "EUR", included=True),)
    assert found.amount_minor == 470


def test_a_return_states_its_reason_and_what_it_undoes() -> None:
    returned = (
        "<RtrInf><OrgnlBkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        "</OrgnlBkTxCd><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    )

    found = only_entry(entry("5.00", details(returned)))

    assert found.return_code == "AC04"
    assert found.details[0].original_tx_code == "PMNT-ICDT-ESCT"


def test_a_reversal_keeps_its_true_direction() -> None:
    found = only_entry(entry("5.00", mark="DBIT", extra="<RvslInd>true</RvslInd>"), closing="-5.00")

    assert (found.reversal, found.amount_minor) == (True, -500)


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        (
            "<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>XBCT</SubFmlyCd></Fmly></Domn>"
            "<Prtry><Cd>544</Cd></Prtry>",
            "PMNT-RCDT-XBCT",
        ),
        ("<Prtry><Cd>544</Cd></Prtry>", "544"),
    ],
)
def test_the_kind_is_the_standard_code_else_the_banks_own(stated: str, code: str) -> None:
    assert only_entry(entry("5.00", extra=f"<BkTxCd>{stated}</BkTxCd>")).tx_code == code


def test_the_bank_of_the_other_party_is_read() -> None:
    for name in ("BICFI", "BIC"):
        agents = f"<RltdAgts><DbtrAgt><FinInstnId><{name}>CBVILT2X</{name}></FinInstnId></DbtrAgt></RltdAgts>"
        assert only_entry(entry("5.00", details(agents))).counterparty_bic == "CBVILT2X"


def test_texts_are_joined() -> None:
    text = "<RmtInf><Ustrd>first </Ustrd><Ustrd>second</Ustrd></RmtInf>"
    found = only_entry(entry("5.00", details(text) + "<AddtlNtryInf>third</AddtlNtryInf>"))

    assert found.text == "first second third"


def test_a_long_text_is_cut_with_a_notice() -> None:
    raw = message(
        statement(entry("5.00", details(f"<RmtInf><Ustrd>{'a' * 5000}</Ustrd></RmtInf>")), closing="5.00")
    )

    found = read_statements(raw)

    assert len(found.statements[0].entries[0].text) == 4000
    assert [notice.code for notice in found.report.notices] == ["N_TEXT_CUT"]


def test_a_wrong_account_of_the_other_party_is_a_notice() -> None:
    wrong = PARTIES.replace(PAYER, PAYER[:-1] + "1")

    found = read_statements(message(statement(entry("5.00", details(wrong)), closing="5.00")))

    assert [(n.code, n.where.ordinal) for n in found.report.notices] == [("N_IBAN", 1)]
    assert found.statements[0].entries[0].counterparty_iban == PAYER[:-1] + "1"


@pytest.mark.parametrize("written", ["<Dt>2024-12-30+02:00</Dt>", "<DtTm>2024-12-30T23:59:59-11:00</DtTm>"])
def test_a_day_is_never_shifted_by_its_zone(written: str) -> None:
    assert only_entry(entry("5.00", booked=written)).booked_on == date(2024, 12, 30)


def test_a_comment_or_a_character_section_changes_no_text() -> None:
    found = only_entry(
        entry("5.<!-- a remark -->00", details("<RmtInf><Ustrd><![CDATA[<b>&]]></Ustrd></RmtInf>"))
    )

    assert (found.amount_minor, found.text) == (500, "<b>&")


def test_a_currency_without_minor_units_is_read() -> None:
    account = "<Id><Othr><Id>1</Id></Othr></Id><Ccy>JPY</Ccy>"
    balances = balance("OPBD", "0", "JPY") + balance("CLBD", "500", "JPY")

    found = only_statement(entry("500", currency="JPY"), account=account, balances=balances)

    assert found.closing == 500
