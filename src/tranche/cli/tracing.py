"""Printing traces: where money went, and who paid."""

from __future__ import annotations

from collections.abc import Sequence

from tranche.cli.acting import reader
from tranche.cli.exits import Exit
from tranche.cli.output import Column, Output
from tranche.kernel.money import Money, format_amount
from tranche.queries.trace import trace_from, trace_to

LANGUAGE = "en"
ARROW = " → "


def print_from(ref: str, username: str | None, output: Output) -> int:
    """The way of money forward; uses, unspent and returned add up to what came in."""
    reader(username)
    found = trace_from(ref)
    if output.as_json:
        output.document(found.as_json())
        return Exit.DONE
    rows = [
        (use.ref, use.kind, _amount(use.amount_minor, found.currency), _way(use.path)) for use in found.uses
    ]
    rows += [
        (rest.account, "unspent", _amount(rest.amount_minor, found.currency), "") for rest in found.unspent
    ]
    if found.returned_minor:
        rows.append(("", "returned", _amount(found.returned_minor, found.currency), ""))
    title = f"{ref}: {_amount(found.amount_minor, found.currency)} followed to the cent"
    output.table(title, (Column("what"), Column("kind"), Column("amount", right=True), Column("way")), rows)
    return Exit.DONE


def print_to(ref: str, username: str | None, output: Output) -> int:
    """The way of money backward; the shares of the donors add up to what was paid."""
    reader(username)
    found = trace_to(ref)
    if output.as_json:
        output.document(found.as_json())
        return Exit.DONE
    rows = [
        (s.donor, s.origin, s.ref, _amount(s.amount_minor, found.currency), _way(s.path))
        for s in found.sources
    ]
    columns = (
        Column("donor"),
        Column("origin"),
        Column("receipt"),
        Column("amount", right=True),
        Column("way"),
    )
    output.table(f"{ref}: {_amount(found.amount_minor, found.currency)} paid by", columns, rows)
    return Exit.DONE


def _way(path: Sequence[str]) -> str:
    """The holders that the money passed, without the funds: short enough to read; --json has the accounts."""
    return ARROW.join(code.split(":")[1] for code in path)


def _amount(amount_minor: int, currency: str) -> str:
    return format_amount(Money(amount_minor, currency), LANGUAGE)
