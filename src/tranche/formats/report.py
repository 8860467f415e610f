"""What became of the rows of a file: none is lost, so rows in = accepted + rejected."""

from __future__ import annotations

from dataclasses import dataclass

from tranche.formats.errors import Where


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about a row that was accepted."""

    code: str
    where: Where
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out, where it stood and why."""

    where: Where
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The count of an import; made only where it balances."""

    rows_in: int
    accepted: int
    rejected: tuple[Rejected, ...] = ()
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        assert self.rows_in == self.accepted + len(self.rejected), "a row was lost"
