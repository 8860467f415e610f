"""What the commands of `tranche log` do."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from tranche.actions.alarms import settle_alarm
from tranche.actions.log_acts import announce_key
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt, sentence
from tranche.cli.output import Column, Output, refuse
from tranche.formats.files import write_durably
from tranche.kernel.entries import EntryError
from tranche.kernel.log_policy import LogPolicy, PolicyError
from tranche.kernel.notes import HeadBehind, HeadForked, HeadRefused, NoteError
from tranche.kernel.tiles import head as head_at
from tranche.log import heads, publish, read, receipts, tiles
from tranche.log.incidents import end, open_incidents
from tranche.log.keys import KeyUnsafe
from tranche.log.policies import WITNESSES, own_policy, parsed
from tranche.log.signer import Signer, SignerError
from tranche.log.verify import verify_log
from tranche.store import clock, standstill
from tranche.store.write import ALIAS


def signer() -> Signer:
    return Signer(settings.TRANCHE_SIGNER_DIR)


def default_origin() -> str:
    """The name of the log where none was chosen: that of the pages, or of this computer."""
    return f"{urlsplit(settings.TRANCHE_ORIGIN).hostname or 'localhost'}/tranche/1"


def found_log(origin: str = "") -> None:
    """Make the log's key where there is none, and say in the log which it is where that is not said."""
    own = signer()
    vkey = own.key().vkey if own.exists else own.create(origin or default_origin())
    if vkey not in receipts.log_keys(ALIAS):
        announce_key(vkey)


def sign(output: Output, *, init: bool, origin: str) -> int:
    """Sign the head; with `init` the key comes first."""
    if init:
        _init(origin, output)
    elif not signer().exists:
        raise Halt(
            Exit.USAGE,
            f"There is no key of the log in {settings.TRANCHE_SIGNER_DIR}.",
            "Nothing was signed.",
            "Make one with: tranche log checkpoint --init",
        )
    try:
        signed = signer().checkpoint()
    except (HeadBehind, HeadForked, SignerError, KeyUnsafe) as error:
        if isinstance(error, HeadRefused):
            with suppress(PermissionError):  # the folder may be another user's, whose worker then finds it
                standstill.stop(str(error))
        raise _refused(error) from error
    output.line(f"{signed.head.size} entries, root {signed.head.root.hex()}, signed {signed.at}")
    return Exit.DONE


def _init(origin: str, output: Output) -> None:
    own = signer()
    if own.exists and own.key().vkey in receipts.log_keys(ALIAS):
        raise Halt(
            Exit.CONFLICT,
            f"The log has a key already, in {own.folder}.",
            "Nothing was signed or changed.",
            "Sign with it: tranche log checkpoint",
        )
    try:
        found_log(origin)
    except FileExistsError as error:
        raise Halt(
            Exit.CONFLICT,
            f"{error} says what was signed, and its key is gone.",
            "Nothing was signed or changed.",
            "Bring the key back from where you keep it.",
        ) from error
    except NoteError as error:
        raise Halt(
            Exit.USAGE, sentence(error), "No key was made.", "Name it like log.example/tranche/1"
        ) from error
    output.say(f"The log signs with {own.key().vkey.text()}")


def _refused(error: Exception) -> Halt:
    what = {
        HeadBehind: "The database is older than the head that was signed last: ",
        HeadForked: "The log is not the one that was signed before: ",
    }.get(type(error), "")
    return Halt(
        Exit.BROKEN,
        f"{what}{error}.",
        "Nothing was signed.",
        "Stop all writing, keep folder and database as evidence, and compare: tranche log verify",
    )


def known_policy() -> LogPolicy:
    """The policy of this log; raises Halt where no key is named yet or the operator's file is unreadable."""
    try:
        keys = receipts.log_keys()
    except (EntryError, NoteError) as error:
        raise Halt(
            Exit.BROKEN,
            f"What the log says of its keys cannot be read: {error}.",
            "Nothing was printed or kept.",
            "Stop all writing, keep folder and database as evidence, and compare: tranche log verify",
        ) from error
    if not keys:
        after = "Make one: tranche log checkpoint --init"
        raise Halt(Exit.USAGE, "The log names no key yet.", "Nothing was printed or kept.", after)
    try:
        return parsed()
    except (PolicyError, UnicodeDecodeError) as error:
        raise Halt(
            Exit.FINDINGS,
            f"The policy of the log cannot be read: {error}.",
            "Nothing was printed or kept.",
            f"Correct {settings.TRANCHE_DATA_DIR / WITNESSES}; see docs/log.md.",
        ) from error


def print_status(output: Output) -> int:
    """How far the log is signed."""
    entries, signed, wrong = read.head(), heads.latest(), open_incidents()
    code = Exit.FINDINGS if wrong or standstill.why_stopped() else Exit.DONE
    lines = heads.cosignatures(signed.head.size) if signed else ()
    names = {vkey.id.hex(): name for name, vkey in known_policy().witnesses.items()} if lines else {}
    if output.as_json:
        output.document(
            {
                "entries": entries,
                "signed": signed.head.size if signed else 0,
                "root": signed.head.root.hex() if signed else None,
                "signed_at": signed.at if signed else None,
                "keys": [vkey.text() for vkey in receipts.log_keys()],
                "cosigned": [{"key": row.key_id, "time_s": row.time_s} for row in lines],
                "stopped": standstill.why_stopped(),
                "alarms": [one._asdict() for one in wrong],
            }
        )
        return code
    output.line(f"{entries} entries, {signed.head.size if signed else 0} of them under a signed head.")
    if signed:
        output.line(f"root {signed.head.root.hex()}, signed {signed.at}")
    for vkey in receipts.log_keys():
        output.line(f"key {vkey.text()}")
    if lines:
        rows = [(names.get(row.key_id, row.key_id), _instant(row.time_s)) for row in lines]
        output.table("Cosigned", (Column("witness"), Column("at")), rows)
    else:
        output.line("No witness has cosigned this head: nothing outside this computer vouches for it.")
    if why := standstill.why_stopped():
        output.line(f"Nothing is written: {why}. Compare with what others kept: tranche log check-restore")
    for one in wrong:
        output.line(f"alarm {one.id}, {one.code}, since {one.raised_at}: {one.what}")
    if wrong:
        output.line(
            "What to do stands in docs/log.md. One that somebody looked into: tranche log settle NUMBER"
        )
    return code


def settle(number: int, output: Output) -> int:
    """Somebody has looked into an alarm."""
    now = clock.now()
    if not end(number, now):
        raise Halt(
            Exit.USAGE, f"There is no open alarm {number}.", NOTHING_WRITTEN, "See them: tranche log status"
        )
    settle_alarm(number, now)
    output.line(f"Alarm {number} is settled. What is still so raises another one.")
    return Exit.DONE


def _instant(time_s: int) -> str:
    return heads.instant_of(time_s).isoformat()


def labels_of(view: str) -> frozenset[str]:
    """What this audience may read; raises Halt."""
    if view == "public":
        return receipts.PUBLIC
    if view == "auditor":
        return receipts.AUDITOR
    donor = view.removeprefix("donor@")
    if donor and donor != view:
        return receipts.of_donor(donor)
    raise Halt(Exit.USAGE, f"No audience is called {view}.", NOTHING_WRITTEN, "public, auditor, or donor@REF")


def write_receipt(index: int, view: str, out: Path | None, output: Output) -> int:
    """The receipt of one entry."""
    try:
        found = receipts.receipt(index, labels_of(view))
    except receipts.NotCovered as error:
        raise Halt(
            Exit.USAGE,
            f"No signed head covers an entry {index}.",
            NOTHING_WRITTEN,
            "See how far the log is signed: tranche log status",
        ) from error
    if not found.extra:
        raise Halt(
            Exit.USAGE,
            f"Nothing of entry {index} is open to {view}, so that there is nothing to check.",
            NOTHING_WRITTEN,
            "Prove it to an auditor: --view auditor",
        )
    if out is None:
        sys.stdout.write(found.encoded().decode())
    else:
        write_durably(out, [found.encoded()])
        output.say(f"Wrote {out}. Check it with: tranche-verify {out} --policy FILE")
    return Exit.DONE


def print_policy(output: Output) -> int:
    """The policy of this log."""
    known_policy()
    output.line(own_policy().rstrip())
    return Exit.DONE


def publish_to(folder: Path, output: Output) -> int:
    """The log as static files."""
    try:
        signed = publish.publish(folder)
    except publish.NothingSigned as error:
        raise Halt(
            Exit.USAGE, "No head of the log is signed yet.", NOTHING_WRITTEN, "tranche log checkpoint"
        ) from error
    output.say(f"{folder} holds the log up to {signed.head.size} entries.")
    return Exit.DONE


def rebuild_tree(output: Output) -> int:
    """Make the tree anew from the entries, and hold it against the head that was signed last."""
    head = tiles.rebuild()
    signed = heads.latest(ALIAS)
    if signed is not None and (
        signed.head.size > head.size or head_at(signed.head.size, tiles.reader(ALIAS)) != signed.head
    ):
        raise Halt(
            Exit.BROKEN,
            f"The entries do not lead to the head of {signed.head.size} that was signed.",
            "The tree was made anew; nothing was signed.",
            "Stop all writing, keep folder and database as evidence, and compare: tranche log verify",
        )
    output.line(f"The tree was made anew from {head.size} entries and leads to what was signed.")
    return Exit.DONE


def print_verification(output: Output) -> int:
    """Every difference; 0 none, 8 some."""
    size, found = verify_log(progress=lambda done: output.say(f"Checked {done} entries."))
    if output.as_json:
        rows = [{"code": d.code, "row": d.row, "expected": d.expected, "found": d.found} for d in found]
        output.document({"entries": size, "differences": rows})
        return Exit.BROKEN if found else Exit.DONE
    output.line(f"Log: {size} entries, their openings, tiles and checkpoints; {len(found)} differences.")
    for difference in found:
        output.line(
            f"  {difference.code} ({difference.row or 'log'}): expected {difference.expected},"
            f" found {difference.found}"
        )
    if not found:
        return Exit.DONE
    refuse(
        f"The log is not as it was sealed; the first difference is {found[0].code}.",
        NOTHING_WRITTEN,
        "Stop the server, keep folder and database as evidence, and compare them with the last backup.",
    )
    return Exit.BROKEN
