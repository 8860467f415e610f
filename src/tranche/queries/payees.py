"""Payee accounts: the list, one with its calls and payments, and what changes of accounts are under way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from tranche.kernel.money import Money
from tranche.models import Interest, Payee, PayeeCallback, Payment, RecordEvent
from tranche.queries.records import EventRow, EvidenceRow, NotFound, events_of, evidence_of, in_language
from tranche.queries.scope import within
from tranche.queries.turns import Turn
from tranche.queries.viewer import UNFILTERED, Viewer

ALERT_DAYS: Final = 30
"""How long a change that was carried out stays on the first page."""

UNDER_WAY: Final = ("proposed", "verified")
YOUNG_NUMBER_DAYS: Final = 30


MANAGERS: Final = ("FM",)
"""Who puts a verified account to use."""


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """One account: whose it is, what became of it, and who must act next."""

    ref: str
    party_ref: str
    party: str
    holder_ref: str
    account_name: str
    iban: str
    bic: str
    state: str
    verified_on: date | None
    active_on: date | None
    first_paid_on: date | None
    name_warning: str
    predecessor_ref: str
    ownership_group: str
    turn: Turn | None

    @property
    def wants_second_call(self) -> bool:
        """Whether it counts as verified only when a second person has called the young number."""
        return self.state == "verified" and self.turn is not None and self.turn.roles != MANAGERS


@dataclass(frozen=True, slots=True)
class CallRow:
    """The call that verified the account, and the second one where the number was young."""

    number_source: str
    number_recorded_on: date
    requested_on: date
    called_on: date
    spoke_with: str
    verifier: str
    wants_second: bool
    second_verifier: str
    second_called_on: date | None
    second_spoke_with: str


@dataclass(frozen=True, slots=True)
class PaidRow:
    """A payment to the account."""

    ref: str
    contract_ref: str
    title: str
    state: str
    amount: Money
    released_on: date | None
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class PayeeDetail:
    row: PayeeRow
    successors: tuple[str, ...]
    calls: tuple[CallRow, ...]
    payments: tuple[PaidRow, ...]
    evidence: tuple[EvidenceRow, ...]
    events: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """An account that is new for a party that was paid to another one: proposed, or active since a day."""

    ref: str
    party_ref: str
    party: str
    state: str
    since: date
    predecessor_ref: str
    is_odd: bool


@dataclass(frozen=True, slots=True)
class InterestRow:
    """A person who is kept out of the money of a party; which tie it is stays with the auditor."""

    id: str
    person: str
    party: str
    from_on: date
    to_on: date | None


def payees(language: str = "en", who: Viewer = UNFILTERED) -> tuple[PayeeRow, ...]:
    """Every account: what waits for somebody first, then by party and reference."""
    rows = list(_rows().filter(within(who, "payee")).order_by("party__ref", "ref"))
    paid = _first_paid()
    order = {"proposed": 0, "verified": 1, "active": 2}
    calls = PayeeCallback.objects.using("read").filter(payee__in=[row.pk for row in rows])
    last = {row.payee_id: row for row in calls.order_by("log_seq")}
    found = [_row(row, paid, last.get(row.pk), language) for row in rows]
    return tuple(sorted(found, key=lambda row: (order.get(row.state, 3), row.party_ref, row.ref)))


def payee(ref: str, language: str = "en", who: Viewer = UNFILTERED) -> PayeeDetail:
    """One account by its reference; raises NotFound."""
    found = _rows().filter(ref=ref).first()
    if found is None:
        raise NotFound(ref)
    related = found.callbacks.select_related("verifier", "second_verifier")
    calls = list(related.order_by("log_seq"))
    payments = found.payments.select_related("record", "contract", "milestone")
    payments = payments.filter(within(who, "payment")).order_by("ref")
    return PayeeDetail(
        row=_row(found, _first_paid(), calls[-1] if calls else None, language),
        successors=tuple(found.successors.order_by("ref").values_list("ref", flat=True)),
        calls=tuple(_call(row) for row in calls),
        payments=tuple(_paid(row) for row in payments),
        evidence=evidence_of(found.record_id),
        events=events_of(found.record_id),
    )


def changes(
    today: date,
    language: str = "en",
    parties: Collection[str] | None = None,
    *,
    who: Viewer = UNFILTERED,
) -> tuple[Change, ...]:
    """Changes of accounts under way, or carried out in the last 30 days, the newest first.

    A change is an account that names its predecessor, or one of a party that has another active account.
    """
    recent = Q(record__state="active", active_on__gt=today - timedelta(days=ALERT_DAYS))
    found_rows = _rows().filter(within(who, "payee")).filter(Q(record__state__in=UNDER_WAY) | recent)
    if parties is not None:
        found_rows = found_rows.filter(party__ref__in=parties)
    rows = list(found_rows)
    first = RecordEvent.objects.using("read").filter(record_id__in=[row.pk for row in rows], version=1)
    proposed = dict(first.values_list("record_id", "at"))
    active = set(Payee.objects.using("read").filter(record__state="active").values_list("party_id", "ref"))
    found = []
    for row in rows:
        others = {ref for party_id, ref in active if party_id == row.party_id} - {row.ref}
        if row.predecessor is not None or others or row.name_warning:
            found.append(_change(row, proposed[row.pk].date(), language))
    return tuple(sorted(found, key=lambda change: (change.since, change.ref), reverse=True))


def interests(today: date, language: str = "en", who: Viewer = UNFILTERED) -> tuple[InterestRow, ...]:
    """Declared interests that hold today or later, by person."""
    rows = Interest.objects.using("read").select_related("person", "party")
    lasting = rows.filter(within(who, "interest")).filter(Q(to_on__isnull=True) | Q(to_on__gt=today))
    return tuple(
        InterestRow(
            id=row.id,
            person=row.person.name,
            party=in_language(row.party, "name", language),
            from_on=row.from_on,
            to_on=row.to_on,
        )
        for row in lasting.order_by("person__name", "party__ref", "id")
    )


def parties_of(action: str, refs: Collection[str]) -> frozenset[str]:
    """The parties whose accounts a decision over payments or an account is about; none where it is new."""
    rows = Payee.objects.using("read")
    rows = rows.filter(ref__in=refs) if action.startswith("payee.") else rows.filter(payments__ref__in=refs)
    return frozenset(rows.values_list("party__ref", flat=True))


def _rows() -> QuerySet[Payee]:
    return Payee.objects.using("read").select_related("record__holder_party", "party", "predecessor")


def _change(row: Payee, proposed_on: date, language: str) -> Change:
    return Change(
        ref=row.ref,
        party_ref=row.party.ref,
        party=in_language(row.party, "name", language),
        state=row.record.state,
        since=row.active_on or proposed_on,
        predecessor_ref=row.predecessor.ref if row.predecessor else "",
        is_odd=bool(row.name_warning),
    )


def _first_paid() -> Mapping[str, date]:
    """The day of the first settled payment by account."""
    rows = Payment.objects.using("read").filter(record__state="settled", settled_on__isnull=False)
    found: dict[str, date] = {}
    for payee_id, on in rows.order_by("settled_on").values_list("payee_id", "settled_on"):
        if on is not None:
            found.setdefault(payee_id, on)
    return found


def _row(row: Payee, paid: Mapping[str, date], last: PayeeCallback | None, language: str) -> PayeeRow:
    return PayeeRow(
        ref=row.ref,
        party_ref=row.party.ref,
        party=in_language(row.party, "name", language),
        holder_ref=row.record.holder_party.ref,
        account_name=row.account_name,
        iban=row.iban,
        bic=row.bic,
        state=row.record.state,
        verified_on=row.verified_on,
        active_on=row.active_on,
        first_paid_on=paid.get(row.pk),
        name_warning=row.name_warning,
        predecessor_ref=row.predecessor.ref if row.predecessor else "",
        ownership_group=row.party.ownership_group,
        turn=_turn(row, last),
    )


def _turn(row: Payee, last: PayeeCallback | None) -> Turn | None:
    """Who must act next: a verifier, the second one where the number was young, then a manager."""
    holder = (row.record.holder_party.ref,)
    if row.record.state == "proposed":
        return Turn(("PY", "RA"), holder, 1)
    if row.record.state != "verified":
        return None
    if last is not None and _wants_second(last) and last.second_verifier_id is None:
        return Turn(("PY", "RA"), holder, 1)
    return Turn(MANAGERS, holder, 1)


def _wants_second(row: PayeeCallback) -> bool:
    return row.requested_on - row.number_recorded_on < timedelta(days=YOUNG_NUMBER_DAYS)


def _call(row: PayeeCallback) -> CallRow:
    return CallRow(
        number_source=row.number_source,
        number_recorded_on=row.number_recorded_on,
        requested_on=row.requested_on,
        called_on=row.called_on,
        spoke_with=row.spoke_with,
        verifier=row.verifier.name,
        wants_second=_wants_second(row),
        second_verifier=row.second_verifier.name if row.second_verifier else "",
        second_called_on=row.second_called_on,
        second_spoke_with=row.second_spoke_with,
    )


def _paid(row: Payment) -> PaidRow:
    return PaidRow(
        ref=row.ref,
        contract_ref=row.contract.ref if row.contract else "",
        title=row.title,
        state=row.record.state,
        amount=Money(row.amount_minor, row.currency),
        released_on=row.released_on,
        settled_on=row.settled_on,
    )
