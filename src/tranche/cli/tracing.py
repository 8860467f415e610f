"""Printing traces: where money went, who paid, and what would be without some entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tranche.cli.acting import reader
from tranche.cli.exits import Exit, Halt
from tranche.cli.output import Column, Output
from tranche.kernel.money import Money, format_amount
from tranche.queries.trace import TraceFrom, TraceTo, trace_from, trace_to
from tranche.queries.whatif import Lacking, Supposed, WhatIf, suppose

LANGUAGE = "en"
ARROW = " → "
STEP = " > "
FORWARD = ("trace", "what", "kind", "amount_minor", "currency", "own_minor", "own_currency", "path")
Document = TypeVar("Document", bound=TraceFrom | TraceTo)
BACKWARD = ("trace", "receipt", "donor", "origin", *FORWARD[3:])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the trace: which entries or donors to leave out, and in which form to print."""

    output: Output
    without: tuple[str, ...] = ()
    as_csv: bool = False
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Form(Generic[Document]):
    """How one direction prints: as values, their columns and rows, and as a table."""

    columns: Sequence[str]
    rows: Callable[[Document], Sequence[Sequence[object]]]
    print: Callable[[Document, Output], None]


def print_from(ref: str, username: str | None, asked: Asked) -> int:
    """The way of money forward; uses, unspent and returned add up to what came in."""
    reader(username)
    supposed = _supposed(asked)
    found = supposed.trace_from(ref) if supposed else trace_from(ref)
    return _print((found, *found.others), supposed, asked, Form(FORWARD, _forward_rows, _print_forward))


def print_to(ref: str, username: str | None, asked: Asked) -> int:
    """The way of money backward; the shares of the donors add up to what was paid."""
    reader(username)
    supposed = _supposed(asked)
    found = supposed.trace_to(ref) if supposed else trace_to(ref, stored=asked.stored)
    return _print((found, *found.others), supposed, asked, Form(BACKWARD, _backward_rows, _print_backward))


def _print(
    documents: Sequence[Document], supposed: Supposed | None, asked: Asked, form: Form[Document]
) -> int:
    """One document a currency, in the form that was asked for."""
    output = asked.output
    if asked.as_csv:
        left_out = " ".join(_left_out(asked))
        rows = [(*row, left_out) for one in documents for row in form.rows(one)]
        output.csv((*form.columns, "without"), rows)
    elif output.as_json:
        found = documents[0].as_json()
        output.document({"without": supposed.answer.as_json(), "trace": found} if supposed else found)
    else:
        _print_what_if(supposed, output)
        for one in documents:
            form.print(one, output)
    return Exit.DONE


def _check(asked: Asked) -> None:
    """Refuse what excludes each other; raises Halt."""
    if asked.as_csv and asked.output.as_json:
        raise _usage("--csv and --json are two forms of one answer.", "Choose one of them.")
    if asked.stored and asked.without:
        raise _usage("--stored says what was posted, --without what would be.", "Choose one of them.")
    if asked.without and not _left_out(asked):
        raise _usage("--without names nothing.", "Name an entry by its number, or a donor by its reference.")


def _usage(what: str, after: str) -> Halt:
    return Halt(Exit.USAGE, what, "Nothing was answered.", after)


def _left_out(asked: Asked) -> list[str]:
    return [part for text in asked.without for part in text.replace(",", " ").split()]


def _supposed(asked: Asked) -> Supposed | None:
    _check(asked)
    left_out = _left_out(asked)
    return suppose(left_out) if left_out else None


def _print_forward(found: TraceFrom, output: Output) -> None:
    rows = [
        (use.ref, use.kind, _amount(use.amount_minor, found.currency), use.own, use.path)
        for use in found.uses
    ]
    rows += [
        (rest.account, "unspent", _amount(rest.amount_minor, found.currency), rest.own, ())
        for rest in found.unspent
    ]
    lines = [
        (what, kind, amount, _own(own, found.currency), _way(path)) for what, kind, amount, own, path in rows
    ]
    if found.returned_minor:
        lines.append(("", "returned", _amount(found.returned_minor, found.currency), "", ""))
    title = f"{found.ref}: {_amount(found.amount_minor, found.currency)} followed to the cent"
    amounts = (Column("amount", right=True), Column("in its own currency", right=True))
    output.table(title, (Column("what"), Column("kind"), *amounts, Column("way")), lines)


def _print_backward(found: TraceTo, output: Output) -> None:
    rows = [
        (
            *(source.donor, source.origin or source.kind, source.ref),
            _amount(source.amount_minor, found.currency),
            _own(source.own, found.currency),
            _way(source.path),
        )
        for source in found.sources
    ]
    words = (Column("donor"), Column("origin"), Column("receipt"))
    amounts = (Column("amount", right=True), Column("in its own currency", right=True))
    output.table(
        f"{found.ref}: {_amount(found.amount_minor, found.currency)} paid by",
        (*words, *amounts, Column("way")),
        rows,
    )


def _print_what_if(supposed: Supposed | None, output: Output) -> None:
    if supposed is None:
        return
    found = supposed.answer
    left_out = ", ".join((*(f"entry {number}" for number in found.entries), *found.donors))
    output.line(f"What would be without {left_out}. {found.note}")
    output.line("Nothing was written.")
    output.line()
    _print_lacking("Uses that would lack their money", found.uses, output)
    _print_lacking("Places where money would be missing", found.places, output)
    _print_changed(found, output)


def _print_lacking(title: str, rows: Sequence[Lacking], output: Output) -> None:
    columns = (Column("what"), Column("kind"), Column("would lack", right=True), Column("from where on"))
    if rows:
        output.table(
            title,
            columns,
            [(row.ref, row.kind, format_amount(row.amount, LANGUAGE), _way(row.path)) for row in rows],
        )
        output.line()


def _print_changed(found: WhatIf, output: Output) -> None:
    columns = (Column("account"), Column("holds", right=True), Column("would hold", right=True))
    rows = [
        (row.account, format_amount(row.now, LANGUAGE), format_amount(row.would, LANGUAGE))
        for row in found.accounts
    ]
    if rows:
        output.table("Accounts that would hold another amount", columns, rows)
        output.line()


def _forward_rows(found: TraceFrom) -> list[tuple[object, ...]]:
    currency = found.currency
    rows: list[tuple[object, ...]] = [
        (found.ref, use.ref, use.kind, use.amount_minor, currency, *_parts(use.own), STEP.join(use.path))
        for use in found.uses
    ]
    rows += [
        (found.ref, rest.account, "unspent", rest.amount_minor, currency, *_parts(rest.own), rest.account)
        for rest in found.unspent
    ]
    if found.returned_minor:
        rows.append((found.ref, "", "returned", found.returned_minor, currency, "", "", ""))
    return rows


def _backward_rows(found: TraceTo) -> list[tuple[object, ...]]:
    return [
        (
            *(found.ref, source.ref, source.donor, source.origin or source.kind),
            *(source.amount_minor, found.currency, *_parts(source.own), STEP.join(source.path)),
        )
        for source in found.sources
    ]


def _parts(own: Money) -> tuple[int, str]:
    return own.amount_minor, own.currency


def _way(path: Sequence[str]) -> str:
    """The holders that the money passed, without the funds: short enough to read; --json has the accounts."""
    return ARROW.join(code.split(":")[1] for code in path)


def _own(own: Money, currency: str) -> str:
    return "" if own.currency == currency else format_amount(own, LANGUAGE)


def _amount(amount_minor: int, currency: str) -> str:
    return format_amount(Money(amount_minor, currency), LANGUAGE)
