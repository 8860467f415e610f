"""The signed heads of the log for readers: the newest one, and the one that an entry is proved under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tranche.kernel.entries import EntryError
from tranche.kernel.log_policy import PolicyError
from tranche.kernel.notes import NoteError, Vkey
from tranche.log import heads, receipts
from tranche.log.incidents import Incident, open_incidents
from tranche.log.policies import parsed
from tranche.log.read import head
from tranche.store import standstill


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A witness that the policy names, its key, and when it cosigned last a head of how many entries.

    `is_asked` is true where it has an address; another one is asked by files.
    """

    name: str
    at: datetime | None
    size: int
    key: str = ""
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A checkpoint: how many entries, its root, when it was signed, and who cosigned it."""

    size: int
    root: str
    at: datetime
    cosigned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogStanding:
    """How far the log is signed, by which keys, and what its witnesses saw.

    `trouble` is what is wrong with the operator's file of witnesses.
    """

    count: int
    newest: SignedHead | None
    keys: tuple[str, ...]
    witnesses: tuple[Witnessed, ...]
    trouble: str = ""
    is_stopped: bool = False
    alarms: tuple[Incident, ...] = ()

    @property
    def unsigned(self) -> int:
        """Entries that no signed head covers yet."""
        return self.count - (self.newest.size if self.newest else 0)


def standing() -> LogStanding:
    """The state of the log now."""
    newest = heads.latest()
    keys: tuple[Vkey, ...] = ()
    witnesses: tuple[Witnessed, ...] = ()
    trouble = ""
    try:
        keys = receipts.keys_of_log().live
        witnesses = _witnesses() if keys else ()
    except (PolicyError, EntryError, NoteError, UnicodeDecodeError) as error:
        trouble = str(error)
    return LogStanding(
        count=head(),
        newest=_shown(newest) if newest else None,
        keys=tuple(vkey.text() for vkey in keys),
        witnesses=witnesses,
        trouble=trouble,
        is_stopped=bool(standstill.why_stopped()),
        alarms=open_incidents(),
    )


def alarm_count() -> int:
    """How many things are wrong with the proof of the log."""
    return len(open_incidents())


def covering(seq: int) -> SignedHead | None:
    """The head under which the receipt of an entry stands."""
    signed = heads.covering(seq)
    return _shown(signed) if signed else None


def _shown(signed: heads.Signed) -> SignedHead:
    names = sorted({line.name for line in heads.whole_note(signed).lines[1:]})
    return SignedHead(
        signed.head.size, signed.head.root.hex(), datetime.fromisoformat(signed.at), tuple(names)
    )


def _witnesses() -> tuple[Witnessed, ...]:
    """Each one of the policy, by its own name."""
    policy, found = parsed(), list[Witnessed]()
    for name, vkey in policy.witnesses.items():
        time_s, size = heads.cosigned_last(vkey.id.hex())
        at = heads.instant_of(time_s) if time_s else None
        found.append(Witnessed(vkey.name, at, size, vkey.text(), name in policy.addresses))
    return tuple(sorted(found, key=lambda one: one.name))
