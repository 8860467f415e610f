"""The columns of the register against the arguments of the decisions that made its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tranche.ledger.decided import Decided
from tranche.ledger.differences import Differences
from tranche.ledger.rows import Execute

_CURRENCY = "currency"

ARGUMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "agreement.draft": {
        "title": "title",
        "kind": "kind",
        "spending_rule": "spending_rule",
        "pool_ref": "pool_ref",
        "approving_party_id>party": "approving_party",
        "recipient_id>party": "recipient",
    },
    "tranche.announce": {
        "agreement_id>record": "agreement",
        "donor_id>party": "donor",
        "origin_id>origin": "origin",
        "ordinal": "ordinal",
        "title": "title",
        "amount_minor": "amount.amount_minor",
        _CURRENCY: "amount.currency",
        "earmark_ref": "earmark_ref",
        "earmark": "earmark",
        "conditions": "conditions",
        "planned_on": "planned_on",
    },
    "programme.draft": {"title": "title", "category": "category", "holder_id>party": "holder"},
    "contract.draft": {
        "programme_id>record": "programme",
        "supplier_id>party": "supplier",
        "title": "title",
        "funding_ref": "funding",
        "price_minor": "price.amount_minor",
        _CURRENCY: "price.currency",
        "tender_reference": "tender_reference",
        "price_reason": "price_reason",
    },
    "milestone.plan": {
        "contract_id>record": "contract",
        "title": "title",
        "amount_minor": "amount.amount_minor",
        _CURRENCY: "amount.currency",
        "due_on": "due_on",
        "pay_after": "pay_after",
    },
    "payee.propose": {
        "party_id>party": "party",
        "account_name": "account_name",
        "iban": "iban",
        "bic": "bic",
        "predecessor_id>record": "predecessor",
    },
    "payment.draft": {
        "milestone_id>record": "milestone",
        "payee_id>record": "payee",
        "amount_minor": "amount.amount_minor",
        _CURRENCY: "amount.currency",
    },
    "lot.record": {
        "contract_id>record": "contract",
        "milestone_id>record": "milestone",
        "category": "category",
        "quantity": "quantity",
        "unit": "unit",
        "country": "country",
        "value_minor": "value.amount_minor",
        _CURRENCY: "value.currency",
    },
}
"""For each creating action: a column (> the table whose reference it leads to) and its argument."""

PAYMENTS_ELSEWHERE: Final = """
SELECT p.ref, p.contract_id, m.contract_id FROM payment p JOIN milestone m ON m.record_id = p.milestone_id
WHERE p.contract_id <> m.contract_id ORDER BY p.ref
"""


class Registers:
    """The rows of the register as they are, each compared once with its creating decision."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._execute = execute
        self._differences = differences
        self._rows = {action: _rows(action, execute) for action in ARGUMENTS}

    def check(self, decided: Decided) -> None:
        """The row that the decision made has the columns that it asked for."""
        if decided.action not in ARGUMENTS:
            return
        where = f"{decided.action.split('.')[0]} {decided.ref}"
        row = self._rows[decided.action].pop(decided.entry.object_id, None)
        if row is None:
            self._differences.note("register_missing", "a row", "none", row=where)
            return
        self._differences.compare("register_ref", decided.ref, row[0], row=where)
        for (column, argument), found in zip(ARGUMENTS[decided.action].items(), row[1:], strict=True):
            name = column.split(">")[0]
            wanted = _wanted(name, argument, decided.arguments)
            self._differences.compare(f"register_{name}", wanted, _shown(found), row=where)

    def finish(self) -> None:
        """No row without its decision, and a payment stays with the contract of its milestone."""
        for action, rows in self._rows.items():
            for row in rows.values():
                where = f"{action.split('.')[0]} {row[0]}"
                self._differences.note("register_added", "a decision that made it", "none", row=where)
        for ref, found, expected in self._execute(PAYMENTS_ELSEWHERE, []):
            self._differences.note("register_contract_id", expected, found, row=f"payment {ref}")


def _rows(action: str, execute: Execute) -> dict[str, tuple[Any, ...]]:
    columns = ", ".join(_selected(column) for column in ARGUMENTS[action])
    table = action.split(".")[0]
    statement = "SELECT t.record_id, t.ref, :columns FROM :table t"
    found = execute(statement.replace(":columns", columns).replace(":table", table), [])
    return {row[0]: tuple(row[1:]) for row in found}


def _selected(column: str) -> str:
    """The column itself, or the reference of the row that it leads to."""
    name, _, table = column.partition(">")
    led = "(SELECT x.ref FROM :table x WHERE x.id = t.:name)".replace(":table", table).replace(":name", name)
    return led if table else f"t.{name}"


def _wanted(column: str, argument: str, arguments: Mapping[str, Any]) -> str:
    value: Any = arguments
    for part in argument.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    shown = _shown(value)
    return "".join(shown.split()).upper() if column == "iban" else shown


def _shown(value: object) -> str:
    """A stored or asked value as text, the same on either engine; nothing is the empty text."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
