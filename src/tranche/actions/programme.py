"""Programmes and priorities: opened by two, funded by allocation, released a step back, closed when empty."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.funds import Funding, currencies_of, funding, held, left, live, short, spendable
from tranche.actions.lookup import (
    evidence_facts,
    evidence_kinds,
    find,
    free_ref,
    programme_of,
    recipient_situation,
)
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.roll_over import carry_over
from tranche.kernel.ledger import Fund, Kind, root_of
from tranche.kernel.refusals import CurrencyDiffers
from tranche.ledger.balances import balances
from tranche.ledger.flows import Place, lines_for
from tranche.models import FUND, Category, Party, Priority, Programme


def _draft_basis(arguments: Arguments, _today: date) -> Basis:
    holder = find(Party, arguments["holder"])
    return Basis(
        situation=recipient_situation(holder, None, [], None),
        ref=free_ref(arguments),
        holder=holder,
        facts={"title": arguments["title"]},
    )


def _draft(execution: Execution) -> None:
    record = execution.create()
    Programme.objects.create(
        record=record,
        ref=record.ref,
        title=execution.text("title"),
        title_uk=execution.text("title_uk"),
        title_lt=execution.text("title_lt"),
        category=execution.text("category"),
        holder=execution.basis.holder,
    )
    execution.created["id"] = record.id


def _basis(arguments: Arguments, _today: date) -> Basis:
    programme = programme_of(arguments)
    open_ones = programme.contracts.exclude(record__state__in=("closed", "cancelled"))
    refs = ", ".join(open_ones.values_list("ref", flat=True))
    there = left(balances(kinds=(Kind.PROGRAMME,), holders=(programme.ref,), using="default"))
    failed = {"no_live_contract": refs} if refs else {}
    if there:
        failed["balance_zero"] = there
    return Basis(
        situation=recipient_situation(
            programme.holder, None, [programme.record_id], programme.record, programme=programme.ref
        ),
        ref=programme.ref,
        holder=programme.holder,
        record=programme.record,
        facts={"title": programme.title, "category": programme.category},
        failed=failed,
    )


def _flow_basis(arguments: Arguments, *, back: bool) -> Basis:
    programme = programme_of(arguments)
    source = funding(arguments["funding"])
    amount = a.money_of(arguments, "amount")
    if amount.currency not in currencies_of(source):
        raise CurrencyDiffers(amount.currency, source.currency)
    here = Place(Kind.PROGRAMME, programme.ref) if back else source.place
    failed = short(held(here.kind, here.holder, source.ref, amount.currency), amount)
    if not back:
        failed |= spendable(source, programme.holder)
        if source.successor:
            failed["rolled_over"] = live(source.ref).ref
    if not source.is_received:
        failed["money_received"] = source.ref
    if not _earmark_covers(source, programme):
        failed["earmark_covers"] = source.ref
    return Basis(
        situation=recipient_situation(
            programme.holder,
            source.agreement,
            [programme.record_id],
            programme.record,
            programme=programme.ref,
        ),
        ref=programme.ref,
        holder=programme.holder,
        record=programme.record,
        facts={
            "programme": programme.title,
            "category": programme.category,
            "funding": source.ref,
            "agreement": source.agreement.title,
            "earmark": source.agreement.earmark,
            "spending_rule": source.rule,
        },
        amount=amount,
        failed=failed,
        subjects=frozenset({f"programme:{programme.ref}", f"{FUND}{root_of(Fund(source.ref))}"}),
    )


def _earmark_covers(source: Funding, programme: Programme) -> bool:
    return source.earmarks <= {programme.ref}


def _allocate_basis(arguments: Arguments, _today: date) -> Basis:
    return _flow_basis(arguments, back=False)


def _release_basis(arguments: Arguments, _today: date) -> Basis:
    return _flow_basis(arguments, back=True)


def _flow(execution: Execution, kind: str, *, back: bool) -> None:
    source = funding(execution.arguments["funding"])
    amount = execution.money("amount")
    execution.move()
    here = Place(Kind.PROGRAMME, execution.basis.ref)
    if back and source.successor:
        source = carry_over(execution, here, source, amount)
    start, target = (here, source.place) if back else (source.place, here)
    lines = lines_for(
        source.restriction, amount.currency, start, target, amount.amount_minor, write=execution.write
    )
    execution.enter(kind, *lines)


def _allocate(execution: Execution) -> None:
    _flow(execution, "allocate", back=False)


def _release(execution: Execution) -> None:
    _flow(execution, "release", back=True)


def _move(execution: Execution) -> None:
    execution.move()


def _priority_basis(arguments: Arguments, _today: date) -> Basis:
    holder = find(Party, arguments["holder"])
    return Basis(
        situation=recipient_situation(holder, None, [], None),
        ref=free_ref(arguments),
        holder=holder,
        facts={"title": arguments["title"], "year": arguments["year"]},
        amount=a.money_of(arguments, "amount"),
        evidence=evidence_kinds(None, arguments),
    )


def _priority_set(execution: Execution) -> None:
    amount = execution.money("amount")
    record = execution.create()
    Priority.objects.create(
        record=record,
        ref=record.ref,
        year=execution.whole("year"),
        category=execution.text("category"),
        title=execution.text("title"),
        title_uk=execution.text("title_uk"),
        title_lt=execution.text("title_lt"),
        quantity=execution.optional_whole("quantity"),
        unit=execution.text("unit"),
        amount_minor=amount.amount_minor,
        currency=amount.currency,
    )
    execution.created["id"] = record.id


def _priority_change_basis(arguments: Arguments, _today: date) -> Basis:
    priority = find(Priority, arguments["priority"])
    record = priority.record
    return Basis(
        situation=recipient_situation(record.holder_party, None, [record.id], record),
        ref=priority.ref,
        holder=record.holder_party,
        record=record,
        facts={"title": priority.title, "evidence": evidence_facts(record, ("document",))},
        amount=a.money_of(arguments, "amount") if "amount" in arguments else None,
        evidence=evidence_kinds(record, arguments),
    )


def _priority_amend(execution: Execution) -> None:
    amount = execution.money("amount")
    execution.move()
    values: dict[str, object] = {"amount_minor": amount.amount_minor, "currency": amount.currency}
    if "quantity" in execution.arguments:
        values["quantity"] = execution.whole("quantity")
    Priority.objects.filter(pk=execution.record.pk).update(**values)


QUANTITY_MAX = 2**31 - 1
_TITLES = (a.title("title"), a.title("title_uk", required=False), a.title("title_lt", required=False))
_FLOW = (a.ref("programme"), a.fund("funding"), a.money("amount"))

register(
    Action(
        "programme.draft",
        (a.ref("ref"), *_TITLES, a.choice("category", Category.values), a.ref("holder")),
        _draft_basis,
        _draft,
    )
)
register(Action("programme.open", (a.ref("programme"),), _basis, _move))
register(Action("programme.close", (a.ref("programme"),), _basis, _move))
register(Action("programme.allocate", _FLOW, _allocate_basis, _allocate))
register(Action("programme.release", _FLOW, _release_basis, _release))
register(
    Action(
        "priority.set",
        (
            a.ref("ref"),
            a.ref("holder"),
            a.whole("year", least=2000, most=2100),
            a.choice("category", Category.values),
            *_TITLES,
            a.whole("quantity", required=False, least=1, most=QUANTITY_MAX),
            a.text("unit", required=False, most=40),
            a.money("amount"),
            a.evidence(),
        ),
        _priority_basis,
        _priority_set,
    )
)
register(
    Action(
        "priority.amend",
        (
            a.ref("priority"),
            a.money("amount"),
            a.whole("quantity", required=False, least=1, most=QUANTITY_MAX),
            a.evidence(),
        ),
        _priority_change_basis,
        _priority_amend,
    )
)
register(Action("priority.withdraw", (a.ref("priority"),), _priority_change_basis, _move))
