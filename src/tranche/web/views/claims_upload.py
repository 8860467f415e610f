"""Adding an announcement: its text and where it was published; the rules read it into drafts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tranche.actions.claim import SOURCE_CLASSES
from tranche.actions.decision import propose
from tranche.formats.announcements import as_stored
from tranche.kernel.refusals import AlreadyThere, BadArgument
from tranche.queries.presenters.facts import label
from tranche.queries.presenters.refusals import DOMAIN_ERRORS, Explanation, explain, status_of
from tranche.queries.presenters.words import CHOICES, word
from tranche.store import clock
from tranche.store.errors import CommitUncertain
from tranche.web.fields import (
    Field,
    FieldRefused,
    Option,
    Problem,
    Widget,
    file_bytes,
    inputs,
    plain,
    problems,
)
from tranche.web.page import actor, go_to, key_of, new_key, show

PUBLISHED: Final = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
READERS: Final = frozenset({"DO", "FM", "AU"})


@require_http_methods(["GET", "HEAD", "POST"])
def claims_upload(request: HttpRequest) -> HttpResponse:
    """The form; on POST the document is added and its page opens."""
    if request.method != "POST":
        return _page(request, {})
    errors, text = _problems(request)
    if errors:
        return _page(request, errors)
    ref = f"DOC-{hashlib.sha256(text.encode()).hexdigest()[:8].upper()}"
    try:
        propose(
            action="claim.add_document",
            arguments=_arguments(request, ref, text),
            key=key_of(request),
            by=actor(request),
        )
    except CommitUncertain:
        raise
    except DOMAIN_ERRORS as error:
        there = error.ref if isinstance(error, AlreadyThere) else ""
        return _page(request, {}, explain(error), there)
    return go_to(reverse("claim_document", args=[ref]))


def _problems(request: HttpRequest) -> tuple[dict[str, str], str]:
    """What is missing or malformed, by field, and the text from the file or the box."""
    errors: dict[str, str] = {}
    for name in ("title", "source_class"):
        if not plain(request.POST.get(name, "")):
            errors[name] = _("This is needed.")
    published = plain(request.POST.get("published_on", ""))
    if published and not PUBLISHED.fullmatch(published):
        errors["published_on"] = _("Write a year, a month or a day: 2024, 2024-11 or 2024-11-23.")
    try:
        text = _text(request)
    except FieldRefused as refused:
        return errors | {"text": str(refused)}, ""
    if not text:
        errors["text"] = _("Paste the text or choose a text file.")
    return errors, text


def _text(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return as_stored(request.POST.get("text", "")).strip()
    try:
        return as_stored(file_bytes(file).decode("utf-8")).strip()
    except UnicodeDecodeError as error:
        raise FieldRefused(
            _("The file is not text in UTF-8. Save it as plain text, or paste the text.")
        ) from error


def _arguments(request: HttpRequest, ref: str, text: str) -> dict[str, object]:
    typed = {name: plain(request.POST.get(name, "")) for name in ("title", "outlet", "url", "source_class")}
    published = plain(request.POST.get("published_on", ""))
    return {
        **typed,
        "ref": ref,
        "holder": _holder(request),
        "text": text,
        "published_on": published,
        "published_basis": "stated" if published else "not_stated",
        "language": "en",
    }


def _holder(request: HttpRequest) -> str:
    """The party for which the reader acts."""
    now = clock.now()
    held = [grant for grant in actor(request).grants if grant.valid(now)]
    reading = [grant for grant in held if grant.role.value in READERS] or held
    if not reading:
        raise BadArgument("holder", "missing")
    return reading[0].party


def _fields() -> tuple[Field, ...]:
    classes = tuple(Option(code, word(CHOICES, code)) for code in SOURCE_CLASSES)
    return (
        Field("title", label("title"), Widget.TEXT, help=_("The headline as printed.")),
        Field("outlet", label("outlet"), Widget.TEXT, required=False, help=_("Who published it.")),
        Field("url", label("url"), Widget.TEXT, required=False),
        Field("source_class", label("source_class"), Widget.CHOICE, options=classes),
        Field(
            "published_on",
            label("published_on"),
            Widget.TEXT,
            required=False,
            help=_(
                "A year, a month or a day: 2024, 2024-11 or 2024-11-23. Empty where the source does not say."
            ),
        ),
        Field(
            "text",
            label("text"),
            Widget.LONG,
            required=False,
            help=_("Paste the text as published, or choose a file below."),
        ),
    )


def _page(
    request: HttpRequest, errors: Mapping[str, str], said: Explanation | None = None, there: str = ""
) -> HttpResponse:
    typed = {name: str(value) for name, value in request.POST.items()}
    shown = inputs(_fields(), typed, errors)
    return show(
        request,
        "claims/upload.html",
        title=_("Add an announcement"),
        section="claims",
        status=status_of(said) if said else 422 if errors else 200,
        error=bool(said or errors),
        said=said,
        there=there,
        problems=problems(shown) or ((Problem("", said.what),) if said else ()),
        inputs=shown,
        key=typed.get("key", "") or new_key(),
    )
