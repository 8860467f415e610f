"""A fund has its rule for life: opened once, spent by it, ended by a roll-over into its successor."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.refusing import refused
from tests.office import document, eur
from tests.till import DANISH, Till, held, proved

from tranche.kernel.lifecycle import EvidenceMissing, GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import BadArgument, NotAllowed, ReferenceTaken
from tranche.ledger import fragments
from tranche.models import FundRule
from tranche.queries.trace import trace_from

WHY = "The donor asks for its unspent money back."


@pytest.fixture
def till(mechanism: object) -> Till:
    return Till()


@pytest.fixture
def desk(sqlite_mechanism: object) -> Till:
    return Till()


def rules() -> dict[str, tuple[str, str, str]]:
    rows = FundRule.objects.select_related("donor").order_by("fund")
    return {row.fund: (row.rule, row.donor.ref if row.donor else "", row.successor) for row in rows}


def leaving(till: Till, donor: str = "SE", funding: str = "JOINT") -> dict[str, Any]:
    return {
        "funding": funding,
        "purpose": "donor_leaves",
        "donor": donor,
        "clause": "Article 9 of the agreement.",
        "reason": WHY,
        "evidence": [document("letter", f"{funding} {donor}")],
    }


def test_rules_begin_with_the_signature_and_with_the_agreed_tranche(till: Till) -> None:
    till.fifo_pool(())
    till.lithuanian_tranche()

    assert rules() == {"JOINT": ("fifo", "", ""), "LT-UA-2024-T1": ("earmark", "LT", "")}
    assert proved()


def test_money_of_a_pool_in_order_is_spent_in_the_order_in_which_it_came(till: Till) -> None:
    till.fifo_pool((("DK", 500), ("SE", 300)))
    till.programme()

    till.allocate("JOINT", 600)

    assert held()["programme:P-1:JOINT:EUR"] == 600
    found = fragments.idle(["programme:P-1:JOINT:EUR"])
    assert [(piece.amount_minor, piece.path[0]) for piece in found] == [
        (500, "tranche:DK-UA-2025-T1:EUR"),
        (100, "tranche:DK-UA-2025-T2:EUR"),
    ]
    assert proved()


def test_a_donor_leaves_with_exactly_his_own_unallocated_money(till: Till) -> None:
    till.fifo_pool((("DK", 500), ("SE", 300)))
    till.programme()
    till.allocate("JOINT", 600)
    till.donor_account("SE", "PA-SE")

    till.do("ua.manager", "fund.roll_over", *DANISH, **leaving(till))

    assert held()["pool:JOINT/SE:EUR"] == 200
    assert "pool:JOINT:EUR" not in held()
    assert rules() == {
        "JOINT": ("fifo", "", "JOINT'"),
        "JOINT'": ("fifo", "", ""),
        "JOINT/SE": ("earmark", "SE", ""),
    }
    till.do(
        "ua.manager",
        "payment.draft",
        ref="RET-1",
        purpose="return",
        donor="SE",
        funding="JOINT/SE",
        clause="Article 9",
        payee="PA-SE",
        amount=eur(200),
    )
    till.release("RET-1")
    till.book("payment.settle", payment="RET-1", line=till.bank_line(-200, "RET-1"))
    assert held()["returned:SE:JOINT/SE:EUR"] == 200
    assert trace_from("DK-UA-2025-T2").returned_minor == 200
    assert proved()


def test_what_comes_later_goes_into_the_fund_that_took_its_place(till: Till) -> None:
    till.fifo_pool((("DK", 500), ("SE", 300)))
    till.programme()
    till.allocate("JOINT", 100)
    till.do("ua.manager", "fund.roll_over", *DANISH, **leaving(till))

    till.joint_tranche(3, "SE", 50)
    why = "The programme needs none of it."
    till.book("programme.release", programme="P-1", funding="JOINT", amount=eur(100), reason=why)

    assert held()["pool:JOINT':EUR"] == 400 + 50 + 100
    assert "programme:P-1:JOINT:EUR" not in held()
    again = refused(
        GuardFailed,
        lambda: till.propose(
            "ua.manager", "programme.allocate", programme="P-1", funding="JOINT", amount=eur(1)
        ),
    )
    assert (again.guard, again.why) == ("rolled_over", "JOINT'")
    till.allocate("JOINT'", 10)
    assert proved()


def test_a_donor_who_gives_again_may_leave_again(desk: Till) -> None:
    desk.fifo_pool((("DK", 500), ("SE", 300)))
    desk.do("ua.manager", "fund.roll_over", *DANISH, **leaving(desk))
    desk.joint_tranche(3, "SE", 50)

    desk.do("ua.manager", "fund.roll_over", *DANISH, **leaving(desk, funding="JOINT'"))

    assert held()["pool:JOINT'/SE:EUR"] == 50
    assert held()["pool:JOINT'':EUR"] == 500
    assert proved()


def changing(rule: str = "pro_rata", successor: str = "SHARED", funding: str = "JOINT") -> dict[str, Any]:
    return {
        "funding": funding,
        "purpose": "rule_changes",
        "new_rule": rule,
        "successor": successor,
        "clause": "Amendment 2, with the letters of both donors.",
        "reason": "The donors want every lot to carry all of them.",
        "evidence": [document("letter", funding)],
    }


def test_the_rule_of_a_pool_changes_for_what_is_not_allocated(till: Till) -> None:
    till.fifo_pool((("DK", 600), ("SE", 300)))
    till.programme()
    till.allocate("JOINT", 100)

    till.do("ua.manager", "fund.roll_over", *DANISH, **changing())
    till.allocate("SHARED", 80)
    why = "The programme needs none of it."
    till.book("programme.release", programme="P-1", funding="JOINT", amount=eur(100), reason=why)

    assert "programme:P-1:JOINT:EUR" not in held()
    assert sum(amount for code, amount in held().items() if "SHARED" in code) == 900
    assert rules()["SHARED"] == ("pro_rata", "", "")
    assert proved()


def test_a_shared_pool_may_be_spent_in_order_from_now_on(till: Till) -> None:
    till.danish_pool()
    both = ("dk.approver1", "ua.approver1", "dk.approver2", "ua.approver2")

    till.do("ua.manager", "fund.roll_over", *both, **changing("fifo", "IN-ORDER", "DK-UA-2024-POOL"))

    assert held()["pool:IN-ORDER:EUR"] == 53_770_000_000
    assert proved()


def test_a_tranche_is_earmarked_anew_by_a_fund_of_its_own(till: Till) -> None:
    till.unallocated()
    till.programme("P-2")

    till.reearmark("P-2")

    assert held()["tranche:LT-UA-2024-T1':EUR"] == 1_000_000_000
    assert rules()["LT-UA-2024-T1'"] == ("earmark", "LT", "")
    other = refused(
        GuardFailed,
        lambda: till.propose(
            "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1'", amount=eur(1)
        ),
    )
    assert other.guard == "earmark_covers"
    till.allocate("LT-UA-2024-T1'", 500, "P-2")
    assert proved()


NEW_RULE = {"purpose": "rule_changes", "donor": None}


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"donor": "IS"}, GuardFailed, "donor_there"),
        ({"donor": None}, BadArgument, "missing"),
        ({"new_rule": "fifo"}, BadArgument, "purpose"),
        ({"evidence": None}, EvidenceMissing, ""),
        ({"funding": "LT-UA-2024-T1"}, GuardFailed, "rule_fits"),
        ({"clause": None}, BadArgument, "missing"),
        (
            {"purpose": "rule_changes", "donor": None, "new_rule": "fifo", "successor": "N-1"},
            GuardFailed,
            "rule_fits",
        ),
        (
            {"purpose": "rule_changes", "donor": None, "new_rule": "pro_rata", "successor": "JOINT"},
            ReferenceTaken,
            "",
        ),
        ({"purpose": "earmark_changes", "donor": None, "programme": "P-1"}, GuardFailed, "rule_fits"),
    ],
)
def test_a_roll_over_that_the_rule_does_not_allow_is_refused(
    desk: Till, change: dict[str, Any], error: type[Exception], code: str
) -> None:
    desk.unallocated()
    desk.fifo_pool()

    caught = refused(
        error, lambda: desk.propose("ua.manager", "fund.roll_over", **{**leaving(desk), **change})
    )

    assert code in (getattr(caught, "code", ""), getattr(caught, "guard", ""))


def test_a_fund_is_rolled_over_once(desk: Till) -> None:
    desk.fifo_pool()
    desk.do("ua.manager", "fund.roll_over", *DANISH, **leaving(desk))

    caught = refused(GuardFailed, lambda: desk.propose("ua.manager", "fund.roll_over", **leaving(desk, "DK")))

    assert caught.guard == "rolled_over"


def test_a_return_on_its_way_holds_a_roll_over_up(desk: Till) -> None:
    desk.unallocated()
    desk.programme("P-2")
    desk.donor_account()
    desk.returning(300)

    with pytest.raises(GuardFailed) as caught:
        desk.reearmark("P-2")

    assert (caught.value.guard, caught.value.why) == ("no_live_payment", "RET-1")


def test_interest_in_a_mixed_pool_is_no_donors_own(desk: Till) -> None:
    desk.fifo_pool((("DK", 500), ("SE", 300)))
    desk.book("bank.book_interest", line=desk.bank_line(9), funding="JOINT")

    refused_change = refused(GuardFailed, lambda: desk.propose("ua.manager", "fund.roll_over", **changing()))
    desk.do("ua.manager", "fund.roll_over", *DANISH, **leaving(desk))

    assert refused_change.guard == "owner_known"
    assert held()["pool:JOINT':EUR"] == 509
    assert proved()


def test_both_sides_stand_behind_a_roll_over(desk: Till) -> None:
    desk.fifo_pool()
    waiting = desk.propose("ua.manager", "fund.roll_over", **leaving(desk))

    outcome = desk.approve("ua.approver1", waiting.decision_id)
    again = refused(NotAllowed, lambda: desk.approve("ua.approver2", waiting.decision_id))

    assert outcome.state == "open"
    assert again.deny.reason in (Denied.NO_ROLE, Denied.NOT_NEEDED)
    assert "JOINT/SE" not in rules()


def test_a_failed_last_step_leaves_every_fund_as_it_was(desk: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.fifo_pool()
    waiting = desk.propose("ua.manager", "fund.roll_over", **leaving(desk))
    desk.approve("ua.approver1", waiting.decision_id)
    before, there = rules(), held()
    monkeypatch.setattr("tranche.actions.carry_out.append", _refuse)

    with pytest.raises(RuntimeError):
        desk.approve("dk.approver1", waiting.decision_id)

    assert (rules(), held()) == (before, there)


def _refuse(*_arguments: object, **_more: object) -> None:
    raise RuntimeError("the log is full")


def test_received_money_of_a_fifo_tranche_is_idle_until_it_is_used(desk: Till) -> None:
    desk.fifo_pool((("DK", 500), ("SE", 300)))
    papers = [document("final_report")]

    caught = refused(
        GuardFailed,
        lambda: desk.propose("ua.manager", "tranche.close", tranche="DK-UA-2025-T2", evidence=papers),
    )

    assert (caught.guard, caught.why) == ("nothing_idle", "300 EUR")
