"""What an approver should not miss on a decision: a first payment, a changed account, an odd name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tranche.kernel.canonical import Canonical
from tranche.kernel.policy_version import CHANGES_POLICY
from tranche.kernel.recovery import RECOVERS
from tranche.queries import payees, policy_versions, recovery
from tranche.queries.decisions import DecisionDetail, waiting_about
from tranche.queries.presenters.days import day_text
from tranche.queries.presenters.payees import changes_shown
from tranche.queries.presenters.payment_lines import name_warning, payment_lines
from tranche.queries.viewer import Viewer

LISTED_MAX = 10
OF_PAYEES = ("payment.release", "payment.release_many", "payee.activate")
"""Decisions over an account that money goes to."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One line in the warning box, with where to look."""

    text: str
    href: str = ""


def alerts(detail: DecisionDetail, today: date, language: str, who: Viewer) -> tuple[Alert, ...]:
    """From the stored content, and of an open decision also from what has changed around it since."""
    found = list(_of_content(detail.facts))
    if detail.row.state == "open":
        found += of_action(detail.row.action, detail.row.id)
        found += of_others([ref for ref, _version in detail.records], detail.row.id, who)
    if detail.row.state == "open" and detail.row.action in OF_PAYEES:
        found += _of_changes(detail, today, language)
    return tuple(found)


def of_action(action: str, decision_id: str = "") -> list[Alert]:
    """What an action does to others, also before it is proposed; figures that change stand in no hash."""
    if action == CHANGES_POLICY:
        count = policy_versions.void_by_change(decision_id)
        text = ngettext(
            "%(count)d open decision becomes void on that day, unless it is carried out before.",
            "%(count)d open decisions become void on that day, unless they are carried out before.",
            count,
        )
        return [Alert(text % {"count": count}, reverse("policy_history"))]
    if action != RECOVERS:
        return []
    texts = [
        _("It may be approved from %(day)s on, by two of the recovery persons; each of them can stop it.")
        % {"day": day_text(one.from_on)}
        for one in recovery.running()
        if one.decision_id == decision_id
    ]
    return [Alert(text) for text in texts] or [
        Alert(_("Everybody is told first; two working days lie between the proposal and any approval."))
    ]


def of_others(refs: Sequence[str], decision_id: str, who: Viewer) -> list[Alert]:
    """What else waits about the same records, also before this is proposed."""
    text = _("Decision %(code)s waits about the same record: whichever is carried out first ends the other.")
    return [
        Alert(text % {"code": code}, reverse("decision", args=[other]))
        for other, code in waiting_about(refs, decision_id, who)
    ]


def _of_content(facts: Mapping[str, Canonical]) -> list[Alert]:
    found = []
    if facts.get("first_payment") is True:
        found.append(Alert(_("This is the first payment to this account.")))
    if facts.get("replaced_iban"):
        found.append(Alert(_("The account of this party has changed: compare the numbers.")))
    if warning := facts.get("name_warning"):
        found.append(Alert(f"{_('Look closely at the name')}: {name_warning(warning, '')}"))
    return [*found, *_of_lines(facts)]


def _of_lines(facts: Mapping[str, Canonical]) -> list[Alert]:
    """Which payments of many have a note beside them."""
    noted = [line.payment for line in payment_lines(facts.get("lines") or []) if line.notes]
    if not noted:
        return []
    text = ngettext("Look closely at %(count)d payment", "Look closely at %(count)d payments", len(noted))
    return [Alert(f"{text % {'count': len(noted)}}: {_shortened(noted)}")]


def _shortened(refs: Sequence[str]) -> str:
    return ", ".join(refs[:LISTED_MAX]) + (" …" if len(refs) > LISTED_MAX else "")


def _of_changes(detail: DecisionDetail, today: date, language: str) -> list[Alert]:
    """Changes of accounts of the same parties, the decision's own record left out."""
    parties = payees.parties_of(detail.row.action, [detail.row.ref, *(ref for ref, _ in detail.records)])
    rows = payees.changes(today, language, parties) if parties else ()
    others = changes_shown([row for row in rows if row.ref != detail.row.ref])
    return [Alert(row.what, row.href) for row in others]
