"""Which deed an action is, for the rules on who must be somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tranche.kernel.policy import Deed

DEEDS: Final[Mapping[str, Deed]] = {
    **dict.fromkeys(("milestone.verify", "lot.accept", "lot.reject", "lot.take_in"), Deed.INSPECTED),
    **dict.fromkeys(("selection.assess", "selection.conclude"), Deed.INSPECTED),
    **dict.fromkeys(("inkind.accept", "inkind.reject"), Deed.INSPECTED),
    **dict.fromkeys(("payee.verify", "payee.confirm_call"), Deed.VERIFIED),
    "condition.accept": Deed.JUDGED,
}


def deed_of(action: str) -> Deed:
    """The deed that asking for this action is; most are proposals."""
    return DEEDS.get(action, Deed.PROPOSED)
