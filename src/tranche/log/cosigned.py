"""What the log asks of its witnesses, and what it keeps of their answers."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from itertools import islice
from typing import Final

from tranche.kernel import tiles as trees
from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.notes import DASH, Line, Note, NoteError, Vkey, parse_note, verify_note
from tranche.kernel.witness_request import Request
from tranche.log import heads, tiles
from tranche.log.keys import check
from tranche.store import clock

HEADS_TRIED: Final = 500
"""A reply is to one of the newest heads: who carries it later asks anew."""
AHEAD_MAX_S: Final = 300
REFUSED: Final = re.compile(r"refused ([0-9]{3}) ([0-9]{1,19})\n?", re.ASCII)


class UnknownWitness(LookupError):
    """No witness of the policy has this name."""


class ReplyRefused(ValueError):
    """A reply that holds no cosignature of a known witness under a checkpoint of this log."""


@dataclass(frozen=True, slots=True)
class Declined:
    """A witness refused, and the size that it knows where it said one."""

    status: int
    size: int


def request_for(name: str, policy: LogPolicy, using: str = "read", old: int | None = None) -> Request:
    """What to ask a witness about the newest checkpoint; raises UnknownWitness, LookupError.

    `old` is the size that it cosigned last, by our own books unless it said another.
    """
    vkey = policy.witnesses.get(name)
    if vkey is None:
        raise UnknownWitness(name)
    signed = heads.latest(using)
    if signed is None:
        raise LookupError("no checkpoint")
    size = _cosigned_last(vkey, using) if old is None else old
    proof = trees.consistency_proof(size, signed.head.size, tiles.reader(using))
    return Request(size, proof, signed.note)


def _cosigned_last(vkey: Vkey, using: str) -> int:
    return heads.cosigned_last(vkey.id.hex(), using)[1]


def take(raw: bytes, policy: LogPolicy) -> Declined | tuple[str, int]:
    """Keep the cosignature of a reply; gives whose it is and the size under it. Raises ReplyRefused."""
    text = raw.decode("utf-8", "replace")
    refused = REFUSED.fullmatch(text)
    if refused:
        return Declined(int(refused[1]), int(refused[2]))
    if not text.startswith(DASH):
        raise ReplyRefused("a reply is a cosignature, or says that it was refused")
    for signed in islice(heads.newest_first("default"), HEADS_TRIED):
        found = _line_under(signed.note, text, policy)
        if found is not None:
            vkey, line, at = found
            if at > clock.now().timestamp() + AHEAD_MAX_S and at > time.time() + AHEAD_MAX_S:
                raise ReplyRefused(f"{vkey.name} cosigned for a time that has not come yet")
            heads.keep_line(signed.head.size, line, at)
            return vkey.name, signed.head.size
    raise ReplyRefused("no witness of the policy cosigned a checkpoint of this log with it")


def _line_under(note: Note, text: str, policy: LogPolicy) -> tuple[Vkey, Line, int] | None:
    try:
        lines = parse_note((note.text + "\n" + text).encode()).lines
        witnesses = list(policy.witnesses.values())
        times = verify_note(Note(note.text, lines), witnesses, check).times
    except NoteError:
        return None
    for vkey, at in times.items():
        line = next(line for line in lines if (line.name, line.key_id) == (vkey.name, vkey.id))
        if at is not None:
            return vkey, line, at
    return None
