"""Decisions on the command line: what waits, one of them, and taking one's own back."""

from __future__ import annotations

import re

from tranche.actions.decision_ends import withdraw
from tranche.cli.acting import checked_key, reader, writer
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.output import Column, Output
from tranche.kernel.money import format_amount
from tranche.queries import decisions as queries
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.decisions import sheet, waits_for
from tranche.queries.presenters.words import DECISION_STATES, word

LANGUAGE = "en"
ID = re.compile("[0-9a-f]{4,8}(-[0-9a-f-]{1,27})?")


def print_decisions(every: bool, username: str | None, output: Output) -> int:
    """The decisions that wait, or the latest of all."""
    reader(username)
    rows = queries.rows() if every else queries.open_rows()
    if output.as_json:
        output.document({"items": [_as_json(row) for row in rows]})
        return Exit.DONE
    names = ("id", "code", "action", "about", "amount", "proposed by", "state", "waits for")
    columns = [Column(name, right=name == "amount") for name in names]
    output.table("Decisions", columns, [_line(row) for row in rows])
    return Exit.DONE


def _line(row: queries.DecisionRow) -> tuple[str, ...]:
    amount = format_amount(row.amount, LANGUAGE) if row.amount else ""
    return (
        row.id[:8],
        row.short_code,
        title(row.action),
        row.ref,
        amount,
        row.proposer,
        word(DECISION_STATES, row.state),
        "; ".join(waits_for(row)),
    )


def _as_json(row: queries.DecisionRow) -> dict[str, object]:
    return {
        "id": row.id,
        "short_code": row.short_code,
        "action": row.action,
        "ref": row.ref,
        "state": row.state,
        "amount": {"amount_minor": row.amount.amount_minor, "currency": row.amount.currency}
        if row.amount
        else None,
        "proposer": row.proposer,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "waits_for": list(waits_for(row)),
        "log_seq": row.log_seq,
    }


def print_decision(which: str, username: str | None, output: Output) -> int:
    """One decision with its facts and its approvals."""
    reader(username)
    found = queries.decision(_id(which))
    if output.as_json:
        output.document(
            _as_json(found.row)
            | {
                "hash": found.hash_hex,
                "policy": found.policy_sha256,
                "reason": found.reason,
                "content": found.content,
                "approvals": [
                    {
                        "person": row.person,
                        "role": row.role,
                        "party": row.party,
                        "verdict": row.verdict,
                        "method": row.method,
                        "made_at": row.made_at.isoformat(),
                        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
                        "log_seq": row.log_seq,
                    }
                    for row in found.approvals
                ],
            }
        )
        return Exit.DONE
    shown = sheet(found, LANGUAGE)
    head = f"{shown.title} {shown.ref}: {shown.state_word}, code {found.row.short_code}, {found.row.id[:8]}"
    facts = [(fact.label, fact.text or _files(fact.documents)) for fact in (*shown.facts, *shown.answers)]
    output.table(head, (Column("what"), Column("as the approvers see it")), facts)
    output.line()
    output.line(f"Proposed by {found.row.proposer}; it expires on {found.row.expires_at.date()}.")
    people = [(row.person, row.role, row.verdict, row.made_at.isoformat()) for row in shown.signed]
    output.table("Who decided", [Column(name) for name in ("person", "role", "verdict", "at")], people)
    for who in shown.waits_for:
        output.line(f"Still needed: {who}")
    return Exit.DONE


def _files(documents: tuple[object, ...]) -> str:
    return "; ".join(f"{getattr(row, 'kind', '')} {getattr(row, 'sha256', '')}" for row in documents)


def withdraw_decision(which: str, reason: str, username: str | None, key: str | None, output: Output) -> int:
    """Take one's own proposal back."""
    actor = writer(username, output)
    found = _id(which, still_open=True)
    outcome = withdraw(decision_id=found, reason=reason, key=checked_key(key, output), by=actor)
    if output.as_json:
        output.document({"decision": outcome.decision_id, "state": outcome.state, "log_seq": outcome.log_seq})
    else:
        output.line(f"Decision {outcome.decision_id} is withdrawn.")
    return Exit.DONE


def _id(which: str, *, still_open: bool = False) -> str:
    """The one decision that is meant; raises Halt where it is none or several."""
    beginning = which.lower() if ID.fullmatch(which.lower()) else ""
    found = queries.find(beginning, which, still_open=still_open)
    if len(found) == 1:
        return found[0]
    ended = () if found else queries.find(beginning, which, still_open=False)
    if len(ended) == 1:
        state = word(DECISION_STATES, queries.decision(ended[0]).row.state)
        after = f"See tranche decision show {ended[0][:8]}."
        raise Halt(Exit.REFUSED, f"This decision has ended: {state}.", NOTHING_WRITTEN, after)
    what = f"No decision fits {which}." if not found else f"Several decisions begin with {which}."
    raise Halt(Exit.REFUSED, what, NOTHING_WRITTEN, "See tranche decision list --all.")
