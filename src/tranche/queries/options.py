"""What may be chosen in a form: records by kind and state, parties, money that is there, free bank lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from tranche.kernel.chart import Kind
from tranche.kernel.money import Money, format_amount
from tranche.ledger.balances import balances
from tranche.models import (
    Advance,
    Agreement,
    BankLine,
    Claim,
    Condition,
    Contract,
    Evidence,
    FundRule,
    Identity,
    InKind,
    Interest,
    Joint,
    Login,
    Lot,
    Milestone,
    Origin,
    Party,
    Payee,
    Payment,
    Person,
    Priority,
    Programme,
    Purpose,
    RoleGrant,
    Selection,
    SetAside,
    Step,
    Tranche,
    UploadLink,
    free,
    open_holds,
)
from tranche.models.templates import template, template_keys
from tranche.queries.known import only_known
from tranche.queries.records import in_language
from tranche.queries.scope import records_within, within
from tranche.queries.viewer import UNFILTERED, Viewer

OPTIONS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be chosen: what is stored and what a person recognises it by."""

    value: str
    label: str


_Describe = Callable[[Any, str], str]


def _name(party: Party | None, language: str) -> str:
    return in_language(party, "name", language) if party else ""


def _title(row: Any, language: str) -> str:
    return in_language(row, "title", language)


_RECORDS: Final[Mapping[str, tuple[Any, tuple[str, ...], _Describe]]] = {
    "agreement": (Agreement, (), _title),
    "tranche": (Tranche, (), _title),
    "step": (Step, (), _title),
    "condition": (Condition, (), lambda row, _language: row.text[:80]),
    "programme": (Programme, (), _title),
    "contract": (Contract, (), _title),
    "milestone": (Milestone, (), _title),
    "payment": (Payment, ("milestone",), lambda row, _language: row.title[:80]),
    "lot": (Lot, (), lambda row, _language: f"{row.quantity} {row.unit}"),
    "payee": (Payee, ("party",), lambda row, language: f"{_name(row.party, language)}, {row.iban}"),
    "claim": (Claim, (), lambda row, _language: row.summary[:80]),
    "priority": (Priority, (), _title),
    "selection": (
        Selection,
        ("supplier",),
        lambda row, language: f"{row.title}, {_name(row.supplier, language)}",
    ),
    "inkind": (InKind, (), _title),
    "joint": (Joint, (), _title),
}


def records(
    kind: str, language: str, states: Collection[str] = (), who: Viewer = UNFILTERED
) -> tuple[Choice, ...]:
    """Records of one kind, in these states where any are named."""
    model, related, describe = _RECORDS[kind]
    found = model._default_manager.using("read").select_related("record", *related)
    found = found.filter(within(who, kind))
    if states:
        found = found.filter(record__state__in=states)
    return tuple(
        Choice(row.ref, f"{row.ref}: {describe(row, language)}")
        for row in found.order_by("ref")[:OPTIONS_MAX]
    )


def payments_to_release(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Drafted payments under contracts; who replaces a decision chooses again among its own."""
    rows = (
        Payment.objects.using("read")
        .select_related("milestone", "payee")
        .filter(within(who, "payment"), record__state="drafted", purpose=Purpose.SUPPLY)
    )
    return tuple(
        Choice(
            row.ref,
            f"{row.ref}: {format_amount(Money(row.amount_minor, row.currency), language)},"
            f" {row.payee.account_name}, {row.title[:80]}",
        )
        for row in rows.order_by("ref")[:OPTIONS_MAX]
    )


def parties(language: str, kinds: Collection[str] = ()) -> tuple[Choice, ...]:
    found = Party.objects.using("read")
    chosen = found.filter(kind__in=kinds) if kinds else found.all()
    return tuple(
        Choice(row.ref, f"{row.ref}: {_name(row, language)}") for row in chosen.order_by("ref")[:OPTIONS_MAX]
    )


def origins(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    found = Origin.objects.using("read").filter(within(who, "origin")).order_by("ref")[:OPTIONS_MAX]
    return tuple(Choice(row.ref, f"{row.ref}: {in_language(row, 'title', language)}") for row in found)


def money(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """The funds in force, each with what lies in it unallocated."""
    there: dict[tuple[str, str], int] = {}
    for row in balances(kinds=(Kind.TRANCHE, Kind.POOL)):
        ref = row.pool or row.fund or ""
        there[ref, row.currency] = there.get((ref, row.currency), 0) + row.balance
    refs = set(_in_force().values_list("fund", flat=True))
    return tuple(
        Choice(ref, f"{ref}: {format_amount(Money(amount, currency), language)}")
        for (ref, currency), amount in sorted(there.items())
        if ref in refs and who.knows_fund(ref)
    )


def _in_force() -> QuerySet[FundRule]:
    return FundRule.objects.using("read").select_related("agreement").filter(ended_on__isnull=True)


def restrictions(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Every fund that money may be spent from, also before any came, and every open advance."""
    ruled = {row.fund: _title(row.agreement, language) for row in _in_force()}
    pooled = Agreement.objects.using("read").filter(pool_ref__isnull=False, signed_on__isnull=True)
    alone = Tranche.objects.using("read").filter(
        agreement__spending_rule="earmark", record__state="announced"
    )
    unruled = {str(row.pool_ref): _title(row, language) for row in pooled} | {
        row.ref: _title(row, language) for row in alone
    }
    found = [Choice(ref, f"{ref}: {title}") for ref, title in sorted((unruled | ruled).items())]
    return (*(row for row in found if who.knows_fund(row.value)), *advances(language, who))


def advances(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """The advances that are open."""
    rows = (
        Advance.objects.using("read")
        .select_related("party")
        .filter(within(who, "advance"), closed_on__isnull=True)
    )
    return tuple(Choice(row.ref, f"{row.ref}: {_name(row.party, language)}") for row in rows.order_by("ref"))


def holds(who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """The holds that are open."""
    return tuple(
        Choice(hold.ref, f"{hold.ref}: {hold.scope_ref or hold.scope_kind}")
        for hold in only_known(who, "hold", open_holds("read"))
    )


def set_asides(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """What was set aside for donors' banks."""
    rows = (
        SetAside.objects.using("read")
        .select_related("donor")
        .filter(within(who, "set_aside"))
        .order_by("ref")
    )
    return tuple(
        Choice(
            row.ref,
            f"{row.ref}: {_name(row.donor, language)},"
            f" {format_amount(Money(row.amount_minor, row.currency), language)}",
        )
        for row in rows[:OPTIONS_MAX]
    )


def parked_lines(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Bank lines that wait for their paper."""
    found = BankLine.objects.using("read").filter(
        within(who, "line"), matches__target_kind="suspense", matches__released_seq__isnull=True
    )
    return _lines(found, language)


def free_lines(language: str, *, credit: bool, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Bank lines that are not booked, money in or money out."""
    found = free(BankLine.objects.using("read").filter(within(who, "line")))
    return _lines(found.filter(amount_minor__gt=0) if credit else found.filter(amount_minor__lt=0), language)


def _lines(found: QuerySet[BankLine], language: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            row.id,
            f"{row.booked_on.isoformat()} · {format_amount(Money(row.amount_minor, row.currency), language)}"
            f" · {row.counterparty_name}",
        )
        for row in found.order_by("booked_on", "id")[:OPTIONS_MAX]
    )


def step_documents(ref: str) -> tuple[str, ...]:
    """The kinds of documents that a procedure step asks for."""
    step = Step.objects.using("read").filter(ref=ref).first()
    return tuple(step.evidence_kinds) if step else ()


def people(who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Everybody who counts as a person of its own, with the sign-ins that tell namesakes apart."""
    rows = (
        Person.objects.using("read")
        .filter(within(who, "person"), root__isnull=True)
        .prefetch_related("logins")
    )
    return tuple(
        Choice(row.id, f"{row.name}: {', '.join(sorted(login.username for login in row.logins.all()))}")
        for row in rows.order_by("name", "id")[:OPTIONS_MAX]
    )


def logins(who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """The sign-ins that are not shut."""
    rows = Login.objects.using("read").select_related("person").filter(within(who, "login"), is_active=True)
    return tuple(
        Choice(row.id, f"{row.username}: {row.person.name}")
        for row in rows.order_by("username")[:OPTIONS_MAX]
    )


def identities(who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """The accounts elsewhere that open a sign-in here."""
    rows = (
        Identity.objects.using("read")
        .select_related("login")
        .filter(within(who, "identity"), ended_at__isnull=True)
    )
    return tuple(
        Choice(row.id, f"{row.login.username}: {row.subject}")
        for row in rows.order_by("login__username", "subject")[:OPTIONS_MAX]
    )


def grants(now: datetime, who: Viewer = UNFILTERED) -> tuple[tuple[str, str, str, str], ...]:
    """The roles that have not ended: id, holder, role and party."""
    rows = RoleGrant.objects.using("read").select_related("person", "party")
    found = rows.filter(within(who, "grant") & (Q(to_at__isnull=True) | Q(to_at__gt=now))).order_by(
        "person__name", "role"
    )
    return tuple((row.id, row.person.name, row.role, row.party.ref) for row in found[:OPTIONS_MAX])


def documents(who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Documents on file for records that nothing has superseded."""
    rows = Evidence.objects.using("read").select_related("record")
    standing = rows.filter(records_within(who, "record_id"), record__isnull=False, superseded_by__isnull=True)
    return tuple(
        Choice(
            row.sha256, f"{row.record.ref if row.record else ''}: {row.kind.replace('_', ' ')}, {row.name}"
        )
        for row in standing.order_by("-filed_at", "id")[:OPTIONS_MAX]
    )


def document_kind(sha256: str) -> tuple[str, ...]:
    """The kind of the document that is to be replaced; nothing while none is chosen."""
    row = Evidence.objects.using("read").filter(sha256=sha256, superseded_by__isnull=True).first()
    return (row.kind,) if row else ()


def interests(language: str, who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Declared interests that have no end yet."""
    rows = (
        Interest.objects.using("read")
        .select_related("person", "party")
        .filter(within(who, "interest"), to_on__isnull=True)
    )
    return tuple(
        Choice(row.id, f"{row.person.name}: {row.party.ref} {_name(row.party, language)}")
        for row in rows.order_by("person__name", "party__ref", "id")[:OPTIONS_MAX]
    )


def links(who: Viewer = UNFILTERED) -> tuple[Choice, ...]:
    """Upload links that were not revoked."""
    rows = (
        UploadLink.objects.using("read")
        .select_related("record")
        .filter(within(who, "link"), revoked_at__isnull=True)
    )
    return tuple(
        Choice(row.id, f"{row.record.ref}: {row.expires_on.isoformat()}")
        for row in rows.order_by("record__ref", "issued_at", "id")[:OPTIONS_MAX]
    )


def step_holders(ref: str) -> tuple[Choice, ...]:
    """The people who hold the role that this step is owned by, as sign-ins."""
    step = Step.objects.using("read").filter(ref=ref).first()
    if step is None:
        return ()
    held = RoleGrant.objects.using("read").filter(party=step.owner_party, role=step.owner_role)
    found = Login.objects.using("read").select_related("person").filter(person__active=True, is_active=True)
    found = found.filter(person_id__in=held.values_list("person_id", flat=True))
    return tuple(Choice(row.username, row.person.name) for row in found.order_by("username")[:OPTIONS_MAX])


def owners_wanted(action: str, tranche: str, key: str) -> tuple[str, ...]:
    """The owners that a template names; on an amendment those that the procedure does not know yet."""
    if key not in template_keys(using="read"):
        return ()
    wanted = template(key, using="read").owners
    if action != "tranche.amend_procedure":
        return wanted
    rows = Step.objects.using("read").filter(procedure__tranche__ref=tranche, removed_on__isnull=True)
    known = set(rows.values_list("owner", flat=True))
    return tuple(owner for owner in wanted if owner not in known)
