"""The pages of proof: what is signed and by whom, and receipts that check without us."""

from __future__ import annotations

import html
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from tests.actions.test_erasures import WORDS, erase, placed
from tests.desk import password
from tests.log.operator import signed_by
from tests.office import Office

from tranche.kernel.entries import check_line
from tranche.kernel.log_policy import parse_policy
from tranche.kernel.log_proof import parse_receipt
from tranche.log import cosigned
from tranche.log.read import entry
from tranche.log.witness import Witness
from tranche.models import Person, RecordEvent
from tranche.store import clock
from tranche.verifier.archive import NoMembers, ZipMembers
from tranche.verifier.check import Wanted, verify
from tranche.verifier.report import Verdict

NOW_S = 1_795_167_000
RECEIVED = "tranche.confirm_receipt"


@pytest.fixture
def office(sqlite_mechanism: Path) -> Office:
    found = Office()
    found.received()
    return found


def get(office: Office, who: str, address: str) -> bytes:
    client = Client()
    with clock.at(office.tick()):
        client.post("/account/login/", {"username": who, "password": password(who)})
        return bytes(client.get(address).content)


def receipt_of(office: Office, who: str) -> bytes:
    seq = RecordEvent.objects.get(action="tranche.confirm_receipt").log_seq
    return get(office, who, f"/proof/entries/{seq}/receipt/")


def test_a_log_that_nobody_signed_says_so(office: Office) -> None:
    assert b"No head of the log is signed yet" in get(office, "auditor", "/proof/")
    assert b"no signed head yet" in get(office, "auditor", "/proof/entries/3/")
    assert b"tlog-proof" not in get(office, "auditor", "/proof/entries/3/receipt/")


@pytest.mark.parametrize("who", ["auditor", "lt.officer", "operator"])
def test_a_receipt_checks_without_us_and_opens_what_its_reader_may_see(
    office: Office, sqlite_mechanism: Path, who: str
) -> None:
    signed_by(office, sqlite_mechanism)
    policy = parse_policy(get(office, who, "/proof/policy/").decode())

    raw = receipt_of(office, who)
    found = verify(NoMembers(), Wanted(policy, NOW_S), raw)

    assert found.verdict is Verdict.VALID
    labels = {
        "auditor": {"public", "donor", "auditor"},
        "lt.officer": {"public", "donor"},
        "operator": {"public"},
    }
    line = parse_receipt(raw).extra
    sealed = entry(parse_receipt(raw).index, "default")
    assert sealed is not None
    assert {item.label for item in check_line(line, bytes.fromhex(sealed.root))[1]} == labels[who]


def test_the_page_names_head_key_and_witness(office: Office, sqlite_mechanism: Path, tmp_path: Path) -> None:
    signer = signed_by(office, sqlite_mechanism)
    size = signer.signed_last().size
    witness = Witness(tmp_path / "witness")
    vkey = witness.create("witness.example")
    witness.trust(signer.key().vkey.text())
    lines = f"witness ministry {vkey.text()}\nquorum ministry\n"
    (sqlite_mechanism / "witnesses").write_text(lines, encoding="utf-8")
    known = parse_policy(f"log {signer.key().vkey.text()}\n{lines}")
    before = get(office, "auditor", "/proof/").decode()
    asked = cosigned.request_for("ministry", known, "default")
    cosigned.take(witness.cosign(asked.encoded(), NOW_S).encoded(), known)
    page = get(office, "auditor", "/proof/").decode()
    shown = get(office, "auditor", "/proof/entries/3/").decode()

    assert "witness.example: has cosigned nothing yet" in before
    assert signer.key().vkey.text() in page
    assert f"witness.example: {size} entries cosigned" in page
    assert "cosigned by witness.example" in shown
    assert "/proof/entries/3/receipt/" in shown


def test_newer_entries_are_told_of(office: Office, sqlite_mechanism: Path) -> None:
    signed_by(office, sqlite_mechanism)
    office.programme("P-2")

    assert b"newer entries are not signed yet" in get(office, "auditor", "/proof/")
    for language, words in (("uk", "ще не підписано"), ("lt", "dar nepasirašyt")):
        Person.objects.update(language=language)
        assert words in get(office, "auditor", "/proof/").decode()


def test_a_file_of_witnesses_that_is_none_stops_no_page(office: Office, sqlite_mechanism: Path) -> None:
    signed_by(office, sqlite_mechanism)
    (sqlite_mechanism / "witnesses").write_text("witness of nothing\n", encoding="utf-8")

    page = get(office, "auditor", "/proof/").decode()

    assert "The operator's file of witnesses cannot be read" in page


def test_an_entry_says_what_was_erased_of_it(office: Office, signed_in: Callable[[str], Client]) -> None:
    seq = placed(office)
    before = signed_in("lt.approver").get(f"/proof/entries/{seq}/").content.decode()
    by = erase(office, seq)
    after = signed_in("auditor").get(f"/proof/entries/{seq}/").content.decode()

    assert "/act/log.erasure/?log_entry=" in before
    assert WORDS not in after
    assert after.count(f'by decision, in log entry <a href="/proof/entries/{by}/">') == 2
    assert "The stored items hash to the root." in after


def test_the_pack_of_an_entry_is_what_its_reader_may_see(
    office: Office, sqlite_mechanism: Path, signed_in: Callable[[str], Client]
) -> None:
    signed_by(office, sqlite_mechanism)
    [seq] = [number for number in range(200) if (row := entry(number, "default")) and row.kind == RECEIVED]
    policy = signed_in("auditor").get("/proof/policy/").content.decode()
    found = {}
    for who in ("auditor", "lt.officer", "operator"):
        answer = signed_in(who).get(f"/proof/entries/{seq}/pack/")
        found[who] = answer.status_code
        if answer.status_code == 200:
            (sqlite_mechanism / who).write_bytes(answer.content)
            report = verify(ZipMembers(sqlite_mechanism / who), Wanted(parse_policy(policy), NOW_S))
            assert (report.verdict, report.view) == (
                Verdict.VALID,
                "auditor" if who == "auditor" else "donor",
            )
            assert (report.journal > 0) == (who == "auditor")

    assert found == {"auditor": 200, "lt.officer": 200, "operator": 404}


def test_an_entry_out_of_reach_is_not_there_for_the_form_that_erases(
    office: Office, signed_in: Callable[[str], Client]
) -> None:
    form = {
        "then": "check",
        "key": str(uuid.uuid4()),
        "legal_basis": "x",
        "reason": "The person asked for it.",
    }
    answers = [
        signed_in("lt.approver").post("/act/log.erasure/", form | {"log_entry": number})
        for number in ("1", "99999")
    ]
    pages = [answer.content.decode().replace("99999", "1") for answer in answers]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("There is no log entry with the reference 1." in html.unescape(page) for page in pages)
