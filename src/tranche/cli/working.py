"""The loop of `tranche work`."""

from __future__ import annotations

import signal
import threading

from tranche.cli.exits import Exit
from tranche.cli.output import Output, refuse
from tranche.store.errors import CommitUncertain, WriteUnavailable
from tranche.worker.rounds import Round, work_round

SECONDS_BETWEEN = 10  # the write-ahead log stays small (security note, section 1)


def keep_working(output: Output, *, once: bool) -> int:
    """Rounds until somebody stops the process; a round that was begun is finished."""
    stop, code = threading.Event(), Exit.DONE
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    if not once:
        output.say(f"Working every {SECONDS_BETWEEN} seconds - stop with Ctrl-C.")
    while True:
        done = _round(output, once=once)
        if done is not None and (done.did_anything or once):
            output.say(_said(done))
        if done is not None and done.signed.trouble:
            _tell(done.signed.trouble)
            code = Exit.BROKEN
        if once or stop.wait(SECONDS_BETWEEN):
            break
    if not once:
        output.say("Stopped. Go on with: tranche work")
    return code


def _tell(trouble: str) -> None:
    refuse(
        f"The log's head was not signed: {trouble}.",
        "All other work was done.",
        "Stop writing, keep folder and database as evidence, and compare: tranche log verify",
    )


def _round(output: Output, *, once: bool) -> Round | None:
    """One round; where the database does not answer, the next one does what this one could not."""
    try:
        return work_round()
    except (WriteUnavailable, CommitUncertain) as error:
        if once:
            raise
        output.say(f"The database did not take a write ({type(error).__name__}); trying again.")
        return None


def _said(done: Round) -> str:
    parts = [f"{done.expired} decisions expired", f"{done.told} reminders made"]
    parts += [f"{done.mailed.sent} mails sent", f"{done.mailed.failed} failed"]
    if done.signed.entries:
        parts.append(f"{done.signed.entries} entries of the log signed")
    if done.carried.cosigned:
        parts.append(f"{done.carried.cosigned} witnesses cosigned")
    parts += done.carried.silent
    if done.alarms:
        parts.append(f"{done.alarms} new alarms about the log: tranche log status")
    if done.pages is not None:
        parts.append(f"{done.pages} pages of the log written back")
    return ", ".join(parts) + "."
