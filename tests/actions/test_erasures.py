"""Texts that both sides had erased are gone from the log and all that is made of it; the proof stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from tests.actions.refusing import refused
from tests.office import Office
from tests.tampering import guards_off, tamper

from tranche.kernel.entries import open_line
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.refusals import UnknownReference
from tranche.ledger.verify import verify
from tranche.log import erasures, publish
from tranche.log.policies import own_policy
from tranche.log.read import entry, head
from tranche.log.receipts import AUDITOR
from tranche.log.signer import Signer
from tranche.log.verify import verify_log
from tranche.queries.packs import Wanted, write_pack
from tranche.verifier.main import main as tranche_verify

WORDS = "Jonas Jonaitis asked for it by telephone."


def placed(office: Office) -> int:
    """A hold whose reason names a person; gives the entry that placed it."""
    office.propose(
        "ua.approver1",
        "hold.place_all",
        reason=WORDS,
        cause="emergency",
        review_on=(office.today() + timedelta(days=5)).isoformat(),
    )
    return head("default") - 1


def erase(office: Office, seq: int) -> int:
    office.do(
        "ua.approver2",
        "log.erasure",
        "lt.approver",
        "ua.approver1",
        reason="The person asked for it.",
        log_entry=seq,
        legal_basis="Art. 17 GDPR",
    )
    return head("default") - 1


def openings() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT doc FROM log_opening ORDER BY seq")
        return "\n".join(doc for (doc,) in cursor.fetchall())


@pytest.mark.by_form("log.erasure")
def test_words_are_gone_and_their_hashes_stay(office: Office) -> None:
    seq = placed(office)
    before = entry(seq, "default")
    by = erase(office, seq)
    after = entry(seq, "default")

    assert before is not None
    assert after is not None
    assert WORDS not in openings()
    assert after.is_intact
    assert after.root == before.root
    assert {item.name for item in before.items} - {item.name for item in after.items} == {"reason", "content"}
    assert set(erasures.decided("default").values()) == {by}
    assert {one.leaf for one in erasures.decided("default") if one.seq == seq} == set(after.closed)
    assert verify().differences == ()
    assert verify_log("default")[1] == ()


def test_what_is_made_of_the_log_says_what_was_erased(
    office: Office, signer: Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by = erase(office, seq := placed(office))
    signer.checkpoint()
    (tmp_path / "policy").write_text(own_policy("default"))
    write_pack(tmp_path / "pack.zip", Wanted(frozenset(), AUDITOR, "auditor", is_whole=True), "default")

    assert tranche_verify([str(tmp_path / "pack.zip"), "--policy", str(tmp_path / "policy")]) == 0
    said = capsys.readouterr().out
    assert f"entry {seq}: items erased by decision, under entry {by}" in said
    assert "2 erased by decision" in said


def test_everybody_sees_that_something_was_erased_and_why(
    office: Office, signer: Signer, tmp_path: Path
) -> None:
    erase(office, placed(office))
    signer.checkpoint()
    publish.publish(tmp_path / "public", "default")
    lines = "".join(path.read_text() for path in tmp_path.glob("public/openings/**/*.jsonl"))

    assert "Art. 17 GDPR" in lines
    assert '"erased","public"' in lines
    assert WORDS not in lines


def test_a_restored_database_forgets_again(office: Office) -> None:
    seq = placed(office)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT doc FROM log_opening WHERE seq = %s", [seq])
        [(doc,)] = cursor.fetchall()
    erase(office, seq)
    erasures.remember()
    guards_off()
    as_before = doc.replace("'", "''")
    tamper(f"UPDATE log_opening SET doc = '{as_before}', erased = 0 WHERE seq = {seq}")
    assert "log_erased" in {one.code for one in verify_log("default")[1]}

    assert len(erasures.apply_again()) == 2
    assert WORDS not in openings()
    assert verify_log("default")[1] == ()
    assert erasures.apply_again() == ()


def test_an_item_that_no_decision_erased_is_missed(office: Office) -> None:
    seq = placed(office)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT doc FROM log_opening WHERE seq = %s", [seq])
        [(doc,)] = cursor.fetchall()
    item = next(one for one in erasures.erasable(seq, "") if one.name == "reason")
    guards_off()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")

        def run(sql: str, params: list[Any]) -> list[Any]:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

        erasures.close([erasures.Erased(item.seq, item.leaf)], run)

    assert item.leaf in open_line(doc.encode()).closed or item.leaf in openings()
    assert {one.code for one in verify_log("default")[1]} == {"log_erased"}


def test_what_cannot_be_erased_is_refused(office: Office) -> None:
    seq = placed(office)
    erase(office, seq)
    with pytest.raises(UnknownReference):
        erase(office, 10**6)

    assert "words_there" in refused(GuardFailed, lambda: erase(office, seq)).guard
    assert "not_set_up" in refused(GuardFailed, lambda: erase(office, 0)).guard


def test_the_words_of_an_open_decision_stay(office: Office) -> None:
    office.programme()
    office.propose(
        "ua.manager",
        "programme.allocate",
        programme="P-1",
        funding="LT-UA-2024-T1",
        amount={"amount_minor": 1, "currency": "EUR"},
    )

    assert "decision_over" in refused(GuardFailed, lambda: erase(office, head("default") - 1)).guard
