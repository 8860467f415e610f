"""What a reader refuses: a code, the place and the value, never a sentence (`messages.py` has those)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file: line of the text, name of the element, which entry of the statement."""

    line: int | None = None
    path: str = ""
    ordinal: int | None = None

    def __str__(self) -> str:
        parts = (
            f"line {self.line}" if self.line else "",
            f"entry {self.ordinal}" if self.ordinal else "",
            self.path,
        )
        return ", ".join(part for part in parts if part)


class FormatError(Exception):
    """A file that is refused whole; nothing of it is staged."""

    def __init__(self, code: str, where: Where | None = None, value: str = "") -> None:
        super().__init__(f"{code} {where or ''} {value}".strip())
        self.code, self.where, self.value = code, where or Where(), value
