"""Everything that is stored beside the ledger and the log: one file a concept."""

from __future__ import annotations

from tranche.models.agreement import Agreement, AgreementParty, SpendingRule, Tranche
from tranche.models.bank import BankLine, BankStatement, ImportFile, LineMatch, free
from tranche.models.claims import Claim, ClaimAmount, ClaimEvidence, ClaimParty, SourceDocument
from tranche.models.condition import Condition
from tranche.models.contract import Contract, Lot, Milestone, Payee, PayeeCallback, Payment, Purpose
from tranche.models.credential import Credential
from tranche.models.fund import Advance, FundRule, SetAside
from tranche.models.grants import BEHIND, approving_parties, grant_from, is_active
from tranche.models.inkind import InKind, InKindValue
from tranche.models.interest import Interest, InterestKind
from tranche.models.joint import Joint, JointOutput, JointShare
from tranche.models.outbox import CalendarAddress, MailSetting, Outbox, ReadMark
from tranche.models.party import AccountUse, BankAccount, Origin, Party, PartyKind
from tranche.models.person import Identity, Login, Person, RoleGrant
from tranche.models.policy import (
    PolicyVersion,
    RecoveryPerson,
    limits_in_force,
    recovery_persons,
    stored_in_force,
    version_of,
)
from tranche.models.procedure import Evidence, Procedure, ProcedureTemplate, Step
from tranche.models.programme import Category, Priority, Programme
from tranche.models.record import Approval, Decision, Record, RecordEvent
from tranche.models.selection import Selection, SelectionCard
from tranche.models.signoff import (
    EXECUTOR_SLOT,
    FUND,
    GENERATION,
    PAYMENT,
    ApprovalRevoked,
    DecisionBarred,
    DecisionSlot,
    DecisionSubject,
    Hold,
    HoldRelease,
    open_about,
    open_holds,
    window_of,
)
from tranche.models.upload import LinkUpload, UploadLink

__all__ = [
    "BEHIND",
    "EXECUTOR_SLOT",
    "FUND",
    "GENERATION",
    "PAYMENT",
    "AccountUse",
    "Advance",
    "Agreement",
    "AgreementParty",
    "Approval",
    "ApprovalRevoked",
    "BankAccount",
    "BankLine",
    "BankStatement",
    "CalendarAddress",
    "Category",
    "Claim",
    "ClaimAmount",
    "ClaimEvidence",
    "ClaimParty",
    "Condition",
    "Contract",
    "Credential",
    "Decision",
    "DecisionBarred",
    "DecisionSlot",
    "DecisionSubject",
    "Evidence",
    "FundRule",
    "Hold",
    "HoldRelease",
    "Identity",
    "ImportFile",
    "InKind",
    "InKindValue",
    "Interest",
    "InterestKind",
    "Joint",
    "JointOutput",
    "JointShare",
    "LineMatch",
    "LinkUpload",
    "Login",
    "Lot",
    "MailSetting",
    "Milestone",
    "Origin",
    "Outbox",
    "Party",
    "PartyKind",
    "Payee",
    "PayeeCallback",
    "Payment",
    "Person",
    "PolicyVersion",
    "Priority",
    "Procedure",
    "ProcedureTemplate",
    "Programme",
    "Purpose",
    "ReadMark",
    "Record",
    "RecordEvent",
    "RecoveryPerson",
    "RoleGrant",
    "Selection",
    "SelectionCard",
    "SetAside",
    "SourceDocument",
    "SpendingRule",
    "Step",
    "Tranche",
    "UploadLink",
    "approving_parties",
    "free",
    "grant_from",
    "is_active",
    "limits_in_force",
    "open_about",
    "open_holds",
    "recovery_persons",
    "stored_in_force",
    "version_of",
    "window_of",
]
