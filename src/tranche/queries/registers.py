"""The registers by kind: which model, which words and which amount stand for a row in a list."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Model, QuerySet

from tranche.kernel.refusals import UnknownReference
from tranche.models import (
    Advance,
    Agreement,
    Claim,
    Contract,
    Decision,
    InKind,
    Joint,
    Lot,
    Milestone,
    Party,
    Payee,
    Payment,
    Priority,
    Programme,
    Selection,
    Step,
    Tranche,
)


class UnknownKind(LookupError):
    """No register has this name; `known` are those that there are."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind, self.known = kind, tuple(REGISTERS)


@dataclass(frozen=True, slots=True)
class Register:
    """How to read one kind: dotted paths to title, state and amount ("" where it has none)."""

    model: type[Model]
    title: str
    state: str = "record.state"
    amount: str = ""
    key: str = "ref"
    related: tuple[str, ...] = ()

    def rows(self) -> QuerySet[Any]:
        read = {path.rpartition(".")[0].replace(".", "__") for path in (self.title, self.state)}
        related = sorted((read | {*self.related}) - {""})
        rows = self.model._default_manager.using("read")
        return rows.select_related(*related) if related else rows.all()

    def find(self, ref: str) -> Any:
        """The row with this reference; raises UnknownReference."""
        row = self.rows().filter(**{self.key: ref}).first()
        if row is None:
            raise UnknownReference(self.model.__name__.lower(), ref)
        return row


REGISTERS = {
    "party": Register(Party, "name", state=""),
    "agreement": Register(Agreement, "title"),
    "tranche": Register(Tranche, "title", amount="amount_minor"),
    "step": Register(Step, "title"),
    "programme": Register(Programme, "title"),
    "contract": Register(Contract, "title", amount="price_minor"),
    "milestone": Register(Milestone, "title", amount="amount_minor"),
    "payment": Register(Payment, "title", amount="amount_minor", related=("milestone",)),
    "payee": Register(Payee, "party.name"),
    "lot": Register(Lot, "title", amount="value_minor", related=("contract", "inkind")),
    "claim": Register(Claim, "summary"),
    "priority": Register(Priority, "title", amount="amount_minor"),
    "selection": Register(Selection, "title", amount="offer_minor"),
    "inkind": Register(InKind, "title"),
    "joint": Register(Joint, "title"),
    "advance": Register(Advance, "party.name", state="", amount="limit_minor"),
    "decision": Register(Decision, "action", state="state", amount="amount_minor", key="id"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list; the amount is None where the kind has none."""

    ref: str
    state: str
    title: str
    amount_minor: int | None
    currency: str | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def register_of(kind: str) -> Register:
    """The register of a kind; raises UnknownKind."""
    if kind not in REGISTERS:
        raise UnknownKind(kind)
    return REGISTERS[kind]


def model_of(kind: str) -> type[Model]:
    return register_of(kind).model


def listed(kind: str, *, state: str | None, limit: int) -> tuple[Listed, ...]:
    """The rows of a kind by reference, at most `limit` of them; raises UnknownKind."""
    register = register_of(kind)
    rows = register.rows()
    if state is not None and register.state:
        rows = rows.filter(**{register.state.replace(".", "__"): state})
    return tuple(_row(register, row) for row in rows.order_by(register.key)[:limit])


def _row(register: Register, row: Any) -> Listed:
    amount = _read(row, register.amount)
    return Listed(
        ref=str(_read(row, register.key)),
        state=str(_read(row, register.state) or ""),
        title=str(_read(row, register.title)),
        amount_minor=amount,
        currency=row.currency if amount is not None else None,
    )


def _read(row: Any, path: str) -> Any:
    if not path:
        return None
    for name in path.split("."):
        row = getattr(row, name)
    return row
