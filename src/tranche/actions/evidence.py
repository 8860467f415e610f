"""Documents: superseded by a newer one, asked for by an upload link, taken over from what came through it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, cast

from tranche.actions import arguments as a
from tranche.actions import content as contents
from tranche.actions.carry_out import check, end
from tranche.actions.execution import Execution
from tranche.actions.register_entries import evidence_basis
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.refusals import AlreadyThere, BadArgument, UnknownReference
from tranche.models import Decision, Evidence, LinkUpload, UploadLink

LINK_DAYS_MAX: Final = 30
LINKED_KINDS: Final = ("contract", "milestone", "lot", "payee")
"""Records of which a supplier has the documents."""

SUPPLIER_KINDS: Final = ("invoice", "delivery_note", "bank_letter", "document")
"""Kinds of documents that a supplier may be asked for."""


def _supersede_basis(arguments: Arguments, today: date) -> Basis:
    base = evidence_basis(arguments, today)
    old = _standing(base, str(arguments["document"]))
    brought = cast("list[dict[str, str]]", arguments["evidence"])
    if len(brought) != 1:
        raise BadArgument("evidence", "one_document")
    new = brought[0]
    if new["sha256"] == old.sha256:
        raise AlreadyThere("document", old.name)
    failed = {} if new["kind"] == old.kind else {"same_kind": old.kind}
    facts: dict[str, Canonical] = {**base.facts, "replaced": [[old.kind, old.sha256]]}
    return replace(base, facts=facts, failed=failed)


def _standing(base: Basis, sha256: str) -> Evidence:
    """The document of the record that nothing has superseded; raises UnknownReference."""
    rows = Evidence.objects.filter(record=base.record, sha256=sha256, superseded_by__isnull=True)
    found = rows.order_by("filed_at", "id").first()
    if found is None:
        raise UnknownReference("document", sha256[:12])
    return found


def _supersede(execution: Execution) -> None:
    """The newer document takes the place; decisions that rely on the older one are void at once."""
    old = _standing(execution.basis, execution.text("document"))
    execution.file_evidence(execution.record)
    rows = Evidence.objects.filter(record=execution.record, superseded_by__isnull=True)
    new = rows.exclude(pk=old.pk).order_by("-filed_at", "-id").filter(kind=old.kind).first()
    assert new is not None, "the document that came with the request is on file"
    Evidence.objects.filter(pk=old.pk).update(superseded_by=new)
    for decision in Decision.objects.filter(state="open").exclude(pk=execution.decision.pk).order_by("id"):
        relies = _mentions(contents.content_of(decision)["facts"], old.sha256)
        if relies and check(decision, execution.write.now).changed:  # another record may hold the same bytes
            end(decision, "void", "evidence", "decision.void", execution.by_person, execution.write)
    execution.created["id"] = execution.record.id


def _mentions(value: Any, sha256: str) -> bool:
    if isinstance(value, dict):
        return any(_mentions(inner, sha256) for inner in value.values())
    if isinstance(value, list):
        return any(_mentions(inner, sha256) for inner in value)
    return bool(value == sha256)


def _issue_basis(arguments: Arguments, today: date) -> Basis:
    base = evidence_basis(arguments, today)
    if base.record is None or base.record.kind not in LINKED_KINDS:
        raise BadArgument("record", "choice", base.ref)
    until = date.fromisoformat(str(arguments["expires_on"]))
    if UploadLink.objects.filter(token_sha256=arguments["token_sha256"]).exists():
        raise AlreadyThere("link", base.ref)
    inside = today < until <= today + timedelta(days=LINK_DAYS_MAX)
    return base.only({} if inside else {"link_days": until.isoformat()})


def _issue(execution: Execution) -> None:
    link = UploadLink.objects.create(
        id=str(uuid.uuid4()),
        record=execution.record,
        evidence_kinds=execution.arguments["evidence_kinds"],
        token_sha256=execution.text("token_sha256"),
        issued_by_id=execution.by_person,
        issued_at=execution.write.now,
        expires_on=execution.day("expires_on"),
    )
    execution.wrote("link", link.id)


def _link_basis(link: UploadLink, today: date) -> Basis:
    base = evidence_basis({"record": link.record.ref}, today)
    return base.with_failed({}, {"kinds": list(link.evidence_kinds)})


def _revoke_basis(arguments: Arguments, today: date) -> Basis:
    link = UploadLink.objects.select_related("record").filter(pk=arguments["link"]).first()
    if link is None:
        raise UnknownReference("link", str(arguments["link"])[:8])
    failed = {"link_live": link.revoked_at.date().isoformat()} if link.revoked_at else {}
    return _link_basis(link, today).only(failed)


def _revoke(execution: Execution) -> None:
    UploadLink.objects.filter(pk=execution.text("link")).update(revoked_at=execution.write.now)


def _take_over_basis(arguments: Arguments, today: date) -> Basis:
    """The document of the request must be the file that came, byte for byte and name for name."""
    upload = _upload(arguments)
    brought = arguments["evidence"]
    document = document_of(upload)
    if brought != [document]:
        raise BadArgument("evidence", "evidence")
    base = _link_basis(upload.link, today)
    failed = {"not_taken_over": upload.name} if upload.evidence_id else {}
    return replace(base, failed=failed)


def _upload(arguments: Arguments) -> LinkUpload:
    rows = LinkUpload.objects.select_related("link__record").filter(pk=arguments["upload"])
    found = rows.first()
    if found is None:
        raise UnknownReference("document", str(arguments["upload"])[:8])
    return found


def document_of(upload: LinkUpload) -> dict[str, Canonical]:
    """The file as the evidence argument wants it."""
    return {
        "kind": upload.kind,
        "media_type": upload.media_type,
        "name": upload.name,
        "sha256": upload.sha256,
        "size_bytes": upload.size_bytes,
    }


def _take_over(execution: Execution) -> None:
    """Evidence of the record, filed by a person, and marked with the link that it came through."""
    upload = _upload(execution.arguments)
    execution.file_evidence(execution.record)
    rows = Evidence.objects.filter(record=execution.record, sha256=upload.sha256, kind=upload.kind)
    filed = rows.filter(filed_at=execution.write.now).order_by("id").last()
    assert filed is not None, "the document that came with the request is on file"
    Evidence.objects.filter(pk=filed.pk).update(link=upload.link)
    LinkUpload.objects.filter(pk=upload.pk).update(evidence=filed)
    execution.wrote("upload", upload.id)
    execution.created["id"] = execution.record.id


register(
    Action(
        "evidence.supersede",
        (a.ref("record"), a.digest("document"), a.evidence(required=True)),
        _supersede_basis,
        _supersede,
    )
)
register(
    Action(
        "evidence.issue_link",
        (
            a.ref("record"),
            a.words("evidence_kinds", SUPPLIER_KINDS),
            a.day("expires_on"),
            a.digest("token_sha256"),
        ),
        _issue_basis,
        _issue,
    )
)
register(Action("evidence.revoke_link", (a.identifier("link"),), _revoke_basis, _revoke))
register(
    Action(
        "evidence.take_over",
        (a.identifier("upload"), a.evidence(required=True)),
        _take_over_basis,
        _take_over,
    )
)
