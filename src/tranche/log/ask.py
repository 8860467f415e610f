"""Asking a witness over HTTP for its cosignature (C2SP tlog-witness)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.merkle import ProofError
from tranche.log import cosigned
from tranche.log.cosigned import Declined
from tranche.store import outward
from tranche.store.write import ALIAS

SECONDS_MAX: Final = 10
ANSWER_BYTES_MAX: Final = 2**14
SCHEMES: Final = frozenset({"http", "https"})
SIZE_TYPE: Final = "text/x.tlog.size"
OK, CONFLICT, NONE = 200, 409, 0


class NotAsked(RuntimeError):
    """A witness without an address, or that gave no answer to be used."""


def ask(name: str, policy: LogPolicy) -> Declined | tuple[str, int]:
    """Ask for a cosignature of the newest checkpoint, from the size that the witness knows, and keep it.

    Raises NotAsked, cosigned.UnknownWitness, cosigned.ReplyRefused, LookupError before the first checkpoint.
    """
    if name not in policy.witnesses:
        raise cosigned.UnknownWitness(name)
    address = _address(name, policy)
    found = _post(address, name, policy, None)
    if isinstance(found, Declined) and found.status == CONFLICT:
        found = _post(address, name, policy, found.size)
    return found


def _post(address: str, name: str, policy: LogPolicy, old: int | None) -> Declined | tuple[str, int]:
    try:
        request = cosigned.request_for(name, policy, ALIAS, old)
    except ProofError:  # it knows more entries than there are
        return Declined(CONFLICT, old or NONE)
    answer = _answer(address, request.encoded())
    if answer.status == OK:
        return cosigned.take(answer.body, policy)
    size = answer.body.decode("ascii", "replace").strip()
    is_size = answer.status == CONFLICT and answer.kind == SIZE_TYPE and size.isdecimal() and len(size) < 20
    return Declined(answer.status, int(size) if is_size else NONE)


def _address(name: str, policy: LogPolicy) -> str:
    address = policy.addresses.get(name, "")
    if urlsplit(address).scheme not in SCHEMES:
        raise NotAsked(f"{name} has no address that could be asked")
    return f"{address.rstrip('/')}/add-checkpoint"


def _answer(address: str, body: bytes) -> outward.Answer:
    try:
        return outward.ask(address, body, seconds_max=SECONDS_MAX, bytes_max=ANSWER_BYTES_MAX)
    except (OSError, ValueError) as error:
        raise NotAsked(f"{address} gives no answer: {error}") from error
