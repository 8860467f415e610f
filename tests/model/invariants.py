"""What must never have happened in the small world, said without the kernel's own rules."""

from __future__ import annotations

from tests.model.world import AMOUNT, DONOR, LOGINS, RECIPIENT, Done, World

LIMIT_ONE = 100
APPROVING = {("RA", RECIPIENT), ("DA", DONOR)}


def broken(world: World) -> str:
    """The first rule that some release broke; empty where none did."""
    payments = [done.payment for done in world.done]
    if len(set(payments)) != len(payments):
        return "a payment was released twice"
    return next((why for done in world.done if (why := _of(done))), "")


def _of(done: Done) -> str:
    approvers = {one.person for one in done.approvals}
    persons = approvers | {done.proposer, done.payer[0]}
    if done.seen != done.was:
        return "what was released is not what was approved"
    if done.policy != done.was_policy:
        return "the policy had changed"
    if done.tick >= done.expires:
        return "the time had run out"
    if done.hold is not None and (done.hold[0] != "record" or done.payment == 0):
        return "a hold lay over it"
    if len(persons) < 2 or not persons <= set(LOGINS.values()):
        return "fewer than two persons stand behind it"
    return _of_approvals(done, approvers) or _of_quorum(done, approvers)


def _of_approvals(done: Done, approvers: set[str]) -> str:
    for one in done.approvals:
        counts_as = {one.person, one.lender} - {""}
        if done.proposer in counts_as:
            return "the proposer approved"
        if counts_as & done.editors:
            return "an editor approved"
        if counts_as & ({done.payer[0], done.payer[1]} - {""}):
            return "the payer approved"
        if (one.person, one.role, one.party) not in done.holding or (one.role, one.party) not in APPROVING:
            return "an approver was not entitled"
    if len(approvers) != len(done.approvals):
        return "one person approved twice"
    if (done.payer[0], "PY", RECIPIENT) not in done.holding:
        return "the payer was not entitled"
    if (done.proposer, "FM", RECIPIENT) not in done.holding:
        return "the proposer was not entitled any more"
    return ""


def _of_quorum(done: Done, approvers: set[str]) -> str:
    roles = {one.role for one in done.approvals}
    both = done.in_window + AMOUNT.amount_minor > LIMIT_ONE
    wanted = {"RA", "DA"} if both else {"RA"}
    return "" if wanted <= roles and len(approvers) >= len(wanted) else "the quorum was not met"
