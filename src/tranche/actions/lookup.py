"""Finding what an action speaks of, and the situation that policy judges it in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar, cast

from django.db.models import Model, QuerySet

from tranche.actions.people import deeds
from tranche.actions.registry import Arguments
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import ReferenceTaken, UnknownReference
from tranche.ledger.balances import balances
from tranche.ledger.flows import Place, Restriction
from tranche.models import (
    Agreement,
    Contract,
    Evidence,
    Party,
    Payment,
    Programme,
    Record,
    SpendingRule,
    Tranche,
)

M = TypeVar("M", bound=Model)

RECEIVED = ("received", "closed")


@dataclass(frozen=True, slots=True)
class Funding:
    """One restriction of money: a tranche spent on its own, or the pro-rata pool of an agreement."""

    ref: str
    agreement: Agreement
    restriction: Restriction
    place: Place
    currency: str
    tranches: tuple[Tranche, ...]


def find(model: type[M], ref: Canonical) -> M:
    """The object with this reference; raises UnknownReference."""
    found = model._default_manager.filter(ref=ref).first()
    if found is None:
        raise UnknownReference(model.__name__.lower(), str(ref))
    return found


def free_ref(arguments: Arguments) -> str:
    """The reference that a new record asks for; raises ReferenceTaken."""
    return unused(cast(str, arguments["ref"]))


def unused(ref: str) -> str:
    """A reference that is neither a record's nor a pool's; raises ReferenceTaken."""
    if Record.objects.filter(ref=ref).exists() or Agreement.objects.filter(pool_ref=ref).exists():
        raise ReferenceTaken(ref)
    return ref


def funding(ref: Canonical) -> Funding:
    """The tranche or pool behind a reference; raises UnknownReference."""
    pooled = Agreement.objects.select_related("approving_party", "recipient").filter(pool_ref=ref).first()
    if pooled is not None:
        rows = pooled.tranches.filter(record__state__in=RECEIVED).select_related("record", "donor")
        tranches = tuple(rows.order_by("ordinal"))
        code = cast(str, pooled.pool_ref)
        currency = pool_currency(pooled)
        return Funding(code, pooled, Restriction(code, True), Place(Kind.POOL, code), currency, tranches)
    tranche = (
        Tranche.objects.select_related(
            "record", "donor", "agreement__approving_party", "agreement__recipient"
        )
        .filter(ref=ref, agreement__spending_rule=SpendingRule.EARMARK)
        .first()
    )
    if tranche is None:
        raise UnknownReference("tranche or pool", str(ref))
    place = Place(Kind.TRANCHE, tranche.donor.ref)
    restriction = Restriction(tranche.ref, False)
    return Funding(tranche.ref, tranche.agreement, restriction, place, tranche.currency, (tranche,))


def pool_currency(agreement: Agreement) -> str:
    """A pool mixes one currency: that of its first tranche that was not withdrawn; "" before there is one."""
    rows = agreement.tranches.exclude(record__state="withdrawn").order_by("ordinal")
    return rows.values_list("currency", flat=True).first() or ""


def spendable(source: Funding, holder: Party) -> dict[str, str]:
    """The failed guards of spending: under a live agreement, and by its recipient alone."""
    failed: dict[str, str] = {}
    if source.agreement.record.state not in ("signed", "in_force"):
        failed["agreement_live"] = source.agreement.ref
    if source.agreement.recipient_id != holder.id:
        failed["own_money"] = source.ref
    return failed


def held(kind: Kind, holder: str, restriction: str, currency: str) -> int:
    """What lies at one place under one restriction, in minor units."""
    found = balances(kinds=(kind,), holders=(holder,), restriction=restriction, using="default")
    return sum(row.balance for row in found if row.currency == currency)


def short(available: int, wanted: Money) -> dict[str, str]:
    """The failed guard `enough`, naming the missing minor units, or nothing."""
    missing = wanted.amount_minor - available
    return {"enough": f"{missing} {wanted.currency}"} if missing > 0 else {}


def evidence_kinds(record: Record | None, arguments: Arguments) -> frozenset[str]:
    """Kinds on file for the record and kinds that come with the request."""
    brought = {row["kind"] for row in cast("list[dict[str, str]]", arguments.get("evidence", ()))}
    if record is None:
        return frozenset(brought)
    return frozenset(brought) | frozenset(_fresh(record).values_list("kind", flat=True))


def _fresh(record: Record) -> QuerySet[Evidence]:
    """Documents filed since the record's last step: a paper serves one step."""
    last = record.events.order_by("-version").values_list("at", flat=True).first()
    filed = Evidence.objects.filter(record=record, superseded_by__isnull=True)
    return filed.filter(filed_at__gt=last) if last else filed


def evidence_facts(record: Record, kinds: Collection[str]) -> list[Canonical]:
    """Kind and hash of the documents on file that the approvers rely on."""
    rows = Evidence.objects.filter(record=record, kind__in=kinds, superseded_by__isnull=True)
    return [[row.kind, row.sha256] for row in rows.order_by("kind", "sha256")]


def agreement_parties(agreement: Agreement) -> frozenset[str]:
    refs = set(agreement.parties.values_list("party__ref", flat=True))
    return frozenset(refs | {agreement.approving_party.ref, agreement.recipient.ref})


def agreement_situation(agreement: Agreement, chain: Collection[str], record: Record | None) -> Situation:
    """Who stands in what relation to a record under an agreement."""
    return Situation(
        owner=agreement.approving_party.ref,
        parties=agreement_parties(agreement),
        approving=agreement.approving_party.ref,
        recipient=agreement.recipient.ref,
        chain_deeds=deeds(chain),
        record_deeds=deeds([record.id]) if record else {},
    )


def tranche_chain(tranche: Tranche) -> list[str]:
    """The tranche, its agreement and its steps: one chain for distinctness."""
    steps = Record.objects.filter(step__procedure__tranche=tranche).values_list("id", flat=True)
    return [tranche.record_id, tranche.agreement_id, *steps]


def recipient_situation(
    owner: Party, agreement: Agreement | None, chain: Collection[str], record: Record | None
) -> Situation:
    """Who stands in what relation to a record of the recipient: programme, contract and below."""
    return Situation(
        owner=owner.ref,
        parties=agreement_parties(agreement) if agreement else frozenset({owner.ref}),
        named=frozenset({owner.ref}),
        approving=agreement.approving_party.ref if agreement else "",
        recipient=owner.ref,
        chain_deeds=deeds(chain),
        record_deeds=deeds([record.id]) if record else {},
    )


def contract_live(contract: Contract) -> dict[str, str]:
    """The failed guard of work under a contract that was cancelled, terminated or closed, or nothing."""
    state = contract.record.state
    return {} if state in ("draft", "signed") else {"contract_live": f"{contract.ref} {state}"}


def contract_chain(contract: Contract) -> list[str]:
    """The contract with its milestones, payments and lots: the payment chain."""
    return [
        contract.record_id,
        *contract.milestones.values_list("record_id", flat=True),
        *contract.payments.values_list("record_id", flat=True),
        *contract.lots.values_list("record_id", flat=True),
    ]


def contract_situation(contract: Contract, record: Record | None) -> Situation:
    source = funding(contract.funding_ref)
    return recipient_situation(contract.programme.holder, source.agreement, contract_chain(contract), record)


def live_payments_minor(payments: Collection[Payment]) -> int:
    """What drafted, released and settled payments add up to; failed and cancelled ones do not count."""
    return sum(row.amount_minor for row in payments if row.record.state in ("drafted", "released", "settled"))


def programme_of(arguments: Arguments) -> Programme:
    return find(Programme, arguments["programme"])
