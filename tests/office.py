"""The story that tests tell: a Lithuanian tranche and a Danish pool, one line a deed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tests.desk import DONORS, IBAN, OTHER_IBAN, PEOPLE, START, Desk, document, eur, password, roster
from tests.stages import staged

__all__ = [
    "DONORS",
    "IBAN",
    "OTHER_IBAN",
    "PEOPLE",
    "START",
    "Office",
    "document",
    "eur",
    "password",
    "roster",
]


class Office(Desk):
    """An office that can go to any point of the story."""

    def draft_agreement(
        self,
        ref: str = "LT-UA-2024",
        who: str = "lt.officer",
        title: str = "Memorandum of understanding",
        donors: Sequence[str] = ("LT",),
    ) -> None:
        parties = [{"party": donor, "role": "donor"} for donor in donors]
        parties.append({"party": "UA-MOD", "role": "recipient"})
        self.do(
            who,
            "agreement.draft",
            ref=ref,
            title=title,
            kind="memorandum",
            spending_rule="earmark",
            approving_party="LT-MOD",
            recipient="UA-MOD",
            parties=parties,
        )

    def lithuanian_agreement(self, donors: Sequence[str] = ("LT", "LT-FIN")) -> None:
        self.draft_agreement(donors=donors)
        self.do(
            "lt.officer",
            "agreement.sign",
            "lt.approver",
            "ua.approver1",
            agreement="LT-UA-2024",
            signed_on="2024-11-23",
            evidence=[document("signed_text")],
        )

    @staged
    def lithuanian_tranche(
        self, amount_minor: int = 1_000_000_000, donors: Sequence[str] = ("LT", "LT-FIN")
    ) -> None:
        """Announced and agreed."""
        self.lithuanian_agreement(donors)
        self.do(
            "lt.officer",
            "tranche.announce",
            ref="LT-UA-2024-T1",
            agreement="LT-UA-2024",
            ordinal=1,
            title="First tranche",
            donor="LT",
            origin="LT:budget",
            amount=eur(amount_minor),
        )
        self.do(
            "lt.officer",
            "tranche.agree",
            "lt.approver",
            "ua.approver1",
            tranche="LT-UA-2024-T1",
            evidence=[document("signed_text", "tranche")],
        )

    def procedure(self) -> None:
        """Start the Lithuanian procedure; nothing is done yet."""
        owners = dict.fromkeys(("donor_finance", "government_office", "donor_treasury"), "LT-FIN")
        self.do(
            "lt.officer",
            "tranche.start_procedure",
            tranche="LT-UA-2024-T1",
            template="lt-illustrative",
            owners=owners | {"donor_ministry": "LT-MOD", "recipient": "UA-MOD"},
        )

    def steps(self) -> None:
        for number, who, kind in (
            (1, "lt.officer", "legal_opinion"),
            (2, "lt.finance", "budget_reference"),
            (3, "ua.manager", "account_confirmation"),
            (4, "lt.finance", "resolution"),
            (5, "lt.finance", "treasury_order"),
        ):
            self.do(who, "step.complete", step=f"LT-UA-2024-T1-S{number}", evidence=[document(kind)])

    @staged
    def authorised(self) -> None:
        self.lithuanian_tranche()
        self.procedure()
        self.steps()
        self.do("lt.officer", "tranche.authorise", "lt.approver", "ua.approver1", tranche="LT-UA-2024-T1")

    @staged
    def received(self) -> None:
        self.authorised()
        line = self.bank_line(1_000_000_000, "LT-UA-2024-T1")
        self.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)

    def programme(self, ref: str = "P-1", category: str = "production") -> None:
        self.do(
            "ua.manager",
            "programme.draft",
            ref=ref,
            title=f"Programme {ref}",
            category=category,
            holder="UA-MOD",
        )
        self.do("ua.manager", "programme.open", "ua.approver1", programme=ref)

    @staged
    def allocated(self, amount_minor: int = 900_000_000) -> None:
        self.received()
        self.programme()
        self.do(
            "ua.manager",
            "programme.allocate",
            "lt.approver",
            "ua.approver1",
            programme="P-1",
            funding="LT-UA-2024-T1",
            amount=eur(amount_minor),
        )

    @staged
    def contracted(self, price_minor: int = 500_000_000, milestone_minor: int = 200_000_000) -> None:
        """A signed contract with one milestone and an active payee account."""
        self.allocated()
        self.do(
            "ua.manager",
            "contract.draft",
            ref="C-1",
            programme="P-1",
            supplier="MFR-1",
            title="Contract one",
            funding="LT-UA-2024-T1",
            price=eur(price_minor),
            tender_reference="T-1",
            price_reason="Lowest offer",
        )
        self.do(
            "ua.manager",
            "contract.sign",
            "lt.approver",
            "ua.approver1",
            contract="C-1",
            evidence=[document("contract_text")],
        )
        self.milestone("C-1-M1", milestone_minor)
        self.payee()

    def milestone(
        self, ref: str, amount_minor: int, pay_after: str = "verified", contract: str = "C-1"
    ) -> None:
        self.do(
            "ua.manager",
            "milestone.plan",
            ref=ref,
            contract=contract,
            title=f"Milestone {ref}",
            amount=eur(amount_minor),
            due_on="2025-01-15",
            pay_after=pay_after,
        )

    def payee(
        self, ref: str = "PA-1", iban: str = IBAN, predecessor: str | None = None, party: str = "MFR-1"
    ) -> None:
        self.propose_account(ref, iban, predecessor=predecessor, party=party)
        self.do(
            "ua.payer",
            "payee.verify",
            payee=ref,
            number_source="contract",
            number_recorded_on="2024-01-01",
            requested_on="2024-09-01",
            called_on="2024-09-02",
            spoke_with="The accountant",
        )
        self.tick(timedelta(days=4))
        self.do("ua.manager", "payee.activate", "ua.approver1", payee=ref)

    def propose_account(
        self,
        ref: str = "PA-2",
        iban: str = OTHER_IBAN,
        *,
        name: str = "Maker One",
        predecessor: str | None = "PA-1",
        party: str = "MFR-1",
    ) -> None:
        """An account that waits for its call, as a rule one that is to replace the first."""
        self.do(
            "ua.manager",
            "payee.propose",
            ref=ref,
            party=party,
            holder="UA-MOD",
            account_name=name,
            iban=iban,
            evidence=[document("bank_letter", ref)],
            **({"predecessor": predecessor} if predecessor else {}),
        )

    def payable(
        self,
        ref: str,
        *approvers: str,
        price: int,
        programme: str = "P-1",
        funding: str = "LT-UA-2024-T1",
        supplier: str = "MFR-2",
        milestone: int | None = None,
    ) -> None:
        """Another contract, signed, with one milestone that is verified and may be paid."""
        self.do(
            "ua.manager",
            "contract.draft",
            ref=ref,
            programme=programme,
            supplier=supplier,
            title=f"Contract {ref}",
            funding=funding,
            price=eur(price),
            tender_reference=f"T-{ref}",
            price_reason="Lowest offer",
        )
        text = [document("contract_text", ref)]
        self.do("ua.manager", "contract.sign", *approvers, contract=ref, evidence=text)
        self.milestone(f"{ref}-M1", milestone or price, contract=ref)
        self.do("ua.manager", "milestone.claim", milestone=f"{ref}-M1", evidence=[document("invoice", ref)])
        report = [document("visit_report", ref)]
        self.do("ua.inspector", "milestone.verify", milestone=f"{ref}-M1", evidence=report)

    @staged
    def verified(self) -> None:
        self.contracted()
        self.do("ua.manager", "milestone.claim", milestone="C-1-M1", evidence=[document("invoice")])
        self.do("ua.inspector", "milestone.verify", milestone="C-1-M1", evidence=[document("visit_report")])

    def draft_payment(
        self,
        ref: str = "PAY-1",
        amount_minor: int = 200_000_000,
        milestone: str = "C-1-M1",
        payee: str = "PA-1",
    ) -> None:
        self.do(
            "ua.manager",
            "payment.draft",
            ref=ref,
            milestone=milestone,
            payee=payee,
            amount=eur(amount_minor),
        )

    @staged
    def approved_payment(self) -> str:
        """A payment that waits for the payer; gives its decision."""
        self.verified()
        self.draft_payment()
        return self.do(
            "ua.manager", "payment.release", "lt.approver", "ua.approver1", payment="PAY-1"
        ).decision_id

    @staged
    def paid(self) -> None:
        self.execute("ua.payer", self.approved_payment())
        line = self.bank_line(-200_000_000, "PAY-1")
        self.do("ua.manager", "payment.settle", "ua.approver1", payment="PAY-1", line=line)

    def lot(
        self, ref: str, value_minor: int, milestone: str | None = "C-1-M1", contract: str = "C-1"
    ) -> None:
        """Recorded and handed over."""
        self.do(
            "ua.manager",
            "lot.record",
            ref=ref,
            contract=contract,
            category="production",
            quantity=10,
            unit="unit",
            country="UA",
            value=eur(value_minor),
            **({"milestone": milestone} if milestone else {}),
        )
        self.do("ua.manager", "lot.hand_over", lot=ref, evidence=[document("delivery_note", ref)])

    def accept(self, ref: str) -> None:
        self.do(
            "ua.inspector", "lot.accept", "ua.approver1", lot=ref, evidence=[document("acceptance_act", ref)]
        )

    @staged
    def danish_pool(self) -> None:
        """Four tranches received into one pro-rata pool, and a programme that is open."""
        both = ("dk.approver1", "dk.approver2", "ua.approver1", "ua.approver2")
        parties = [{"party": ref, "role": "donor"} for ref, _ in DONORS]
        parties += [{"party": "DK-MOD", "role": "intermediary"}, {"party": "UA-MOD", "role": "recipient"}]
        self.do(
            "dk.officer",
            "agreement.draft",
            ref="DK-UA-2024",
            title="Danish model",
            kind="implementing",
            spending_rule="pro_rata",
            pool_ref="DK-UA-2024-POOL",
            approving_party="DK-MOD",
            recipient="UA-MOD",
            parties=parties,
        )
        self.do(
            "dk.officer",
            "agreement.sign",
            "dk.approver1",
            "ua.approver1",
            agreement="DK-UA-2024",
            signed_on="2024-09-03",
            evidence=[document("signed_text", "dk")],
        )
        for ordinal, (donor, amount) in enumerate(DONORS, start=1):
            ref = f"DK-UA-2024-T{ordinal}"
            origin = f"{donor}:{'windfall' if donor == 'EU' else 'budget'}"
            approvers = both if amount > 2_500_000_000 else ("dk.approver1", "ua.approver1")
            self.do(
                "dk.officer",
                "tranche.announce",
                ref=ref,
                agreement="DK-UA-2024",
                ordinal=ordinal,
                title=f"Tranche of {donor}",
                donor=donor,
                origin=origin,
                amount=eur(amount),
            )
            self.do(
                "dk.officer",
                "tranche.agree",
                *approvers,
                tranche=ref,
                evidence=[document("signed_text", ref)],
            )
            self._danish_procedure(ref)
            self.do("dk.officer", "tranche.authorise", *approvers, tranche=ref)
            line = self.bank_line(amount, ref)
            self.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche=ref, line=line)
        self.programme("P-DK")

    def _danish_procedure(self, ref: str) -> None:
        owners = {"donor_ministry": "DK-MOD", "donor_experts": "DK-MOD", "recipient": "UA-MOD"}
        self.do(
            "dk.officer", "tranche.start_procedure", tranche=ref, template="dk-illustrative", owners=owners
        )
        for number, who, kind in (
            (1, "ua.manager", "project_list"),
            (2, "dk.expert1", "assessment"),
            (3, "dk.expert2", "assessment"),
            (4, "dk.officer", "choice_note"),
            (5, "ua.manager", "account_confirmation"),
            (6, "dk.officer", "finance_note"),
        ):
            self.do(
                who, "step.complete", step=f"{ref}-S{number}", evidence=[document(kind, f"{ref} {number}")]
            )

    def today(self) -> date:
        return self.now.date()
