"""Bank statements: a file is staged whole or refused whole, and nothing that it says is booked by itself.

A statement is real when it is on its account's chain: its opening is the closing of the one before.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.formats.amount import decimal_text
from tranche.formats.bank.camt import read_statements
from tranche.formats.bank.records import BankFile, Entry, Statement
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import AlreadyThere, StatementRefused
from tranche.models import BankAccount, BankLine, BankStatement, ImportFile
from tranche.store import evidence as evidence_store


@lru_cache(maxsize=8)
def parsed(sha256: str, today: date) -> BankFile:
    """The statements of a stored file, booked at the latest tomorrow; raises FormatError.

    Asked for again by the same action, the same bytes are not read twice.
    """
    return read_statements(evidence_store.get(sha256), booked_until=today + timedelta(days=2))


def _basis(arguments: Arguments, today: date) -> Basis:
    sha256 = cast(str, arguments["sha256"])
    if ImportFile.objects.filter(sha256=sha256).exists():
        raise AlreadyThere("bank file", sha256[:12])
    bank_file = parsed(sha256, today)
    accounts = {_account(statement) for statement in bank_file.statements}
    owner = next(iter(accounts)).party
    return Basis(
        situation=Situation(owner=owner.ref),
        ref=sha256[:12].upper(),
        holder=owner,
        facts={"rows": bank_file.report.rows_in},
    )


def _account(statement: Statement) -> BankAccount:
    account = (
        BankAccount.objects.select_related("party")
        .filter(iban=statement.account_iban, currency=statement.currency)
        .first()
    )
    if account is None:
        raise StatementRefused("E_STMT_ACCOUNT", "a registered account", statement.account_iban)
    return account


def _stage(execution: Execution) -> None:
    sha256 = execution.text("sha256")
    bank_file = parsed(sha256, execution.today)
    report = bank_file.report
    staged = ImportFile.objects.create(
        id=str(uuid.uuid4()),
        sha256=sha256,
        name=execution.text("name"),
        size_bytes=execution.whole("size_bytes"),
        kind="bank",
        rows_in=report.rows_in,
        accepted=report.accepted,
        rejected=len(report.rejected),
        report={"notices": [notice.code for notice in report.notices]},
        imported_at=execution.write.now,
        log_seq=execution.write.seq,
    )
    for statement in bank_file.statements:
        _chain(staged, _account(statement), statement)
    execution.created["id"] = staged.id
    execution.wrote("import", staged.id)


def _chain(staged: ImportFile, account: BankAccount, statement: Statement) -> None:
    if BankStatement.objects.filter(account=account, stmt_id=statement.stmt_id).exists():
        raise AlreadyThere("statement", statement.stmt_id)
    last = BankStatement.objects.filter(account=account, next__isnull=True).first()
    opening = last.closing_minor if last else account.opening_minor
    if statement.opening != opening:
        currency = statement.currency
        raise StatementRefused(
            "E_STMT_GAP",
            f"{decimal_text(opening, currency)} {currency}",
            f"{decimal_text(statement.opening, currency)} {currency}",
        )
    stored = BankStatement.objects.create(
        id=str(uuid.uuid4()),
        file=staged,
        account=account,
        stmt_id=statement.stmt_id,
        seq_no=statement.seq_no,
        from_on=statement.from_on,
        to_on=statement.to_on,
        opening_minor=statement.opening,
        closing_minor=statement.closing,
        lines_digest=statement.lines_digest,
        previous=last,
    )
    _store_lines(stored, account, statement)


def _store_lines(stored: BankStatement, account: BankAccount, statement: Statement) -> None:
    """Equal lines of one chained statement are two payments: the occurrence counts on over the account."""
    for entry in statement.entries:
        before = BankLine.objects.filter(account=account, fingerprint=entry.fingerprint).count()
        BankLine.objects.create(
            id=str(uuid.uuid4()),
            statement=stored,
            account=account,
            ordinal=entry.ordinal,
            booked_on=entry.booked_on,
            value_on=entry.value_on,
            amount_minor=entry.amount_minor,
            currency=statement.currency,
            **_instructed(entry, statement.currency),
            references=dict(entry.references),
            counterparty_name=entry.counterparty_name or "",
            counterparty_iban=entry.counterparty_iban or "",
            text=entry.text or "",
            tx_code=entry.tx_code or "",
            fingerprint=entry.fingerprint,
            occurrence=before + 1,
        )


def _instructed(entry: Entry, currency: str) -> dict[str, object]:
    """The amount in the other currency, where the bank says that it exchanged one for another."""
    exchange = entry.exchange
    if exchange is None or not exchange.instructed_minor or exchange.instructed_currency == currency:
        return {}
    return {
        "instructed_minor": abs(exchange.instructed_minor),
        "instructed_currency": exchange.instructed_currency,
    }


register(
    Action(
        "import.stage",
        (a.digest("sha256"), a.title("name"), a.whole("size_bytes")),
        _basis,
        _stage,
    )
)
