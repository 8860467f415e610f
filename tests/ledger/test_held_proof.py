"""The proof names a hold, a release, an approval taken back or a subject that somebody edited."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from tests.office import Office, eur
from tests.tampering import guards_off

from tranche.ledger.verify import verify
from tranche.models import Hold

FAULTS: dict[str, tuple[str, str]] = {
    "scope": ("UPDATE hold SET scope_ref = 'P-9'", "hold"),
    "cause": ("UPDATE hold SET cause = 'dispute'", "hold"),
    "reason": ("UPDATE hold SET reason = 'Another reason.'", "hold"),
    "who placed it": (
        "UPDATE hold SET placed_by_id = (SELECT id FROM person WHERE name = 'operator')",
        "hold",
    ),
    "a hold that is gone": (
        "DELETE FROM hold WHERE id NOT IN (SELECT hold_id FROM hold_release)",
        "hold",
    ),
    "a release that is gone": ("DELETE FROM hold_release", "hold_release"),
    "a release of another": (
        "UPDATE hold_release SET hold_id = (SELECT id FROM hold WHERE id <> hold_id)",
        "hold_release",
    ),
    "an approval that stands again": ("DELETE FROM approval_revoked", "approval_revoked"),
    "a subject that is gone": ("DELETE FROM decision_subject", "decision_subject"),
    "another subject": (
        "UPDATE decision_subject SET subject = 'programme:P-9' WHERE subject = 'programme:P-2'",
        "decision_subject",
    ),
}


def acted(office: Office) -> None:
    """One hold that is open and one that was lifted, and an approval that was taken back."""
    office.received()
    office.programme()
    review = (office.today() + timedelta(days=5)).isoformat()
    for subject in ("P-1", "LT-UA-2024"):
        office.propose(
            "ua.payer",
            "hold.place",
            reason="Somebody called about it.",
            over="record",
            over_ref=subject,
            cause="emergency",
            review_on=review,
        )
    lifted = Hold.objects.order_by("-log_seq")[0].ref
    office.do("ua.manager", "hold.release", "ua.approver1", reason="It was a mistake.", hold=lifted)
    office.programme("P-2")
    asked: dict[str, Any] = {"programme": "P-2", "funding": "LT-UA-2024-T1", "amount": eur(500_000_000)}
    decision = office.propose("ua.manager", "programme.allocate", **asked).decision_id
    office.approve("ua.approver1", decision)
    office.revoke("ua.approver1", decision)
    office.propose("ua.manager", "programme.allocate", replaces=decision, **asked)


def test_each_edit_is_named_and_what_happened_has_none(mechanism: Path) -> None:
    acted(Office())
    assert verify(using="default").differences == ()
    guards_off()
    missed = {}

    for name, (statement, code) in FAULTS.items():
        with transaction.atomic():
            with connections["default"].cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount > 0, name
            named = [found for found in verify(using="default").differences if found.code == code]
            transaction.set_rollback(True)
        if not named:
            missed[name] = statement

    assert missed == {}
