"""A second arrangement of Lithuania, all of it illustrative: what the first ones have no need of.

Money that nobody could place at first, a contract in hryvnia, a state that pays first and is repaid, a fee,
interest, an entry that is reversed, a closed period, and money that goes back.
"""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import (
    LT_APPROVERS,
    Act,
    BankLineOf,
    LastEntryOf,
    ParkedLineOf,
    euros,
    hryvnia,
    instant,
)
from tranche.cli.demo.lithuania import procedure
from tranche.cli.demo.supply import (
    APPROVER,
    MANAGER,
    accepted_lot,
    handed_over,
    made,
    milestone,
    payee,
    payment,
    settled,
    signed,
)

AGREEMENT = "LT-UA-2025"
TRANCHE = "LT-UA-2025-T1"
PROGRAMME = "P-LT-REPAIR"
ADVANCE = "UA-ADV-2025"
HRYVNIA, FIRST = "C-LT-02", "C-LT-03"
OFFICER = "lt.officer"


def second() -> Iterator[Act]:
    """Every act of this arrangement."""
    yield from _agreed()
    yield from _procedure()
    yield from _received()
    yield from _programme()
    yield from _in_hryvnia()
    yield from _paid_first()
    yield from _bank()
    yield from _back()


def _agreed() -> Iterator[Act]:
    parties = [{"party": "LT", "role": "donor"}, {"party": "UA-MOD", "role": "recipient"}]
    draft = {
        "ref": AGREEMENT,
        "title": "Second arrangement of Lithuania (illustrative)",
        "title_uk": "Друга домовленість Литви (ілюстративна)",
        "title_lt": "Antrasis Lietuvos susitarimas (iliustracinis)",
        "kind": "implementing",
        "earmark": "Production of Ukrainian defence equipment",
        "spending_rule": "earmark",
        "return_rule": "Money not contracted by the end of March 2025 goes back to the donor.",
        "approving_party": "LT-MOD",
        "recipient": "UA-MOD",
        "parties": parties,
    }
    yield Act(instant("2024-12-10"), OFFICER, "agreement.draft", AGREEMENT, draft)
    signed = {"agreement": AGREEMENT, "signed_on": "2024-12-11"}
    yield Act(
        instant("2024-12-11"), OFFICER, "agreement.sign", AGREEMENT, signed, ("signed_text",), LT_APPROVERS
    )
    text = {
        "ref": TRANCHE,
        "agreement": AGREEMENT,
        "ordinal": 1,
        "title": "Second arrangement, first tranche",
        "title_uk": "Друга домовленість, перший транш",
        "title_lt": "Antrasis susitarimas, pirmoji dalis",
        "donor": "LT",
        "origin": "LT:budget",
        "amount": euros(2_000_000),
        "planned_on": "2025-01-15",
    }
    yield Act(instant("2024-12-11", "12:00"), OFFICER, "tranche.announce", TRANCHE, text)
    on_tranche = {"tranche": TRANCHE}
    yield Act(
        instant("2024-12-12"), OFFICER, "tranche.agree", TRANCHE, on_tranche, ("signed_text",), LT_APPROVERS
    )


def _procedure() -> Iterator[Act]:
    steps = (
        ("2024-12-16", 3, MANAGER, "account_confirmation"),
        ("2024-12-17", 2, "lt.treasury", "budget_reference"),
        ("2024-12-18", 1, OFFICER, "legal_opinion"),
        ("2024-12-20", 4, "lt.treasury", "resolution"),
        ("2024-12-23", 5, "lt.treasury", "treasury_order"),
    )
    yield from procedure(TRANCHE, "2024-12-13", steps, "2024-12-27", "12:30")


def _received() -> Iterator[Act]:
    """The first part bears no reference: it is parked, and identified when the treasury writes."""
    line = {"line": BankLineOf("payment order 88")}
    yield Act(instant("2025-01-17", "12:00"), MANAGER, "bank.park", "payment order 88", line, (), APPROVER)
    known = {"line": ParkedLineOf("payment order 88"), "tranche": TRANCHE}
    yield Act(
        instant("2025-01-20", "12:00"), MANAGER, "bank.identify", TRANCHE, known, ("document",), APPROVER
    )
    rest = {"tranche": TRANCHE, "line": BankLineOf(TRANCHE)}
    yield Act(instant("2025-02-17", "11:30"), MANAGER, "tranche.confirm_receipt", TRANCHE, rest, (), APPROVER)


def _programme() -> Iterator[Act]:
    text = {
        "ref": PROGRAMME,
        "title": "Repair and spare parts",
        "title_uk": "Ремонт і запасні частини",
        "title_lt": "Remontas ir atsarginės dalys",
        "category": "production",
        "holder": "UA-MOD",
    }
    yield Act(instant("2025-01-21", "12:00"), MANAGER, "programme.draft", PROGRAMME, text)
    opened = {"programme": PROGRAMME}
    yield Act(instant("2025-01-22", "12:00"), MANAGER, "programme.open", PROGRAMME, opened, (), APPROVER)
    allocated = {"programme": PROGRAMME, "funding": TRANCHE, "amount": euros(900_000)}
    yield Act(
        instant("2025-01-23", "12:00"), MANAGER, "programme.allocate", PROGRAMME, allocated, (), APPROVER
    )


def _in_hryvnia() -> Iterator[Act]:
    """A price of 30 million hryvnia, planned at 43.50 and two per cent; the bank took less than planned."""
    text = {
        "ref": HRYVNIA,
        "programme": PROGRAMME,
        "supplier": "MFR-1",
        "title": "Spare parts, price in hryvnia",
        "funding": TRANCHE,
        "price": hryvnia(30_000_000),
        "rate": "43.50",
        "rate_base": "EUR",
        "rate_on": "2025-01-23",
        "rate_source": "Illustrative rate, close to that of the National Bank of Ukraine",
        "margin_bp": 200,
        "tender_reference": "TENDER-2025-005",
        "price_reason": "Lowest of three offers (illustrative)",
    }
    yield Act(instant("2025-01-24", "12:00"), MANAGER, "contract.draft", HRYVNIA, text)
    yield milestone(
        HRYVNIA,
        1,
        ("First delivery", 12_000_000, "2025-02-14", "verified"),
        instant("2025-01-24", "12:10"),
        hryvnia,
    )
    yield signed(HRYVNIA, "2025-01-27", LT_APPROVERS, "12:30")  # more from this maker within 30 days
    days = ("2025-01-29", "2025-01-30", "2025-01-31", "2025-02-04")
    yield from payment(f"{HRYVNIA}-M1", "PAY-MFR-1", 12_000_000, days, APPROVER, money=hryvnia)
    yield settled(f"{HRYVNIA}-P1", "2025-02-17")
    lot = f"{HRYVNIA}-L1"
    yield made(lot, f"{HRYVNIA}-M1", 8_000_000, 40, "2025-02-19", money=hryvnia)
    yield handed_over(lot, "2025-02-20")
    yield accepted_lot(lot, "2025-02-25")


def _paid_first() -> Iterator[Act]:
    """Ukraine pays six million hryvnia of its own first, and half of it is repaid."""
    opened = {"ref": ADVANCE, "party": "UA-MOD", "agreement": AGREEMENT, "limit": hryvnia(20_000_000)}
    yield Act(
        instant("2025-01-24", "13:00"), MANAGER, "advance.open", ADVANCE, opened, ("letter",), LT_APPROVERS
    )
    text = {
        "ref": FIRST,
        "programme": PROGRAMME,
        "supplier": "MFR-5",
        "title": "Repair, paid first by Ukraine",
        "funding": ADVANCE,
        "price": hryvnia(6_000_000),
        "tender_reference": "TENDER-2025-006",
        "price_reason": "Second lowest offer, ready two months earlier (illustrative)",
    }
    yield Act(instant("2025-01-24", "14:00"), MANAGER, "contract.draft", FIRST, text)
    yield milestone(
        FIRST,
        1,
        ("Whole repair", 6_000_000, "2025-02-28", "verified"),
        instant("2025-01-24", "14:10"),
        hryvnia,
    )
    yield signed(FIRST, "2025-01-28", LT_APPROVERS, "13:00")
    drawn = {"advance": ADVANCE, "contract": FIRST, "amount": hryvnia(6_000_000)}
    yield Act(instant("2025-01-29", "13:00"), MANAGER, "advance.draw", FIRST, drawn, (), LT_APPROVERS)
    days = ("2025-02-10", "2025-02-11", "2025-02-12", "2025-02-18")
    yield from payment(f"{FIRST}-M1", "PAY-MFR-5", 6_000_000, days, LT_APPROVERS, money=hryvnia)
    yield settled(f"{FIRST}-P1", "2025-02-24")
    repaid = {"advance": ADVANCE, "funding": TRANCHE, "line": BankLineOf("UA-ADV-2025 repayment")}
    yield Act(instant("2025-03-12", "16:00"), MANAGER, "advance.reimburse", ADVANCE, repaid, (), APPROVER)


def _bank() -> Iterator[Act]:
    """Interest and charges; the charges were booked to a contract first, which was wrong."""
    interest = {"line": BankLineOf("INTEREST 2025-01"), "funding": TRANCHE}
    yield Act(instant("2025-02-17", "16:00"), MANAGER, "bank.book_interest", TRANCHE, interest, (), APPROVER)
    closed = {"upto": "2025-01-31"}
    yield Act(instant("2025-02-18", "16:00"), MANAGER, "period.close", "2025-01-31", closed, (), APPROVER)
    wrong = {"line": BankLineOf("CHARGES 2025-02"), "contract": HRYVNIA}
    yield Act(instant("2025-03-12", "16:30"), MANAGER, "bank.book_fee", HRYVNIA, wrong, (), APPROVER)
    yield Act(
        instant("2025-03-13", "16:00"),
        MANAGER,
        "entry.reverse",
        HRYVNIA,
        {"entry": LastEntryOf("fee")},
        (),
        APPROVER,
        reason="The charges are for the account as a whole, not for this contract.",
    )
    right = {"line": BankLineOf("CHARGES 2025-02"), "funding": TRANCHE}
    yield Act(instant("2025-03-13", "16:30"), MANAGER, "bank.book_fee", TRANCHE, right, (), APPROVER)


def _back() -> Iterator[Act]:
    """Half a million is not needed and goes back to Lithuania."""
    yield from payee(
        "PAY-LT",
        "LT",
        "LT789990000000000001",
        ("2025-03-03", "2025-03-04", "2025-03-06"),
        "Treasury of Lithuania",
    )
    order = {
        "ref": "R-LT-01",
        "purpose": "return",
        "donor": "LT",
        "funding": TRANCHE,
        "clause": "Return rule of the arrangement: not contracted by the end of March 2025.",
        "payee": "PAY-LT",
        "amount": euros(500_000),
    }
    yield Act(instant("2025-03-17", "12:00"), MANAGER, "payment.draft", "R-LT-01", order)
    released = {"payment": "R-LT-01"}
    yield Act(
        instant("2025-03-19", "12:00"),
        MANAGER,
        "payment.release",
        "R-LT-01",
        released,
        (),
        APPROVER,
        "ua.payer",
    )
    yield settled("R-LT-01", "2025-03-28")
