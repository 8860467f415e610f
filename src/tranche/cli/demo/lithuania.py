"""Lithuania: from the announcement of 23 November 2024 to the accepted lots; earmarked.

The announcement, its amount and its stage are public. Everything after it is illustrative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources

from tranche.cli.demo.acts import LT_APPROVERS, Act, BankLineOf, ClaimOf, euros, instant
from tranche.cli.demo.supply import (
    Terms,
    accepted_lot,
    contract,
    handed_over,
    made,
    payee,
    payment,
    settled,
)

AGREEMENT = "LT-UA-2024"
TRANCHE = "LT-UA-2024-T1"
PROGRAMME = "P-LT-PRODUCTION"
CONTRACT = "C-LT-01"
DOCUMENT = "DOC-LT-2024-11-23"
TEXT = resources.files("tranche.conf").joinpath("demo", "lithuania-announcement-2024-11-23.txt")
ADDRESS = (
    "https://babel.ua/en/news/112954-lithuania-will-finance-the-production-of-ukrainian-long-range-drones"
)
OUTLET = "Own summary of Babel and Censor.NET, 23 November 2024"


def lithuania() -> Iterator[Act]:
    """Every act of this arrangement."""
    yield from _agreement()
    yield from _claims()
    yield from _procedure()
    yield from _money()
    yield from _contract()
    yield from _deliveries()


def _agreement() -> Iterator[Act]:
    yield Act(
        instant("2024-11-18"),
        "lt.officer",
        "agreement.draft",
        AGREEMENT,
        {
            "ref": AGREEMENT,
            "title": "Memorandum on a mechanism of contributions to the Ukrainian defence industry",
            "title_uk": "Меморандум про механізм внесків до оборонної промисловості України",
            "title_lt": "Memorandumas dėl įnašų į Ukrainos gynybos pramonę mechanizmo",
            "kind": "memorandum",
            "earmark": "Production of Ukrainian defence equipment",
            "spending_rule": "earmark",
            "return_rule": "Money not contracted within 24 months goes back to the donor (illustrative).",
            "reporting_duty": "Report every quarter (illustrative).",
            "approving_party": "LT-MOD",
            "recipient": "UA-MOD",
            "parties": [{"party": "LT", "role": "donor"}, {"party": "UA-MOD", "role": "recipient"}],
        },
    )
    yield Act(
        instant("2024-11-23", "08:00"),
        "lt.officer",
        "agreement.sign",
        AGREEMENT,
        {"agreement": AGREEMENT, "signed_on": "2024-11-23"},
        ("signed_text",),
        LT_APPROVERS,
    )
    yield Act(
        instant("2024-11-23", "10:00"),
        "lt.officer",
        "tranche.announce",
        TRANCHE,
        {
            "ref": TRANCHE,
            "agreement": AGREEMENT,
            "ordinal": 1,
            "title": "First tranche",
            "title_uk": "Перший транш",
            "title_lt": "Pirmoji dalis",
            "donor": "LT",
            "origin": "LT:budget",
            "amount": euros(10_000_000),
            "earmark_ref": PROGRAMME,
            "earmark": "A named production programme",
            "planned_on": "2025-01-31",
        },
    )
    yield Act(
        instant("2024-11-26"),
        "lt.officer",
        "tranche.agree",
        TRANCHE,
        {"tranche": TRANCHE},
        ("signed_text",),
        LT_APPROVERS,
    )


def _claims() -> Iterator[Act]:
    text = TEXT.read_text(encoding="utf-8")
    yield Act(
        instant("2024-11-25"),
        "lt.officer",
        "claim.add_document",
        DOCUMENT,
        {
            "ref": DOCUMENT,
            "holder": "LT-MOD",
            "title": text.strip().splitlines()[0],
            "text": text,
            "url": ADDRESS,
            "outlet": OUTLET,
            "source_class": "press",
            "published_on": "2024-11-23",
            "published_basis": "stated",
            "language": "en",
        },
    )
    for minute, (kind, target) in enumerate(
        (("funding", TRANCHE), ("signing", AGREEMENT), ("procedure", TRANCHE)), start=10
    ):
        claim = ClaimOf(DOCUMENT, kind)
        yield Act(
            instant("2024-11-25", f"10:{minute}"), "lt.officer", "claim.confirm", kind, {"claim": claim}
        )
        linked = {"claim": claim, "target": target}
        yield Act(instant("2024-11-26", f"12:{minute}"), "lt.officer", "claim.link", kind, linked)


def procedure(
    tranche: str,
    started: str,
    steps: Sequence[tuple[str, int, str, str]],
    authorised: str,
    time: str = "09:00",
) -> Iterator[Act]:
    """The illustrative path of Lithuania: steps of (day, position, who, paper), then the authorisation."""
    owners = {
        "donor_ministry": "LT-MOD",
        "donor_finance": "LT-FIN",
        "recipient": "UA-MOD",
        "government_office": "LT-GOV",
        "donor_treasury": "LT-TRE",
    }
    started_as = {"tranche": tranche, "template": "lt-illustrative", "owners": owners}
    yield Act(instant(started, time), "lt.officer", "tranche.start_procedure", tranche, started_as)
    for day, position, by, paper in steps:
        step = f"{tranche}-S{position}"
        yield Act(instant(day, time), by, "step.complete", step, {"step": step}, (paper,))
    on_tranche = {"tranche": tranche}
    yield Act(instant(authorised), "lt.officer", "tranche.authorise", tranche, on_tranche, (), LT_APPROVERS)


def _procedure() -> Iterator[Act]:
    """The legal review comes two days late; everything else in time."""
    steps = (
        ("2024-12-03", 3, "ua.manager", "account_confirmation"),
        ("2024-12-09", 2, "lt.treasury", "budget_reference"),
        ("2024-12-13", 1, "lt.officer", "legal_opinion"),
        ("2025-01-08", 4, "lt.treasury", "resolution"),
        ("2025-01-10", 5, "lt.treasury", "treasury_order"),
    )
    yield from procedure(TRANCHE, "2024-11-27", steps, "2025-01-13")
    sent = {"tranche": TRANCHE, "reference": "LT-2025-000117", "value_on": "2025-01-15"}
    yield Act(instant("2025-01-14"), "lt.officer", "tranche.report_sent", TRANCHE, sent)


def _money() -> Iterator[Act]:
    yield Act(
        instant("2025-01-17", "11:00"),
        "ua.manager",
        "tranche.confirm_receipt",
        TRANCHE,
        {"tranche": TRANCHE, "line": BankLineOf(TRANCHE)},
        (),
        ("ua.approver1",),
    )
    yield Act(
        instant("2025-01-20"),
        "ua.manager",
        "programme.draft",
        PROGRAMME,
        {
            "ref": PROGRAMME,
            "title": "Named production programme",
            "title_uk": "Іменна виробнича програма",
            "title_lt": "Įvardyta gamybos programa",
            "category": "production",
            "holder": "UA-MOD",
        },
    )
    opened = {"programme": PROGRAMME}
    yield Act(instant("2025-01-21"), "ua.manager", "programme.open", PROGRAMME, opened, (), ("ua.approver1",))
    allocated = {"programme": PROGRAMME, "funding": TRANCHE, "amount": euros(10_000_000)}
    yield Act(
        instant("2025-01-22"), "ua.manager", "programme.allocate", PROGRAMME, allocated, (), LT_APPROVERS
    )


def _contract() -> Iterator[Act]:
    yield from payee(
        "PAY-MFR-1", "MFR-1", "UA429990010026000000000000001", ("2025-01-20", "2025-01-21", "2025-01-23")
    )
    milestones = (
        ("Advance against a guarantee", 2_880_000, "2025-01-31", "verified"),
        ("First two lots", 3_360_000, "2025-02-28", "accepted"),
        ("Third lot", 3_360_000, "2025-05-30", "accepted"),
    )
    terms = Terms("MFR-1", PROGRAMME, TRANCHE, "Production, first series", 9_600_000, "TENDER-2025-004")
    yield from contract(CONTRACT, terms, milestones, ("2025-01-23", "2025-01-27"), LT_APPROVERS)


def _deliveries() -> Iterator[Act]:
    days = ("2025-01-29", "2025-01-31", "2025-02-03", "2025-02-10")
    yield from payment(f"{CONTRACT}-M1", "PAY-MFR-1", 2_880_000, days, LT_APPROVERS)
    yield settled(f"{CONTRACT}-P1", "2025-02-17")
    for position, recorded, handed, accepted in (
        (1, "2025-02-18", "2025-02-20", "2025-02-24"),
        (2, "2025-02-21", "2025-02-24", "2025-02-26"),
    ):
        lot = f"{CONTRACT}-L{position}"
        yield made(lot, f"{CONTRACT}-M2", 3_200_000, 20, recorded)
        yield handed_over(lot, handed)
        yield accepted_lot(lot, accepted)
    days = ("2025-02-26", "2025-02-27", "2025-02-28", "2025-03-05")
    yield from payment(f"{CONTRACT}-M2", "PAY-MFR-1", 3_360_000, days, LT_APPROVERS)
    yield settled(f"{CONTRACT}-P2", "2025-03-12")
    yield made(f"{CONTRACT}-L3", f"{CONTRACT}-M3", 3_200_000, 20, "2025-03-24")
