"""Notices in words: a sentence, what it is about, and where to look; the mail says no more than this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tranche.kernel.notices import NoticeKind
from tranche.queries.notices import NoticeRow, Read
from tranche.queries.presenters.actions import title
from tranche.queries.presenters.days import day_text

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SENTENCES: Final[Mapping[str, StrPromise]] = {
    "step_open": gettext_lazy("A step of a procedure is open for you"),
    "reminder": gettext_lazy("A step of a procedure is due soon"),
    "reminder.expires": gettext_lazy("A decision expires soon"),
    "escalation": gettext_lazy("A step of a procedure is late"),
    "decision_waiting": gettext_lazy("A decision waits for your approval"),
    "decision_waiting.execute": gettext_lazy("An approved order waits for you to release it"),
    "decision_void": gettext_lazy("A decision became void because what it relied on changed"),
    "recovery_asked": gettext_lazy("A role is asked for by recovery; whoever objects should say so now"),
    "decision_ended": gettext_lazy("Your proposal has ended"),
    "decision_ended.executed": gettext_lazy("Your proposal was approved and carried out"),
    "decision_ended.rejected": gettext_lazy("Your proposal was rejected"),
    "decision_ended.expired": gettext_lazy("Your proposal expired"),
    "hold_placed": gettext_lazy("A hold was placed"),
    "hold_review": gettext_lazy("A hold is open and must be looked at again"),
    "payee_changed": gettext_lazy("The account of a payee changed"),
    "payee_changed.propose": gettext_lazy("Another account was proposed for a payee"),
    "proof_alarm": gettext_lazy("The proof of the log needs you"),
    "payment_file": gettext_lazy("A payment order was released and goes to the bank"),
}
"""By kind, and by kind and rule where the rule changes what is said."""

TONES: Final[Mapping[str, str]] = {
    NoticeKind.ESCALATION.value: "bad",
    NoticeKind.HOLD_PLACED.value: "bad",
    NoticeKind.RECOVERY_ASKED.value: "bad",
    NoticeKind.PROOF_ALARM.value: "bad",
    NoticeKind.PAYEE_CHANGED.value: "warn",
    NoticeKind.REMINDER.value: "warn",
    NoticeKind.HOLD_REVIEW.value: "warn",
    NoticeKind.DECISION_VOID.value: "warn",
}


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """One line of the inbox."""

    id: int
    sentence: str
    about: str
    code: str
    due_on: date | None
    made_at: datetime
    tone: str
    is_read: bool
    is_settled: bool


def notices_shown(rows: Sequence[NoticeRow], read: Read) -> tuple[NoticeShown, ...]:
    return tuple(
        NoticeShown(
            id=row.id,
            sentence=sentence(row),
            about=_about(row),
            code=row.payload.get("code", ""),
            due_on=_due_on(row),
            made_at=row.made_at,
            tone=TONES.get(row.kind, ""),
            is_read=row.is_settled or row.id in read,
            is_settled=row.is_settled,
        )
        for row in rows
    )


def sentence(row: NoticeRow) -> str:
    """What happened, in the language in force."""
    return str(SENTENCES.get(f"{row.kind}.{row.payload.get('rule', '')}") or SENTENCES[row.kind])


def _about(row: NoticeRow) -> str:
    if "action" in row.payload:
        return " ".join([title(row.payload["action"]), row.payload.get("ref", "")]).strip()
    ref = row.payload.get("ref", "")
    return f"{row.title} ({ref})" if row.title else ref


def _due_on(row: NoticeRow) -> date | None:
    given = row.payload.get("due_on")
    return date.fromisoformat(given) if given else None


def subject_href(row: NoticeRow) -> str:
    """The page of what a notice is about."""
    payload = row.payload
    match payload.get("subject"):
        case "decision":
            return reverse("decision", args=[payload["id"]])
        case "step":
            return reverse("tranche_procedure", args=[payload["tranche"]])
        case "payee":
            return reverse("payee", args=[payload["ref"]])
        case "hold":
            return reverse("holds")
        case "log":
            return reverse("witnesses")
        case _:
            return reverse("holding")


def letter(rows: Sequence[NoticeRow], origin: str) -> tuple[str, str]:
    """Subject and text of the mail about these notices: sentences, links and short codes, nothing else."""
    if len(rows) == 1:
        code = rows[0].payload.get("code", "")
        subject = f"{sentence(rows[0])} ({code})" if code else sentence(rows[0])
    else:
        subject = _("What is new and waits for you (%(count)s)") % {"count": len(rows)}
    said = "\n\n".join(_paragraph(row, origin) for row in rows)
    why = _("You get this because of your role. Amounts and names stand on the page alone.")
    change = _("How you are written to, you choose here: %(address)s") % {
        "address": origin + reverse("own_account")
    }
    return f"Tranche: {subject}", f"{said}\n\n-- \n{why}\n{change}\n"


def _paragraph(row: NoticeRow, origin: str) -> str:
    lines = [f"{sentence(row)}."]
    if code := row.payload.get("code", ""):
        lines.append(_("Short code: %(code)s") % {"code": code})
    if due_on := _due_on(row):
        lines.append(_("Due: %(day)s") % {"day": day_text(due_on)})
    lines.append(origin + reverse("notice", args=[row.id]))
    return "\n".join(lines)
