"""What must never have happened in the small world, said without the kernel's own rules."""

from __future__ import annotations

from tests.model.things import AMOUNT, DONOR, LOGINS, RECIPIENT, Done, World

LIMIT_ONE = 100
APPROVING = {("RA", RECIPIENT), ("DA", DONOR)}


def broken(world: World) -> str:
    """The first rule that some release broke; empty where none did."""
    payments = [done.payment for done in world.done]
    if len(set(payments)) != len(payments):
        return "a payment was released twice"
    return next((why for done in world.done if (why := _of(done))), "")


def _of(done: Done) -> str:
    if done.seen != done.was:
        return "what was released is not what was approved"
    if done.policy != done.was_policy:
        return "the policy had changed"
    if done.tick >= done.expires:
        return "the time had run out"
    if done.hold is not None and (done.hold[0] != "record" or done.payment == 0):
        return "a hold lay over it"
    if (done.payer[0], "PY", RECIPIENT) not in done.holding:
        return "the payer was not entitled"
    if (done.proposer, "FM", RECIPIENT) not in done.holding:
        return "the proposer was not entitled any more"
    return _of_approvals(done)


def _of_approvals(done: Done) -> str:
    """The quorum is met by other persons than proposer, editors and payer, each entitled at that moment."""
    others = {done.proposer, *done.payer} | done.editors
    counted = [
        one
        for one in done.approvals
        if not {one.person, one.lender} & (others - {""})
        and (one.person, one.role, one.party) in done.holding
        and (one.role, one.party) in APPROVING
    ]
    persons, roles = {one.person for one in counted}, {one.role for one in counted}
    wanted = {"RA", "DA"} if done.in_window + AMOUNT.amount_minor > LIMIT_ONE else {"RA"}
    if not wanted <= roles or len(persons) < len(wanted):
        return "the quorum was not met by others who were entitled"
    if len(persons | {done.proposer}) < 2 or not persons <= set(LOGINS.values()):
        return "fewer than two persons stand behind it"
    return ""
