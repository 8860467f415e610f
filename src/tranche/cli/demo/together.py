"""What is chosen, given and made together, all illustrative: makers, gifts in kind, a joint project."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import DK_ONE_EACH, LT_APPROVERS, Act, euros, instant
from tranche.cli.demo.denmark import AGREEMENT as DANISH
from tranche.cli.demo.denmark import PROGRAMME as PRODUCTION
from tranche.cli.demo.second import AGREEMENT as SECOND
from tranche.cli.demo.second import OFFICER, PROGRAMME
from tranche.cli.demo.supply import APPROVER, MANAGER

CHOSEN, WAITING = "S-DK-01", "S-DK-02"
GIFT, OFFER = "IK-LT-2025-01", "IK-LT-2025-02"
JOINT = "J-LT-UA-2025"
LIST_SHA256 = "5d2c1f0e9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d"


def together() -> Iterator[Act]:
    """Every act of this scene."""
    yield from _selection()
    yield from _in_kind()
    yield from _joint()


def _selection() -> Iterator[Act]:
    """One maker is chosen above the lowest offer and says why; another waits for its second card."""
    for ref, supplier, tender, price, lowest, minute in (
        (CHOSEN, "MFR-4", "TENDER-2025-003", 15_000_000, 14_600_000, "10"),
        (WAITING, "MFR-2", "TENDER-2025-007", 9_000_000, 9_000_000, "20"),
    ):
        text = {
            "ref": ref,
            "programme": PRODUCTION,
            "agreement": DANISH,
            "supplier": supplier,
            "title": f"Maker for {tender}",
            "tender_reference": tender,
            "price": euros(price),
            "lowest": euros(lowest),
        }
        yield Act(instant("2025-03-03", f"13:{minute}"), MANAGER, "selection.list", ref, text)
        yield _card("2025-03-05", "ua.inspector", ref, minute)
    yield _card("2025-03-07", "dk.inspector", CHOSEN, "10")
    found = {
        "selection": CHOSEN,
        "verdict": "recommended",
        "screening_list": "Illustrative list of restrictive measures",
        "screening_version": "2025-03-01",
        "screening_sha256": LIST_SHA256,
        "screened_on": "2025-03-10",
        "screening_result": "clear",
    }
    yield Act(
        instant("2025-03-11", "13:00"),
        "dk.inspector",
        "selection.conclude",
        CHOSEN,
        found,
        ("screening",),
        APPROVER,
    )
    why = {"selection": CHOSEN, "why": "Second lowest offer, delivers four months earlier (illustrative)."}
    yield Act(instant("2025-03-13", "13:00"), MANAGER, "selection.choose", CHOSEN, why, (), DK_ONE_EACH)


def _card(day: str, who: str, ref: str, minute: str) -> Act:
    card = {"selection": ref, "has_interest": False, "advice": "recommend", "finding": "none"}
    return Act(instant(day, f"14:{minute}"), who, "selection.assess", ref, card)


def _in_kind() -> Iterator[Act]:
    """Training places are given, accepted and valued; vehicles are offered."""
    for ref, title, title_uk, title_lt, quantity, unit, minute in (
        (GIFT, "Training places", "Навчальні місця", "Mokymo vietos", 250, "places", "10"),
        (OFFER, "Workshop equipment", "Обладнання майстерень", "Dirbtuvių įranga", 12, "sets", "20"),
    ):
        text = {
            "ref": ref,
            "agreement": SECOND,
            "donor": "LT",
            "title": title,
            "title_uk": title_uk,
            "title_lt": title_lt,
            "category": "training_and_equipping",
            "quantity": quantity,
            "unit": unit,
            "country": "LT",
        }
        yield Act(instant("2025-01-29", f"14:{minute}"), OFFICER, "inkind.offer", ref, text)
    on = {"inkind": GIFT}
    yield Act(
        instant("2025-01-30", "14:00"), OFFICER, "inkind.agree", GIFT, on, ("signed_text",), LT_APPROVERS
    )
    worth = {"value": euros(400_000), "valued_by": "book_value", "valued_on": "2025-01-31"}
    worth |= {"inkind": GIFT, "valuer": "Ministry of National Defence of Lithuania (illustrative)"}
    yield Act(instant("2025-02-03", "14:00"), OFFICER, "inkind.value", GIFT, worth, (), ("lt.approver",))
    yield Act(instant("2025-03-03", "14:00"), OFFICER, "inkind.hand_over", GIFT, on, ("delivery_note",))
    yield Act(
        instant("2025-03-04", "14:00"),
        "ua.inspector",
        "inkind.accept",
        GIFT,
        on,
        ("acceptance_act",),
        APPROVER,
    )


def _joint() -> Iterator[Act]:
    """Lithuania and Ukraine repair together; what is accepted afterwards is shared forty to sixty."""
    text = {
        "ref": JOINT,
        "programme": PROGRAMME,
        "title": "Repair workshops, Lithuania and Ukraine",
        "title_uk": "Ремонтні майстерні, Литва та Україна",
        "title_lt": "Remonto dirbtuvės, Lietuva ir Ukraina",
        "output_rule": "by_share",
        "partners": [
            {"party": "LT-MOD", "weight": "40", "due_minor": "90000000", "currency": "EUR"},
            {"party": "UA-MOD", "weight": "60"},
        ],
        "valid_from": "2025-02-01",
    }
    yield Act(instant("2025-01-28", "15:00"), OFFICER, "joint.draft", JOINT, text)
    on = {"joint": JOINT}
    yield Act(
        instant("2025-01-31", "15:00"), OFFICER, "joint.agree", JOINT, on, ("signed_text",), LT_APPROVERS
    )
    yield Act(instant("2025-02-04", "15:00"), MANAGER, "joint.start", JOINT, on, (), LT_APPROVERS)
