"""Statements written by hand, field by field, as banks send them: for what our own writer never writes."""

from __future__ import annotations

from textwrap import dedent

ACCOUNT = "UA213223130000026007233566001"
PAYER = "LT121000011101001000"


def message(*statements: str, version: str = "08", head: str = "<MsgId>M-1</MsgId>") -> bytes:
    """A whole camt.053 file."""
    root = "BkToCstmrStmtV01" if version == "01" else "BkToCstmrStmt"
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    inner = "".join(statements)
    return dedent(
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{namespace}"><{root}>'
        f"<GrpHdr>{head}</GrpHdr>{inner}</{root}></Document>"
    ).encode()


def statement(
    *entries: str,
    opening: str = "0.00",
    closing: str = "0.00",
    stmt_id: str = "S-1",
    number: str = "",
    account: str = f"<Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy>",
    balances: str | None = None,
    summary: str = "",
    pages: tuple[int, bool] | None = None,
    interim: tuple[bool, bool] = (False, False),
) -> str:
    """One `Stmt`; amounts are as printed, a minus makes a debit balance."""
    last = "true" if pages and pages[1] else "false"
    paging = f"<StmtPgntn><PgNb>{pages[0]}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>" if pages else ""
    if balances is None:
        balances = balance("OPBD", opening, interim=interim[0]) + balance("CLBD", closing, interim=interim[1])
    return (
        f"<Stmt><Id>{stmt_id}</Id>{paging}{number}<Acct>{account}</Acct>"
        f"{balances}{summary}{''.join(entries)}</Stmt>"
    )


def balance(code: str, amount: str, currency: str = "EUR", *, interim: bool = False) -> str:
    mark = "DBIT" if amount.startswith("-") else "CRDT"
    sub = "<SubTp><Cd>INTM</Cd></SubTp>" if interim else ""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry>{sub}</Tp>"
        f'<Amt Ccy="{currency}">{amount.lstrip("-")}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'
        "<Dt><Dt>2024-12-31</Dt></Dt></Bal>"
    )


def entry(
    amount: str = "5.00",
    details: str = "",
    *,
    mark: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    booked: str = "<Dt>2024-12-30</Dt>",
    valued: str = "<Dt>2024-12-31</Dt>",
    extra: str = "",
    currency: str = "EUR",
) -> str:
    """One `Ntry`; `extra` stands before the details."""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{status}'
        f"<BookgDt>{booked}</BookgDt><ValDt>{valued}</ValDt>{extra}{details}</Ntry>"
    )


def details(*transactions: str, batch: str = "") -> str:
    inner = "".join(f"<TxDtls>{transaction}</TxDtls>" for transaction in transactions)
    return f"<NtryDtls>{f'<Btch>{batch}</Btch>' if batch else ''}{inner}</NtryDtls>"
