"""Actions that move no record through a state: who, with whose approval, on what evidence, if what holds.

They have the columns of `kernel/transitions.py` without from and to. Tags: $ moves money, # books a bank's
or an act's fact, + grants authority.
"""

from __future__ import annotations

from collections.abc import Sequence

from tranche.kernel.lifecycle import Defect, QuorumKey, Role, Tag, Transition, tag_defects


def _row(
    action: str, who: str, quorum: str, *, evidence: str = "", guards: str = "", tags: str = ""
) -> Transition:
    return Transition(
        kind=action.split(".")[0],
        source="",
        target="",
        action=action,
        roles=frozenset(Role(code) for code in who.split()),
        quorum=QuorumKey(quorum),
        evidence=tuple(evidence.split()),
        guards=tuple(guards.split()),
        tags=frozenset(Tag(tag) for tag in tags),
        executor=None,
    )


_REGISTER = (
    _row("party.register", "DO FM", "Q0"),
    _row("claim.add_document", "DO FM AU", "Q0"),
    _row("evidence.file", "DO DA FM RA PY IN AU", "Q0"),
    _row("import.stage", "DO FM", "Q0"),
)

_BANK = (
    _row("bank.park", "FM", "Q1", guards="line_free line_is_credit same_account account_use", tags="#"),
    _row(
        "bank.identify",
        "FM",
        "Q1",
        evidence="document",
        guards="line_parked line_free line_is_debit same_currency same_account account_use payer_known"
        " own_money_back tranche_awaits same_fund instructed_given enough",
        tags="#",
    ),
    _row("bank.set_aside", "FM", "Q1", evidence="letter", guards="own_fund enough", tags="#"),
    _row(
        "bank.book_fee",
        "FM",
        "Q1",
        guards="line_free line_is_debit same_account account_use enough",
        tags="#",
    ),
    _row(
        "bank.book_interest",
        "FM",
        "Q1",
        guards="line_free line_is_credit same_account account_use money_received",
        tags="#",
    ),
    _row(
        "bank.convert",
        "FM",
        "Q1",
        guards="line_free line_is_debit line_in_free line_in_is_credit same_account account_use"
        " two_currencies enough",
        tags="#",
    ),
)

_FUND = (
    _row(
        "fund.roll_over",
        "FM",
        "QJ",
        evidence="letter",
        guards="rolled_over rule_fits money_received donor_there owner_known no_live_payment",
        tags="$",
    ),
)

_ADVANCE = (
    _row("advance.open", "FM", "QJ", evidence="letter", guards="own_money agreement_live"),
    _row(
        "advance.draw",
        "FM",
        "QA",
        guards="own_money agreement_live advance_open same_fund contract_signed enough",
        tags="$",
    ),
    _row(
        "advance.reimburse",
        "FM",
        "QA",
        guards="line_free line_is_debit same_account account_use own_money agreement_live earmark_covers"
        " instructed_given not_above_drawn enough",
        tags="$",
    ),
    _row("advance.close", "FM", "QJ", guards="advance_open balance_zero"),
)

_BOOKS = (
    _row("entry.reverse", "FM", "QA", guards="undone_by belongs_to_record not_reversed enough", tags="#"),
    _row(
        "period.close",
        "FM",
        "Q1",
        guards="after_last_close day_is_over statements_reach lines_booked bank_agrees",
    ),
)

_EVERYBODY = "DO DA FM RA PY IN AU OP"

_KEYS = (
    _row("authority.offer_credential", _EVERYBODY, "Q0"),
    _row("authority.offer_code", _EVERYBODY, "Q0", guards="code_free"),
    _row("authority.register_credential", "OP", "QS", guards="credential_offered", tags="+"),
    _row("authority.add_credential", _EVERYBODY, "Q0", guards="credential_offered"),
    _row("authority.revoke_credential", _EVERYBODY, "Q0", guards="credential_kept"),
)

STANDING: tuple[Transition, ...] = (*_REGISTER, *_BANK, *_FUND, *_ADVANCE, *_BOOKS, *_KEYS)
"""Every row; an action has one."""

SET_UP: frozenset[str] = frozenset({"system.setup", "authority.grant"})
"""Entries of the log that no decision makes: they stand before there is anybody to decide."""


def check_standing(rows: Sequence[Transition]) -> tuple[Defect, ...]:
    """What is wrong with a table of standing rows; () for a sound one."""
    names = [row.action for row in rows]
    twice = [Defect("twice", name) for name in sorted(set(names)) if names.count(name) > 1]
    moving = [Defect("moves a record", row.action) for row in rows if row.source or row.target]
    return (*twice, *moving, *tag_defects(rows))
