"""Which actions need a reason: going back, ending, skipping, and undoing what was booked."""

from __future__ import annotations

REASONED: frozenset[str] = frozenset(
    {
        "advance.close",
        "agreement.end",
        "agreement.withdraw",
        "claim.reject",
        "contract.cancel",
        "contract.release",
        "contract.terminate",
        "contract.write_off",
        "entry.reverse",
        "fund.roll_over",
        "lot.drop",
        "milestone.cancel",
        "payee.reject",
        "payee.retire",
        "payment.bounce",
        "payment.cancel",
        "payment.fail",
        "priority.withdraw",
        "programme.release",
        "step.skip",
        "tranche.amend_procedure",
        "tranche.withdraw",
    }
)
"""A reason has 10 to 2,000 characters and is kept with the decision."""
