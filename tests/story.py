"""A whole small mechanism for tests of reading: one tranche, a pool of four donors, claims, needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connections

from tests.databases import close, copy_template, point_at
from tests.office import Office, document, eur
from tests.second import need

BOTH = ("dk.approver1", "dk.approver2", "ua.approver1", "ua.approver2")
POOL = "DK-UA-2024-POOL"
POOLED_LOT = "LOT-DK-1"
POOLED_LOT_MINOR = 1_000_000_003  # does not split evenly: every cent has to find its donor
TEXT = """First tranche agreed

The Republic of Lithuania agreed the first tranche of 10 million euros on 23 November 2024.
The first tranche of 10 million euros has already been agreed between Ukraine and Lithuania.
The key priorities for 2025 are the provision of ammunition.
"""


def tell(office: Office) -> None:
    """Everything that a page can show, up to one decision that waits."""
    _earmarked(office)
    _pooled(office)
    _said(office)
    _needed(office)
    office.propose(
        "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=eur(50_000_000)
    )


def _earmarked(office: Office) -> None:
    office.paid()
    office.lot("LOT-1", 150_000_000)
    office.accept("LOT-1")
    office.lot("LOT-2", 50_000_000)
    office.do("ua.inspector", "lot.reject", lot="LOT-2", deviation="damaged", reason="Two units are damaged.")


def _pooled(office: Office) -> None:
    office.danish_pool()
    office.do(
        "ua.manager",
        "programme.allocate",
        *BOTH,
        programme="P-DK",
        funding=POOL,
        amount=eur(20_000_000_000),
    )
    office.do(
        "ua.manager",
        "contract.draft",
        ref="C-DK",
        programme="P-DK",
        supplier="MFR-1",
        title="Contract of the pool",
        funding=POOL,
        price=eur(5_000_000_000),
        tender_reference="T-2",
        price_reason="Second lowest offer, delivered half a year earlier",
    )
    office.do(
        "ua.manager", "contract.sign", *BOTH, contract="C-DK", evidence=[document("contract_text", "dk")]
    )
    office.do(
        "ua.manager",
        "milestone.plan",
        ref="C-DK-M1",
        contract="C-DK",
        title="Advance",
        amount=eur(2_000_000_000),
        due_on="2024-09-20",
        pay_after="verified",
    )
    office.do("ua.manager", "milestone.claim", milestone="C-DK-M1", evidence=[document("invoice", "dk")])
    office.do(
        "ua.inspector", "milestone.verify", milestone="C-DK-M1", evidence=[document("visit_report", "dk")]
    )
    office.draft_payment("PAY-DK", 2_000_000_000, "C-DK-M1")
    approved = office.do("ua.manager", "payment.release", "dk.approver1", "ua.approver1", payment="PAY-DK")
    office.execute("ua.payer", approved.decision_id)
    line = office.bank_line(-2_000_000_000, "PAY-DK")
    office.do("ua.manager", "payment.settle", "ua.approver1", payment="PAY-DK", line=line)
    office.lot(POOLED_LOT, POOLED_LOT_MINOR, milestone=None, contract="C-DK")
    office.accept(POOLED_LOT)


def published(office: Office) -> None:
    """A document that a donor's ministry published, with its draft claims."""
    office.do(
        "lt.officer",
        "claim.add_document",
        ref="DOC-1",
        holder="LT-MOD",
        title="First tranche <agreed>",
        text=TEXT,
        url="https://example.org/first-tranche",
        outlet="Example press office",
        source_class="donor_government",
        published_on="2024-11-23",
        published_basis="stated",
        language="en",
    )


def _said(office: Office) -> None:
    published(office)
    office.do("lt.officer", "claim.confirm", claim="DOC-1-C1")
    office.do("lt.officer", "claim.link", claim="DOC-1-C1", target="LT-UA-2024-T1")


def _needed(office: Office) -> None:
    need(office, "N-1", eur(30_000_000_000))
    need(office, "N-2", eur(10_000_000), "ammunition")


@dataclass(frozen=True, slots=True)
class Told:
    """Where the story is kept, and the instant after its last deed."""

    folder: Path
    url: str
    after: datetime


def told(folder: Path, template: Path, url: str = "", story: Callable[[Office], None] = tell) -> Told:
    """Tell a story in a folder of its own, closed and ready to read."""
    copy_template(template, folder)
    point_at(folder, url)
    office = Office()
    story(office)
    after = office.tick()
    for alias in ("scratch",) if url else ("default", "scratch"):
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    return Told(folder, url, after)
