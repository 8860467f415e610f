"""One round of the work that is due."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.actions.deadlines import by_time
from tranche.actions.outbox import add_beside
from tranche.store import clock, standstill
from tranche.worker.alarms import raise_alarms
from tranche.worker.checkpoint import checkpoint
from tranche.worker.expire import expire_due
from tranche.worker.mail import Mailed, send_due
from tranche.worker.sign import Signing, grow_and_sign
from tranche.worker.witnesses import Carried, ask_witnesses


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did.

    Pages are those of the write-ahead log, None where there is none.
    """

    expired: int
    told: int
    mailed: Mailed
    signed: Signing
    carried: Carried
    alarms: int
    pages: int | None

    @property
    def did_anything(self) -> bool:
        """Whether there is something to say beside the checkpoint."""
        return bool(
            self.expired
            or self.told
            or self.mailed.sent
            or self.mailed.failed
            or any(self.signed)
            or any(self.carried)
            or self.alarms
        )


def work_round() -> Round:
    """Do what is due now; mail comes late, because others may be slow.

    A mechanism that stands still says nothing to anybody: what an older database has not sent yet may have
    been sent long ago.
    """
    signed = grow_and_sign()
    carried = ask_witnesses()
    alarms = raise_alarms(signed, carried)
    expired, told, mailed = (0, 0, Mailed(0, 0)) if standstill.why_stopped() else _at_work()
    moved = checkpoint()
    return Round(expired, told, mailed, signed, carried, alarms, None if moved is None else moved[1])


def _at_work() -> tuple[int, int, Mailed]:
    return expire_due(), remind(), send_due()


def remind() -> int:
    """Write the notices that time alone brings; gives how many are new."""
    now = clock.now()
    return add_beside(by_time(now), now)
