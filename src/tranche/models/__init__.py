"""Everything that is stored beside the ledger and the log: one file a concept."""

from __future__ import annotations

from tranche.models.agreement import Agreement, AgreementParty, SpendingRule, Tranche
from tranche.models.bank import BankLine, BankStatement, ImportFile, LineMatch, free
from tranche.models.claims import Claim, ClaimAmount, ClaimEvidence, ClaimParty, SourceDocument
from tranche.models.contract import Contract, Lot, Milestone, Payee, PayeeCallback, Payment, Purpose
from tranche.models.credential import Credential
from tranche.models.fund import Advance, FundRule, SetAside
from tranche.models.party import AccountUse, BankAccount, Origin, Party, PartyKind
from tranche.models.person import Login, Person, RoleGrant
from tranche.models.procedure import Evidence, Procedure, Step
from tranche.models.programme import Category, Priority, Programme
from tranche.models.record import Approval, Decision, Record, RecordEvent

__all__ = [
    "AccountUse",
    "Advance",
    "Agreement",
    "AgreementParty",
    "Approval",
    "BankAccount",
    "BankLine",
    "BankStatement",
    "Category",
    "Claim",
    "ClaimAmount",
    "ClaimEvidence",
    "ClaimParty",
    "Contract",
    "Credential",
    "Decision",
    "Evidence",
    "FundRule",
    "ImportFile",
    "LineMatch",
    "Login",
    "Lot",
    "Milestone",
    "Origin",
    "Party",
    "PartyKind",
    "Payee",
    "PayeeCallback",
    "Payment",
    "Person",
    "Priority",
    "Procedure",
    "Programme",
    "Purpose",
    "Record",
    "RecordEvent",
    "RoleGrant",
    "SetAside",
    "SourceDocument",
    "SpendingRule",
    "Step",
    "Tranche",
    "free",
]
