"""The columns of the register against the arguments of the decisions that made its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tranche.kernel.differences import Differences
from tranche.ledger.decided import Decided
from tranche.ledger.rows import Execute

_CURRENCY = "currency"

ARGUMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "agreement.draft": {
        "title": "title",
        "title_uk": "title_uk",
        "title_lt": "title_lt",
        "earmark": "earmark",
        "return_rule": "return_rule",
        "reporting_duty": "reporting_duty",
        "signed_on": "=",
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
        "title_uk": "title_uk",
        "title_lt": "title_lt",
        "amount_minor": "amount.amount_minor",
        _CURRENCY: "amount.currency",
        "earmark_ref": "earmark_ref",
        "earmark": "earmark",
        "conditions": "conditions",
        "planned_on": "planned_on",
    },
    "condition.add": {
        "tranche_id>record": "tranche",
        "text": "text",
        "long_stop_on": "long_stop_on",
        "filing_party_id>party": "filing_party",
        "judging_party_id>party": "judging_party",
    },
    "programme.draft": {"title": "title", "category": "category", "holder_id>party": "holder"},
    "contract.draft": {
        "programme_id>record": "programme",
        "supplier_id>party": "supplier",
        "title": "title",
        "funding_ref": "funding",
        "price_minor": "price.amount_minor",
        _CURRENCY: "price.currency",
        "planned_minor": "facts:planned.amount_minor|price.amount_minor",
        "fund_currency": "facts:planned.currency|price.currency",
        "rate_num": "rate#num",
        "rate_scale": "rate#scale",
        "rate_base": "rate_base",
        "rate_on": "rate_on",
        "rate_source": "rate_source",
        "margin_bp": "margin_bp|=0",
        "tender_reference": "tender_reference",
        "price_reason": "price_reason",
        "selection_id>record": "selection",
    },
    "selection.list": {
        "programme_id>record": "programme",
        "agreement_id>record": "agreement",
        "supplier_id>party": "supplier",
        "title": "title",
        "tender_reference": "tender_reference",
        "offer_minor": "price.amount_minor",
        "lowest_minor": "lowest.amount_minor",
        _CURRENCY: "price.currency",
    },
    "inkind.offer": {
        "agreement_id>record": "agreement",
        "donor_id>party": "donor",
        "title": "title",
        "category": "category",
        "quantity": "quantity",
        "unit": "unit",
        "country": "country",
    },
    "joint.draft": {"programme_id>record": "programme", "title": "title", "output_rule": "output_rule"},
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
        "name_warning": "facts:name_warning",
        "verified_on": "=",
        "active_on": "=",
    },
    "payment.draft": {
        "purpose": "purpose|=supply",
        "milestone_id>record": "milestone",
        "donor_id>party": "donor",
        "clause": "clause",
        "payee_id>record": "payee",
        "amount_minor": "amount.amount_minor",
        _CURRENCY: "amount.currency",
        "planned_minor": "facts:planned.amount_minor|amount.amount_minor",
        "fund_currency": "facts:planned.currency|amount.currency",
        "retry_of_id>record": "retry_of",
        "bank_minor": "=",
        "settled_seq": "=",
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
    "advance.open": {
        "party_id>party": "party",
        "agreement_id>record": "agreement",
        "limit_minor": "limit.amount_minor",
        _CURRENCY: "limit.currency",
        "log_seq": "@seq",
        "closed_seq": "=",
    },
    "bank.set_aside": {
        "donor_id>party": "donor",
        "funding_ref": "funding",
        "amount_minor": "amount.amount_minor",
        _CURRENCY: "amount.currency",
        "log_seq": "@seq",
    },
}
"""For each creating action: a column (> the table whose reference it leads to) and where its value stands.

A value is an argument by its path; "facts:" leads to what the approvers saw, "@seq" is the log entry, "@day"
its day, "=" is a text, "#num" and "#scale" are the digits of a rate and how many of them follow the point.
The first of several, parted by "|", counts that is there.
"""

AMENDED: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "contract.amend": (
        "contract.draft",
        {
            name: value
            for name, value in ARGUMENTS["contract.draft"].items()
            if name.startswith(("price", "planned", "rate", "margin"))
        },
    ),
    "payment.settle": (
        "payment.draft",
        {"bank_minor": "facts:bank_amount.amount_minor", "settled_seq": "@seq"},
    ),
    "agreement.sign": ("agreement.draft", {"signed_on": "signed_on"}),
    "payee.verify": ("payee.propose", {"verified_on": "@day"}),
    "payee.confirm_call": ("payee.propose", {"verified_on": "@day"}),
    "payee.activate": ("payee.propose", {"active_on": "@day"}),
    "advance.close": ("advance.open", {"closed_seq": "@seq"}),
}
"""Actions that change columns of a row: the action that made it, and what they wrote."""

PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "advance.open": ("advance", "id"),
    "bank.set_aside": ("set_aside", "id"),
}
"""Where rows stand that are no records: their table and key."""

OTHERS: Final[Mapping[str, str]] = {"lot.record": "t.inkind_id IS NULL"}
"""Which rows of a table the action makes, where another action makes rows of it as well."""

LOTS_IN_KIND: Final = """
SELECT l.ref, l.category, i.category, l.quantity, i.quantity, l.unit, i.unit
FROM lot l JOIN inkind i ON i.record_id = l.inkind_id
WHERE l.category <> i.category OR l.quantity <> i.quantity OR l.unit <> i.unit ORDER BY l.ref
"""

LOT_COLUMNS: Final = ("category", "quantity", "unit")

PAYMENTS_ELSEWHERE: Final = """
SELECT p.ref, p.contract_id, m.contract_id, p.funding_ref, c.funding_ref
FROM payment p JOIN milestone m ON m.record_id = p.milestone_id JOIN contract c ON c.record_id = m.contract_id
WHERE p.contract_id <> m.contract_id OR p.funding_ref <> c.funding_ref ORDER BY p.ref
"""

ADVANCE_FLOORS: Final = """
SELECT a.code, -v.limit_minor, a.floor FROM account a JOIN fund f ON f.id = a.fund_id
JOIN advance v ON v.ref = f.code
WHERE a.kind = 'advance' AND a.floor <> -v.limit_minor ORDER BY a.code
"""


class Registers:
    """The rows of the register as they are, compared with the decisions that made them and changed them."""

    def __init__(self, execute: Execute, differences: Differences) -> None:
        self._execute = execute
        self._differences = differences
        self._rows = {action: _rows(action, execute) for action in ARGUMENTS}
        self._refs: dict[tuple[str, str], str] = {}
        self._wanted: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}

    def check(self, decided: Decided) -> None:
        """Note what the decision wrote: the row that it made, or columns of another."""
        key, seq = decided.entry.object_id, decided.entry.seq
        if decided.action in ARGUMENTS:
            self._refs[decided.action, key] = decided.ref
            self._want(decided.action, key, seq, _values(ARGUMENTS[decided.action], decided))
        elif decided.action in AMENDED:
            made_by, columns = AMENDED[decided.action]
            said = {name: value for name, value in _values(columns, decided).items() if value}
            self._want(made_by, key, seq, said)
        elif decided.action.endswith(".step_back") and decided.facts.get("undone") in AMENDED:
            made_by, columns = AMENDED[decided.facts["undone"]]
            self._want(made_by, key, seq, dict.fromkeys(columns, ""))

    def _want(self, action: str, key: str, seq: int, values: Mapping[str, str]) -> None:
        """The latest entry says what a column holds; decisions come in no order."""
        wanted = self._wanted.setdefault((action, key), {})
        for name, value in values.items():
            if name not in wanted or wanted[name][0] < seq:
                wanted[name] = (seq, value)

    def finish(self) -> None:
        """Each row has what was asked for and its decision, and payments stay with their contract."""
        for (action, key), ref in sorted(self._refs.items()):
            self._compare(action, key, ref)
        for action, rows in self._rows.items():
            for row in rows.values():
                self._differences.note(
                    "register_added", "a decision that made it", "none", row=_where(action, str(row[0]))
                )
        for ref, found, expected, funding, wanted in self._execute(PAYMENTS_ELSEWHERE, []):
            where = f"payment {ref}"
            self._differences.compare("register_contract_id", expected, found, row=where)
            self._differences.compare("register_funding_ref", wanted, funding, row=where)

        for ref, *pairs in self._execute(LOTS_IN_KIND, []):
            for name, found, wanted in zip(LOT_COLUMNS, pairs[::2], pairs[1::2], strict=True):
                self._differences.compare(f"register_{name}", wanted, found, row=f"lot {ref}")
        for code, wanted, found in self._execute(ADVANCE_FLOORS, []):
            self._differences.compare("account_floor", wanted, found, account=code)

    def _compare(self, action: str, key: str, ref: str) -> None:
        where = _where(action, ref)
        row = self._rows[action].pop(key, None)
        if row is None:
            self._differences.note("register_missing", "a row", "none", row=where)
            return
        self._differences.compare("register_ref", ref, row[0], row=where)
        wanted = self._wanted[action, key]
        for column, found in zip(ARGUMENTS[action], row[1:], strict=True):
            name = column.split(">")[0]
            self._differences.compare(f"register_{name}", wanted[name][1], _shown(found), row=where)


def _where(action: str, ref: str) -> str:
    return f"{_place(action)[0]} {ref}"


def _place(action: str) -> tuple[str, str]:
    return PLACES.get(action, (action.split(".")[0], "record_id"))


def _rows(action: str, execute: Execute) -> dict[str, tuple[Any, ...]]:
    columns = ", ".join(_selected(column) for column in ARGUMENTS[action])
    table, key = _place(action)
    statement = "SELECT t.:key, t.ref, :columns FROM :table t"
    sql = statement.replace(":columns", columns).replace(":table", table).replace(":key", key)
    sql += f" WHERE {OTHERS[action]}" if action in OTHERS else ""
    return {row[0]: tuple(row[1:]) for row in execute(sql, [])}


def _selected(column: str) -> str:
    """The column itself, or the reference of the row that it leads to."""
    name, _, table = column.partition(">")
    led = "(SELECT x.ref FROM :table x WHERE x.id = t.:name)".replace(":table", table).replace(":name", name)
    return led if table else f"t.{name}"


def _values(columns: Mapping[str, str], decided: Decided) -> dict[str, str]:
    """What a decision says of each column."""
    found = {}
    for column, paths in columns.items():
        name = column.split(">")[0]
        said = (_said(path, decided) for path in paths.split("|"))
        value = next((each for each in said if each), "")
        found[name] = "".join(value.split()).upper() if name == "iban" else value
    return found


def _said(path: str, decided: Decided) -> str:
    if path.startswith("@"):
        return {"@seq": str(decided.entry.seq), "@day": decided.entry.day}[path]
    if path.startswith("="):
        return path[1:]
    name, _, part = path.partition("#")
    value: Any = decided.facts if name.startswith("facts:") else decided.arguments
    for step in name.removeprefix("facts:").split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    shown = _shown(value)
    if part and shown:
        whole, _, digits = shown.partition(".")
        return str(int(whole + digits)) if part == "num" else str(len(digits))
    return shown


def _shown(value: object) -> str:
    """A stored or asked value as text, the same on either engine; nothing is the empty text."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
