"""What approvers rely on, in words: a label for every fact and argument, and its value as people read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils.translation import gettext_lazy as _

from tranche.kernel.canonical import Canonical
from tranche.kernel.money import Money, format_amount
from tranche.queries import people
from tranche.queries.presenters.action_words import TITLES
from tranche.queries.presenters.days import day_text
from tranche.queries.presenters.fact_words import LABELS
from tranche.queries.presenters.log_words import WRITTEN
from tranche.queries.presenters.money_words import ENTRIES
from tranche.queries.presenters.payment_lines import PaymentLine, line_text, name_warning, payment_lines
from tranche.queries.presenters.words import CHOICES, EVIDENCE, KINDS, ROLES, STATES, role_of, word

CODED = frozenset(
    {
        "advice",
        "advice_given",
        "category",
        "cause",
        "deviation",
        "finding",
        "kind",
        "instructed_source",
        "methods",
        "language",
        "method",
        "new_rule",
        "number_source",
        "out_of",
        "output_rule",
        "pay_after",
        "published_basis",
        "over",
        "purpose",
        "screening_result",
        "share_cause",
        "source_class",
        "spending_rule",
        "valued_by",
        "verdict",
    }
)
CODES = frozenset(
    {
        *("iban", "bic", "aaguid", "fingerprint", "handle", "person_id", "public_key"),
        *("policy_after", "policy_before"),
    }
)
TEXT_SHOWN_MAX = 600
ACCOUNT_NUMBER = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
"""An IBAN (ISO 13616), whatever the fact is called that holds one."""
SHOWN_ENDS = 4
"""Characters at each end of an account number by which it is recognised."""
HIDDEN = frozenset({"undone_event"})
"""Facts that bind a decision and say nothing to people."""

FIRST = (
    *("person_name", "person", "username", "logins", "duplicate_name", "substitute", "role", "party_name"),
    *("fingerprint", "key_label", "method"),
    *(
        "ref",
        "title",
        "summary",
        "step",
        "agreement_ref",
        "payments_count",
        "total",
        "agreement",
        "tranche",
        "donor",
        "origin",
        "programme",
        "contract",
    ),
    *("milestone", "payment", "lot", "supplier", "payee", "account_name", "name_warning", "iban", "bic"),
    *("replaced_iban", "callback_on", "verifier", "second_verifier"),
    *("first_payment", "purpose", "donor_name", "price_before", "price", "planned", "amount", "value"),
    *("effective_on", "limit_one_before", "limit_one_after", "limit_two_before", "limit_two_after"),
    *("window_days_before", "window_days_after", "methods_before", "methods_after"),
    *("key_models_before", "key_models_after", "rules_changed", "policy_before", "policy_after"),
    *("limit", "bank_amount", "instructed", "exchange", "booked_as", "funding", "spending_rule", "earmark"),
)
"""The order in which people read a decision: about what, to whom, how much, whose money."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file under the decision: its kind in words, its name where known, and its hash."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a summary list; `documents` stands instead of `text` where the value is files.

    `lines` stand instead of it where the value is payments.
    """

    name: str
    label: str
    text: str
    money: Money | None = None
    is_code: bool = False
    documents: tuple[Document, ...] = ()
    lines: tuple[PaymentLine, ...] = ()


def masked(iban: str) -> str:
    """An account number that can be recognised and not used."""
    return f"{iban[:SHOWN_ENDS]} … {iban[-SHOWN_ENDS:]}"


def without_numbers(values: Mapping[str, Canonical]) -> Mapping[str, Canonical]:
    """The same with every account number masked, for who does not decide over it."""
    return {name: _without_numbers(value) for name, value in values.items()}


def _without_numbers(value: Canonical) -> Canonical:
    if isinstance(value, str):
        return masked(value) if ACCOUNT_NUMBER.fullmatch(value) else value
    if isinstance(value, Mapping):
        return {name: _without_numbers(inner) for name, inner in value.items()}
    return [_without_numbers(inner) for inner in value] if isinstance(value, list) else value


def label(name: str) -> str:
    """The name of a fact or argument in the reader's language."""
    return word(LABELS, name)


def present(values: Mapping[str, Canonical], language: str) -> tuple[Fact, ...]:
    """The rows of a summary list, what matters most first; empty values are left out."""
    shown = sorted(values.items(), key=lambda row: (_place(row[0]), row[0]))
    return tuple(
        fact(name, value, language) for name, value in shown if name not in HIDDEN and not _is_empty(value)
    )


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def fact(name: str, value: Canonical, language: str) -> Fact:
    """One value in words."""
    title = label(name)
    if isinstance(value, Mapping) and set(value) == {"amount_minor", "currency"}:
        money = Money(cast(int, value["amount_minor"]), cast(str, value["currency"]))
        return Fact(name, title, format_amount(money, language), money=money)
    if name == "lines":
        lines = payment_lines(value)
        return Fact(name, title, "\n".join(line_text(line, language) for line in lines), lines=lines)
    if name in ("evidence", "replaced"):
        return Fact(name, title, "", documents=documents(cast("Sequence[object]", value)))
    if isinstance(value, bool):
        return Fact(name, title, str(_("yes")) if value else str(_("no")))
    if name.endswith("_on") and isinstance(value, str):
        return Fact(name, title, _day(value))
    if name in CODED and isinstance(value, str):
        return Fact(name, title, word(CHOICES, value))
    if name in SHAPED:
        return Fact(name, title, SHAPED[name](value, language))
    is_code = name in CODES or name.endswith(("sha256", "_iban", "_file", "end_to_end_id"))
    return Fact(name, title, _plain(value, language), is_code=is_code)


def _is_empty(value: Canonical) -> bool:
    return value is None or (isinstance(value, (str, Sequence, Mapping)) and not value)


def _day(value: str) -> str:
    """A whole date in the reader's form; a year or a month as it was typed."""
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value


def _plain(value: Canonical, language: str) -> str:
    if isinstance(value, Mapping) and set(value) == {"amount_minor", "currency"}:
        return _amount(value, language)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(inner, language)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_plain(inner, language) for inner in value)
    shown = str(value)
    return shown if len(shown) <= TEXT_SHOWN_MAX else shown[:TEXT_SHOWN_MAX] + " …"


def _amount(value: Canonical, language: str) -> str:
    found = cast("Mapping[str, Canonical]", value)
    return format_amount(Money(cast(int, found["amount_minor"]), cast(str, found["currency"])), language)


def _exchange(value: Canonical, language: str) -> str:
    """The rate as the bank's own two numbers with its day; nothing is divided."""
    found = cast("Mapping[str, Canonical]", value)
    given, got = (_amount(found[name], language) for name in ("given", "got"))
    return f"{given} / {got}, {_day(str(found['on']))}"


def _booked_as(value: Canonical, _language: str) -> str:
    kind, ref = cast("Sequence[str]", value)
    return f"{word(KINDS, kind)} {ref}"


def _opened(value: Canonical, _language: str) -> str:
    rows = cast("Sequence[Sequence[str]]", value)
    return "; ".join(
        ", ".join(part for part in (code, word(CHOICES, rule), donor, earmark) if part)
        for code, rule, donor, earmark in rows
    )


def _entries(value: Canonical, _language: str) -> str:
    rows = cast("Sequence[Sequence[object]]", value)
    return ", ".join(f"{number} ({word(ENTRIES, str(kind))})" for number, kind in rows)


def _log_items(value: Canonical, _language: str) -> str:
    rows = cast("Sequence[Sequence[object]]", value)
    return ", ".join(f"{number} ({WRITTEN.get(str(name), name)})" for number, name in rows)


def _count(value: Canonical, _language: str) -> str:
    return str(len(cast("Sequence[object]", value)))


def _state(value: Canonical, _language: str) -> str:
    return word(STATES, str(value))


def _shares(value: Canonical, language: str) -> str:
    """Each partner with its weight and due, as a request states them or as a version holds them."""
    found = []
    for row in cast("Sequence[Mapping[str, str] | Sequence[Canonical]]", value):
        if isinstance(row, Mapping):
            ref, weight, due = row["party"], row["weight"], _due(row)
        else:
            ref, weight, due = str(row[0]), str(row[1]), row[2]
        found.append(f"{ref} {weight}" + (f" ({_amount(due, language)})" if due else ""))
    return "; ".join(found)


def _due(row: Mapping[str, str]) -> Canonical:
    minor = row.get("due_minor", "")
    return {"amount_minor": int(minor), "currency": row["currency"]} if minor.isdigit() else ""


def _action(value: Canonical, _language: str) -> str:
    return word(TITLES, str(value))


def _role(value: Canonical, _language: str) -> str:
    return word(ROLES, str(value))


def _scope(value: Canonical, _language: str) -> str:
    return word(KINDS, str(value))


def _held(value: Canonical, _language: str) -> str:
    rows = cast("Sequence[Sequence[str]]", value)
    return "; ".join(role_of(role, party) for role, party in rows)


def _person(value: Canonical, _language: str) -> str:
    return people.name_of(str(value))


def _login(value: Canonical, _language: str) -> str:
    return people.username_of(str(value))


def _grant(value: Canonical, _language: str) -> str:
    held = people.grant_of(str(value))
    return role_of(*held) if held else str(value)


def _identity(value: Canonical, _language: str) -> str:
    return people.subject_of(str(value))


def _conditions(value: Canonical, _language: str) -> str:
    rows = cast("Sequence[Sequence[str]]", value)
    return "; ".join(f"{ref} ({word(STATES, state)}): {text[:120]}" for ref, state, text in rows)


def _kinds(value: Canonical, _language: str) -> str:
    return ", ".join(word(EVIDENCE, kind) for kind in cast("Sequence[str]", value))


def _choices(value: Canonical, _language: str) -> str:
    codes = [value] if isinstance(value, str) else cast("Sequence[str]", value)
    return ", ".join(word(CHOICES, code) for code in codes)


def _actions(value: Canonical, _language: str) -> str:
    return "; ".join(word(TITLES, name) for name in cast("Sequence[str]", value))


def _due_dates(value: Canonical, _language: str) -> str:
    rows = cast("Sequence[Sequence[str]]", value)
    return "; ".join(f"{title}: {_day(old)} → {_day(new)}" for title, old, new in rows)


SHAPED: Mapping[str, Callable[[Canonical, str], str]] = {
    "duplicate": _person,
    "grant": _grant,
    "holds": _held,
    "identity": _identity,
    "login": _login,
    "person": _person,
    "role": _role,
    "scope": _scope,
    "booked_as": _booked_as,
    "conditions_precedent": _conditions,
    "evidence_kinds": _kinds,
    "kinds": _kinds,
    "name_warning": name_warning,
    "due_dates": _due_dates,
    "first": _person,
    "key_models_after": _choices,
    "key_models_before": _choices,
    "methods_after": _choices,
    "methods_before": _choices,
    "rules_changed": _actions,
    "second": _person,
    "third": _person,
    "entries": _entries,
    "exchange": _exchange,
    "lines_freed": _count,
    "log_items": _log_items,
    "back_to": _state,
    "of_action": _action,
    "undone": _action,
    "won_by": _action,
    "opened": _opened,
    "partners": _shares,
    "shares": _shares,
    "shares_before": _shares,
}
"""Facts with a shape of their own, each with how it is written out."""


def documents(rows: Sequence[object]) -> tuple[Document, ...]:
    """Documents as the request brought them (mappings) or as the register holds them (kind and hash)."""
    found = []
    for row in rows:
        if isinstance(row, Mapping):
            kind, name, sha256 = str(row["kind"]), str(row["name"]), str(row["sha256"])
        else:
            pair = cast("Sequence[str]", row)
            kind, name, sha256 = pair[0], "", pair[1]
        found.append(Document(word(EVIDENCE, kind), name, sha256))
    return tuple(found)
