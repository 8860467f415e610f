"""The whole script in the order of its instants: the arrangements, the bank and the priorities."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import Act, StatementFile, instant
from tranche.cli.demo.care import care
from tranche.cli.demo.denmark import denmark
from tranche.cli.demo.lithuania import lithuania
from tranche.cli.demo.production import priorities, production
from tranche.cli.demo.running_procedure import running_procedure
from tranche.cli.demo.second import second
from tranche.cli.demo.staff import staff
from tranche.cli.demo.statements import planned
from tranche.cli.demo.together import together

FOUNDED = instant("2024-09-01", "08:00")


def script() -> tuple[Act, ...]:
    """Every act, oldest first; acts of one instant keep the order in which they were written."""
    acts = (
        *(*denmark(), *production(), *lithuania(), *second(), *together(), *care(), *running_procedure()),
        *(*priorities(), *staff(), *_imports()),
    )
    return tuple(sorted(acts, key=lambda act: act.at))


def _imports() -> Iterator[Act]:
    for statement in planned():
        if statement.imported_on is None:
            continue
        arguments = {"statement": StatementFile(statement.name)}
        when = instant(statement.imported_on.isoformat(), "08:30")
        yield Act(when, "ua.manager", "import.stage", statement.name, arguments)
