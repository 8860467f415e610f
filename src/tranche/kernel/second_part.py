"""The rows of the second part: selection of makers, contributions in kind, joint projects.

`lot.take_in` of the first part is written by `inkind.accept` alone, as `step.plan` is by its procedure.
"""

from __future__ import annotations

from tranche.kernel.lifecycle import Transition
from tranche.kernel.lifecycle import rows as _row

SELECTION: list[Transition] = [
    *_row("selection.list", "- > listed", "FM", "Q0"),
    *_row("selection.assess", "listed, assessing > assessing", "IN", "Q0"),
    *_row(
        "selection.conclude",
        "assessing > recommended",
        "IN",
        "Q1",
        evidence="screening",
        guards="two_assessors screening_allows",
    ),
    *_row(
        "selection.conclude",
        "assessing > not_recommended",
        "IN",
        "Q1",
        evidence="screening",
        guards="two_assessors screening_allows",
    ),
    *_row(
        "selection.choose",
        "recommended, not_recommended > selected",
        "FM",
        "QJ",
        guards="screening_passed reason_written",
    ),
    *_row("selection.defer", "listed, recommended > deferred", "FM", "Q0"),
    *_row("selection.withdraw", "listed, assessing, recommended, not_recommended > withdrawn", "FM", "Q0"),
]

INKIND: list[Transition] = [
    *_row("inkind.offer", "- > offered", "DO", "Q0"),
    *_row("inkind.agree", "offered > agreed", "DO", "QJ", evidence="signed_text", guards="agreement_signed"),
    *_row("inkind.value", "agreed, handed_over, accepted > =", "DO", "Q1"),
    *_row("inkind.hand_over", "agreed, rejected > handed_over", "DO", "Q0", evidence="delivery_note"),
    *_row("inkind.accept", "handed_over > accepted", "IN", "Q1", evidence="acceptance_act"),
    *_row("inkind.reject", "handed_over > rejected", "IN", "Q0"),
    *_row("inkind.withdraw", "offered, agreed, rejected > withdrawn", "DO", "Q1"),
]

JOINT: list[Transition] = [
    *_row(
        "joint.draft", "- > draft", "FM DO", "Q0", guards="one_project two_partners partners_have_approvers"
    ),
    *_row(
        "joint.agree",
        "draft > agreed",
        "FM DO",
        "QE",
        evidence="signed_text",
        guards="partners_have_approvers",
    ),
    *_row("joint.start", "agreed > running", "FM DO", "QE", guards="shares_in_force money_there"),
    *_row(
        "joint.amend",
        "agreed, running > =",
        "FM DO",
        "QE",
        evidence="amendment",
        guards="two_partners partners_have_approvers after_last_lot",
    ),
    *_row("joint.wind_up", "running > closing", "FM DO", "QE"),
    *_row(
        "joint.close",
        "closing > closed",
        "FM DO",
        "QE",
        evidence="final_report",
        guards="no_live_contract balance_zero",
    ),
    *_row("joint.withdraw", "draft, agreed > withdrawn", "FM DO", "QE", guards="no_money_yet"),
]
