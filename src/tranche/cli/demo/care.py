"""Care taken: conditions precedent, a changed account with a young number, an interest and an upload link."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import Act, instant
from tranche.cli.demo.lithuania import CONTRACT, TRANCHE
from tranche.cli.demo.supply import MANAGER

OFFICER = "lt.officer"
CHANGED = "PAY-MFR-1B"
NOBODY_HAS = "0123456789abcdef" * 4
"""The hash of a token that nobody knows: the link is listed and opens nothing."""


def care() -> Iterator[Act]:
    """Every act of this scene."""
    yield from _conditions()
    yield from _interest()
    yield from _changed_account()
    yield from _link()


def _conditions() -> Iterator[Act]:
    parties = {"tranche": TRANCHE, "filing_party": "UA-MOD", "judging_party": "LT-MOD"}
    for number, text in (
        (1, "The rules on tenders under this mechanism are published (illustrative)."),
        (2, "A guarantee of the recipient's treasury is at hand (illustrative)."),
    ):
        ref = f"{TRANCHE}-CP{number}"
        condition = parties | {"ref": ref, "text": text, "long_stop_on": "2025-01-31"}
        yield Act(instant("2024-11-27", f"09:0{number}"), OFFICER, "condition.add", ref, condition)
    met, waived = f"{TRANCHE}-CP1", f"{TRANCHE}-CP2"
    yield Act(instant("2024-12-10"), MANAGER, "condition.file", met, {"condition": met}, ("document",))
    yield Act(instant("2024-12-12"), OFFICER, "condition.accept", met, {"condition": met})
    yield Act(
        instant("2024-12-16"),
        OFFICER,
        "condition.waive",
        waived,
        {"condition": waived},
        ("letter",),
        ("lt.approver",),
        reason="The agreement names the treasury as guarantor already (illustrative).",
    )


def _interest() -> Iterator[Act]:
    tie = {"party": "MFR-2", "kind": "family", "from_on": "2024-10-01"}
    yield Act(instant("2024-10-02", "08:00"), "operator", "register.declare_interest", "MFR-2", tie)


def _changed_account() -> Iterator[Act]:
    """Verified by a number that was on file for three weeks only: a second person has to call it."""
    account = {"ref": CHANGED, "party": "MFR-1", "holder": "UA-MOD", "predecessor": "PAY-MFR-1"}
    account |= {"account_name": "Manufacturer 1", "iban": "UA193000010000026001990000017", "bic": "ZZZZUA2X"}
    yield Act(instant("2025-03-26", "15:00"), MANAGER, "payee.propose", CHANGED, account, ("bank_letter",))
    called = {"payee": CHANGED, "number_source": "earlier_file", "number_recorded_on": "2025-03-05"}
    called |= {"requested_on": "2025-03-26", "called_on": "2025-03-27"}
    called["spoke_with"] = "Chief accountant of the supplier"
    yield Act(instant("2025-03-27", "15:00"), "ua.payer", "payee.verify", CHANGED, called)


def _link() -> Iterator[Act]:
    link = {"record": CONTRACT, "evidence_kinds": ["invoice", "delivery_note"], "expires_on": "2025-04-14"}
    asked = {**link, "token_sha256": NOBODY_HAS}
    yield Act(instant("2025-03-28", "15:00"), MANAGER, "evidence.issue_link", CONTRACT, asked)
