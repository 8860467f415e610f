"""What a proof finds: places where what is stored is not what follows from the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FOUND_MAX: Final = 1000  # a damaged book would name every line after the damage


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where what is stored is not what follows from the rest."""

    code: str
    entry: int | None
    account: str | None
    expected: str
    found: str
    row: str | None = None


@dataclass(slots=True)
class Differences:
    """What was found, up to a limit; the first one is where to look."""

    found: list[Difference] = field(default_factory=list)

    def note(
        self,
        code: str,
        expected: object,
        found: object,
        *,
        entry: int | None = None,
        account: str | None = None,
        row: str | None = None,
    ) -> None:
        if len(self.found) < FOUND_MAX:
            self.found.append(Difference(code, entry, account, str(expected), str(found), row))

    def compare(
        self,
        code: str,
        expected: object,
        found: object,
        *,
        entry: int | None = None,
        account: str | None = None,
        row: str | None = None,
    ) -> None:
        if expected != found:
            self.note(code, expected, found, entry=entry, account=account, row=row)
