"""A document counts as brought where the session uploaded it; knowing its hash is not having it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.office import Office, document

from tranche.kernel.canonical import encode
from tranche.models import Evidence
from tranche.store import evidence

SignIn = Callable[[str], Client]
PATH = "/act/evidence.file/"
REASON = "It came by post today."
LOST = "its file is gone from the server or has other bytes"
SECRET = re.compile('name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def client(office: Office, signed_in: SignIn) -> Client:
    office.lithuanian_agreement()
    return signed_in("lt.officer")


def confirm(client: Client, row: dict[str, object]) -> tuple[int, str]:
    arguments: Any = {"record": "LT-UA-2024", "evidence": [row]}
    form = {"then": "confirm", "arguments": encode(arguments).decode(), "key": str(uuid.uuid4())}
    answer = client.post(PATH, form | {"reason": REASON})
    text = SECRET.sub("", answer.content.decode())
    return answer.status_code, text.replace(str(row["sha256"])[:12], "")


def test_hash_of_somebody_elses_document_is_as_good_as_none(client: Client) -> None:
    kept = document("document", "of another donor")
    before = Evidence.objects.count()

    status, text = confirm(client, kept)
    nothing = confirm(client, kept | {"sha256": "0" * 64})

    assert status == 422
    assert text == nothing[1]
    assert Evidence.objects.count() == before


def test_changed_answers_take_no_foreign_document_along(client: Client) -> None:
    kept = json.dumps([document("document", "of another donor")])

    answer = client.post(PATH, {"then": "check", "record": "LT-UA-2024", "kept": kept})

    assert answer.status_code == 422


def test_what_was_uploaded_is_filed_as_it_was(client: Client) -> None:
    file = SimpleUploadedFile("letter.txt", b"Our letter.", "text/plain")
    checked = client.post(
        PATH,
        {
            "then": "check",
            "record": "LT-UA-2024",
            "evidence_document": file,
            "reason": REASON,
            "key": str(uuid.uuid4()),
        },
    )
    row: dict[str, object] = {
        "kind": "document",
        "media_type": "text/plain",
        "name": "letter.txt",
        "sha256": evidence.put(b"Our letter."),
        "size_bytes": 11,
    }

    assert checked.status_code == 200, checked.content.decode()[-1500:]
    assert confirm(client, row | {"size_bytes": 10**14})[0] == 422
    assert confirm(client, row | {"media_type": "text/html"})[0] == 422
    assert confirm(client, row)[0] == 303
    assert Evidence.objects.get(sha256=row["sha256"]).size_bytes == 11


@pytest.mark.parametrize("bytes_left", [None, b"Their letter."], ids=["gone", "altered"])
def test_document_that_is_not_what_was_filed_is_not_handed_out(
    office: Office, signed_in: SignIn, bytes_left: bytes | None
) -> None:
    office.lithuanian_agreement()
    kept = evidence.put(b"Our letter.")
    row = document("document", "letter") | {"sha256": kept, "size_bytes": 11}
    office.do("lt.officer", "evidence.file", record="LT-UA-2024", evidence=[row])
    client, file = signed_in("lt.officer"), Path(settings.TRANCHE_DATA_DIR) / "evidence" / kept[:2] / kept
    assert client.get(f"/evidence/{kept}/").content == b"Our letter."

    file.unlink()
    if bytes_left is not None:
        file.write_bytes(bytes_left)
    answer = client.get(f"/evidence/{kept}/")

    assert answer.status_code == 503
    assert LOST in answer.content.decode()
    assert b"Their letter." not in answer.content
