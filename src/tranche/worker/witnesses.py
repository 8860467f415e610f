"""The newest head carried to every witness that has an address, after it was signed."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

from tranche.kernel.entries import EntryError
from tranche.kernel.log_policy import PolicyError
from tranche.kernel.notes import NoteError
from tranche.kernel.tiles import TileError
from tranche.log import heads
from tranche.log.ask import NotAsked, ask
from tranche.log.cosigned import Declined, ReplyRefused
from tranche.log.incidents import WITNESS_AHEAD, WITNESS_REFUSED
from tranche.log.policies import parsed
from tranche.store.write import ALIAS

SECONDS_AFTER_SILENCE: Final = 300
"""A witness that gave no answer is left in peace for so long: others wait for the round to end."""

_silent_until: dict[str, float] = {}


class Carried(NamedTuple):
    """How many cosigned, who did not answer and why, and what a witness holds against this log by code."""

    cosigned: int = 0
    silent: tuple[str, ...] = ()
    against: tuple[tuple[str, str], ...] = ()


def ask_witnesses() -> Carried:
    """Ask those that have not cosigned the newest head."""
    signed = heads.latest(ALIAS)
    try:
        policy = parsed(ALIAS) if signed is not None else None
    except (PolicyError, EntryError, NoteError, UnicodeDecodeError):  # said on the pages and by the commands
        policy = None
    if signed is None or policy is None:
        return Carried()
    have = {line.key_id for line in heads.cosignatures(signed.head.size, ALIAS)}
    cosigned, silent, against = 0, list[str](), list[tuple[str, str]]()
    for name in policy.addresses:
        if policy.witnesses[name].id.hex() in have or time.monotonic() < _silent_until.get(name, 0):
            continue
        try:
            answer = ask(name, policy)
        except (NotAsked, ReplyRefused, TileError, NoteError) as error:
            _silent_until[name] = time.monotonic() + SECONDS_AFTER_SILENCE
            silent.append(str(error))
            continue
        if isinstance(answer, Declined):
            _silent_until[name] = time.monotonic() + SECONDS_AFTER_SILENCE
            against += _against(name, answer, signed.head.size)
            silent += [f"{name} refused ({answer.status})"]
        else:
            cosigned += 1
    return Carried(cosigned, tuple(silent), tuple(against))


def _against(name: str, answer: Declined, size: int) -> list[tuple[str, str]]:
    """What a refusal says of this log, where it says anything."""
    if answer.status == 422:
        return [(WITNESS_REFUSED, f"{name}: what it cosigned is not the beginning of this log")]
    if answer.status == 409 and answer.size > size:
        return [(WITNESS_AHEAD, f"{name} cosigned {answer.size} entries, and {size} are signed here")]
    return []
