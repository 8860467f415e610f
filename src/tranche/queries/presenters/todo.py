"""What waits for one person, as lines of a task list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tranche.models import Hold
from tranche.queries.todo import CallRow, StepRow


@dataclass(frozen=True, slots=True)
class Task:
    """One line: parts/task_list.html names what it shows."""

    title: str
    href: str
    owner: str = ""
    due_on: date | None = None
    days_late: int = 0
    note: str = ""
    state: str = ""


def steps_shown(rows: Sequence[StepRow]) -> tuple[Task, ...]:
    return tuple(
        Task(
            title=row.title,
            href=f"{reverse('act', args=['step.complete'])}?{urlencode({'step': row.ref})}",
            owner=row.owner,
            due_on=row.due_on,
            days_late=row.days_late,
            note=" · ".join([row.ref, _("given to you")]) if row.is_mine else row.ref,
        )
        for row in rows
    )


def calls_shown(rows: Sequence[CallRow]) -> tuple[Task, ...]:
    return tuple(
        Task(
            title=_("Call the payee a second time") if row.is_second else _("Call the payee and verify"),
            href=reverse("payee", args=[row.ref]),
            owner=row.party,
            note=row.ref,
        )
        for row in rows
    )


def holds_to_review(rows: Sequence[Hold], today: date) -> tuple[Task, ...]:
    return tuple(
        Task(
            title=_("Look at the hold again: lift it, or leave it for a reason"),
            href=reverse("holds"),
            due_on=row.review_on,
            days_late=max(0, (today - row.review_on).days),
            note=f"{row.ref} {row.scope_ref}".strip(),
        )
        for row in rows
    )
