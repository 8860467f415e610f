"""Adding an announcement in the browser."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.office import Office

from tranche.models import Claim, SourceDocument

SignIn = Callable[[str], Client]
TEXT = (
    "Lithuania and Ukraine sign a memorandum\r\n\r\n"
    "On 22 November 2024 the ministers of defence signed a memorandum of understanding in Kyiv.\r\n"
    "The first tranche of EUR 10 million has been agreed.\r\n"
)


def form(**changes: object) -> dict[str, object]:
    return {
        "key": str(uuid.uuid4()),
        "title": "Lithuania and Ukraine sign a memorandum",
        "outlet": "Ministry",
        "url": "https://example.org/news",
        "source_class": "donor_government",
        "published_on": "2024-11-23",
        "text": TEXT,
    } | changes


def test_text_is_read_into_drafts_and_its_page_opens(office: Office, signed_in: SignIn) -> None:
    answer = signed_in("lt.officer").post("/claims/upload/", form())

    document = SourceDocument.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/claims/documents/{document.ref}/")
    assert "\r" not in document.text
    assert Claim.objects.exists()
    assert set(Claim.objects.values_list("record__state", flat=True)) == {"draft"}


def test_text_file_is_taken_instead_of_pasted_text(office: Office, signed_in: SignIn) -> None:
    file = SimpleUploadedFile("news.txt", TEXT.encode())

    answer = signed_in("auditor").post("/claims/upload/", form(text="", file=file))

    assert answer.status_code == 303


def test_same_text_twice_leads_to_the_document_that_is_there(office: Office, signed_in: SignIn) -> None:
    client = signed_in("lt.officer")
    address = client.post("/claims/upload/", form()).headers["Location"]

    again = client.post("/claims/upload/", form())

    assert again.status_code == 409
    assert address in again.content.decode()
    assert SourceDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Title: This is needed."),
        ({"text": " "}, "Paste the text or choose a text file."),
        ({"published_on": "23.11.2024"}, "Write a year, a month or a day"),
        ({"source_class": ""}, "Kind of source: This is needed."),
        ({"source_class": "rumour"}, "Kind of source: Choose one of the values"),
        ({"text": "", "file": SimpleUploadedFile("x.txt", b"\xff\xfe\x00")}, "not text in UTF-8"),
        ({"text": TEXT + "\u200bhidden"}, "invisible or control characters"),
    ],
)
def test_form_that_is_not_complete_is_shown_again_with_what_was_typed(
    office: Office, signed_in: SignIn, changes: dict[str, object], sentence: str
) -> None:
    page = signed_in("lt.officer").post("/claims/upload/", form(**changes))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="Ministry"' in page.content.decode()
    assert not SourceDocument.objects.exists()


def test_person_without_the_role_is_refused(office: Office, signed_in: SignIn) -> None:
    assert signed_in("ua.payer").post("/claims/upload/", form()).status_code == 403
