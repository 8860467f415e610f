"""Claims: a source document is read into drafts, which persons confirm, link or reject one by one."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from typing import cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import check_room
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.formats.announcements import (
    Draft,
    Published,
    Reading,
    SourceText,
    load_gazetteer,
    load_lexicon,
    read_announcement,
)
from tranche.kernel.disclosure import Label
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import AlreadyThere, BadArgument, UnknownReference
from tranche.models import Claim, ClaimAmount, ClaimEvidence, ClaimParty, Party, Record, SourceDocument

SOURCE_CLASSES = (
    "donor_government",
    "recipient_government",
    "intergovernmental",
    "press",
    "press_quoting_official",
    "tracker",
)
SUMMARY_LENGTH_MAX = 1_000
BASES = ("stated", "inferred", "not_stated")


def read(text: str, language: str, published: tuple[int | None, int | None, int | None]) -> Reading:
    """The drafts that the rules find; the same text gives the same reading for ever."""
    year, month, day = published
    on = Published(year, month, day) if year is not None else None
    return read_announcement(SourceText(text, on, language), load_lexicon(language), load_gazetteer())


def _document_basis(arguments: Arguments, _today: date) -> Basis:
    holder = Party.objects.filter(ref=arguments["holder"]).first()
    if holder is None:
        raise UnknownReference("party", str(arguments["holder"]))
    if SourceDocument.objects.filter(ref=arguments["ref"]).exists():
        raise AlreadyThere("document", str(arguments["ref"]))
    check_room(cast(str, arguments["ref"]), "-C")
    sha256 = _text_sha256(arguments)
    same = SourceDocument.objects.filter(text_sha256=sha256, url=arguments.get("url", "")).first()
    if same is not None:
        raise AlreadyThere("document", same.ref)
    return Basis(
        situation=Situation(owner=holder.ref),
        ref=cast(str, arguments["ref"]),
        holder=holder,
        facts={"text_sha256": sha256},
        label=Label.PUBLIC,
    )


def _text_sha256(arguments: Arguments) -> str:
    return hashlib.sha256(cast(str, arguments["text"]).encode()).hexdigest()


def _published(execution: Execution) -> tuple[int | None, int | None, int | None]:
    """A year, a year and month, or a whole date, as printed."""
    parts = execution.text("published_on").split("-")
    if parts == [""]:
        return None, None, None
    try:
        numbers: list[int | None] = [int(part) for part in parts]
    except ValueError as error:
        raise BadArgument("published_on", "date", execution.text("published_on")) from error
    year, month, day = (*numbers, None, None)[:3]
    try:
        on = date(year or 0, month or 1, day or 1)
    except (ValueError, OverflowError) as error:
        raise BadArgument("published_on", "date", execution.text("published_on")) from error
    if not a.DAY_FIRST <= on <= a.DAY_LAST:
        raise BadArgument("published_on", "date", execution.text("published_on"))
    return year, month, day


def _add_document(execution: Execution) -> None:
    text = execution.text("text")
    published = _published(execution)
    reading = read(text, execution.text("language"), published)
    document = SourceDocument.objects.create(
        id=str(uuid.uuid4()),
        ref=execution.text("ref"),
        title=execution.text("title"),
        text=text,
        text_sha256=_text_sha256(execution.arguments),
        url=execution.text("url"),
        outlet=execution.text("outlet"),
        source_class=execution.text("source_class"),
        published_year=published[0],
        published_month=published[1],
        published_day=published[2],
        published_basis=execution.text("published_basis"),
        language=execution.text("language"),
        reader_version=reading.reader_version,
        notices=[notice.code for notice in reading.notices],
        added_by_id=execution.by_person,
        added_at=execution.write.now,
        label=Label.PUBLIC.value,
    )
    for position, draft in enumerate(reading.drafts, start=1):
        _record_draft(execution, document, position, draft)
    execution.created["id"] = document.id
    execution.wrote("document", document.id)


def _record_draft(execution: Execution, document: SourceDocument, position: int, draft: Draft) -> None:
    ref = f"{document.ref}-C{position}"
    record = execution.new_record("claim", ref, execution.basis.holder, "claim.record", "draft")
    claim = Claim.objects.create(
        record=record,
        ref=ref,
        document=document,
        position=position,
        kind=draft.kind,
        stage=draft.stage or "",
        modality=draft.modality,
        zone=draft.zone,
        ordinal=draft.ordinal,
        summary=_summary(document, draft),
        fields={name: field.value for name, field in draft.fields.items()},
        confidence=draft.confidence,
    )
    for amount in draft.amounts:
        ClaimAmount.objects.create(
            id=str(uuid.uuid4()),
            claim=claim,
            role=amount.role,
            amount_text=amount.amount_text,
            amount_minor=amount.amount_minor,
            upper_minor=amount.upper_minor,
            currency=amount.currency,
            precision=amount.precision,
            scope=amount.scope,
        )
    for party in draft.claim_parties:
        ClaimParty.objects.create(
            id=str(uuid.uuid4()),
            claim=claim,
            role=party.role,
            name_printed=party.name_printed,
            code=party.code or "",
        )
    for span in draft.evidence:
        ClaimEvidence.objects.create(
            id=str(uuid.uuid4()),
            claim=claim,
            field=span.field,
            start=span.start,
            end=span.end,
            quote=span.quote,
            basis=span.basis,
        )


def _summary(document: SourceDocument, draft: Draft) -> str:
    """The first quote that each field rests on, as printed: what a person reads before confirming."""
    first: dict[str, str] = {}
    for span in draft.evidence:
        first.setdefault(span.field, document.text[span.start : span.end])
    return " · ".join(dict.fromkeys(" ".join(quote.split()) for quote in first.values()))[:SUMMARY_LENGTH_MAX]


def _basis(arguments: Arguments, _today: date) -> Basis:
    claim = (
        Claim.objects.select_related("record__holder_party", "document")
        .filter(ref=arguments["claim"])
        .first()
    )
    if claim is None:
        raise UnknownReference("claim", str(arguments["claim"]))
    text = claim.document.text
    broken = [span.field for span in claim.spans.all() if text[span.start : span.end] != span.quote]
    return Basis(
        situation=Situation(owner=claim.record.holder_party.ref),
        ref=claim.ref,
        holder=claim.record.holder_party,
        record=claim.record,
        facts={"summary": claim.summary, "document": claim.document.text_sha256},
        failed={"spans_stand": ", ".join(broken)} if broken else {},
    )


def _confirm(execution: Execution) -> None:
    execution.move()
    Claim.objects.filter(pk=execution.record.pk).update(
        confirmed_by=execution.by_person, confirmed_at=execution.write.now
    )


def _link(execution: Execution) -> None:
    target = execution.text("target")
    if not Record.objects.filter(ref=target).exists():
        raise UnknownReference("record", target)
    execution.move()
    Claim.objects.filter(pk=execution.record.pk).update(linked_ref=target)


def _move(execution: Execution) -> None:
    execution.move()


register(
    Action(
        "claim.add_document",
        (
            a.ref("ref"),
            a.ref("holder"),
            a.title("title"),
            a.long_text("text"),
            a.web_address("url", required=False),
            a.title("outlet", required=False),
            a.choice("source_class", SOURCE_CLASSES),
            a.text("published_on", required=False),
            a.choice("published_basis", BASES),
            a.choice("language", ("en",)),
        ),
        _document_basis,
        _add_document,
    )
)
register(Action("claim.confirm", (a.ref("claim"),), _basis, _confirm))
register(Action("claim.reject", (a.ref("claim"),), _basis, _move))
register(Action("claim.supersede", (a.ref("claim"),), _basis, _move))
register(Action("claim.link", (a.ref("claim"), a.ref("target")), _basis, _link))
