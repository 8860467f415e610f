"""Printing: results to standard output, messages and refusals to standard error."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH_MAX = 10_000  # a file or a pipe has no edge, so nothing is folded for it


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; amounts and counts stand right."""

    title: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """How one command prints."""

    as_json: bool = False
    quiet: bool = False

    def document(self, value: object) -> None:
        """One JSON document."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def csv(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Comma-separated values with a head, amounts as whole minor units (RFC 4180)."""
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows(rows)

    def table(self, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """A table with a caption; whole words, so that references can be copied."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for column in columns:
            table.add_column(
                column.title,
                justify="right" if column.right else "left",
                overflow="fold",
                no_wrap=column.right,
            )
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(width=None if sys.stdout.isatty() else WIDTH_MAX).print(table)

    def line(self, text: str = "") -> None:
        """One line of a result."""
        sys.stdout.write(text + "\n")

    def say(self, text: str) -> None:
        """A message beside the result."""
        if not self.quiet:
            sys.stderr.write(text + "\n")


def refuse(what: str, not_done: str, after: str) -> None:
    """A refusal in three sentences, on standard error, also when quiet."""
    for text in (what, not_done, after):
        if text:
            sys.stderr.write(text + "\n")
