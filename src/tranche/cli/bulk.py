"""Tracing a whole ledger into a file: who may, where to, what was found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tranche.bulk.check import Difference, first_difference
from tranche.bulk.errors import BookBroken
from tranche.bulk.loading import load
from tranche.bulk.parquet import describe, write
from tranche.bulk.table import Total, taken_back
from tranche.bulk.trace import trace_all
from tranche.cli.acting import ceiling, reader
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.output import Column, Output
from tranche.kernel.disclosure import Label
from tranche.kernel.money import Money, format_amount

LANGUAGE = "en"
STEPS_SAID = 10


def write_trace(out: Path, username: str | None, output: Output, *, check: bool, force: bool) -> int:
    """Trace the whole ledger and write it; with `check` only where the stored fragments agree."""
    if ceiling(reader(username)) is not Label.AUDITOR:
        raise Halt(
            Exit.REFUSED,
            "A trace of the whole ledger is for an auditor.",
            NOTHING_WRITTEN,
            "Name the sign-in of an auditor with --as.",
        )
    _check_place(out, force=force)
    try:
        columns = load(_saying(output, "Read", "entries"))
        table = trace_all(columns, _saying(output, "Traced", "movements"))
    except BookBroken as broken:
        raise _broken(f"Entry {broken.entry}, line {broken.line}: {broken.why}.") from broken
    difference = first_difference(table, _saying(output, "Compared", "entries")) if check else None
    if difference is not None:
        raise _broken(_words(difference))
    back = taken_back(table)
    found = write(table, out, _saying(output, "Wrote", "rows"))
    if output.as_json:
        output.document(
            {"file": str(out), "checked": check, "taken_back_minor": back, **describe(table, found)}
        )
        return Exit.DONE
    amounts = tuple(Column(name, right=True) for name in ("came in", "taken back", "used", "unspent"))
    output.table(
        f"{len(table.uses)} fragments of {len(columns)} movements, up to log entry {columns.log_seq}",
        (Column("currency"), *amounts),
        [
            (
                total.currency,
                *(
                    format_amount(Money(minor, total.currency), LANGUAGE)
                    for minor in _told(total, back.get(total.currency, 0))
                ),
            )
            for total in found
        ],
    )
    output.say(f"Written to {out}, readable by you alone.")
    return Exit.DONE


def _told(total: Total, back: int) -> tuple[int, int, int, int]:
    """Came in, taken back, used, unspent: what was taken back is no use."""
    return total.source_minor, back, total.used_minor - back, total.unspent_minor


def _check_place(out: Path, *, force: bool) -> None:
    """Refuse what could not be written before an hour of work is spent on it."""
    if not out.parent.is_dir():
        raise Halt(
            Exit.USAGE, f"There is no folder {out.parent}.", NOTHING_WRITTEN, "Make it, or name another one."
        )
    if out.parent.resolve().is_relative_to(settings.TRANCHE_DATA_DIR.resolve()):
        raise Halt(
            Exit.USAGE,
            f"{out} lies in the folder of the mechanism, which holds its own files alone.",
            NOTHING_WRITTEN,
            "Name a file in another folder.",
        )
    if out.is_dir():
        raise Halt(Exit.USAGE, f"{out} is a folder.", NOTHING_WRITTEN, "Name a file in it.")
    if out.exists() and not force:
        raise Halt(
            Exit.CONFLICT, f"There is a file {out}.", NOTHING_WRITTEN, "Name another one, or add --force."
        )


def _saying(output: Output, what: str, unit: str) -> Callable[[int, int], None]:
    """Say how far it is, at each tenth of the whole."""
    said = 0

    def progress(done: int, total: int) -> None:
        nonlocal said
        if done * STEPS_SAID // total > said:
            said = done * STEPS_SAID // total
            output.say(f"{what} {done} of {total} {unit}.")

    return progress


def _broken(what: str) -> Halt:
    return Halt(
        Exit.BROKEN,
        what,
        "The file was not written.",
        "Keep the folder as evidence and run: tranche doctor --ledger",
    )


def _words(difference: Difference) -> str:
    place = f"Entry {difference.entry}, line {difference.line}"
    if difference.expected is None:
        return f"{place}: a fragment is stored that does not follow from the movements: {difference.found}."
    if difference.found is None:
        return f"{place}: a fragment is not stored: {difference.expected}."
    return f"{place}: the movements give {difference.expected}, stored is {difference.found}."
