"""What the told story lacks, so that every table that a proof holds has rows, with values in each column."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from tests import second
from tests.actions.test_procedures import WHY, text
from tests.office import Office, document
from tests.story import tell

from tranche.actions import upload
from tranche.models import Hold
from tranche.store import clock

TOKEN = "t" * 43


def tell_more(office: Office) -> None:
    """The told story; a selection, goods, a joint project, a template, a hold, an upload and an advance."""
    tell(office)
    office.hire("lt.inspector", "IN@LT-MOD")
    second.assessed(office)
    second.concluded(office)
    second.chosen(office)
    second.agreed(office)
    second.handed_over(office)
    second.taken_in(office)
    second.valued(office)
    second.running(office)
    second.accepted_lot(office, "LOT-J", 7)
    published_template(office, text())
    _held(office)
    _uploaded(office)
    advance: dict[str, Any] = {
        "party": "UA-MOD",
        "agreement": "LT-UA-2024",
        "limit": {"amount_minor": 5, "currency": "UAH"},
    }
    evidence = [document("letter", "advance")]
    office.do("ua.manager", "advance.open", "ua.approver1", ref="ADV-1", evidence=evidence, **advance)


def published_template(office: Office, template_text: str) -> None:
    """A template of the ministry's own, published by two."""
    office.do(
        "lt.officer",
        "procedure.publish_template",
        "lt.approver",
        reason=WHY,
        holder="LT-MOD",
        template_text=template_text,
    )


def _held(office: Office) -> None:
    review = (office.now.date() + timedelta(days=5)).isoformat()
    why = {"cause": "audit", "review_on": review, "reason": "It is looked at."}
    office.propose("auditor", "hold.place", over="record", over_ref="C-1", **why)
    ref = Hold.objects.latest("log_seq").ref
    office.do("ua.manager", "hold.release", "ua.approver1", hold=ref, reason="It was looked at.")


def _uploaded(office: Office) -> None:
    office.propose(
        "ua.manager",
        "evidence.issue_link",
        record="C-1-M1",
        evidence_kinds=["invoice"],
        expires_on=(office.today() + timedelta(days=20)).isoformat(),
        token_sha256=hashlib.sha256(TOKEN.encode()).hexdigest(),
    )
    with clock.at(office.tick()):
        upload.receive(
            token=TOKEN, kind="invoice", name="i.pdf", data=b"%PDF-1.4\n%%EOF\n", key=str(uuid.uuid4())
        )
