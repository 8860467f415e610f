"""From an exception to three sentences and an exit code; loaded when something went wrong."""

from __future__ import annotations

import traceback

from tranche.cli.exits import Exit, Halt, of_code
from tranche.cli.output import refuse

MIGRATE_FIRST = ("no such table", "no such column", "does not exist")
LOCKED = ("database is locked", "lock timeout", "could not obtain lock")
DAMAGED = ("malformed", "not a database", "disk image")


def report(error: Exception) -> Exit:
    """Print what happened, what was not done and what to do next, and give the exit code."""
    if isinstance(error, Halt):
        refuse(error.what, error.not_done, error.after)
        return error.code
    if isinstance(error, OSError) and error.filename is not None:
        refuse(
            f"The system refused {error.filename}: {error.strerror}.",
            "The command was not carried out.",
            "Check the path and your rights on it, then run the command again.",
        )
        return Exit.UNAVAILABLE
    return _of_mechanism(error)


def _of_mechanism(error: Exception) -> Exit:
    from django.apps import apps

    if not apps.ready:
        return _fault(error)
    from django.db import DatabaseError

    from tranche.kernel.ledger_errors import SumBroken
    from tranche.kernel.refusals import BadArgument
    from tranche.kernel.tiles import TileError
    from tranche.log.tiles import LogGap
    from tranche.queries.presenters.refusals import DOMAIN_ERRORS, explain

    if isinstance(error, DatabaseError):
        return _of_database(error)
    if isinstance(error, SumBroken):
        return _fault(error)
    if isinstance(error, LogGap | TileError):
        refuse(
            f"The log lacks a part: {error}.",
            "Nothing was signed or written.",
            "Where its tree alone was damaged: tranche log rebuild. Where an entry is gone: stop, keep folder"
            " and database as evidence, and see docs/log.md.",
        )
        return Exit.BROKEN
    if isinstance(error, DOMAIN_ERRORS):
        explanation = explain(error)
        named = f" (argument: {error.name})" if isinstance(error, BadArgument) else ""
        refuse(explanation.what + named, explanation.not_done, explanation.next)
        return of_code(explanation.code)
    return _fault(error)


def _of_database(error: Exception) -> Exit:
    text = str(error).lower()
    if any(word in text for word in LOCKED):
        refuse("Another process holds the database.", "Nothing was written.", "Try again in a moment.")
        return Exit.UNAVAILABLE
    if any(word in text for word in DAMAGED):
        refuse(
            f"The database is damaged: {error}.",
            "Nothing was written.",
            "Stop everything that uses the folder, keep it as evidence, and restore a backup.",
        )
        return Exit.BROKEN
    if any(word in text for word in MIGRATE_FIRST):
        refuse(
            "The database is older than the program, or is no mechanism.",
            "Nothing was written.",
            "Make a backup, then run: tranche migrate",
        )
        return Exit.REFUSED
    return _fault(error)


def _fault(error: Exception) -> Exit:
    traceback.print_exception(error)
    refuse(
        "The program stopped at something that must not happen; the lines above say where.",
        "The write that was open, if there was one, was rolled back whole.",
        "Run “tranche doctor --ledger” and tell the operator what it says.",
    )
    return Exit.BROKEN
