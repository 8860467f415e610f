"""Reversing an entry that no other action takes back: the exact mirror, of all that one decision posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from tranche.actions import arguments as a
from tranche.actions.bank_lines import release_lines
from tranche.actions.execution import Execution
from tranche.actions.funds import funding
from tranche.actions.lookup import recipient_situation
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.journal import JournalEntry
from tranche.kernel.ledger import Running
from tranche.kernel.ledger_errors import InsufficientFunds
from tranche.kernel.money import Money
from tranche.kernel.refusals import UnknownReference
from tranche.ledger.accounts import find as find_accounts
from tranche.ledger.journal import entries, entry, reversed_by
from tranche.ledger.rows import reading
from tranche.models import AccountUse, Agreement, BankAccount, Decision, LineMatch, Party

UNDONE_BY: Final[Mapping[str, str]] = {
    "programme.allocate": "programme.release",
    "programme.release": "programme.allocate",
    "contract.sign": "contract.release",
    "contract.amend": "contract.amend",
    "contract.release": "contract.amend",
    "payment.release": "payment.fail",
    "payment.settle": "payment.bounce",
    "payment.fail": "payment.draft",
    "payment.bounce": "payment.draft",
    "advance.draw": "contract.release",
    "lot.accept": "",
    "fund.roll_over": "",
}
"""What takes back the postings of an action; nothing where they belong to the state of a record for good."""


def _basis(arguments: Arguments, _today: date) -> Basis:
    found, decision = _entry(arguments)
    undone = posted_by(found.decision_id)
    account_owner, agreement = _sides(undone)
    lines = _matches(decision)
    owner = lines[0].line.account.party if lines else account_owner
    failed = {**_not_reversible(found, decision), **short_of(undone)}
    return Basis(
        situation=recipient_situation(owner, agreement, [], None),
        ref=decision_ref(decision),
        holder=owner,
        facts={
            "agreement_ref": agreement.ref if agreement else "",
            "entries": [[each.id, each.kind] for each in undone],
            "lines_freed": sorted(match.line_id for match in lines),
            "of_action": decision.action,
            "of_decision": decision.id,
            "owner": owner.ref,
        },
        amount=_amount(found),
        failed=failed,
    )


def _entry(arguments: Arguments) -> tuple[JournalEntry, Decision]:
    number = arguments["entry"]
    assert isinstance(number, int)
    try:
        found = entry(number, "default")
    except LookupError as error:
        raise UnknownReference("entry", str(number)) from error
    decision = Decision.objects.filter(pk=found.decision_id).first()
    if decision is None:
        raise UnknownReference("decision", str(found.decision_id))
    return found, decision


def decision_ref(decision: Decision) -> str:
    """How people name what the decision was about: its first eight characters."""
    return decision.id[:8].upper()


def posted_by(decision_id: str | None) -> list[JournalEntry]:
    """The entries of one decision stand and fall together: those that are not undone yet, newest first."""
    return [
        each
        for each in entries(decision_id=decision_id, using="default")
        if each.kind != "reverse" and reversed_by(each.id, "default") is None
    ]


def _matches(decision: Decision) -> list[LineMatch]:
    rows = LineMatch.objects.select_related("line__account__party").filter(
        decision_id=decision.id, released_seq__isnull=True
    )
    return list(rows.order_by("line_id"))


def _not_reversible(found: JournalEntry, decision: Decision) -> dict[str, str]:
    failed = {}
    if found.kind == "reverse" or reversed_by(found.id, "default") is not None:
        failed["not_reversed"] = str(found.id)
    if decision.action in UNDONE_BY:
        better = UNDONE_BY[decision.action]
        failed["undone_by" if better else "belongs_to_record"] = better or decision.action
    return failed


def short_of(undone: Sequence[JournalEntry]) -> dict[str, str]:
    """The failed guard of money that has moved on: the ledger's floors, asked before anybody signs."""
    moves = [
        (move.target, move.source, move.amount_minor, move.currency)
        for each in undone
        for move in reversed(each.movements)
    ]
    codes = {code for source, target, _, _ in moves for code in (source, target)}
    held = find_accounts(codes, reading("default"))
    running = Running({code: account.totals for code, account in held.items()})
    for source, target, amount, currency in moves:
        try:
            running.move(source, target, amount)
        except InsufficientFunds as error:
            return {"enough": f"{error.missing_minor} {currency}"}
    return {}


def _sides(undone: Sequence[JournalEntry]) -> tuple[Party, Agreement | None]:
    """Whose books these are, and the agreement whose money makes the largest line."""
    moves = [move for each in undone for move in each.movements]
    held = find_accounts(
        {move.target for move in moves} | {move.source for move in moves}, reading("default")
    )
    for move in sorted(moves, key=lambda move: -move.amount_minor):
        for code in (move.target, move.source):
            fund = held[code].spec.fund
            if fund is not None:
                agreement = funding(fund.pool or fund.code).agreement
                return agreement.recipient, agreement
    account = BankAccount.objects.filter(use=AccountUse.MECHANISM).order_by("iban", "currency").first()
    if account is None:
        raise UnknownReference("bank account", "mechanism")
    return account.party, None


def _amount(found: JournalEntry) -> Money | None:
    """The whole of the entry in its currency; a conversion has no one amount and counts as large."""
    currencies = {move.currency for move in found.movements}
    if len(currencies) != 1:
        return None
    return Money(sum(move.amount_minor for move in found.movements), currencies.pop())


def _reverse(execution: Execution) -> None:
    found, decision = _entry(execution.arguments)
    undone, matches = posted_by(found.decision_id), _matches(decision)
    for each in undone:
        day = execution.booking_day(matches[0].line) if matches else execution.today
        execution.undo(each.id, day)
    release_lines(execution, matches)


def _whole_entry() -> a.Argument:
    return a.whole("entry", least=1)


register(Action("entry.reverse", (_whole_entry(),), _basis, _reverse))
