"""The contracts of the Danish pool: paid, delivered, one lot repaired, one refunded, money left over."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import DK_ONE_EACH, DK_TWO_EACH, Act, BankLineOf, euros, instant
from tranche.cli.demo.denmark import POOL, PROGRAMME
from tranche.cli.demo.supply import (
    APPROVER,
    MANAGER,
    Terms,
    accepted_lot,
    contract,
    handed_over,
    made,
    payee,
    payment,
    rejected,
    settled,
)

CONTRACTS = {
    "C-DK-01": (
        Terms("MFR-2", PROGRAMME, POOL, "Production, series A", 160_000_000, "TENDER-2024-011"),
        (
            ("Advance against a guarantee", 48_000_000, "2024-11-29", "verified"),
            ("First two lots", 64_000_000, "2025-02-28", "accepted"),
            ("Remaining lots", 48_000_000, "2025-06-30", "accepted"),
        ),
        DK_TWO_EACH,
    ),
    "C-DK-02": (
        Terms("MFR-3", PROGRAMME, POOL, "Production, series B", 120_000_000, "TENDER-2024-012"),
        (
            ("Advance against a guarantee", 36_000_000, "2024-11-29", "verified"),
            ("Half of the series made", 48_000_000, "2025-03-31", "verified"),
            ("Remaining lots", 36_000_000, "2025-07-31", "accepted"),
        ),
        DK_TWO_EACH,
    ),
    "C-DK-03": (
        Terms("MFR-4", PROGRAMME, POOL, "Production, series C", 75_000_000, "TENDER-2024-013"),
        (
            ("Advance against a guarantee", 22_500_000, "2024-11-29", "verified"),
            ("Half of the series made", 30_000_000, "2025-03-14", "verified"),
            ("Remaining lots", 22_500_000, "2025-08-29", "accepted"),
        ),
        DK_TWO_EACH,
    ),
    "C-DK-04": (
        Terms("MFR-5", PROGRAMME, POOL, "Production, series D", 24_000_000, "TENDER-2024-014"),
        (
            ("Advance against a guarantee", 12_000_000, "2024-11-29", "verified"),
            ("Half of the series made", 12_000_000, "2025-03-31", "verified"),
        ),
        DK_ONE_EACH,
    ),
}
ACCOUNTS = {
    "MFR-2": "UA159990010026000000000000002",
    "MFR-3": "UA859990010026000000000000003",
    "MFR-4": "UA589990010026000000000000004",
    "MFR-5": "UA319990010026000000000000005",
}
ADVANCE_DAYS = ("2024-11-18", "2024-11-20", "2024-11-21", "2024-11-25")


def production() -> Iterator[Act]:
    """Every act under the four contracts, and the fifth that waits to be signed."""
    for party, iban in ACCOUNTS.items():
        yield from payee(f"PAY-{party}", party, iban, ("2024-11-04", "2024-11-05", "2024-11-07"))
    for ref, (terms, milestones, approvers) in CONTRACTS.items():
        yield from contract(ref, terms, milestones, ("2024-11-12", "2024-11-14"), approvers)
        amount = milestones[0][1]
        account = f"PAY-{terms.supplier}"
        yield from payment(f"{ref}-M1", account, amount, ADVANCE_DAYS, _limit(amount))
        yield settled(f"{ref}-P1", "2024-12-02")
    yield from _repaired()
    yield from _waits_for_payer()
    yield from _refunded()
    yield from _unmatched()
    yield from _waits_for_approver()


def _limit(amount: int) -> tuple[str, ...]:
    return DK_TWO_EACH if amount > 25_000_000 else DK_ONE_EACH


def _repaired() -> Iterator[Act]:
    """The second lot of series A is rejected for its documents, handed over again and accepted."""
    first, second = "C-DK-01-L1", "C-DK-01-L2"
    yield made(first, "C-DK-01-M2", 40_000_000, 100, "2024-12-09")
    yield handed_over(first, "2024-12-11")
    yield accepted_lot(first, "2024-12-13")
    yield made(second, "C-DK-01-M2", 40_000_000, 100, "2025-01-20")
    yield handed_over(second, "2025-01-22")
    yield rejected(second, "2025-01-24", "documents")
    yield handed_over(second, "2025-01-30")
    yield accepted_lot(second, "2025-02-03")
    days = ("2025-02-04", "2025-02-05", "2025-02-06", "2025-02-11")
    yield from payment("C-DK-01-M2", "PAY-MFR-2", 64_000_000, days, DK_TWO_EACH)
    yield settled("C-DK-01-P2", "2025-02-17")


def _waits_for_payer() -> Iterator[Act]:
    """Series B: one lot accepted; the second payment is approved and waits for the payer."""
    lot = "C-DK-02-L1"
    yield made(lot, "C-DK-02-M1", 36_000_000, 90, "2025-01-10")
    yield handed_over(lot, "2025-01-13")
    yield accepted_lot(lot, "2025-01-15")
    days = ("2025-03-18", "2025-03-20", "2025-03-24", "2025-03-27")
    yield from payment("C-DK-02-M2", "PAY-MFR-3", 48_000_000, days, DK_TWO_EACH, payer="")


def _refunded() -> Iterator[Act]:
    """Series C: one lot accepted, one dropped after rejection, its money paid back by the supplier."""
    good, bad = "C-DK-03-L1", "C-DK-03-L2"
    yield made(good, "C-DK-03-M1", 18_000_000, 40, "2025-02-12")
    yield handed_over(good, "2025-02-13")
    yield accepted_lot(good, "2025-02-18")
    yield made(bad, "C-DK-03-M1", 4_500_000, 10, "2025-02-19")
    yield handed_over(bad, "2025-02-20")
    yield rejected(bad, "2025-02-24", "damaged")
    yield Act(
        instant("2025-03-06"),
        MANAGER,
        "lot.drop",
        bad,
        {"lot": bad, "cause": "refunded"},
        (),
        APPROVER,
        reason="Damaged beyond repair; the supplier pays the advance back.",
    )
    refund = {"contract": "C-DK-03", "line": BankLineOf("C-DK-03 refund")}
    yield Act(
        instant("2025-03-12", "15:00"), MANAGER, "contract.book_refund", "C-DK-03", refund, (), APPROVER
    )


def _unmatched() -> Iterator[Act]:
    """Series D: the second payment left the bank, and nobody has confirmed the line yet."""
    lot = "C-DK-04-L1"
    yield made(lot, "C-DK-04-M1", 10_000_000, 25, "2025-02-24")
    yield handed_over(lot, "2025-02-25")
    yield accepted_lot(lot, "2025-02-27")
    days = ("2025-03-17", "2025-03-18", "2025-03-19", "2025-03-24")
    yield from payment("C-DK-04-M2", "PAY-MFR-5", 12_000_000, days, DK_ONE_EACH)


def _waits_for_approver() -> Iterator[Act]:
    """A fifth contract: one side has agreed to sign, the other side has not decided."""
    why = "Second lowest offer, delivers four months earlier (illustrative)."
    terms = Terms(
        "MFR-4", PROGRAMME, POOL, "Production, series E", 15_000_000, "TENDER-2025-003", why, "S-DK-01"
    )
    milestones = (("Whole series", 15_000_000, "2025-09-30", "accepted"),)
    yield from contract("C-DK-05", terms, milestones, ("2025-03-25", "2025-03-27"), ("dk.approver1",))


def priorities() -> Iterator[Act]:
    """The needs of 2025 by public category; the amounts are illustrative."""
    for minute, (ref, category, title, title_uk, title_lt, amount) in enumerate(
        (
            (
                "PR-2025-TRAINING",
                "training_and_equipping",
                "Training and equipping brigades",
                "Підготовка та оснащення бригад",
                "Brigadų rengimas ir aprūpinimas",
                300_000_000,
            ),
            ("PR-2025-AMMUNITION", "ammunition", "Ammunition", "Боєприпаси", "Šaudmenys", 450_000_000),
            (
                "PR-2025-AIR-DEFENCE",
                "air_defence",
                "Air defence",
                "Протиповітряна оборона",
                "Oro gynyba",
                600_000_000,
            ),
            (
                "PR-2025-PRODUCTION",
                "production",
                "Production by Ukrainian industry",
                "Виробництво в Україні",
                "Gamyba Ukrainoje",
                900_000_000,
            ),
        ),
        start=10,
    ):
        need = {"ref": ref, "holder": "UA-MOD", "year": 2025, "category": category, "title": title}
        need |= {"title_uk": title_uk, "title_lt": title_lt, "amount": euros(amount)}
        yield Act(
            instant("2024-12-17", f"09:{minute}"), MANAGER, "priority.set", ref, need, ("document",), APPROVER
        )
