"""Packs of what really happened hold, whatever legal way it took."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.log.operator import signer_in
from tests.office import Office, document
from tests.story import tell

from tranche.kernel.log_policy import parse_policy
from tranche.ledger.verify import verify as verify_book
from tranche.log import receipts
from tranche.log.read import about
from tranche.log.read import entry as read_entry
from tranche.models import Record
from tranche.queries.packs import NothingFound, Packed, Wanted, write_pack
from tranche.store import clock
from tranche.verifier.archive import ZipMembers
from tranche.verifier.check import Wanted as ToCheck
from tranche.verifier.check import verify
from tranche.verifier.report import Report, Verdict

NOW_S = 1_795_167_000


def packed(office: Office, folder: Path, *refs: str) -> tuple[Packed, Report]:
    """A pack for an auditor, and what the verifier says of it."""
    with clock.at(office.tick()):
        signer = signer_in(folder)
        signer.checkpoint()
    wanted = Wanted(frozenset(refs), receipts.AUDITOR, "auditor", is_whole=not refs)
    done = write_pack(folder / "pack.zip", wanted, "default")
    policy = parse_policy(f"log {signer.key().vkey.text()}\nquorum none\n")
    return done, verify(ZipMembers(folder / "pack.zip"), ToCheck(policy, NOW_S))


def test_a_whole_story_holds(mechanism: Path) -> None:
    office = Office()
    tell(office)

    done, report = packed(office, mechanism)

    assert (report.verdict, report.findings) == (Verdict.VALID, [])
    assert (report.entries, report.journal) == (done.entries, done.postings)
    assert done.entries == done.size


def test_an_approval_that_was_taken_back_is_none(sqlite_mechanism: Path) -> None:
    office = Office()
    office.draft_agreement()
    asked = office.propose(
        "lt.officer",
        "agreement.sign",
        agreement="LT-UA-2024",
        signed_on="2024-09-02",
        evidence=[document("signed_text")],
    ).decision_id
    office.approve("lt.approver", asked)
    office.revoke("lt.approver", asked)
    office.hire("lt.approver2", "DA@LT-MOD")
    office.approve("lt.approver2", asked)
    office.approve("ua.approver1", asked)
    [entry] = about("record", Record.objects.get(ref="LT-UA-2024").id, "default")[-1:]
    sealed = read_entry(entry, "default")
    assert sealed is not None
    [statements] = [item.value for item in sealed.items if item.name == "approvals"]

    assert len(statements) == 2  # type: ignore[arg-type]  # a list
    assert verify_book(using="default").differences == ()
    _, report = packed(office, sqlite_mechanism, "LT-UA-2024")

    assert (report.verdict, report.findings) == (Verdict.VALID, [])
    assert any("agreement.sign" in line for line in report.listing)


def test_a_pack_of_nothing_is_none(sqlite_mechanism: Path) -> None:
    office = Office()

    with pytest.raises(NothingFound):
        packed(office, sqlite_mechanism, "NO-SUCH")
    assert not (sqlite_mechanism / "pack.zip").exists()
