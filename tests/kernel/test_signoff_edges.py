"""Quorums, reach and steps at their edges: each test here is one that a small change of the kernel fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tranche.kernel.approval import (
    ApprovalView,
    Missing,
    Quorum,
    Ready,
    Slot,
    Window,
    bits_of,
    evaluate,
    may_approve,
    quorum_for,
)
from tranche.kernel.lifecycle import (
    Event,
    EvidenceMissing,
    Facts,
    GuardFailed,
    IllegalReplay,
    NoSuchTransition,
    QuorumKey,
    Role,
    check_table,
    replay,
    row_of,
    step,
)
from tranche.kernel.money import Money
from tranche.kernel.policy import (
    Actor,
    Allow,
    Deed,
    Denied,
    Deny,
    Grant,
    GrantScope,
    Policy,
    Situation,
    decide,
    excluded,
    reaches,
)
from tranche.kernel.recovery import WANTED
from tranche.kernel.transitions import TABLE

NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
POLICY = Policy("first_run", limit_one_minor=100, limit_two_minor=1_000)
SITUATION = Situation("UA-MOD", approving="DK-MOD", recipient="UA-MOD", contract="C-1")
DONOR, RECIPIENT = frozenset({Role.DONOR_APPROVER}), frozenset({Role.RECIPIENT_APPROVER})
APPROVERS = DONOR | RECIPIENT


def quorum(
    key: str, minor: int = 1, *sums: tuple[str, int], role: str = "FM", situation: Situation = SITUATION
) -> Quorum:
    return quorum_for(QuorumKey(key), Role(role), Money(minor, "EUR"), situation, POLICY, Window(sums))


def each(minor: int, *sums: tuple[str, int]) -> list[int]:
    """How many of each side an amount wants beside these sums, by QJ."""
    return [slot.wanted for slot in quorum("QJ", minor, *sums).slots]


def held(
    role: str, party: str, *, delegator: str = "", scope_ref: str = "", ceiling: Money | None = None
) -> Grant:
    scope = GrantScope.CONTRACT if scope_ref else GrantScope.PARTY
    since = NOW - timedelta(days=1)
    return Grant("g", Role(role), party, since, None, ceiling, scope, scope_ref, delegator)


def answer(
    grant: Grant,
    found: Quorum | None = None,
    *approvals: ApprovalView,
    amount: Money | None = None,
    situation: Situation = SITUATION,
) -> Allow | Deny:
    actor = Actor("anna", "login-anna", "web", (grant,))
    wanted = quorum("QJ") if found is None else found
    return may_approve(actor, wanted, approvals, frozenset({"paul"}), situation, amount, NOW)


# how many


@pytest.mark.parametrize("key", ["Q0", "Q1", "QJ", "QS", "QE", "QR"])
def test_quorum_says_by_which_code_it_was_found(key: str) -> None:
    assert quorum(key).key is QuorumKey(key)


def test_amount_decides_between_the_codes() -> None:
    assert quorum("QA", 100).key is QuorumKey.QA
    assert quorum("QA", 101).key is QuorumKey.QJ


def test_acting_side_of_a_small_amount_is_the_proposers() -> None:
    by_donor = Quorum(QuorumKey.QA, (Slot(DONOR, frozenset({"DK-MOD"}), 1),))

    assert quorum("QA", role="DO") == by_donor
    assert quorum("QA", role="FM").slots == (Slot(RECIPIENT, frozenset({"UA-MOD"}), 1),)


def test_sums_of_the_window_lift_the_code_and_then_the_number() -> None:
    assert quorum("QA", 50, ("EUR", 50)).key is QuorumKey.QA
    assert quorum("QA", 50, ("EUR", 51)).key is QuorumKey.QJ
    assert quorum("QA", 1, ("UAH", 1)).key is QuorumKey.QJ
    assert [slot.wanted for slot in quorum("QA", 1, ("EUR", 1_000)).slots] == [2, 2]


def test_sums_of_another_currency_are_compared_and_never_added() -> None:
    assert each(600, ("EUR", 400)) == [1, 1]
    assert each(600, ("EUR", 401)) == [2, 2]
    assert each(600, ("UAH", 1_000)) == [1, 1]
    assert each(600, ("UAH", 1_001)) == [2, 2]


def test_another_party_is_any_but_the_one_served_and_never_nobody() -> None:
    around = replace(SITUATION, approving="", parties=frozenset({"LT-MOD"}))

    assert quorum("QS", situation=around).slots == (Slot(APPROVERS, frozenset({"LT-MOD"}), 1),)


def test_every_partner_approves_and_none_is_nobody() -> None:
    both = replace(SITUATION, partners=frozenset({"LT-MOD", "UA-MOD"}))

    assert [slot.parties for slot in quorum("QE", situation=both).slots] == [{"LT-MOD"}, {"UA-MOD"}]
    assert quorum("QE").slots == (Slot(APPROVERS, frozenset(), 1),)


def test_a_recovery_asks_the_persons_named_for_it_and_nobody_else() -> None:
    named = frozenset({"anna", "olga"})
    around = replace(SITUATION, parties=frozenset({"UA-MOD"}), recovering=named)
    found = quorum("QR", situation=around)

    assert found.slots == (Slot(frozenset(Role), frozenset({"UA-MOD"}), WANTED, named),)
    assert answer(held("FM", "UA-MOD"), found) == Allow(held("FM", "UA-MOD"))
    others = found.slots[0]._replace(persons=frozenset({"olga"}))
    assert answer(held("FM", "UA-MOD"), Quorum(found.key, (others,))) == Deny(Denied.NOT_NAMED)


def test_only_named_persons_fill_a_named_place() -> None:
    place = Slot(frozenset(Role), frozenset({"UA-MOD"}), 1, frozenset({"anna"}))
    wanted = Quorum(QuorumKey.QR, (place,))

    assert evaluate(wanted, [ApprovalView("anna", Role.PAYER, "UA-MOD", standing=True)]) == Ready()
    assert evaluate(wanted, [ApprovalView("paul", Role.PAYER, "UA-MOD", standing=True)]) == Missing((place,))


def test_a_person_fills_no_place_of_the_other_side_after_somebody_else_did() -> None:
    given = [
        ("anna", "DA", "DK-MOD"),
        ("olga", "DA", "DK-MOD"),
        ("anna", "RA", "UA-MOD"),
        ("ivan", "RA", "UA-MOD"),
    ]
    views = [ApprovalView(person, Role(role), party, standing=True) for person, role, party in given]

    found = evaluate(quorum("QJ", 1_001), views)

    assert found == Missing((Slot(RECIPIENT, frozenset({"UA-MOD"}), 1),))


# who


def kept_out(name: str, person: str) -> Situation:
    """The situation in which the field of this name holds this person."""
    changed: dict[str, Any] = {name: frozenset({person})}
    return replace(SITUATION, **changed)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("barred", Denied.BARRED), ("empowered", Denied.EMPOWERED), ("interested", Denied.INTEREST)],
)
def test_who_is_kept_out_is_told_why(name: str, reason: Denied) -> None:
    around = kept_out(name, "anna")

    assert answer(held("DA", "DK-MOD"), situation=around) == Deny(reason)


@pytest.mark.parametrize("name", ["barred", "empowered"])
def test_who_is_kept_out_does_not_approve_through_a_substitute(name: str) -> None:
    around = kept_out(name, "lena")

    assert answer(held("DA", "DK-MOD", delegator="lena"), situation=around) == Deny(Denied.SUBSTITUTE)
    assert answer(held("DA", "DK-MOD", delegator="lena")) == Allow(held("DA", "DK-MOD", delegator="lena"))


def test_what_the_absent_did_on_the_chain_keeps_the_substitute_out() -> None:
    around = replace(SITUATION, chain_deeds={Deed.PROPOSED: frozenset({"lena"})})

    assert answer(held("DA", "DK-MOD", delegator="lena"), situation=around) == Deny(Denied.SUBSTITUTE)


def test_an_approver_is_not_stopped_by_a_place_of_the_other_side() -> None:
    assert answer(held("RA", "UA-MOD")) == Allow(held("RA", "UA-MOD"))
    assert answer(held("FM", "UA-MOD")) == Deny(Denied.NO_ROLE)


def test_a_role_for_one_contract_approves_nothing_of_another() -> None:
    mine, other = (held("RA", "UA-MOD", scope_ref=ref) for ref in ("C-1", "C-2"))

    assert answer(mine) == Allow(mine)
    assert answer(other) == Deny(Denied.WRONG_RELATION)


def test_a_ceiling_is_reached_and_not_passed() -> None:
    mine = held("RA", "UA-MOD", ceiling=Money(100, "EUR"))

    assert answer(mine, amount=Money(100, "EUR")) == Allow(mine)
    assert answer(mine, amount=Money(101, "EUR")) == Deny(Denied.CEILING)
    assert answer(mine, amount=Money(100, "UAH")) == Deny(Denied.CEILING)


def test_nobody_approves_what_needs_no_more_or_twice() -> None:
    given = [
        ApprovalView("olga", Role.DONOR_APPROVER, "DK-MOD", standing=True),
        ApprovalView("ivan", Role.RECIPIENT_APPROVER, "UA-MOD", standing=True),
    ]
    lent = ApprovalView("olga", Role.DONOR_APPROVER, "DK-MOD", standing=True, delegator="anna")

    assert answer(held("DA", "DK-MOD"), None, *given) == Deny(Denied.NOT_NEEDED)
    assert answer(held("RA", "UA-MOD"), None, lent) == Deny(Denied.SUBSTITUTE)


def test_a_short_code_is_read_with_a_hyphen_in_it() -> None:
    assert bits_of("0000-0001") == bits_of("00000001") == b"\0\0\0\0\1"


# the policy


def test_the_policy_names_how_far_every_role_reaches() -> None:
    said = POLICY.as_canonical()["reach"]

    assert isinstance(said, dict)
    assert said["claim"] == {"AU": "a", "DO": "a", "FM": "a"}


def test_who_is_given_power_does_not_propose_it() -> None:
    around = replace(SITUATION, empowered=frozenset({"anna"}))
    actor = Actor("anna", "login-anna", "web", (held("FM", "UA-MOD"),))
    wanted = frozenset({Role.FUND_MANAGER})

    assert decide(actor, "contract.draft", wanted, around, Deed.PROPOSED, NOW) == Deny(Denied.EMPOWERED)


def test_a_role_for_one_contract_reaches_no_other_and_no_other_family() -> None:
    assert reaches(held("FM", "UA-MOD", scope_ref="C-1"), "contract", SITUATION)
    assert not reaches(held("FM", "UA-MOD", scope_ref="C-2"), "contract", SITUATION)
    assert not reaches(held("AU", "UA-MOD"), "contract", SITUATION)


def test_a_role_for_one_programme_reaches_what_lies_in_it() -> None:
    mine = replace(held("FM", "UA-MOD"), scope=GrantScope.PROGRAMME, scope_ref="P-1")

    assert reaches(mine, "contract", replace(SITUATION, programme="P-1"))
    assert not reaches(mine, "contract", SITUATION)


def test_everybody_who_is_kept_from_a_deed_is_named() -> None:
    around = replace(
        SITUATION,
        chain_deeds={Deed.PROPOSED: frozenset({"paul"}), Deed.PAID: frozenset({"rosa"})},
        record_deeds={Deed.FILED: frozenset({"ulla"}), Deed.JUDGED: frozenset({"jan"})},
        interested=frozenset({"ines"}),
        barred=frozenset({"bert"}),
        empowered=frozenset({"emma"}),
    )

    assert excluded(around, Deed.APPROVED) == {"paul", "rosa", "ulla", "ines", "bert", "emma"}
    assert excluded(around, Deed.VERIFIED) == {"ulla", "ines", "bert", "emma"}
    assert excluded(SITUATION, Deed.APPROVED) == frozenset()


# the states


def test_an_impossible_step_says_which() -> None:
    with pytest.raises(NoSuchTransition) as caught:
        row_of(TABLE, "lot", "accepted", "lot.reject")

    assert (caught.value.kind, caught.value.state, caught.value.action) == ("lot", "accepted", "lot.reject")
    assert str(caught.value) == "lot.reject is not possible for a lot that is accepted"
    with pytest.raises(NoSuchTransition, match="not there yet"):
        row_of(TABLE, "lot", "", "lot.reject")


def test_what_stands_in_the_way_of_a_step_is_named_with_it() -> None:
    with pytest.raises(EvidenceMissing) as lacking:
        step(TABLE, "tranche", "received", "tranche.close", Facts(frozenset(), {}))
    with pytest.raises(GuardFailed) as guarded:
        step(
            TABLE,
            "tranche",
            "received",
            "tranche.close",
            Facts(frozenset({"final_report"}), {"nothing_idle": "7"}),
        )

    assert (lacking.value.action, lacking.value.missing) == ("tranche.close", ("final_report",))
    assert str(lacking.value) == "tranche.close needs evidence: final_report"
    assert (guarded.value.action, guarded.value.guard, guarded.value.why) == (
        "tranche.close",
        "nothing_idle",
        "7",
    )
    assert str(guarded.value) == "tranche.close: nothing_idle: 7"


def test_a_replay_stops_at_an_event_that_skips_a_state_though_its_step_is_in_the_table() -> None:
    made = Event(1, "lot.record", "", "made")
    wrong_source = Event(2, "lot.hand_over", "rejected", "handed_over")
    for misfit in (wrong_source, Event(2, "lot.accept", "made", "accepted")):
        with pytest.raises(IllegalReplay) as caught:
            replay(TABLE, "lot", [made, misfit])
        assert (caught.value.event, caught.value.state) == (misfit, "made")
        assert str(caught.value) == f"event 2 ({misfit.action}) does not continue from made"
    with pytest.raises(IllegalReplay, match="from nothing"):
        replay(TABLE, "lot", [wrong_source])


def test_every_state_that_is_cut_off_is_named() -> None:
    lots = [row for row in TABLE if row.kind == "lot" and row.action in ("lot.record", "lot.hand_over")]
    island = lots[-1]._replace(kind="island", action="island.leave", source="here", target="there")

    found = check_table([island, *lots], [("island", "there"), ("lot", "handed_over")])

    assert [(defect.rule, defect.what) for defect in found] == [
        ("unreachable", "island here"),
        ("unreachable", "island there"),
        ("unreachable", "lot rejected"),
    ]
    assert [defect.what for defect in check_table(lots, []) if defect.rule == "dead end"] == [
        "lot handed_over",
        "lot made",
        "lot rejected",
    ]
