"""What an approver should not miss on a decision: a first payment, a changed account, an odd name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tranche.kernel.canonical import Canonical
from tranche.queries import payees
from tranche.queries.decisions import DecisionDetail
from tranche.queries.presenters.facts import name_warning
from tranche.queries.presenters.payees import changes_shown

OF_PAYEES = ("payment.release", "payee.activate")
"""Decisions over an account that money goes to."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One line in the warning box, with where to look."""

    text: str
    href: str = ""


def alerts(detail: DecisionDetail, today: date, language: str) -> tuple[Alert, ...]:
    """From the stored content, and of an open decision also from what has changed around it since."""
    found = list(_of_content(detail.facts))
    if detail.row.state == "open" and detail.row.action in OF_PAYEES:
        found += _of_changes(detail, today, language)
    return tuple(found)


def _of_content(facts: Mapping[str, Canonical]) -> list[Alert]:
    found = []
    if facts.get("first_payment") is True:
        found.append(Alert(_("This is the first payment to this account.")))
    if facts.get("replaced_iban"):
        found.append(Alert(_("The account of this party has changed: compare the numbers.")))
    if warning := facts.get("name_warning"):
        found.append(Alert(f"{_('Look closely at the name')}: {name_warning(warning, '')}"))
    return found


def _of_changes(detail: DecisionDetail, today: date, language: str) -> list[Alert]:
    """Changes of accounts of the same party, the decision's own record left out."""
    party = payees.party_of(detail.row.action, detail.row.ref)
    rows = payees.changes(today, language, party) if party else ()
    others = changes_shown([row for row in rows if row.ref != detail.row.ref])
    return [Alert(row.what, row.href) for row in others]
