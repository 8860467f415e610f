"""The rows: every action of every record kind, with roles, quorum, evidence, guards and tags.

Columns of `_row`: action, from > to ("-" not there yet, "=" the same state), who, quorum, evidence kinds,
guards (checked by the action over live rows) and tags: $ moves money, # books a bank's or an act's fact,
+ grants authority.
"""

from __future__ import annotations

from tranche.kernel.lifecycle import Transition
from tranche.kernel.lifecycle import rows as _row
from tranche.kernel.second_part import INKIND, JOINT, SELECTION
from tranche.kernel.standing import OF_THE_LOG, OWN_PASSWORD, SET_UP, STANDING, UNATTENDED
from tranche.kernel.step_back import back_rows

_AGREEMENT = [
    *_row("agreement.draft", "- > draft", "DO FM", "Q0"),
    *_row("agreement.sign", "draft > signed", "DO FM", "QJ", evidence="signed_text"),
    *_row("agreement.bring_into_force", "signed > in_force", "DO FM", "Q1", evidence="notes_exchanged"),
    *_row("agreement.amend", "signed, in_force > =", "DO FM", "QJ", evidence="amendment"),
    *_row(
        "agreement.end", "signed, in_force > ended", "DO FM", "QJ", evidence="notice", guards="no_idle_money"
    ),
    *_row("agreement.withdraw", "draft > withdrawn", "DO FM", "Q0"),
]

_TRANCHE = [
    *_row("tranche.announce", "- > announced", "DO FM", "Q0"),
    *_row(
        "tranche.agree",
        "announced > agreed",
        "DO FM",
        "QJ",
        evidence="signed_text",
        guards="agreement_signed",
    ),
    *_row("tranche.start_procedure", "agreed > in_procedure", "DO", "Q0", guards="owners_have_holders"),
    *_row("tranche.amend_procedure", "in_procedure > =", "DO", "Q1", guards="owners_have_holders changes"),
    *_row(
        "tranche.authorise",
        "in_procedure > authorised",
        "DO",
        "QJ",
        guards="steps_done conditions_met recipient_account",
        tags="+",
    ),
    *_row("tranche.report_sent", "authorised > sent", "DO", "Q0"),
    *_row(
        "tranche.confirm_receipt",
        "authorised, sent, received > received",
        "FM",
        "Q1",
        guards="line_free line_is_credit same_currency same_account account_use not_above_agreed enough",
        tags="#",
    ),
    *_row("tranche.close", "received > closed", "FM", "QJ", evidence="final_report", guards="nothing_idle"),
    *_row("tranche.mark_returned", "received > returned", "FM", "Q1", guards="all_returned"),
    *_row(
        "tranche.withdraw",
        "announced, agreed, in_procedure, authorised > withdrawn",
        "DO",
        "Q1",
        evidence="letter",
    ),
]

_CONDITION = [
    *_row("condition.add", "- > open", "DO", "Q0", guards="before_authorised owners_have_holders"),
    *_row("condition.file", "open > filed", "FM", "Q0", evidence="document"),
    *_row("condition.accept", "filed > met", "DO", "Q0"),
    *_row("condition.waive", "open, filed > waived", "DO", "Q1", evidence="letter"),
]

_STEP = [
    *_row("step.plan", "- > todo", "DO", "Q0"),
    *_row("step.assign", "todo > =", "DO FM IN", "Q0", guards="assignee_holds_role"),
    *_row("step.complete", "todo > done", "DO FM IN", "Q0", guards="predecessors_done step_evidence"),
    *_row("step.skip", "todo > skipped", "DO FM IN", "Q1", guards="predecessors_done"),
]

_PROGRAMME = [
    *_row("programme.draft", "- > draft", "FM", "Q0"),
    *_row("programme.open", "draft > open", "FM", "Q1"),
    *_row(
        "programme.allocate",
        "open > =",
        "FM",
        "QA",
        guards="own_money agreement_live rolled_over money_received earmark_covers enough",
        tags="$",
    ),
    *_row("programme.release", "open > =", "FM", "Q1", guards="enough", tags="#"),
    *_row("programme.close", "draft, open > closed", "FM", "Q1", guards="no_live_contract balance_zero"),
]

_CONTRACT = [
    *_row(
        "contract.draft",
        "- > draft",
        "FM",
        "Q0",
        guards="own_money agreement_live advance_open selection_chosen",
    ),
    *_row(
        "contract.sign",
        "draft > signed",
        "FM",
        "QA",
        evidence="contract_text",
        guards="own_money agreement_live advance_open enough",
        tags="$",
    ),
    *_row(
        "contract.amend",
        "signed > =",
        "FM",
        "QA",
        evidence="amendment",
        guards="own_money agreement_live advance_open price_covers enough",
        tags="$",
    ),
    *_row("contract.release", "signed, terminating > =", "FM", "Q1", guards="enough", tags="#"),
    *_row(
        "contract.book_refund",
        "signed, terminating > =",
        "FM",
        "Q1",
        guards="line_free line_is_credit same_currency same_account account_use instructed_given enough",
        tags="#",
    ),
    *_row(
        "contract.write_off",
        "signed, terminating > =",
        "FM",
        "QJ",
        evidence="report",
        guards="enough",
        tags="$",
    ),
    *_row("contract.terminate", "signed > terminating", "FM", "Q1", evidence="notice"),
    *_row(
        "contract.close",
        "signed, terminating > closed",
        "FM",
        "Q1",
        guards="no_live_payment no_open_lot balance_zero",
    ),
    *_row("contract.cancel", "draft > cancelled", "FM", "Q0"),
]

_MILESTONE = [
    *_row("milestone.plan", "- > planned", "FM", "Q0", guards="contract_live within_price"),
    *_row("milestone.claim", "planned > claimed", "FM", "Q0", evidence="invoice", guards="contract_live"),
    *_row("milestone.verify", "claimed > verified", "IN", "Q0", evidence="visit_report"),
    *_row("milestone.cancel", "planned, claimed, verified > cancelled", "FM", "Q1", guards="no_payment"),
]

_PAYMENT = [
    *_row(
        "payment.draft",
        "- > drafted",
        "FM",
        "Q0",
        guards="contract_live milestone_ready within_milestone account_active own_fund retry_failed",
    ),
    *_row(
        "payment.release",
        "drafted > released",
        "FM",
        "QA",
        guards="contract_live milestone_ready account_active own_fund enough",
        tags="$",
        executor="PY",
    ),
    *_row(
        "payment.settle",
        "released > settled",
        "FM",
        "Q1",
        guards="line_free line_is_debit same_currency same_account account_use same_payee instructed_given"
        " same_amount enough",
        tags="#",
    ),
    *_row("payment.fail", "released > failed", "FM", "Q1", evidence="bank_refusal", tags="#"),
    *_row(
        "payment.bounce",
        "settled > failed",
        "FM",
        "Q1",
        guards="line_free line_is_credit same_currency same_account account_use not_above_paid enough",
        tags="#",
    ),
    *_row("payment.cancel", "drafted > cancelled", "FM", "Q0"),
]

_LOT = [
    *_row("lot.record", "- > made", "FM", "Q0", guards="contract_live within_contract"),
    *_row("lot.take_in", "- > accepted", "IN", "Q1"),
    *_row("lot.hand_over", "made, rejected > handed_over", "FM", "Q0", evidence="delivery_note"),
    *_row("lot.accept", "handed_over > accepted", "IN", "Q1", evidence="acceptance_act", tags="#"),
    *_row("lot.reject", "handed_over > rejected", "IN", "Q0"),
    *_row("lot.drop", "made, handed_over, rejected > dropped", "FM", "Q1"),
]

_PAYEE = [
    *_row("payee.propose", "- > proposed", "FM DO", "Q0", evidence="bank_letter"),
    *_row(
        "payee.verify", "proposed > verified", "RA DA PY", "Q0", guards="number_older called_after_request"
    ),
    *_row(
        "payee.confirm_call",
        "verified > =",
        "RA DA PY",
        "Q0",
        guards="second_call_wanted called_after_request",
    ),
    *_row("payee.reject", "proposed, verified > rejected", "FM RA DA PY", "Q0"),
    *_row(
        "payee.activate",
        "verified > active",
        "FM DO",
        "Q1",
        guards="second_verifier one_working_day",
        tags="+",
    ),
    *_row("payee.retire", "active > retired", "FM DO RA DA PY", "Q0"),
]

_CLAIM = [
    *_row("claim.record", "- > draft", "DO FM AU", "Q0"),
    *_row("claim.confirm", "draft > confirmed", "DO FM AU", "Q0", guards="spans_stand"),
    *_row("claim.link", "confirmed > =", "DO FM AU", "Q0"),
    *_row("claim.reject", "draft, confirmed > rejected", "DO FM AU", "Q0"),
    *_row("claim.supersede", "confirmed > superseded", "DO FM AU", "Q0"),
]

_PRIORITY = [
    *_row("priority.set", "- > set", "FM", "Q1", evidence="document"),
    *_row("priority.amend", "set > =", "FM", "Q1", evidence="document"),
    *_row("priority.withdraw", "set > withdrawn", "FM", "Q1"),
]

TABLE: tuple[Transition, ...] = (
    *_AGREEMENT,
    *_TRANCHE,
    *_CONDITION,
    *_STEP,
    *_PROGRAMME,
    *_CONTRACT,
    *_MILESTONE,
    *_PAYMENT,
    *_LOT,
    *_PAYEE,
    *_CLAIM,
    *_PRIORITY,
    *SELECTION,
    *INKIND,
    *JOINT,
)

END_STATES: frozenset[tuple[str, str]] = frozenset(
    (kind, state)
    for kind, states in {
        "agreement": "ended withdrawn",
        "tranche": "closed returned withdrawn",
        "condition": "met waived",
        "step": "done skipped",
        "programme": "closed",
        "contract": "closed cancelled",
        "milestone": "verified cancelled",
        "payment": "settled failed cancelled",
        "lot": "accepted dropped",
        "payee": "retired rejected",
        "claim": "confirmed rejected superseded",
        "priority": "set withdrawn",
        "selection": "selected deferred withdrawn",
        "inkind": "accepted withdrawn",
        "joint": "closed withdrawn",
    }.items()
    for state in states.split()
)

DECISION_ACTIONS: frozenset[str] = frozenset(
    {
        "decision.propose",
        "decision.replace",
        "decision.withdraw",
        "decision.reject",
        "decision.expire",
        "decision.void",
        "decision.refuse",
        "approval.give",
        "approval.revoke",
    }
)

BACK: tuple[Transition, ...] = back_rows(TABLE)
"""Every way back; which one a record has, and at which price, follows from its own steps."""

ACTIONS: frozenset[str] = (
    frozenset(row.action for row in (*TABLE, *STANDING, *BACK))
    | SET_UP
    | OWN_PASSWORD
    | OF_THE_LOG
    | UNATTENDED
    | DECISION_ACTIONS
)
"""Every name that a log entry of an action may bear."""


def rows_of(action: str) -> tuple[Transition, ...]:
    """Every row of an action: one for each state that it leads on from, or its one standing row."""
    return tuple(row for row in (*TABLE, *STANDING, *BACK) if row.action == action)


def state_rows() -> tuple[tuple[str, str, int], ...]:
    """(kind, state, is_end) of every state, for the database's own copy of the table."""
    states = sorted({(row.kind, row.target) for row in TABLE})
    return tuple((kind, state, int((kind, state) in END_STATES)) for kind, state in states)


def transition_rows() -> tuple[tuple[str, str, str, str], ...]:
    """(kind, from, action, to) of every forward row and of the step back over each that did not create."""
    forward = {(row.kind, row.source, row.action, row.target) for row in TABLE}
    back = {
        (row.kind, row.target, f"{row.kind}.step_back", row.source)
        for row in TABLE
        if row.source and row.source != row.target
    }
    return tuple(sorted(forward | back))
