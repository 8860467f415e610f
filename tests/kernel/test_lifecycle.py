"""The lifecycle table: sound as shipped, and every structural rule finds the fault that it should find."""

from __future__ import annotations

import itertools

import pytest

from tranche.kernel.lifecycle import (
    Defect,
    Event,
    EvidenceMissing,
    Facts,
    GuardFailed,
    IllegalReplay,
    NoSuchTransition,
    QuorumKey,
    Role,
    Tag,
    Transition,
    check_table,
    next_actions,
    replay,
    row_of,
    step,
)
from tranche.kernel.transitions import ACTIONS, END_STATES, TABLE, state_rows, transition_rows

NOTHING = Facts(frozenset(), {})


def row(action: str, source: str, target: str, quorum: str = "Q0", tags: str = "") -> Transition:
    return Transition(
        kind="agreement",
        source=source,
        target=target,
        action=action,
        roles=frozenset({Role.DONOR_OFFICER}),
        quorum=QuorumKey(quorum),
        evidence=(),
        guards=(),
        tags=frozenset(Tag(tag) for tag in tags),
        executor=None,
    )


def test_shipped_table_has_no_defect() -> None:
    assert check_table(TABLE, END_STATES) == ()


def test_every_kind_of_the_first_path_is_there() -> None:
    kinds = {row.kind for row in TABLE}

    assert kinds == {
        "agreement",
        "tranche",
        "condition",
        "step",
        "programme",
        "contract",
        "milestone",
        "payment",
        "lot",
        "payee",
        "claim",
        "priority",
        "selection",
        "inkind",
        "joint",
    }


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (row("tranche.draft", "", "draft"), "prefix"),
        (row("agreement.draft", "", "draft", tags="$"), "money needs QA or QJ"),
        (row("agreement.draft", "", "draft", tags="#"), "facts and authority need an approver"),
        (row("agreement.draft", "", "other"), "two targets"),
        (row("agreement.revive", "lost", "draft"), "unreachable"),
        (row("agreement.lose", "draft", "lost"), "dead end"),
    ],
)
def test_check_finds_a_planted_defect(broken: Transition, rule: str) -> None:
    sound = [row("agreement.draft", "", "draft"), row("agreement.end", "draft", "ended")]

    assert check_table(sound, {("agreement", "ended")}) == ()
    assert rule in {defect.rule for defect in check_table([*sound, broken], {("agreement", "ended")})}


def test_defect_names_rule_and_place() -> None:
    assert check_table([row("tranche.draft", "", "draft")], {("agreement", "draft")}) == (
        Defect("prefix", "tranche.draft"),
    )


STATES = sorted({(r.kind, r.source) for r in TABLE} | {(r.kind, r.target) for r in TABLE})
MOVES = sorted({(r.kind, r.action) for r in TABLE})


@pytest.mark.parametrize(
    ("kind", "state", "action"),
    [(k, s, a) for (k, s), (k2, a) in itertools.product(STATES, MOVES) if k == k2],
)
def test_step_allows_exactly_the_rows_of_the_table(kind: str, state: str, action: str) -> None:
    allowed = [r for r in TABLE if (r.kind, r.source, r.action) == (kind, state, action)]

    if not allowed:
        with pytest.raises(NoSuchTransition):
            step(TABLE, kind, state, action, NOTHING)
    else:
        facts = Facts(frozenset(allowed[0].evidence), {})
        assert step(TABLE, kind, state, action, facts) == allowed[0]


def test_a_verdict_has_the_target_that_it_names_and_no_other() -> None:
    found = {
        target: row_of(TABLE, "selection", "assessing", "selection.conclude", target).target
        for target in ("recommended", "not_recommended")
    }

    assert found == {"recommended": "recommended", "not_recommended": "not_recommended"}
    with pytest.raises(NoSuchTransition):
        row_of(TABLE, "selection", "assessing", "selection.conclude", "selected")


def test_only_a_verdict_may_have_two_targets() -> None:
    double = [row("agreement.draft", "", "draft"), row("agreement.draft", "", "other")]

    assert Defect("two targets", "agreement.draft from ") in check_table(double, {("agreement", "draft")})


@pytest.mark.parametrize("needed", [r for r in TABLE if r.evidence], ids=lambda r: f"{r.action} {r.source}")
def test_missing_evidence_is_refused(needed: Transition) -> None:
    with pytest.raises(EvidenceMissing) as caught:
        step(TABLE, needed.kind, needed.source, needed.action, NOTHING)

    assert caught.value.missing == needed.evidence


@pytest.mark.parametrize(
    ("guarded", "guard"), [(r, g) for r in TABLE for g in r.guards], ids=lambda v: getattr(v, "action", v)
)
def test_failed_guard_is_refused_with_its_reason(guarded: Transition, guard: str) -> None:
    facts = Facts(frozenset(guarded.evidence), {guard: "because"})

    with pytest.raises(GuardFailed) as caught:
        step(TABLE, guarded.kind, guarded.source, guarded.action, facts)

    assert (caught.value.guard, caught.value.why) == (guard, "because")


def test_a_guard_of_another_action_does_not_stop_this_one() -> None:
    assert step(TABLE, "programme", "draft", "programme.open", Facts(frozenset(), {"enough": "1"}))


def test_replay_gives_the_state_of_the_events() -> None:
    events = [
        Event(1, "lot.record", "", "made"),
        Event(2, "lot.hand_over", "made", "handed_over"),
        Event(3, "lot.reject", "handed_over", "rejected"),
        Event(4, "lot.hand_over", "rejected", "handed_over"),
    ]

    assert replay(TABLE, "lot", events) == "handed_over"
    assert replay(TABLE, "lot", events[:3]) == "rejected"


def test_replay_refuses_a_hole() -> None:
    events = [Event(1, "lot.record", "", "made"), Event(2, "lot.accept", "handed_over", "accepted")]

    with pytest.raises(IllegalReplay) as caught:
        replay(TABLE, "lot", events)

    assert caught.value.event.id == 2


def test_replay_without_an_event_that_others_need_is_refused() -> None:
    events = [Event(1, "lot.record", "", "made"), Event(2, "lot.hand_over", "made", "handed_over")]

    with pytest.raises(IllegalReplay):
        replay(TABLE, "lot", events, without=1)
    assert replay(TABLE, "lot", events, without=2) == "made"


def test_next_actions_are_those_that_lead_on() -> None:
    assert {r.action for r in next_actions(TABLE, "payment", "released")} == {
        "payment.settle",
        "payment.fail",
    }
    assert {r.action for r in next_actions(TABLE, "payment", "settled")} == {"payment.bounce"}
    assert next_actions(TABLE, "payment", "failed") == ()


def test_only_the_release_of_a_payment_waits_for_an_executor() -> None:
    assert {r.action for r in TABLE if r.executor} == {"payment.release"}
    assert row_of(TABLE, "payment", "drafted", "payment.release").executor is Role.PAYER


def test_database_rows_hold_every_state_and_every_step_back() -> None:
    states = {(kind, state) for kind, state, _ in state_rows()}
    steps = set(transition_rows())

    assert all((r.kind, r.source, r.action, r.target) in steps for r in TABLE)
    assert ("lot", "accepted", "lot.step_back", "handed_over") in steps
    assert all((kind, target) in states for kind, _, _, target in steps)


def test_log_knows_every_action_by_name() -> None:
    assert {r.action for r in TABLE} <= ACTIONS
