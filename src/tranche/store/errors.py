"""What the store refuses or cannot tell, one class a reason."""

from __future__ import annotations


class StoreError(Exception):
    """A request that the store did not carry out, or cannot say whether it did."""


class IdemConflict(StoreError):
    """The key was used before for another request; nothing was written."""


class NotLogged(StoreError):
    """A transaction would have ended without its log entry, or with a write after it: a bug, rolled back."""


class CommitUncertain(StoreError):
    """COMMIT raised an error: recorded or not is unknown until the same key is tried again."""


class WriteUnavailable(StoreError):
    """The one writer's lock was not free within the waiting time; nothing was written, safe to retry."""


class ClockBehind(StoreError):
    """The clock of this machine is behind the latest log entry; nothing was written."""


class LogBehind(StoreError):
    """The log is older than what was signed of it, or another one: nothing is written until it is settled."""


class DocumentLost(StoreError):
    """A document that is on record has no file any more, or one with other bytes; it is not handed out."""


class StorageFull(StoreError):
    """The disk is full; nothing was written."""
