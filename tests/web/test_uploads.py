"""The page of an upload link: what it shows, what it takes, and what attackers get."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.office import START, Office

from tranche.models import Evidence, LinkUpload, UploadLink
from tranche.store import clock
from tranche.web.fields import UPLOAD_BYTES_MAX
from tranche.web.limits import UPLOAD_TRIES_A_MINUTE, upload_looks, upload_tries

SignIn = Callable[[str], Client]
PDF = b"%PDF-1.7 an invoice"
TOKEN = re.compile("/upload/([A-Za-z0-9_-]{43})/")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    upload_tries.clear()
    upload_looks.clear()


@pytest.fixture
def address(office: Office, signed_in: SignIn) -> str:
    """The address that the fund manager copies from the page."""
    office.payee()
    page = signed_in("ua.manager").post(
        "/uploads/issue/PA-1/",
        {
            "key": str(uuid.uuid4()),
            "record": "PA-1",
            "evidence_kinds": ["invoice", "document"],
            "expires_on": (START + timedelta(days=20)).date().isoformat(),
        },
    )
    found = TOKEN.search(page.content.decode())
    assert found is not None, page.content.decode()
    return found[0]


def sent(address: str, data: bytes = PDF, name: str = "invoice.pdf", **fields: Any) -> tuple[int, str]:
    """What a supplier's browser gets for a file."""
    typed = {"key": str(uuid.uuid4()), "kind": "invoice", "file": SimpleUploadedFile(name, data)}
    answer = Client(headers={"accept-language": "en"}).post(address, {**typed, **fields})
    return answer.status_code, answer.content.decode()


def test_page_shows_the_public_title_and_the_kinds_and_nothing_else(address: str) -> None:
    answer = Client(headers={"accept-language": "en"}).get(address)

    page = answer.content.decode()
    assert "Payee account PA-1" in page
    assert "Invoice" in page
    assert "Delivery note" not in page
    for hidden in ("Maker One", "Party MFR-1", "UA2132", "MFR-1", "ua.manager", "Overview", "log entry"):
        assert hidden not in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_file_waits_and_is_taken_over_by_a_manager(address: str, signed_in: SignIn) -> None:
    status, page = sent(address)
    upload = LinkUpload.objects.get()
    manager = signed_in("ua.manager")
    listed = manager.get("/uploads/").content.decode()
    download = manager.get(f"/evidence/{upload.sha256}/")
    manager.post(f"/uploads/{upload.id}/take-over/", {"key": str(uuid.uuid4())})

    assert status == 200
    assert "invoice.pdf has arrived" in page
    assert "invoice.pdf" in listed
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert Evidence.objects.get(sha256=upload.sha256).link_id == upload.link_id


def test_people_of_other_parties_neither_see_nor_take_it(address: str, signed_in: SignIn) -> None:
    sent(address)
    upload = LinkUpload.objects.get()
    officer = signed_in("lt.officer")

    listed = officer.get("/uploads/").content.decode()
    download = officer.get(f"/evidence/{upload.sha256}/")
    taken = officer.post(f"/uploads/{upload.id}/take-over/", {"key": str(uuid.uuid4())})

    assert "invoice.pdf" not in listed
    assert (download.status_code, taken.status_code) == (404, 404)


def without_path(page: bytes) -> str:
    """The page without what every request has of its own: its path and the form's secret."""
    plain = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.decode())
    return re.sub(r"/upload/[^\"]*", "", plain)


def test_unknown_expired_and_revoked_links_answer_alike(address: str) -> None:
    browser = Client(headers={"accept-language": "en"})
    forged = browser.get(f"/upload/{'f' * 43}/")
    malformed = browser.get("/upload/x/")
    with clock.at(START + timedelta(days=20)):
        expired = browser.get(address)
    UploadLink.objects.update(revoked_at=START)
    revoked = browser.get(address)

    answers = (forged, malformed, expired, revoked)
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_path(answer.content) for answer in answers}) == 1


def test_sending_to_a_forged_link_is_not_found(address: str) -> None:
    assert sent(f"/upload/{'f' * 43}/")[0] == 404


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "page.html"),
        (b"<html></html>", "invoice.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture.png"),
        (b"MZ\x90\x00", "setup.exe"),
    ],
)
def test_what_only_claims_to_be_a_document_is_refused(address: str, data: bytes, name: str) -> None:
    status, page = sent(address, data, name)

    assert status == 422
    assert "This is no document that can be sent here" in page
    assert not LinkUpload.objects.exists()


def test_kind_that_was_not_asked_for_is_refused(address: str) -> None:
    assert sent(address, kind="contract_text")[0] == 422
    assert not LinkUpload.objects.exists()


@pytest.mark.parametrize("field", ["record", "link", "evidence", "sha256", "filed_by", "then"])
def test_fields_that_the_form_does_not_have_are_refused(address: str, field: str) -> None:
    extra: dict[str, Any] = {field: "x"}

    status, _page = sent(address, **extra)

    assert status == 422
    assert not LinkUpload.objects.exists()


def test_same_file_twice_is_kept_once(address: str) -> None:
    first, again = sent(address), sent(address)

    assert (first[0], again[0]) == (200, 409)
    assert "there already" in again[1]
    assert LinkUpload.objects.count() == 1


@pytest.mark.parametrize(("size", "status"), [(UPLOAD_BYTES_MAX + 1, 422), (2 * UPLOAD_BYTES_MAX + 1, 400)])
def test_oversized_file_is_refused_and_not_kept(address: str, size: int, status: int) -> None:
    assert sent(address, PDF + bytes(size - len(PDF)))[0] == status
    assert not LinkUpload.objects.exists()


def test_missing_file_is_asked_for(address: str) -> None:
    browser = Client(headers={"accept-language": "en"})

    answer = browser.post(address, {"key": str(uuid.uuid4()), "kind": "invoice"})

    assert answer.status_code == 422
    assert "Choose a file first" in answer.content.decode()


def test_form_from_elsewhere_is_refused(address: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(address, {"key": str(uuid.uuid4()), "kind": "invoice"})

    assert answer.status_code == 403


def test_attempts_are_counted_by_address(address: str) -> None:
    for number in range(UPLOAD_TRIES_A_MINUTE):
        sent(address, PDF + bytes([number]))

    status, page = sent(address, PDF + b"more")

    assert status == 429
    assert "Too many attempts" in page
    assert LinkUpload.objects.count() == UPLOAD_TRIES_A_MINUTE


def test_link_is_shown_once_and_listed_without_its_token(address: str, signed_in: SignIn) -> None:
    token = address.split("/")[2]

    listed = signed_in("ua.manager").get("/uploads/").content.decode()

    assert token not in listed
    assert "Revoke" in listed


def test_only_managers_issue_links(office: Office, signed_in: SignIn) -> None:
    office.payee()
    typed = {"key": str(uuid.uuid4()), "record": "PA-1", "evidence_kinds": ["invoice"]}
    typed["expires_on"] = (START + timedelta(days=20)).date().isoformat()

    answer = signed_in("ua.payer").post("/uploads/issue/PA-1/", typed)

    assert answer.status_code == 403
    assert not UploadLink.objects.exists()


def test_form_of_a_link_refuses_fields_that_it_does_not_have(office: Office, signed_in: SignIn) -> None:
    office.payee()

    answer = signed_in("ua.manager").post("/uploads/issue/PA-1/", {"token_sha256": "0" * 64})

    assert answer.status_code == 422
    assert not UploadLink.objects.exists()
