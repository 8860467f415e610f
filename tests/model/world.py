"""A small world of sign-off: three persons, four sign-ins, two payments to one payee, all that may happen.

What happens is judged by the kernel's own functions, in the order in which the actions ask them; what must
never happen is written in `invariants.py` without them. Time is counted in ticks of half a decision's life.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from tests.model.things import (
    AMOUNT,
    DONOR,
    LIFE,
    LOGINS,
    PAYMENTS,
    RECIPIENT,
    RELEASE,
    RULES,
    START,
    Done,
    Given,
    Held,
    Paper,
    World,
)

from tranche.kernel import approval, holds, policy
from tranche.kernel.approval import ApprovalView, Ready, Window
from tranche.kernel.holds import HoldView, Scope
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Actor, Allow, Deed, Grant, Situation

TICKS: Final = tuple(START + timedelta(days=day) for day in range(8))


def now(world: World) -> datetime:
    return TICKS[world.tick]


def actor(world: World, login: str) -> Actor:
    """The person behind a sign-in with what he holds now."""
    return _actor(world.grants, login)


@cache
def _actor(held_by_all: tuple[Held, ...], login: str) -> Actor:
    person = LOGINS[login]
    grants = tuple(
        Grant(
            id=f"{number}",
            role=Role(held.role),
            party=held.party,
            from_at=START,
            to_at=START + timedelta(days=held.until),
            delegator=held.lender,
        )
        for number, held in enumerate(held_by_all)
        if held.person == person
    )
    return Actor(person, login, "web", grants)


def situation(world: World, payment: int) -> Situation:
    """The payment's chain is the payment alone: who edited, approved and paid it."""
    return _situation(world.editors[payment], world.approvers[payment], world.payers[payment])


@cache
def _situation(editors: frozenset[str], approvers: frozenset[str], payers: frozenset[str]) -> Situation:
    deeds = {Deed.PROPOSED: editors, Deed.APPROVED: approvers, Deed.PAID: payers}
    return Situation(
        owner=RECIPIENT,
        parties=frozenset({DONOR, RECIPIENT}),
        approving=DONOR,
        recipient=RECIPIENT,
        chain_deeds=deeds,
        record_deeds=deeds,
    )


def window(world: World, number: int | None) -> Window:
    """What other decisions to the same payee add: those carried out, and those open before this one."""
    counted = [
        AMOUNT.amount_minor
        for position, paper in enumerate(world.papers)
        if position != number
        and (paper.state == "executed" or (paper.state == "open" and (number is None or position < number)))
    ]
    return Window(((AMOUNT.currency, sum(counted)),))


def stopped(world: World, payment: int) -> HoldView | None:
    scopes = frozenset({Scope("record", str(payment)), Scope("party", "payee")})
    views = [HoldView("H", Scope(*world.hold[:1], _ref(world.hold[0], payment)))] if world.hold else []
    return holds.in_the_way(RELEASE, views, scopes)


def _ref(kind: str, payment: int) -> str:
    return {"system": "", "party": "payee", "record": "0"}[kind]


def replace_at(
    values: tuple[frozenset[str], frozenset[str]], at: int, more: str
) -> tuple[frozenset[str], frozenset[str]]:
    first, second = values
    return (first | {more}, second) if at == 0 else (first, second | {more})


def steps(world: World) -> Iterator[tuple[str, World]]:
    """Everything that anybody may try, with the world after it; what is refused changes nothing."""
    for login in LOGINS:
        person = actor(world, login)
        for payment in PAYMENTS:
            yield f"{login} proposes {payment}", propose(world, person, payment)
            yield f"{login} edits {payment}", edit(world, person, payment)
        for number, paper in enumerate(world.papers):
            if paper.state != "open":
                continue
            yield f"{login} approves {number}", approve(world, person, number)
            yield f"{login} revokes {number}", revoke(world, person, number)
            yield f"{login} executes {number}", execute(world, person, number)
            if person.person == paper.proposer:
                yield f"{login} withdraws {number}", ended(world, number, "withdrawn")
    yield from _around(world)


def _around(world: World) -> Iterator[tuple[str, World]]:
    """What happens beside the papers."""
    if world.payee < 3:
        yield "the payee's account changes", world._replace(payee=world.payee + 1)
    if world.policy < 2:
        yield "the policy changes", world._replace(policy=world.policy + 1)
    if world.tick < 3:
        yield "time passes", world._replace(tick=world.tick + 1)
    if world.hold is None:
        for kind in ("record", "party", "system"):
            yield f"C holds {kind}", world._replace(hold=(kind, "C"))
    else:
        yield "the hold is lifted", world._replace(hold=None)
    yield from _roles(world)


def _roles(world: World) -> Iterator[tuple[str, World]]:
    held = {(one.person, one.role, one.lender) for one in world.grants}
    if ("B", "RA", "") in held:
        kept = tuple(one for one in world.grants if (one.person, one.role) != ("B", "RA"))
        yield "B loses RA", world._replace(grants=tuple(one for one in kept if one.lender != "B"))
        if ("A", "RA", "B") not in held:
            lent = Held("A", "RA", RECIPIENT, "B", world.tick + 1)
            yield "B lends RA to A", world._replace(grants=(*world.grants, lent))
        ending = tuple(
            one._replace(until=world.tick + 1) if one[:2] == ("B", "RA") else one for one in world.grants
        )
        yield "B holds RA until tomorrow", world._replace(grants=ending)
    if ("A", "FM", "") in held:
        kept = tuple(one for one in world.grants if one[:2] != ("A", "FM"))
        yield "A loses FM", world._replace(grants=kept)
    if ("B", "PY", "") not in held:
        yield "B becomes payer", world._replace(grants=(*world.grants, Held("B", "PY", RECIPIENT)))
    if ("B", "PY", "A") not in held:
        lent = Held("B", "PY", RECIPIENT, "A", world.tick + 1)
        yield "A lends PY to B", world._replace(grants=(*world.grants, lent))
    if ("B", "FM", "") not in held:
        yield "B becomes manager", world._replace(grants=(*world.grants, Held("B", "FM", RECIPIENT)))
    if ("A", "RA", "") not in held:
        yield "A becomes RA", world._replace(grants=(*world.grants, Held("A", "RA", RECIPIENT)))


def seen(world: World, payment: int) -> tuple[int, int]:
    """What approvers rely on: the payment's version and the payee's account."""
    return world.versions[payment], world.payee


def propose(world: World, by: Actor, payment: int) -> World:
    if world.released[payment] or len(world.papers) == 2:
        return world
    if any(paper.payment == payment and paper.state == "open" for paper in world.papers):
        return world
    around = situation(world, payment)
    if not isinstance(
        policy.decide(by, "payment.release", RELEASE.roles, around, Deed.PROPOSED, now(world)), Allow
    ):
        return world
    if stopped(world, payment):
        return world
    paper = Paper(payment, seen(world, payment), world.policy, by.person, world.tick + LIFE)
    return world._replace(papers=(*world.papers, paper))


def edit(world: World, by: Actor, payment: int) -> World:
    """The draft is changed by whoever may draft; a released one is not."""
    if world.released[payment] or world.versions[payment] == 2:
        return world
    around = situation(world, payment)
    allowed = policy.decide(by, "payment.draft", RELEASE.roles, around, Deed.PROPOSED, now(world))
    if not isinstance(allowed, Allow):
        return world
    versions = (2, world.versions[1]) if payment == 0 else (world.versions[0], 2)
    return world._replace(versions=versions, editors=replace_at(world.editors, payment, by.person))


def changed(world: World, paper: Paper) -> bool:
    """Whether a paper is void or expired now."""
    return (
        paper.seen != seen(world, paper.payment)
        or paper.policy != world.policy
        or world.tick >= paper.expires
        or world.released[paper.payment]
    )


def stands(world: World, paper: Paper, given: Given) -> bool:
    """Whether an approval counts now: its grant holds, and no deed came in its way."""
    login = next(name for name, person in LOGINS.items() if person == given.person)
    holds_now = any(
        (grant.role, grant.party, grant.delegator) == given[1:4] and grant.valid(now(world))
        for grant in actor(world, login).grants
    )
    persons = frozenset({given.person, given.lender} - {""})
    return holds_now and not policy.conflicts(persons, situation(world, paper.payment), Deed.APPROVED)


def views(world: World, paper: Paper) -> tuple[ApprovalView, ...]:
    return tuple(
        ApprovalView(one.person, Role(one.role), one.party, stands(world, paper, one), one.lender)
        for one in paper.given
        if not one.revoked
    )


def quorum(world: World, number: int) -> approval.Quorum:
    paper = world.papers[number]
    return approval.quorum_for(
        RELEASE.quorum,
        Role.FUND_MANAGER,
        AMOUNT,
        situation(world, paper.payment),
        RULES,
        window(world, number),
    )


def approve(world: World, by: Actor, number: int) -> World:
    paper = world.papers[number]
    if changed(world, paper):
        return ended(world, number, "void")
    if stopped(world, paper.payment) or any(one.person == by.person for one in paper.given):
        return world
    around = situation(world, paper.payment)
    allowed = approval.may_approve(
        by,
        quorum(world, number),
        views(world, paper),
        frozenset({paper.proposer}),
        around,
        AMOUNT,
        now(world),
    )
    if not isinstance(allowed, Allow):
        return world
    grant = allowed.grant
    given = Given(by.person, grant.role.value, grant.party, grant.delegator)
    return _with(world, number, paper._replace(given=(*paper.given, given)))


def revoke(world: World, by: Actor, number: int) -> World:
    paper = world.papers[number]
    given = tuple(one._replace(revoked=True) if one.person == by.person else one for one in paper.given)
    return _with(world, number, paper._replace(given=given))


def execute(world: World, by: Actor, number: int) -> World:
    """The payer's act, with everything asked once more."""
    paper = world.papers[number]
    if changed(world, paper):
        return ended(world, number, "void")
    around = situation(world, paper.payment)
    assert RELEASE.executor is not None
    allowed = policy.decide(
        by, "payment.release", frozenset({RELEASE.executor}), around, Deed.PAID, now(world)
    )
    if not isinstance(allowed, Allow):
        return world
    if approved_by(paper, by.stands_for(allowed.grant)):
        return world
    if stopped(world, paper.payment):
        return world
    if not isinstance(approval.evaluate(quorum(world, number), views(world, paper)), Ready):
        return world
    if not proposer_stands(world, paper, around):
        return world
    return _released(world, number, by.person, allowed.grant.delegator)


def approved_by(paper: Paper, payer: frozenset[str]) -> bool:
    """Whether the payer, or whom he stands for, approved this."""
    return any(payer & frozenset({one.person, one.lender}) for one in paper.given if not one.revoked)


def proposers_of(paper: Paper) -> frozenset[str]:
    return frozenset({paper.proposer})


def proposer_stands(world: World, paper: Paper, around: Situation) -> bool:
    holds_now = any(
        one.person == paper.proposer and one.role == "FM" and world.tick < one.until for one in world.grants
    )
    return holds_now and not policy.conflicts(frozenset({paper.proposer}), around, Deed.PROPOSED)


def _released(world: World, number: int, payer: str, lender: str) -> World:
    paper = world.papers[number]
    counted = tuple(one for one in paper.given if not one.revoked)
    before = sum(AMOUNT.amount_minor for one in world.papers if one.state == "executed")
    done = Done(
        payment=paper.payment,
        seen=paper.seen,
        was=seen(world, paper.payment),
        policy=paper.policy,
        was_policy=world.policy,
        proposer=paper.proposer,
        approvals=counted,
        payer=(payer, lender),
        editors=world.editors[paper.payment],
        holding=frozenset(
            (one.person, one.role, one.party) for one in world.grants if world.tick < one.until
        ),
        hold=world.hold,
        in_window=before,
        tick=world.tick,
        expires=paper.expires,
    )
    at = paper.payment
    approvers = world.approvers
    for one in counted:
        approvers = replace_at(approvers, at, one.person)
    released = (True, world.released[1]) if at == 0 else (world.released[0], True)
    after = _with(world, number, paper._replace(state="executed"))
    return after._replace(
        released=released,
        approvers=approvers,
        payers=replace_at(world.payers, at, payer),
        done=(*world.done, done),
    )


def ended(world: World, number: int, state: str) -> World:
    return _with(world, number, world.papers[number]._replace(state=state))


def _with(world: World, number: int, paper: Paper) -> World:
    papers = list(world.papers)
    papers[number] = paper
    return world._replace(papers=tuple(papers))
