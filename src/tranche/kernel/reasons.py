"""Which actions need a reason: going back, ending, skipping, and undoing what was booked."""

from __future__ import annotations

from tranche.kernel.transitions import BACK

REASONED: frozenset[str] = frozenset(row.action for row in BACK) | frozenset(
    {
        "advance.close",
        "agreement.end",
        "agreement.withdraw",
        "claim.reject",
        "condition.waive",
        "contract.cancel",
        "contract.release",
        "contract.terminate",
        "contract.write_off",
        "evidence.revoke_link",
        "evidence.supersede",
        "entry.reverse",
        "fund.roll_over",
        "hold.place",
        "hold.place_all",
        "hold.release",
        "hold.release_all",
        "inkind.withdraw",
        "joint.wind_up",
        "joint.withdraw",
        "log.erasure",
        "lot.drop",
        "milestone.cancel",
        "payee.reject",
        "payee.retire",
        "payment.bounce",
        "payment.cancel",
        "payment.fail",
        "priority.withdraw",
        "programme.release",
        "selection.defer",
        "selection.withdraw",
        "register.end_interest",
        "step.skip",
        "tranche.amend_procedure",
        "tranche.withdraw",
    }
)
"""A reason has 10 to 2,000 characters and is kept with the decision."""
