"""What stands in the demonstration's folder: stages per arrangement, and what to try."""

from __future__ import annotations

from pathlib import Path

from tranche.cli.demo.denmark import POOL
from tranche.cli.demo.lithuania import TRANCHE
from tranche.cli.output import Column, Output
from tranche.kernel.money import Money, format_amount
from tranche.models import Decision
from tranche.queries.stages import STAGES, money_of

LANGUAGE = "en"
ARRANGEMENTS = (("Lithuania, first tranche", TRANCHE), ("Danish model 2024, pool", POOL))


def print_summary(folder: Path, url: str | None, output: Output) -> None:
    """Money by stage, what waits, and three things to try."""
    if output.quiet:
        return
    sums = [(name, row) for name, ref in ARRANGEMENTS for row in money_of(ref)]
    shown = [stage for stage in STAGES if any(row.at(stage) for _, row in sums)]
    columns = [Column("stage"), *(Column(name, right=True) for name, _ in sums)]
    rows = [(stage, *(_amount(row.at(stage), row.currency) for _, row in sums)) for stage in shown]
    rows.append(("received", *(_amount(row.received_minor, row.currency) for _, row in sums)))
    output.table("Money by stage (illustrative where no claim says it)", columns, rows)
    waiting = Decision.objects.filter(state="open").count()
    output.line()
    output.line(f"{waiting} decisions wait for somebody. Sign-ins: {folder / 'sign-ins.json'}")
    output.line()
    for number, text in enumerate(_to_try(folder, url), start=1):
        output.line(f"{number}. {text}")


def _amount(amount_minor: int, currency: str) -> str:
    return format_amount(Money(amount_minor, currency), LANGUAGE)


def _to_try(folder: Path, url: str | None) -> tuple[str, str, str]:
    at = f" --dir {folder}"
    if url is None:
        return (
            f"See who paid for one lot:  tranche trace to C-DK-01-L1{at}",
            f"Prove the ledger:  tranche doctor --ledger{at}",
            f"Open it in a browser:  tranche serve{at}",
        )
    return (
        f"Open {url} and sign in as Iryna Zrazok, approver: one decision waits.",
        "Sign in as Petro Zrazok, payer: one payment is approved and waits to be released.",
        f"In another terminal, see who paid for one lot:  tranche trace to C-DK-01-L1{at}",
    )
