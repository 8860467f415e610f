"""Whether as many people approved as the action wants at least, by the tables of the program.

Limits and parties are the policy's and the register's, which the log does not open: what is asked here is the
least that any policy leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from tranche.kernel.lifecycle import QuorumKey
from tranche.kernel.transitions import rows_of
from tranche.verifier.report import Report, Verdict

BOTH: Final = (frozenset({"DA"}), frozenset({"RA"}))
ANYBODY: Final = frozenset[str]()


class Approved(NamedTuple):
    """One approval that holds: who gave it, and in which role."""

    person: str
    role: str


LEAST: Final[Mapping[QuorumKey, tuple[frozenset[str], ...]]] = {
    QuorumKey.Q0: (),
    QuorumKey.Q1: (ANYBODY,),
    QuorumKey.QA: (ANYBODY,),
    QuorumKey.QS: (ANYBODY,),
    QuorumKey.QE: (ANYBODY,),
    QuorumKey.QJ: BOTH,
    QuorumKey.QR: (ANYBODY, ANYBODY),
}
"""For each quorum the roles that must have approved, each by another person; anybody where none is named."""


def check_quorum(seq: int, action: str, approved: Sequence[Approved], report: Report) -> None:
    """An action that was carried out without the approvals that it wants is invalid."""
    wanted = [LEAST[key] for key in {row.quorum for row in rows_of(action)}]
    if wanted and not any(_are_filled(slots, approved) for slots in wanted):
        least = min(len(slots) for slots in wanted)
        report.find(
            Verdict.INVALID,
            "approvals",
            f"{action} wants at least {least} other people's approval, of both sides where both decide;"
            f" {len(approved)} hold",
            seq=seq,
        )


def _are_filled(slots: Sequence[frozenset[str]], approved: Sequence[Approved]) -> bool:
    persons = {one.person for one in approved}
    return len(persons) >= len(slots) and all(
        any(one.role in roles for one in approved) for roles in slots if roles
    )


def check_amount(seq: int, said: object, content: Mapping[str, Any], report: Report) -> None:
    """The amount that the entry says is one that the approvers saw, where they saw any."""
    parts = (content.get("facts"), content.get("arguments"))
    values = [value for part in parts if isinstance(part, Mapping) for value in part.values()]
    seen = [value for value in values if isinstance(value, Mapping) and "amount_minor" in value]
    if isinstance(said, Mapping) and seen and said not in seen:
        report.find(Verdict.INVALID, "approvals", "the amount is not one that was approved", seq=seq)
