"""What a reading of one text holds; spans are code points, the start included and the end excluded."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

TEXT_LENGTH_MAX = 200_000  # one published page; longer input is a mistake or an attack


class TextTooLong(ValueError):
    """The text is longer than the reader accepts; nothing was read."""

    code = "E_TEXT_LENGTH"

    def __init__(self, length: int) -> None:
        super().__init__(f"The text has {length} characters; the reader accepts {TEXT_LENGTH_MAX}.")
        self.length = length


class LanguageNotRead(ValueError):
    """No lexicon exists for the language; the claims are typed in by hand."""

    code = "E_LANGUAGE"

    def __init__(self, language: str) -> None:
        super().__init__(f"Texts in {language!r} are not read; type the claims in by hand.")
        self.language = language


class Span(NamedTuple):
    start: int
    end: int


class Zone(StrEnum):
    HEADLINE = "headline"
    CAPTION = "caption"
    LEAD = "lead"
    SUMMARY = "summary"
    SUBHEADING = "subheading"
    BODY = "body"
    RELATED = "related"


class DraftKind(StrEnum):
    FUNDING = "funding"
    RECEIPT_REPORTED = "receipt_reported"
    DELIVERY_REPORTED = "delivery_reported"
    PROCEDURE = "procedure"
    TRANSFER_EXPECTED = "transfer_expected"
    EARMARK = "earmark"
    SIGNING = "signing"
    PRIORITY = "priority"


class Stage(StrEnum):
    """The stages a text can report, weakest first."""

    ANNOUNCED = "announced"
    AGREED = "agreed"
    IN_PROCEDURE = "in_procedure"
    AUTHORISED = "authorised"
    SENT = "sent"
    RECEIVED = "received"
    CONTRACTED = "contracted"
    DELIVERED = "delivered"


class Modality(StrEnum):
    DONE = "done"
    RUNNING = "running"
    FUTURE = "future"
    INTENDED = "intended"
    DENIED = "denied"
    CONDITIONAL = "conditional"


class Basis(StrEnum):
    PRINTED = "printed"
    INHERITED = "inherited"
    INFERRED = "inferred"


class Precision(StrEnum):
    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    UP_TO = "up_to"
    RANGE = "range"


class Scope(StrEnum):
    OWN = "own"
    JOINT = "joint"
    CUMULATIVE = "cumulative"
    SUM_OF_PARTS = "sum_of_parts"
    UNCLEAR = "unclear"


class AmountRole(StrEnum):
    MAIN = "main"
    PART = "part"
    EQUIVALENT = "equivalent"
    PACKAGE = "package"
    CEILING = "ceiling"
    AGREEMENT_TOTAL = "agreement_total"


class PartyRole(StrEnum):
    DONOR = "donor"
    RECIPIENT = "recipient"
    ORIGIN = "origin"
    INTERMEDIARY = "intermediary"
    SIGNATORY = "signatory"
    ANNOUNCER = "announcer"


FieldValue = str | int | tuple[str, ...] | tuple[int | None, int | None, int | None] | None


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a draft, where it is printed, and by which rule it was read."""

    value: FieldValue
    spans: tuple[Span, ...]
    basis: Basis
    rule: str
    points: int


@dataclass(frozen=True, slots=True)
class Evidence:
    field: str
    start: int
    end: int
    quote: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money as printed; `amount_minor` is in minor units of `currency`."""

    start: int
    end: int
    amount_text: str
    amount_minor: int
    upper_minor: int | None
    currency: str
    precision: Precision
    scope: Scope
    role: AmountRole
    scale_basis: Basis
    currency_basis: Basis

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def value(self) -> str:
        """The sum as a field's value: minor units, for a range both, and the currency."""
        upper = f"-{self.upper_minor}" if self.upper_minor is not None else ""
        return f"{self.amount_minor}{upper} {self.currency}"


@dataclass(frozen=True, slots=True)
class ClaimParty:
    role: PartyRole
    code: str | None
    name_printed: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed claim; a person confirms it, edits it or rejects it."""

    number: int
    kind: DraftKind
    stage: Stage | None
    modality: Modality
    zone: Zone
    ordinal: int | None
    refers_to: int | None
    fields: Mapping[str, Field]
    evidence: tuple[Evidence, ...]
    amounts: tuple[Amount, ...]
    claim_parties: tuple[ClaimParty, ...]
    confidence: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should look at: a code, where it stands, and what was seen."""

    code: str
    spans: tuple[Span, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    drafts: tuple[Draft, ...]
    notices: tuple[Notice, ...]
    unread: tuple[Span, ...]
    reader_version: str
    lexicon_sha256: str

    def as_json(self) -> str:
        """The same text, reader and lexicon give the same bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Published:
    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    text: str
    published: Published | None = None
    language: str = "en"


def as_stored(text: str) -> str:
    """The form in which a text is kept: composed characters, line feeds, no byte order mark."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines)
