"""A procedure that still runs, all of it illustrative: two steps are done in time, one is overdue."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import LT_APPROVERS, Act, euros, instant
from tranche.cli.demo.second import AGREEMENT

TRANCHE = "LT-UA-2025-T2"
OFFICER = "lt.officer"


def running_procedure() -> Iterator[Act]:
    """A second part of the second arrangement, agreed and on its way."""
    announced = {
        "ref": TRANCHE,
        "agreement": AGREEMENT,
        "ordinal": 2,
        "title": "Second arrangement, second tranche",
        "title_uk": "Друга домовленість, другий транш",
        "title_lt": "Antrasis susitarimas, antroji dalis",
        "donor": "LT",
        "origin": "LT:budget",
        "amount": euros(1_500_000),
        "earmark": "Repair",
        "planned_on": "2025-05-15",
    }
    yield Act(instant("2025-02-20", "15:00"), OFFICER, "tranche.announce", TRANCHE, announced)
    papers = ("signed_text",)
    on_tranche = {"tranche": TRANCHE}
    yield Act(
        instant("2025-02-25", "15:00"), OFFICER, "tranche.agree", TRANCHE, on_tranche, papers, LT_APPROVERS
    )
    owners = {
        "donor_ministry": "LT-MOD",
        "donor_finance": "LT-FIN",
        "recipient": "UA-MOD",
        "government_office": "LT-GOV",
        "donor_treasury": "LT-TRE",
    }
    started = {"tranche": TRANCHE, "template": "lt-illustrative", "owners": owners}
    yield Act(instant("2025-02-26", "15:00"), OFFICER, "tranche.start_procedure", TRANCHE, started)
    budget = f"{TRANCHE}-S2"
    named = {"step": budget, "assignee": "lt.treasury"}
    yield Act(instant("2025-02-27", "15:00"), "lt.treasury", "step.assign", budget, named)
    for day, position, by, paper in (
        ("2025-03-04", 3, "ua.manager", "account_confirmation"),
        ("2025-03-10", 1, OFFICER, "legal_opinion"),
    ):
        step = f"{TRANCHE}-S{position}"
        yield Act(instant(day, "15:00"), by, "step.complete", step, {"step": step}, (paper,))
