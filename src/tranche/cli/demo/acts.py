"""One scripted act: who asks for what at which instant, who agrees, who pays; its key never changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

KEYS = uuid.UUID("0c8a8a52-7d0a-5c1f-8f0e-6b6f0c4b7a11")
LT_APPROVERS = ("lt.approver", "ua.approver1")
DK_ONE_EACH = ("dk.approver1", "ua.approver1")
DK_TWO_EACH = ("dk.approver1", "ua.approver1", "dk.approver2", "ua.approver2")


@dataclass(frozen=True, slots=True)
class BankLineOf:
    """Stands for the id of the bank line that settles this payment or bears this text."""

    text: str


@dataclass(frozen=True, slots=True)
class ParkedLineOf:
    """Stands for the id of the parked bank line that bears this text."""

    text: str


@dataclass(frozen=True, slots=True)
class LastEntryOf:
    """Stands for the number of the newest entry of this kind that is not reversed."""

    kind: str


@dataclass(frozen=True, slots=True)
class StatementFile:
    """Stands for the arguments of an import: the statement of this name, written when it is wanted."""

    name: str


@dataclass(frozen=True, slots=True)
class ClaimOf:
    """Stands for the reference of the first claim of a kind and zone that a document makes."""

    document: str
    kind: str


@dataclass(frozen=True, slots=True)
class PersonOf:
    """Stands for the id of the person with this user name."""

    username: str


@dataclass(frozen=True, slots=True)
class NewKeyOf:
    """Stands for the arguments of an offer: what the software key of this person says of itself."""

    username: str


@dataclass(frozen=True, slots=True)
class CredentialOf:
    """Stands for the id of what the person with this user name last offered to sign with."""

    username: str


@dataclass(frozen=True, slots=True)
class GrantOf:
    """Stands for the id of the first role of the person with this user name."""

    username: str


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the script; `papers` are the kinds of documents that come with it."""

    at: datetime
    by: str
    action: str
    subject: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    payer: str = ""
    reason: str | None = None

    @property
    def name(self) -> str:
        return f"{self.action} {self.subject}"

    def key(self, part: str = "propose") -> str:
        """The same act has the same key in every run, and a repeated step of it is another act."""
        return str(uuid.uuid5(KEYS, f"{self.at.isoformat()} {self.name} {part}"))


def instant(day: str, time: str = "09:00") -> datetime:
    """A scripted instant, UTC."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)


def hryvnia(amount: int) -> dict[str, object]:
    """Whole hryvnia as the actions take them."""
    return {"amount_minor": amount * 100, "currency": "UAH"}


def euros(amount: int) -> dict[str, object]:
    """Whole euros as the actions take them."""
    return {"amount_minor": amount * 100, "currency": "EUR"}
