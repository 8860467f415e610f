"""What the commands of `tranche witness` do."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tranche.cli.binding import parse_bind, refuse_used_port
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt, sentence
from tranche.cli.output import Output, refuse
from tranche.formats.files import write_durably
from tranche.kernel.notes import NoteError, Vkey
from tranche.log.keys import KeyUnsafe
from tranche.log.witness import KeyKnown, Witness, WitnessError
from tranche.log.witness_server import WitnessServer

REQUEST_BYTES_MAX: Final = 2**20
REFUSED: Final = {
    400: (
        "The request is none, or asks from more entries than there are.",
        "Ask the operator for a new one.",
    ),
    403: ("The log's key that you trust did not sign this head.", "Ask the operator which key signs now."),
    404: ("You do not cosign this log.", "If you want to: tranche witness trust KEY"),
    409: (
        "The log asks from another size than the one that you cosigned last.",
        "Carry the answer back; the operator asks again from the size in it.",
    ),
    422: (
        "The log was rewritten: what you cosigned is not the beginning of this head.",
        "Keep this witness's folder and tell the other parties: tranche witness evidence OUT",
    ),
}


def create(folder: Path, name: str, output: Output) -> int:
    """Make a witness and print its public key."""
    try:
        vkey = Witness(folder).create(name)
    except FileExistsError as error:
        raise Halt(
            Exit.CONFLICT,
            f"There is a witness in {folder}.",
            NOTHING_WRITTEN,
            "Name an empty folder with --dir.",
        ) from error
    except NoteError as error:
        raise Halt(
            Exit.USAGE, sentence(error), NOTHING_WRITTEN, "Name it like witness.ministry.example"
        ) from error
    output.line(vkey.text())
    output.say(
        "Give this line to the log's operator and to everybody who checks the log, by a way of your own."
    )
    return Exit.DONE


def trust_log(folder: Path, text: str, output: Output) -> int:
    """Cosign a further log, or what a further key of it signs."""
    vkey = _of_key(_opened(folder).trust, text)
    output.say(f"Cosigns {vkey.name} from now on.")
    return Exit.DONE


def drop_key(folder: Path, text: str, output: Output) -> int:
    """Trust a key of a log no more."""
    vkey = _of_key(_opened(folder).drop, text)
    output.say(f"Cosigns nothing any more that this key of {vkey.name} alone signed.")
    return Exit.DONE


def _of_key(act: Callable[[str], Vkey], text: str) -> Vkey:
    """Do this with the key of a log, and say in words what is wrong with it."""
    try:
        return act(text)
    except NoteError as error:
        raise Halt(
            Exit.USAGE, sentence(error), NOTHING_WRITTEN, "Copy the whole line: NAME+ID+KEY"
        ) from error
    except KeyKnown as error:
        after = "See the logs that it cosigns: tranche witness status"
        raise Halt(Exit.CONFLICT, sentence(error), NOTHING_WRITTEN, after) from error
    except WitnessError as error:
        raise _broken(error) from error


def serve_witness(folder: Path, bind: str, output: Output) -> int:
    """Answer over HTTP until somebody stops it."""
    witness = _opened(folder)
    try:
        key = witness.vkey()
        witness.logs()
    except (WitnessError, KeyUnsafe) as error:
        raise _broken(error) from error
    host, port = parse_bind(bind)
    refuse_used_port(host, port)
    server = WitnessServer((host, port), witness)
    output.say(f"{key.name} answers at http://{bind}/add-checkpoint - stop with Ctrl-C.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        output.say("Stopped.")
    finally:
        server.server_close()
    return Exit.DONE


def answer(folder: Path, path: Path, output: Output) -> int:
    """Decide about a request and print the reply."""
    with path.open("rb") as file:
        raw = file.read(REQUEST_BYTES_MAX + 1)
    try:
        reply = _opened(folder).cosign(raw, int(time.time()))
    except (WitnessError, KeyUnsafe) as error:
        raise _broken(error) from error
    sys.stdout.write(reply.encoded().decode())
    if reply.status == 200:
        output.say("Cosigned. Carry the line back: tranche log cosigned FILE")
        return Exit.DONE
    what, after = REFUSED[reply.status]
    refuse(what, "Nothing was cosigned.", after)
    return Exit.BROKEN if reply.status == 422 else Exit.REFUSED


def print_status(folder: Path, output: Output) -> int:
    """Key, logs and refusals."""
    witness = _opened(folder)
    try:
        key, logs, refusals = witness.vkey(), witness.logs(), witness.refusals()
    except (WitnessError, KeyUnsafe) as error:
        raise _broken(error) from error
    output.line(f"key {key.text()}")
    for origin, size in logs:
        output.line(f"log {origin}: {size} entries cosigned")
    if not logs:
        output.line("It cosigns no log yet: tranche witness trust KEY")
    output.line(f"{len(refusals)} heads refused that a log had signed.")
    return Exit.DONE


def write_evidence(folder: Path, out: Path, output: Output) -> int:
    """Both notes of each refusal."""
    try:
        found = _opened(folder).refusals()
    except WitnessError as error:
        raise _broken(error) from error
    if not found:
        output.say("It refused no head that a log had signed; there is nothing to write.")
        return Exit.DONE
    out.mkdir(parents=True, exist_ok=True)
    for number, refusal in enumerate(found, 1):
        write_durably(out / f"{number}-refused", [refusal.refused])
        write_durably(out / f"{number}-cosigned", [refusal.cosigned])
    output.say(f"Wrote {len(found)} pairs of heads into {out}.")
    return Exit.DONE


def _opened(folder: Path) -> Witness:
    """The witness of this folder; raises Halt where there is none."""
    witness = Witness(folder)
    if not witness.exists:
        raise Halt(
            Exit.USAGE,
            f"There is no witness in {folder}.",
            "Nothing was cosigned.",
            "Name its folder with --dir, or make one: tranche witness init NAME --dir FOLDER",
        )
    return witness


def _broken(error: Exception) -> Halt:
    return Halt(
        Exit.REFUSED,
        sentence(error),
        "Nothing was cosigned.",
        "A witness whose memory is lost is retired; make a new one: tranche witness init NAME --dir FOLDER",
    )
