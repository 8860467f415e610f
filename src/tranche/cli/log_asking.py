"""What the commands of `tranche log` ask of a witness, and do with its answer."""

from __future__ import annotations

import sys
from pathlib import Path

from django.conf import settings

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt, sentence
from tranche.cli.log_work import known_policy
from tranche.cli.output import Output
from tranche.kernel.merkle import ProofError
from tranche.log import cosigned
from tranche.log.ask import NotAsked, ask
from tranche.log.policies import WITNESSES

REPLY_BYTES_MAX = 65_536


def print_request(name: str, old: int | None, output: Output) -> int:
    """What a witness is asked."""
    try:
        found = cosigned.request_for(name, known_policy(), old=old)
    except cosigned.UnknownWitness as error:
        raise _unknown_witness(name) from error
    except (LookupError, ProofError) as error:
        raise Halt(
            Exit.USAGE,
            "No signed head continues that size.",
            "Nothing was printed.",
            "Sign one, or leave --old out: tranche log checkpoint",
        ) from error
    sys.stdout.write(found.encoded().decode())
    output.say(f"Carry this to {name}, who answers with: tranche witness cosign FILE")
    return Exit.DONE


def take_reply(path: Path, output: Output) -> int:
    """A cosignature, or what a refusal means."""
    with path.open("rb") as file:
        raw = file.read(REPLY_BYTES_MAX)
    try:
        taken = cosigned.take(raw, known_policy())
    except cosigned.ReplyRefused as error:
        raise Halt(
            Exit.USAGE, sentence(error), NOTHING_WRITTEN, "Check whose reply it is: tranche log policy"
        ) from error
    if isinstance(taken, cosigned.Declined):
        raise _declined(taken)
    name, size = taken
    output.line(f"{name} cosigned {size} entries.")
    return Exit.DONE


def ask_witness(name: str, output: Output) -> int:
    """Ask a witness at its address."""
    try:
        found = ask(name, known_policy())
    except cosigned.UnknownWitness as error:
        raise _unknown_witness(name) from error
    except LookupError as error:
        raise Halt(
            Exit.USAGE, "No head of the log is signed yet.", NOTHING_WRITTEN, "tranche log checkpoint"
        ) from error
    except (NotAsked, cosigned.ReplyRefused) as error:
        raise Halt(
            Exit.UNAVAILABLE,
            sentence(error),
            "No cosignature was kept.",
            f"Its address ends its line in {settings.TRANCHE_DATA_DIR / WITNESSES}; by files:"
            f" tranche log request {name}",
        ) from error
    if isinstance(found, cosigned.Declined):
        raise _declined(found, is_asked=True)
    output.line(f"{found[0]} cosigned {found[1]} entries.")
    return Exit.DONE


def _unknown_witness(name: str) -> Halt:
    return Halt(
        Exit.USAGE,
        f"The policy of the log names no witness {name}.",
        "Nothing was asked or printed.",
        f"Write its line into {settings.TRANCHE_DATA_DIR / WITNESSES}; see docs/log.md.",
    )


def _declined(declined: cosigned.Declined, *, is_asked: bool = False) -> Halt:
    if declined.status == 409 and not is_asked:
        after = f"Ask again from there: tranche log request WITNESS --old {declined.size}"
        return Halt(Exit.REFUSED, "The witness knows another size.", "No cosignature was kept.", after)
    if declined.status == 409:
        return Halt(
            Exit.REFUSED,
            "The witness knows more entries than there are here.",
            "No cosignature was kept.",
            "An older database was restored: tranche log check-restore",
        )
    if declined.status not in (403, 404, 422):
        return Halt(
            Exit.REFUSED,
            f"What answered ({declined.status}) is no witness.",
            "No cosignature was kept.",
            "Correct its address, with https where it wants that; see docs/log.md.",
        )
    what = (
        "The witness says that this log was rewritten since it cosigned it."
        if declined.status == 422
        else f"The witness refused ({declined.status})."
    )
    after = "Stop all writing, keep folder and database as evidence, and compare: tranche log verify"
    return Halt(
        Exit.BROKEN if declined.status == 422 else Exit.REFUSED, what, "No cosignature was kept.", after
    )
