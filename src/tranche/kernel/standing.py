"""Actions that move no record through a state: who, with whose approval, on what evidence, if what holds.

They have the columns of `kernel/transitions.py` without from and to. Tags: $ moves money, # books a bank's
or an act's fact, + grants authority.
"""

from __future__ import annotations

from collections.abc import Sequence

from tranche.kernel.lifecycle import Defect, QuorumKey, Role, Tag, Transition, tag_defects


def _row(
    action: str,
    who: str,
    quorum: str,
    *,
    evidence: str = "",
    guards: str = "",
    tags: str = "",
    executor: Role | None = None,
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
        executor=executor,
    )


_REGISTER = (
    _row("party.register", "DO FM", "Q0"),
    _row("claim.add_document", "DO FM AU", "Q0"),
    _row("evidence.file", "DO DA FM RA PY IN AU", "Q0"),
    _row("evidence.supersede", "DO DA FM RA PY IN AU", "Q0", guards="same_kind"),
    _row("evidence.issue_link", "FM", "Q0", guards="link_days"),
    _row("evidence.revoke_link", "FM", "Q0", guards="link_live"),
    _row("evidence.take_over", "FM", "Q0", guards="not_taken_over"),
    _row("register.declare_interest", "DO DA FM RA PY IN AU OP", "Q0", guards="from_before_to"),
    _row("register.end_interest", "DO FM", "Q1", guards="interest_live"),
    _row("register.set_group", "DO FM", "QJ", guards="another_group"),
    _row("import.stage", "DO FM", "Q0"),
)

_PROCEDURE = (_row("procedure.publish_template", "DO", "Q1", guards="next_version"),)

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

_PAYMENT = (
    _row(
        "payment.release_many",
        "FM",
        "QA",
        guards="drafted one_agreement one_holder one_money contract_live milestone_ready account_active"
        " enough",
        tags="$",
        executor=Role.PAYER,
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

_HOLD = (
    _row("hold.place", "FM RA DA PY AU", "Q0", guards="review_soon"),
    _row("hold.place_all", "RA DA AU", "Q0", guards="review_soon"),
    _row("hold.release", "FM RA DA", "Q1", guards="hold_open"),
    _row("hold.release_all", "RA DA", "QJ", guards="hold_open"),
)

_HOLDERS = "DO DA FM RA PY IN AU"
_EVERYBODY = f"{_HOLDERS} OP"

_AUTHORITY = (
    _row(
        "authority.grant",
        "OP",
        "QS",
        guards="person_active roles_fit scope_fits ends_after",
        tags="+",
    ),
    _row("authority.merge_persons", "OP", "QS", guards="two_persons roles_fit", tags="+"),
    _row("authority.reactivate_person", "OP", "QS", guards="person_inactive roles_fit", tags="+"),
    _row("authority.add_login", "OP", "QS", guards="person_active name_free", tags="+"),
    _row("authority.reset_password", "OP", "QS", guards="person_active login_active", tags="+"),
    _row("authority.link_identity", "OP", "QS", guards="person_active login_active identity_free", tags="+"),
    _row("authority.register_person", "OP", "Q0", guards="name_free"),
    _row(
        "authority.change_policy",
        "DA RA",
        "QJ",
        guards="effective_later something_new one_currency limits_in_order",
        tags="+",
    ),
    _row(
        "authority.name_recovery",
        "OP",
        "QJ",
        guards="person_active three_persons both_sides",
        tags="+",
    ),
    _row(
        "authority.recover",
        _EVERYBODY,
        "QR",
        guards="recovery_named person_active roles_fit ends_after",
        tags="+",
    ),
    _row(
        "authority.delegate",
        _HOLDERS,
        "Q0",
        guards="grant_valid not_lent not_oneself person_active roles_fit begins_now_or_later ends_after"
        " sixty_days within_own no_loop",
    ),
    _row("authority.end_grant", f"{_HOLDERS} OP", "Q0", guards="grant_valid operator_stays"),
    _row("authority.disable_login", f"{_HOLDERS} OP", "Q0", guards="login_active operator_stays"),
    _row("authority.unlink_identity", f"{_HOLDERS} OP", "Q0", guards="identity_there operator_stays"),
    _row("authority.deactivate_person", "OP", "Q0", guards="person_active operator_stays"),
)

_KEYS = (
    _row("authority.offer_credential", _EVERYBODY, "Q0"),
    _row("authority.offer_code", _EVERYBODY, "Q0", guards="code_free"),
    _row("authority.register_credential", "OP", "QS", guards="credential_offered", tags="+"),
    _row("authority.add_credential", _EVERYBODY, "Q0", guards="credential_offered"),
    _row("authority.revoke_credential", _EVERYBODY, "Q0", guards="credential_kept"),
)

_LOG = (_row("log.erasure", "DA RA", "QJ", guards="words_there not_set_up decision_over"),)

_OWN = (
    _row("authority.set_mail", _EVERYBODY, "Q0"),
    _row("authority.make_calendar", _EVERYBODY, "Q0"),
    _row("authority.end_calendar", _EVERYBODY, "Q0"),
)

STANDING: tuple[Transition, ...] = (
    *(*_REGISTER, *_PROCEDURE, *_BANK, *_PAYMENT, *_FUND, *_ADVANCE, *_BOOKS),
    *(*_HOLD, *_AUTHORITY, *_KEYS, *_LOG, *_OWN),
)
"""Every row; an action has one."""

SET_UP: frozenset[str] = frozenset({"system.setup", "authority.grant"})
"""Entries of the log that no decision makes: they stand before there is anybody to decide."""

OWN_PASSWORD: frozenset[str] = frozenset({"authority.change_password", "authority.issue_password"})
"""Entries that no decision makes, because a password must never be in the content of one."""
OF_THE_LOG: frozenset[str] = frozenset({"log.key", "log.restore", "log.adopt", "log.fork"})
"""Entries of the log about itself: what the operator did with its keys and after a restore."""

UNATTENDED: frozenset[str] = frozenset({"evidence.receive_upload"})
"""Entries of what came in without a sign-in: it waits until a person takes it over by a decision."""


def check_standing(rows: Sequence[Transition]) -> tuple[Defect, ...]:
    """What is wrong with a table of standing rows; () for a sound one."""
    names = [row.action for row in rows]
    twice = [Defect("twice", name) for name in sorted(set(names)) if names.count(name) > 1]
    moving = [Defect("moves a record", row.action) for row in rows if row.source or row.target]
    return (*twice, *moving, *tag_defects(rows))
