"""Payee accounts for readers: the list, one account with its calls and payments, and alerts of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tranche.kernel.money import Money
from tranche.queries.payees import CallRow, Change, InterestRow, PaidRow, PayeeDetail, PayeeRow
from tranche.queries.presenters.events import EventShown, events_shown
from tranche.queries.presenters.facts import masked
from tranche.queries.presenters.links import Link, evidence_links, record_href
from tranche.queries.presenters.money import Item, in_halves
from tranche.queries.presenters.overview import turn_words
from tranche.queries.presenters.payment_lines import name_warning
from tranche.queries.presenters.words import CHOICES, word

PRINTED = 4
"""Characters of an account number that are printed together."""


@dataclass(frozen=True, slots=True)
class PayeeLine:
    """One line of the list."""

    ref: Link
    party: str
    account_name: str
    iban: str
    state: str
    active_on: date | None
    first_paid_on: date | None
    is_unpaid: bool
    turn: str
    is_odd: bool
    wants_second_call: bool


@dataclass(frozen=True, slots=True)
class CallShown:
    """A call, by whom, to which number; `second` is True for the call of the second verifier."""

    who: str
    spoke_with: str
    on: date
    number: str
    recorded_on: date
    requested_on: date
    second: bool


@dataclass(frozen=True, slots=True)
class PaidShown:
    ref: Link
    title: str
    state: str
    amount: Money
    released_on: date | None
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class PayeePage:
    """One account: what is odd about it, who must act, its calls, payments and life."""

    ref: str
    title: str
    state: str
    party: str
    party_ref: str
    turn: str
    wants_second_call: bool
    warnings: tuple[str, ...]
    items: tuple[tuple[Item, ...], tuple[Item, ...]]
    calls: tuple[CallShown, ...]
    payments: tuple[PaidShown, ...]
    documents: tuple[tuple[Link, str], ...]
    events: tuple[EventShown, ...]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One alert: a new or changed account of a party."""

    what: str
    href: str
    party: str
    state: str
    since: date
    is_odd: bool


def grouped(iban: str) -> str:
    """In groups of four, as it is printed on paper (ISO 13616) and read out on the telephone."""
    return " ".join(iban[at : at + PRINTED] for at in range(0, len(iban), PRINTED))


def payee_lines(rows: Sequence[PayeeRow]) -> tuple[PayeeLine, ...]:
    return tuple(
        PayeeLine(
            ref=Link(row.ref, record_href("payee", row.ref)),
            party=row.party,
            account_name=row.account_name,
            iban=masked(row.iban),
            state=row.state,
            active_on=row.active_on,
            first_paid_on=row.first_paid_on,
            is_unpaid=row.state == "active" and row.first_paid_on is None,
            turn=turn_words(row.turn) if row.turn else "",
            is_odd=bool(row.name_warning),
            wants_second_call=row.wants_second_call,
        )
        for row in rows
    )


def payee_page(found: PayeeDetail, *, whole: bool) -> PayeePage:
    """The page; account numbers and whom one spoke with for the party that pays and for auditors."""
    row = found.row
    return PayeePage(
        ref=row.ref,
        title=_("Account of %(party)s") % {"party": row.party},
        state=row.state,
        party=row.party,
        party_ref=row.party_ref,
        turn=turn_words(row.turn) if row.turn else "",
        wants_second_call=row.wants_second_call,
        warnings=_warnings(found),
        items=_items(found, whole=whole),
        calls=tuple(shown for call in found.calls for shown in _calls(call, whole=whole)),
        payments=tuple(_paid(paid) for paid in found.payments),
        documents=_documents(found, whole=whole),
        events=events_shown(found.events),
    )


def _documents(found: PayeeDetail, *, whole: bool) -> tuple[tuple[Link, str], ...]:
    """Each document, and where a newer one is filed in its place; they bear the whole account number."""
    act = reverse("act", args=["evidence.supersede"])
    known = [{"record": found.row.ref, "document": row.sha256} for row in found.evidence]
    links = evidence_links(found.evidence)
    if not whole:
        return tuple((Link(link.text), "") for link in links)
    return tuple((link, f"{act}?{urlencode(asked)}") for link, asked in zip(links, known, strict=True))


def _warnings(found: PayeeDetail) -> tuple[str, ...]:
    """What an approver should not miss."""
    row = found.row
    warnings = []
    if row.name_warning:
        warnings.append(name_warning(row.name_warning, ""))
    if row.predecessor_ref and row.state in ("proposed", "verified"):
        warnings.append(
            _("This account is to replace %(ref)s; until it is active, the old one is paid.")
            % {"ref": row.predecessor_ref}
        )
    if row.wants_second_call:
        warnings.append(
            _("The number that was called was less than 30 days on file: a second person must call it too.")
        )
    if row.state == "active" and row.first_paid_on is None:
        warnings.append(_("Nothing was paid to this account yet; the first payment is marked for approvers."))
    return tuple(warnings)


def _items(found: PayeeDetail, *, whole: bool) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    row = found.row
    successor = found.successors[-1] if found.successors else ""
    items = [
        Item(_("Party"), text=f"{row.party} ({row.party_ref})"),
        Item(_("Ownership group"), text=row.ownership_group),
        Item(_("Name of the account"), text=row.account_name),
        Item(_("Account (IBAN)"), text=grouped(row.iban) if whole else masked(row.iban)),
        Item(_("BIC of the bank"), text=row.bic if whole else ""),
        Item(_("Paid by"), text=row.holder_ref),
        Item(
            _("Replaces the account"),
            text=row.predecessor_ref,
            href=record_href("payee", row.predecessor_ref) if row.predecessor_ref else "",
        ),
        Item(_("Replaced by"), text=successor, href=record_href("payee", successor) if successor else ""),
        Item(_("Verified on"), on=row.verified_on),
        Item(_("Active since"), on=row.active_on),
        Item(_("First payment on"), on=row.first_paid_on),
    ]
    return in_halves(items)


def _calls(call: CallRow, *, whole: bool) -> list[CallShown]:
    to, second_to = (call.spoke_with, call.second_spoke_with) if whole else ("", "")
    number = word(CHOICES, call.number_source)
    common = (number, call.number_recorded_on, call.requested_on)
    found = [CallShown(call.verifier, to, call.called_on, *common, second=False)]
    if call.second_called_on is not None:
        second = (call.second_verifier, second_to, call.second_called_on)
        found.append(CallShown(*second, *common, second=True))
    return found


def _paid(row: PaidRow) -> PaidShown:
    href = f"{record_href('contract', row.contract_ref)}#{row.ref}" if row.contract_ref else ""
    return PaidShown(Link(row.ref, href), row.title, row.state, row.amount, row.released_on, row.settled_on)


@dataclass(frozen=True, slots=True)
class InterestShown:
    person: str
    party: str
    from_on: date
    to_on: date | None
    end_href: str


def interests_shown(rows: Sequence[InterestRow]) -> tuple[InterestShown, ...]:
    """Who is kept out of whose money, and where the end of it is proposed."""
    ending = reverse("act", args=["register.end_interest"])
    return tuple(
        InterestShown(
            person=row.person,
            party=row.party,
            from_on=row.from_on,
            to_on=row.to_on,
            end_href="" if row.to_on else f"{ending}?{urlencode({'interest': row.id})}",
        )
        for row in rows
    )


def changes_shown(rows: Sequence[Change]) -> tuple[ChangeShown, ...]:
    return tuple(
        ChangeShown(
            what=_change(row),
            href=record_href("payee", row.ref),
            party=row.party,
            state=row.state,
            since=row.since,
            is_odd=row.is_odd,
        )
        for row in rows
    )


def _change(row: Change) -> str:
    values = {"ref": row.ref, "before": row.predecessor_ref}
    if not row.predecessor_ref:
        return _("%(ref)s is another account of this party") % values
    if row.state == "active":
        return _("%(ref)s has replaced %(before)s") % values
    return _("%(ref)s is to replace %(before)s") % values
