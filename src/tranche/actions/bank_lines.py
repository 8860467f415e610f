"""Bank lines as the basis of a booking: what the approver sees of them, and that each is booked once."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.registry import Arguments
from tranche.kernel.canonical import Canonical
from tranche.kernel.money import Money
from tranche.kernel.refusals import BadArgument, UnknownReference
from tranche.models import AccountUse, BankLine, LineMatch, Party


@dataclass(frozen=True, slots=True)
class LineBasis:
    """A line with its facts and the guards that fail; `instructed` is its amount in the other currency."""

    line: BankLine
    facts: Mapping[str, Canonical]
    amount: Money
    failed: Mapping[str, str]
    instructed: Money | None = None


def bank_line(arguments: Arguments, name: str = "line") -> BankLine:
    """The line that an argument names; raises UnknownReference."""
    found = (
        BankLine.objects.select_related("statement__file", "account__party")
        .filter(pk=arguments[name])
        .first()
    )
    if found is None:
        raise UnknownReference("bank line", str(arguments[name]))
    return found


def line_basis(
    arguments: Arguments,
    currencies: Collection[str],
    party: Party,
    *,
    credit: bool,
    uses: Collection[str] = (AccountUse.MECHANISM,),
    name: str = "line",
) -> LineBasis:
    """The line's facts and which guards fail; no currencies named means any. Raises UnknownReference."""
    line = bank_line(arguments, name)
    failed: dict[str, str] = {}
    match = match_of(line)
    if match:
        failed[f"{name}_free"] = match.target_ref
    if (line.amount_minor > 0) is not credit:
        failed[f"{name}_is_credit" if credit else f"{name}_is_debit"] = str(line.amount_minor)
    if currencies and line.currency not in currencies:
        failed["same_currency"] = f"{line.currency} {' '.join(sorted(currencies))}"
    if line.account.party_id != party.id:
        failed["same_account"] = line.account.iban
    elif line.account.use not in uses:
        failed["account_use"] = line.account.iban
    instructed = instructed_of(arguments, line) if name == "line" else None
    facts = line_facts(line) if name == "line" else _second(line_facts(line))
    if instructed is not None:
        facts |= {"instructed": as_canonical(instructed), "instructed_source": _source(line)}
    return LineBasis(line, facts, Money(abs(line.amount_minor), line.currency), failed, instructed)


def match_of(line: BankLine) -> LineMatch | None:
    """What the line is booked as now."""
    return LineMatch.objects.filter(line=line, released_seq__isnull=True).first()


def as_canonical(money: Money) -> dict[str, Canonical]:
    return {"amount_minor": money.amount_minor, "currency": money.currency}


def exchanged(out: Money, into: Money, line: BankLine) -> Canonical:
    """What was given for what on which day: the rate as the bank's own two numbers."""
    return {"given": as_canonical(out), "got": as_canonical(into), "on": line.booked_on.isoformat()}


def instructed_of(arguments: Arguments, line: BankLine) -> Money | None:
    """The amount in the other currency: what the statement says, else what a person read in the advice."""
    typed = a.money_of(arguments, "instructed") if "instructed" in arguments else None
    if line.instructed_minor is None:
        if typed is not None and typed.currency == line.currency:
            raise BadArgument("instructed", "other_currency", typed.currency)
        return typed
    stated = Money(line.instructed_minor, line.instructed_currency)
    if typed is not None and typed != stated:
        raise BadArgument("instructed", "stated", f"{stated.amount_minor} {stated.currency}")
    return stated


def _source(line: BankLine) -> str:
    return "advice" if line.instructed_minor is None else "statement"


def line_facts(line: BankLine) -> dict[str, Canonical]:
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


def _second(facts: Mapping[str, Canonical]) -> dict[str, Canonical]:
    """The facts of a second line under names of their own."""
    return {name.replace("bank_", "bank_in_", 1): value for name, value in facts.items()}


def match_line(execution: Execution, line: BankLine, kind: str, ref: str) -> None:
    """Record that this line is this booking; a second match of a free line is refused by the database."""
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


def match_booked(execution: Execution, line: BankLine) -> None:
    """The same, as the facts of the decision name the booking."""
    kind, ref = cast("list[str]", execution.basis.facts["booked_as"])
    match_line(execution, line, kind, ref)


def release_lines(execution: Execution, matches: Iterable[LineMatch]) -> None:
    """Free the lines of bookings that this decision undoes; the bookings stay on record."""
    LineMatch.objects.filter(pk__in=[match.pk for match in matches]).update(released_seq=execution.write.seq)
