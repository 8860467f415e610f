"""Bank lines as the basis of a booking: what the approver sees of them, and that each is booked once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from tranche.actions.execution import Execution
from tranche.actions.registry import Arguments
from tranche.kernel.canonical import Canonical
from tranche.kernel.money import Money
from tranche.kernel.refusals import UnknownReference
from tranche.models import BankLine, LineMatch, Party


@dataclass(frozen=True, slots=True)
class LineBasis:
    line: BankLine
    facts: Mapping[str, Canonical]
    amount: Money
    failed: Mapping[str, str]


def line_basis(arguments: Arguments, currency: str, party: Party, *, credit: bool) -> LineBasis:
    """The line's facts and which guards fail; raises UnknownReference."""
    line = (
        BankLine.objects.select_related("statement__file", "account__party")
        .filter(pk=arguments["line"])
        .first()
    )
    if line is None:
        raise UnknownReference("bank line", str(arguments["line"]))
    failed: dict[str, str] = {}
    match = LineMatch.objects.filter(line=line).first()
    if match:
        failed["line_free"] = match.target_ref
    if (line.amount_minor > 0) is not credit:
        failed["line_is_credit" if credit else "line_is_debit"] = str(line.amount_minor)
    if line.currency != currency:
        failed["same_currency"] = f"{line.currency} {currency}"
    if line.account.party_id != party.id:
        failed["same_account"] = line.account.iban
    return LineBasis(line, _facts(line), Money(abs(line.amount_minor), line.currency), failed)


def _facts(line: BankLine) -> dict[str, Canonical]:
    return {
        "bank_account": line.account.iban,
        "bank_booked_on": line.booked_on.isoformat(),
        "bank_counterparty": line.counterparty_name,
        "bank_counterparty_iban": line.counterparty_iban,
        "bank_amount": {"amount_minor": abs(line.amount_minor), "currency": line.currency},
        "bank_statement": line.statement.stmt_id,
        "bank_statement_file": line.statement.file.sha256,
        "bank_text": line.text,
    }


def match_line(execution: Execution, line: BankLine, kind: str, ref: str) -> None:
    """Record that this line is this booking; a second match of a line is refused by the database."""
    LineMatch.objects.create(
        id=str(uuid.uuid4()),
        line=line,
        target_kind=kind,
        target_ref=ref,
        amount_minor=abs(line.amount_minor),
        rule=execution.text("rule") or "person",
        reason={},
        decision_id=execution.decision.id,
        log_seq=execution.write.seq,
    )
