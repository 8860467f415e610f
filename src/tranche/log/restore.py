"""A database that was restored, held against what others know of the log before it is written to again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from tranche.kernel import tiles as trees
from tranche.kernel.log_policy import LogPolicy
from tranche.kernel.notes import COSIGNATURE, Head, NoteError, Vkey, parse_checkpoint, parse_note, verify_note
from tranche.log import tiles
from tranche.log.keys import check
from tranche.log.signer import Signer
from tranche.store import standstill
from tranche.store.errors import LogBehind
from tranche.store.write import ALIAS

AGREES, BEHIND, OTHER = "agrees", "behind", "other"
SIGNER: Final = "signer"
INSTALLATION: Final = "installation"


class Known(NamedTuple):
    """A head of this log that somebody kept outside the database, and who cosigned it."""

    source: str
    head: Head
    witnesses: frozenset[Vkey] = frozenset()


class Compared(NamedTuple):
    """Whether the database goes on from a known head: it agrees, is behind, or is another log."""

    known: Known
    verdict: str


class KeptUnreadable(ValueError):
    """A kept head that is none of this log, or that no known key signed."""


def known_here(signer: Signer) -> list[Known]:
    """What this computer keeps outside the database; raises log.signer.SignerError."""
    found = [Known(SIGNER, signer.signed_last())] if signer.exists else []
    try:
        head = standstill.signed_head()
    except LogBehind:  # nobody can compare with what cannot be read
        return found
    return [*found, Known(INSTALLATION, head)] if head is not None else found


def known_kept(raw: bytes, source: str, policy: LogPolicy, common: Mapping[str, int]) -> Known:
    """A checkpoint that somebody kept, with the witnesses under it; raises KeptUnreadable.

    One of a name that the log left is compared as far as the two were one (`common`).
    """
    try:
        note = parse_note(raw)
        signed = verify_note(note, policy.keys, check).times
        checkpoint = parse_checkpoint(note.text)
    except NoteError as error:
        raise KeptUnreadable(f"“{source}” is no head to compare with: {error}") from error
    if checkpoint.origin not in policy.names and checkpoint.head.size > common.get(checkpoint.origin, -1):
        raise KeptUnreadable(f"“{source}” is a head of {checkpoint.origin}, which this log is not called")
    if not any(vkey in policy.logs and vkey.name == checkpoint.origin for vkey in signed):
        raise KeptUnreadable(f"“{source}”: no key of this log signed it")
    witnesses = frozenset(vkey for vkey in signed if vkey.kind == COSIGNATURE)
    return Known(source, checkpoint.head, witnesses)


def compare(known: Iterable[Known]) -> tuple[Compared, ...]:
    """Hold the entries that are there against each head; takes new entries into the tree first."""
    head, read = tiles.extend_all(), tiles.reader(ALIAS)
    found = []
    for one in known:
        if one.head.size > head.size:
            verdict = BEHIND
        else:
            agrees = trees.head(one.head.size, read) == one.head
            verdict = AGREES if agrees else OTHER
        found.append(Compared(one, verdict))
    return tuple(found)


def is_witnessed(compared: Sequence[Compared], policy: LogPolicy) -> bool:
    """Whether as many witnesses as the policy wants stand behind the heads that agree."""
    cosigned = {vkey for one in compared if one.verdict == AGREES for vkey in one.known.witnesses}
    return policy.is_satisfied(cosigned)
