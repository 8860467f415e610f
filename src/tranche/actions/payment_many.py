"""One decision over many payments: each line is seen, and one changed line voids all of them.

The payments are under contracts of one holder, paid under one agreement and in one currency, so that the same
parties decide over every line and the amounts may be added up.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, cast

from tranche.actions import arguments as a
from tranche.actions.chains import contracts_situation, live_payments_minor
from tranche.actions.execution import Execution
from tranche.actions.funds import agreement_of, funding, held
from tranche.actions.payment import Behind, behind, not_ready, payment_facts, subjects_of
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical, encode
from tranche.kernel.journal import EntryDraft, Line
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.kernel.refusals import BadArgument, UnknownReference
from tranche.ledger.flows import Place, lines_for
from tranche.models import FUND, PAYMENT, Agreement, Contract, Milestone, Payment, Purpose

MOST: Final = 500
BYTES_MAX: Final = 240 * 1024
"""What the payments of one decision may take; with a reason and all else in it it holds at most 256 KiB."""
NAMED_MAX: Final = 5
"""So many payments are named where a guard fails for more."""
SHOWN: Final = (
    *("payee", "iban", "bic", "amount", "planned", "callback_on", "first_payment", "name_warning"),
    *("replaced_iban", "end_to_end_id", "funding", "supplier", "ownership_group"),
)
"""What a line says of what the release of one payment says; of the documents it has one hash over all."""


def _found(arguments: Arguments) -> list[Payment]:
    """The payments with what their lines are made of; raises UnknownReference, BadArgument for a return."""
    refs = cast("Sequence[str]", arguments["payments"])
    rows = Payment.objects.select_related(
        *("record__holder_party", "payee__record", "payee__party", "payee__predecessor"),
        *("contract__record", "contract__supplier", "contract__programme__holder", "milestone__record"),
        "milestone__contract__record",
        "milestone__contract__supplier",
        "milestone__contract__programme__holder",
    ).prefetch_related("payee__callbacks", "milestone__payments__record", "milestone__lots__record")
    found = {row.ref: row for row in rows.filter(ref__in=refs)}
    for ref in refs:
        if ref not in found:
            raise UnknownReference("payment", ref)
        if found[ref].purpose != Purpose.SUPPLY:
            raise BadArgument("payments", "supply", ref)
    return [found[ref] for ref in refs]


def _basis(arguments: Arguments, _today: date) -> Basis:
    payments = _found(arguments)
    contracts = {row.contract.pk: row.contract for row in payments if row.contract is not None}
    agreements = {ref: agreement_of(ref) for ref in {row.funding_ref for row in payments}}
    first = payments[0]
    agreement = agreements[first.funding_ref]
    known, parts = behind(payments), _parts(payments)
    lines = list[Canonical](_line(row, known) for row in payments)
    subjects = {f"{FUND}{ref}" for ref in agreements} | {f"{PAYMENT}{row.ref}" for row in payments}
    _check_size([lines, dict(parts), sorted(subjects), arguments["payments"]], payments)
    return Basis(
        situation=contracts_situation(list(contracts.values()), [row.record for row in payments]),
        ref=agreement.ref,
        holder=first.record.holder_party,
        facts={
            "agreement_ref": agreement.ref,
            "payments_count": len(payments),
            "total": {"amount_minor": sum(row.amount_minor for row in payments), "currency": first.currency},
            "lines": lines,
        },
        amount=Money(sum(row.planned_minor for row in payments), first.fund_currency),
        failed=_failed(payments, agreements),
        several=tuple(row.record for row in payments),
        subjects=frozenset(subjects | parts.keys()),
        parts=parts,
    )


def _check_size(said: list[Canonical], payments: Sequence[Payment]) -> None:
    """Raise BadArgument where the payments are more than the content of one decision holds."""
    versions: Canonical = [[row.ref, row.record.version] for row in payments]
    if len(encode([*said, versions])) > BYTES_MAX:
        raise BadArgument("payments", "lines_long", str(len(payments)))


def _line(payment: Payment, known: Behind) -> Canonical:
    facts = payment_facts(payment, known)
    contract, milestone = cast(Contract, payment.contract), cast(Milestone, payment.milestone)
    return {
        "payment": payment.ref,
        "contract": contract.ref,
        "milestone": milestone.ref,
        "documents_sha256": hashlib.sha256(encode(facts["evidence"])).hexdigest(),
        **{name: facts[name] for name in SHOWN if facts.get(name) not in (None, "", False)},
    }


def _failed(payments: Sequence[Payment], agreements: Mapping[str, Agreement]) -> dict[str, str]:
    """What stands in the way of any of the payments, each named with what its own release would say."""
    found: dict[str, list[str]] = defaultdict(list)
    for payment in payments:
        if payment.record.state != "drafted":
            found["drafted"].append(f"{payment.ref} {payment.record.state}")
        milestone = cast(Milestone, payment.milestone)
        live = live_payments_minor(milestone.payments.all())
        for guard, why in not_ready(milestone, payment.payee, live).items():
            found[guard].append(why)
    first = payments[0]
    apart = {
        "one_agreement": [
            row.ref for row in payments if agreements[row.funding_ref] != agreements[first.funding_ref]
        ],
        "one_holder": [
            row.ref for row in payments if row.record.holder_party_id != first.record.holder_party_id
        ],
        "one_money": [
            row.ref
            for row in payments
            if (row.currency, row.fund_currency) != (first.currency, first.fund_currency)
        ],
    }
    failed = {guard: _named(whys) for guard, whys in {**found, **apart}.items() if whys}
    return failed if "drafted" in failed else {**failed, **_short(payments)}


def _named(whys: Iterable[str]) -> str:
    """The first few that differ, and how many more."""
    told = list(dict.fromkeys(whys))
    more = f" (+{len(told) - NAMED_MAX})" if len(told) > NAMED_MAX else ""
    return ", ".join(told[:NAMED_MAX]) + more


def _short(payments: Sequence[Payment]) -> dict[str, str]:
    """The failed guard where a contract has less than all of its payments together take."""
    wanted: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in payments:
        wanted[cast(Contract, row.contract).ref, row.funding_ref, row.fund_currency] += row.planned_minor
    missing = [
        f"{minor - there} {currency}"
        for (contract, fund, currency), minor in sorted(wanted.items())
        if (there := held(Kind.CONTRACT, contract, fund, currency)) < minor
    ]
    return {"enough": missing[0]} if missing else {}


def _parts(payments: Sequence[Payment]) -> dict[str, int]:
    """What falls to each payee, contract and account."""
    found: dict[str, int] = defaultdict(int)
    for row in payments:
        for subject in subjects_of(row):
            found[subject] += row.planned_minor
    return dict(found)


def _release(execution: Execution) -> None:
    payments = _found(execution.arguments)
    execution.events([row.record for row in payments], "payment.release", "released")
    Payment.objects.filter(pk__in=[row.pk for row in payments]).update(released_on=execution.today)
    planned: dict[Place, list[Line]] = defaultdict(list)
    drafts = []
    rules = {ref: funding(ref).restriction for ref in {row.funding_ref for row in payments}}
    for row in payments:
        places = Place(Kind.CONTRACT, cast(Contract, row.contract).ref), Place(Kind.TRANSIT, row.ref)
        lines = lines_for(
            *(rules[row.funding_ref], row.fund_currency, *places, row.planned_minor),
            write=execution.write,
            planned=planned[places[0]],
        )
        planned[places[0]] += lines
        drafts.append(EntryDraft("order", lines, execution.today, None, execution.decision.id))
    execution.post(*drafts)


register(Action("payment.release_many", (a.ref_list("payments", MOST),), _basis, _release))
