"""Exit codes of every command, and which refusal gives which (web note, section CLI)."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    DONE = 0
    FINDINGS = 1
    USAGE = 2
    REFUSED = 3
    WAITING = 4
    CONFLICT = 5
    UNAVAILABLE = 6
    UNKNOWN = 7
    BROKEN = 8
    INTERRUPTED = 130


class Halt(Exception):
    """Why a command stops: what happened, what was not done, what to do next."""

    def __init__(self, code: Exit, what: str, not_done: str, after: str) -> None:
        super().__init__(what)
        self.code, self.what, self.not_done, self.after = code, what, not_done, after


NOTHING_WRITTEN = "Nothing was written."


def sentence(error: Exception) -> str:
    """What an error says, as a sentence."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


BY_CODE = {
    "validation": Exit.USAGE,
    "not_found": Exit.USAGE,
    "already_there": Exit.CONFLICT,
    "reference_taken": Exit.CONFLICT,
    "content_changed": Exit.CONFLICT,
    "stale_version": Exit.CONFLICT,
    "idem_conflict": Exit.CONFLICT,
    "write_unavailable": Exit.UNAVAILABLE,
    "storage_full": Exit.UNAVAILABLE,
    "outcome_unknown": Exit.UNKNOWN,
    "integrity": Exit.BROKEN,
    "document_lost": Exit.BROKEN,
}
"""The code of an explanation to its exit code; every other refusal is 3."""


def of_code(code: str) -> Exit:
    return BY_CODE.get(code, Exit.REFUSED)
