"""The office with money in every shape: pools in order, contracts in hryvnia, advances, money back."""

from __future__ import annotations

from typing import Any

from tests.desk import STATE_IBAN
from tests.office import Office, document, eur
from tranche.kernel.money import Money
from tranche.ledger.balances import balances
from tranche.ledger.verify import verify
from tranche.models import Record

BOTH = ("lt.approver", "ua.approver1")
DANISH = ("dk.approver1", "ua.approver1")
DONOR_IBAN = "LT121000011101001000"


def uah(minor: int) -> dict[str, object]:
    return {"amount_minor": minor, "currency": "UAH"}


def held() -> dict[str, int]:
    """Every account that holds something."""
    return {row.code: row.balance for row in balances() if row.balance}


def state(ref: str) -> str:
    return Record.objects.get(ref=ref).state


def proved() -> bool:
    """The whole book and register follow from the log."""
    found = verify(using="default").differences
    assert found == (), found[:3]
    return True


class Till(Office):
    """An office at the bank's counter."""

    def book(self, action: str, *approvers: str, who: str = "ua.manager", **arguments: Any) -> None:
        """Propose and approve by one approver of the recipient, or by those that are named."""
        self.do(who, action, *(approvers or ("ua.approver1",)), **arguments)

    def unallocated(self) -> None:
        """A received tranche of ten million euros and an open programme."""
        self.received()
        self.programme()

    def fifo_pool(self, amounts: tuple[tuple[str, int], ...] = (("DK", 500), ("SE", 300))) -> None:
        """A pool in which money mixes in the order in which it comes, under a signed agreement."""
        parties = [{"party": ref, "role": "donor"} for ref in ("DK", "SE", "IS", "EU")]
        parties += [{"party": "UA-MOD", "role": "recipient"}]
        self.do(
            "dk.officer",
            "agreement.draft",
            ref="DK-UA-2025",
            title="Joint fund",
            kind="implementing",
            spending_rule="fifo",
            pool_ref="JOINT",
            return_rule="Money left over goes back.",
            approving_party="DK-MOD",
            recipient="UA-MOD",
            parties=parties,
        )
        self.do(
            "dk.officer",
            "agreement.sign",
            *DANISH,
            agreement="DK-UA-2025",
            signed_on="2024-09-01",
            evidence=[document("signed_text", "joint")],
        )
        for ordinal, (donor, amount) in enumerate(amounts, start=1):
            self.joint_tranche(ordinal, donor, amount)

    def joint_tranche(self, ordinal: int, donor: str, amount: int, *, receive: bool = True) -> None:
        """One tranche of the joint fund, authorised and received."""
        ref = f"DK-UA-2025-T{ordinal}"
        self.do(
            "dk.officer",
            "tranche.announce",
            ref=ref,
            agreement="DK-UA-2025",
            ordinal=ordinal,
            title=f"Tranche {ordinal}",
            donor=donor,
            origin=f"{donor}:budget",
            amount=eur(amount),
        )
        self.do("dk.officer", "tranche.agree", *DANISH, tranche=ref, evidence=[document("signed_text", ref)])
        self._danish_procedure(ref)
        self.do("dk.officer", "tranche.authorise", *DANISH, tranche=ref)
        if receive:
            self.book("tranche.confirm_receipt", tranche=ref, line=self.bank_line(amount, ref))

    def allocate(self, funding: str, amount: int, programme: str = "P-1", *approvers: str) -> None:
        self.do(
            "ua.manager",
            "programme.allocate",
            *(approvers or ("ua.approver1",)),
            programme=programme,
            funding=funding,
            amount=eur(amount),
        )

    def hryvnia_contract(
        self,
        funding: str = "LT-UA-2024-T1",
        price: int = 463_300_000,
        approvers: tuple[str, ...] = ("ua.approver1",),
    ) -> None:
        """A contract of UAH 4,633,000.00, planned at 46.33 with 2 per cent: EUR 102,000.00 are reserved."""
        self.do(
            "ua.manager",
            "contract.draft",
            ref="C-UAH",
            programme="P-1",
            supplier="MFR-1",
            title="Contract in hryvnia",
            funding=funding,
            price=uah(price),
            rate="46.33",
            rate_base="EUR",
            rate_on="2024-09-01",
            rate_source="National Bank of Ukraine",
            margin_bp=200,
            tender_reference="T-9",
            price_reason="Lowest offer",
        )
        self.do(
            "ua.manager",
            "contract.sign",
            *approvers,
            contract="C-UAH",
            evidence=[document("contract_text", "uah")],
        )

    def verified_milestone(self, contract: str, ref: str, amount: dict[str, object]) -> None:
        self.do(
            "ua.manager",
            "milestone.plan",
            ref=ref,
            contract=contract,
            title=f"Milestone {ref}",
            amount=amount,
            due_on="2025-01-15",
            pay_after="verified",
        )
        self.do("ua.manager", "milestone.claim", milestone=ref, evidence=[document("invoice", ref)])
        self.do("ua.inspector", "milestone.verify", milestone=ref, evidence=[document("visit_report", ref)])

    def released(self, ref: str, milestone: str, amount: dict[str, object], *approvers: str) -> None:
        """A payment drafted, approved and released by the payer."""
        self.do("ua.manager", "payment.draft", ref=ref, milestone=milestone, payee="PA-1", amount=amount)
        self.release(ref, *approvers)

    def release(self, ref: str, *approvers: str) -> None:
        decision = self.do("ua.manager", "payment.release", *(approvers or ("ua.approver1",)), payment=ref)
        self.execute("ua.payer", decision.decision_id)

    def hryvnia_payment(self) -> None:
        """A released payment of UAH 2,316,500.00; EUR 51,000.00 are in transit."""
        self.allocated()
        self.hryvnia_contract()
        self.payee()
        self.verified_milestone("C-UAH", "C-UAH-M1", uah(231_650_000))
        self.released("PAY-U1", "C-UAH-M1", uah(231_650_000), "ua.approver1")

    def donor_account(self, donor: str = "LT", ref: str = "PA-LT") -> None:
        """An active account of a donor, to which money may go back."""
        self.payee(ref, DONOR_IBAN, party=donor)

    def returning(self, amount: int, funding: str | None = "LT-UA-2024-T1", donor: str = "LT") -> None:
        """A return drafted and released."""
        more = {"funding": funding} if funding else {}
        self.do(
            "ua.manager",
            "payment.draft",
            ref="RET-1",
            purpose="return",
            donor=donor,
            clause="Article 7: money not used goes back.",
            payee=f"PA-{donor}",
            amount=eur(amount),
            **more,
        )
        self.release("RET-1", "lt.approver" if amount > 100_000_000 else "ua.approver1", *_second(amount))

    def reearmark(self, programme: str, funding: str = "LT-UA-2024-T1") -> None:
        """The tranche is earmarked for another programme: its money moves to a fund of its own."""
        self.do(
            "ua.manager",
            "fund.roll_over",
            "lt.approver",
            "ua.approver1",
            funding=funding,
            purpose="earmark_changes",
            programme=programme,
            clause="Letter of the donor of 2 September.",
            reason="The donor wants another programme.",
            evidence=[document("letter", f"{funding} {programme}")],
        )

    def state_line(self, amount: int, text: str) -> str:
        """A line of the state's own account in hryvnia."""
        return self.bank_line(amount, text, "UAH", iban=STATE_IBAN)

    def advance(self, limit: int = 500_000_000) -> None:
        """An advance of the state in hryvnia, a contract that it pays, and a draw of UAH 3,000,000.00."""
        self.do(
            "ua.manager",
            "advance.open",
            "lt.approver",
            "ua.approver1",
            ref="UA-ADV-1",
            party="UA-MOD",
            agreement="LT-UA-2024",
            limit=uah(limit),
            evidence=[document("letter", "advance")],
        )
        self.do(
            "ua.manager",
            "contract.draft",
            ref="C-ADV",
            programme="P-1",
            supplier="MFR-1",
            title="Contract that the state pays first",
            funding="UA-ADV-1",
            price=uah(300_000_000),
            tender_reference="T-8",
            price_reason="Lowest offer",
        )
        self.do(
            "ua.manager",
            "contract.sign",
            "lt.approver",
            "ua.approver1",
            contract="C-ADV",
            evidence=[document("contract_text", "adv")],
        )

    def drawn(self, amount: int = 300_000_000) -> None:
        self.do(
            "ua.manager",
            "advance.draw",
            "lt.approver",
            "ua.approver1",
            advance="UA-ADV-1",
            contract="C-ADV",
            amount=uah(amount),
        )


def _second(amount: int) -> tuple[str, ...]:
    return ("ua.approver1",) if amount > 100_000_000 else ()


def instructed(minor: int, currency: str = "UAH") -> Money:
    return Money(minor, currency)
