"""Inputs of a form: how each kind is read from what a person typed, and what is shown again if refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from tranche.kernel.canonical import Canonical
from tranche.kernel.money import NBSP, AmountError, AmountOutOfRange, Money, format_amount, parse_typed
from tranche.queries.presenters.refusals import explain
from tranche.store import evidence

UPLOAD_BYTES_MAX: Final = 20 * 1024 * 1024  # larger files go through the command line
WHOLE: Final = re.compile("[0-9]{1,15}")
MEDIA_TYPE: Final = re.compile("[a-z]+/[a-zA-Z0-9.+-]{1,80}")


class Widget(StrEnum):
    """The kinds of input that the form templates know."""

    TEXT = "text"
    LONG = "long"
    MONEY = "money"
    DATE = "date"
    WHOLE = "whole"
    CHOICE = "choice"
    FLAG = "flag"
    FILES = "files"
    OWNERS = "owners"
    PARTNERS = "partners"
    SEVERAL = "several"
    HIDDEN = "hidden"


DRAWN_AS: Final[Mapping[Widget, str]] = {Widget.FLAG: "choice", Widget.PARTNERS: "long"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what is sent and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One input; `parts` are the kinds of documents, or the owners of a procedure, that it asks for."""

    name: str
    label: str
    widget: Widget
    required: bool = True
    help: str = ""
    options: tuple[Option, ...] = ()
    parts: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """One control as parts/field.html draws it: with what was typed into it and why that was refused."""

    name: str
    label: str
    kind: str
    hint: str = ""
    error: str = ""
    value: str = ""
    options: tuple[Option, ...] = ()
    chosen: frozenset[str] = frozenset()
    currency: str = ""
    currencies: tuple[str, ...] = ()
    optional: bool = False


class FieldRefused(ValueError):
    """What was typed does not parse; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a form says: arguments where it parsed, sentences by field where it did not."""

    arguments: Mapping[str, object]
    errors: Mapping[str, str]


def read(
    fields: Sequence[Field],
    typed: Mapping[str, str],
    files: MultiValueDict[str, UploadedFile[bytes]],
    kept: Sequence[Mapping[str, object]],
    language: str,
) -> Parsed:
    """Every field of a form; empty optional fields are left out."""
    arguments: dict[str, object] = {}
    errors: dict[str, str] = {}
    for asked in fields:
        try:
            value = _value(asked, typed, files, kept, language)
        except FieldRefused as refused:
            errors[asked.name] = str(refused)
            continue
        if value in (None, "", [], {}):
            if asked.required and asked.widget is not Widget.FILES:
                errors[asked.name] = _("This is needed.")
            continue
        arguments[asked.name] = value
    return Parsed(arguments, errors)


def _value(
    asked: Field,
    typed: Mapping[str, str],
    files: MultiValueDict[str, UploadedFile[bytes]],
    kept: Sequence[Mapping[str, object]],
    language: str,
) -> object:
    text = plain(typed.get(asked.name, ""))
    match asked.widget:
        case Widget.MONEY:
            return money(text, typed.get(f"{asked.name}_currency", ""), language) if text else None
        case Widget.WHOLE:
            return _whole(text)
        case Widget.FLAG:
            return {"yes": True, "no": False}.get(text)
        case Widget.CHOICE:
            return _chosen(text, asked.options)
        case Widget.OWNERS:
            chosen = {part.value: typed.get(f"{asked.name}_{part.value}", "") for part in asked.parts}
            return chosen if all(chosen.values()) else None
        case Widget.SEVERAL:
            return [one.value for one in asked.options if typed.get(f"{asked.name}_{one.value}") == "yes"]
        case Widget.PARTNERS:
            return [_partner(line, language) for line in text.splitlines() if line.strip()]
        case Widget.FILES:
            return [*kept, *_documents(asked, files)]
        case _:
            return text


def plain(text: str) -> str:
    """NFC with LF line ends and no blanks around: what the record keeps of typed text."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def money(text: str, currency: str, language: str) -> Money:
    """An amount as people of this language type it; raises FieldRefused with the form to type."""
    try:
        typed = parse_typed(text, currency, language)
    except (AmountError, AmountOutOfRange) as error:
        said = explain(error)
        raise FieldRefused(f"{said.what} {said.next}") from error
    if typed.amount_minor == 0:
        raise FieldRefused(_("The amount must be above zero."))
    return typed


def _partner(line: str, language: str) -> dict[str, str]:
    """One line as in: UA-MOD; 60; 6000000.00 EUR; raises FieldRefused with the line."""
    party, weight, due, *rest = [*(part.strip() for part in line.split(";")), "", ""]
    if not party or not WHOLE.fullmatch(weight) or int(weight) == 0 or any(rest[:-1]):
        raise FieldRefused(
            _("This line is not a reference, a whole weight and an amount, parted by semicolons: %(line)s")
            % {"line": line.strip()[:80]}
        )
    if not due:
        return {"party": party, "weight": weight}
    typed, _blank, currency = due.rpartition(" ")
    owed = money(typed.strip(), currency, language)
    return {
        "party": party,
        "weight": weight,
        "due_minor": str(owed.amount_minor),
        "currency": owed.currency,
    }


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not WHOLE.fullmatch(text):
        raise FieldRefused(_("Write a whole number without sign."))
    return int(text)


def _chosen(text: str, options: Sequence[Option]) -> str:
    if text and text not in {option.value for option in options}:
        raise FieldRefused(_("Choose one of the values in the list."))
    return text


def _documents(asked: Field, files: MultiValueDict[str, UploadedFile[bytes]]) -> list[dict[str, object]]:
    found = []
    for part in asked.parts:
        found += [document(part.value, file) for file in files.getlist(f"{asked.name}_{part.value}")]
    return found


def document(kind: str, file: UploadedFile[bytes]) -> dict[str, object]:
    """Keep an uploaded file in the evidence store, by its hash, before anything reads it."""
    data = file_bytes(file)
    media_type = file.content_type or ""
    return {
        "kind": kind,
        "media_type": media_type if MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream",
        "name": plain(file.name or "")[:200] or kind,
        "sha256": evidence.put(data),
        "size_bytes": len(data),
    }


def file_bytes(file: UploadedFile[bytes]) -> bytes:
    """The bytes of an upload; raises FieldRefused where it is empty or too large."""
    size = file.size or 0
    if size > UPLOAD_BYTES_MAX:
        raise FieldRefused(_("The file is larger than 20 MB. Use the command line for larger files."))
    if size == 0:
        raise FieldRefused(_("The file is empty."))
    return bytes(file.read())


def inputs(fields: Sequence[Field], typed: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Input, ...]:
    """The controls of a form as they were typed; documents and owners have one control each."""
    found: list[Input] = []
    for asked in fields:
        error = errors.get(asked.name, "")
        match asked.widget:
            case Widget.FILES:
                found += _of_parts(asked, "file", typed, error, ())
            case Widget.OWNERS:
                found += _of_parts(asked, "choice", typed, error, asked.options)
            case _:
                found.append(_single(asked, typed, error))
    return tuple(found)


def _of_parts(
    asked: Field, kind: str, typed: Mapping[str, str], error: str, options: tuple[Option, ...]
) -> list[Input]:
    """One control for each part; hint and error stand at the first."""
    return [
        Input(
            name=f"{asked.name}_{part.value}",
            label=part.label,
            kind=kind,
            hint=asked.help if first else "",
            error=error if first else "",
            value=typed.get(f"{asked.name}_{part.value}", ""),
            options=options,
            optional=not asked.required and kind != "file",
        )
        for first, part in ((position == 0, part) for position, part in enumerate(asked.parts))
    ]


def _single(asked: Field, typed: Mapping[str, str], error: str) -> Input:
    is_money = asked.widget is Widget.MONEY
    options = asked.options
    if asked.widget is Widget.FLAG:
        options = (Option("yes", _("Yes")), Option("no", _("No")))
    return Input(
        name=asked.name,
        label=asked.label,
        kind=DRAWN_AS.get(asked.widget, asked.widget.value),
        hint=asked.help,
        error=error,
        value=typed.get(asked.name, ""),
        options=() if is_money else options,
        chosen=frozenset(one.value for one in options if typed.get(f"{asked.name}_{one.value}") == "yes"),
        currency=typed.get(f"{asked.name}_currency", "") or (options[0].value if is_money else ""),
        currencies=tuple(option.value for option in options) if is_money else (),
        optional=not asked.required,
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary: where it leads and what it says."""

    field: str
    text: str


def problems(shown: Sequence[Input]) -> tuple[Problem, ...]:
    """What the summary lists: every control that was refused, in the order of the page."""
    return tuple(Problem(row.name, f"{row.label}: {row.error}") for row in shown if row.error)


def retyped(arguments: Mapping[str, Canonical], language: str) -> dict[str, str]:
    """What somebody would have typed to get these arguments: to change answers after the check page."""
    typed: dict[str, str] = {}
    for name, value in arguments.items():
        if isinstance(value, Mapping) and set(value) == {"amount_minor", "currency"}:
            amount = Money(cast(int, value["amount_minor"]), cast(str, value["currency"]))
            typed[name] = format_amount(amount, language).rpartition(NBSP)[0]
            typed[f"{name}_currency"] = amount.currency
        elif isinstance(value, Mapping):
            typed |= {f"{name}_{key}": str(inner) for key, inner in value.items()}
        elif isinstance(value, bool):
            typed[name] = "yes" if value else "no"
        elif isinstance(value, (str, int)):
            typed[name] = str(value)
        elif name == "payments":
            typed |= {f"{name}_{ref}": "yes" for ref in cast("Sequence[str]", value)}
        elif name == "partners" and isinstance(value, Sequence):
            rows = cast("Sequence[Mapping[str, str]]", value)
            typed[name] = "\n".join(_partner_line(row, language) for row in rows)
    return typed


def _partner_line(row: Mapping[str, str], language: str) -> str:
    line = f"{row['party']}; {row['weight']}"
    if "due_minor" not in row:
        return line
    due = Money(int(row["due_minor"]), row["currency"])
    return f"{line}; {format_amount(due, language).rpartition(NBSP)[0]} {due.currency}"
