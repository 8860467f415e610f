"""The self-check and the proof of the ledger, printed as findings with what to do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.folder import create_database
from tranche.cli.output import Output, refuse
from tranche.ledger.self_test import self_test
from tranche.ledger.verify import Report, verify
from tranche.models.step_dates import StepDates
from tranche.queries.step_dates import WrongDates, wrong_step_dates
from tranche.store.selfcheck import Finding, refusals, self_check

DAMAGE = frozenset({"guard", "bypass"})
"""Findings that mean that somebody changed what must not change."""


def refuse_unsafe() -> None:
    """Raise Halt where the self-check refuses: nothing is served or written on an unsafe setting."""
    found = refusals(_checked())
    if not found:
        return
    first = found[0]
    more = f" ({len(found) - 1} further findings: tranche doctor)" if len(found) > 1 else ""
    raise Halt(
        _exit_of(found),
        f"{first.what} Found: {first.found}; wanted: {first.wanted}.{more}",
        "Nothing was served or written.",
        first.remedy,
    )


def print_findings(output: Output, *, ledger: bool) -> int:
    """Every finding, and with `ledger` the whole book recomputed; 0 fine, 1 findings, 8 integrity broken."""
    findings = _checked()
    if not _schema_is_old(findings):
        findings = (*findings, *(_moved_step(row) for row in wrong_step_dates()))
    report = _verified(output) if ledger and not _schema_is_old(findings) else None
    code = max(_seen(findings), _exit_of_report(report))
    if output.as_json:
        document: dict[str, object] = {"findings": [asdict(finding) for finding in findings]}
        if report is not None:
            document["ledger"] = asdict(report)
        output.document(document)
        return code
    for finding in findings:
        output.line(f"{finding.level}: {finding.what} Found: {finding.found}; wanted: {finding.wanted}.")
        output.line(f"  {finding.remedy}")
    if not findings:
        output.line("Settings, guards, disk and clock are as they must be.")
    if report is not None:
        _print_report(report, output)
    return code


def _checked() -> tuple[Finding, ...]:
    """Settings and guards, and where these hold, every known way round the guards tried and rolled back."""
    findings = self_check()
    if _schema_is_old(findings) or any(finding.code == "guard" for finding in findings):
        return findings
    return (*findings, *(_bypass(name) for name in self_test()))


def _moved_step(row: WrongDates) -> Finding:
    return Finding(
        "step_dates",
        "warn",
        f"The days of the step {row.ref} are not those that its events and the calendar give.",
        _days(row.stored),
        _days(row.wanted),
        "Compare the calendars of this release, then amend the procedure, which counts its days again.",
    )


def _days(days: StepDates) -> str:
    return f"opened {days.opened_on or 'not yet'}, due {days.due_on or 'not yet'}"


def _bypass(name: str) -> Finding:
    return Finding(
        "bypass",
        "refuse",
        f"The database let through what it must refuse: {name}. It was rolled back.",
        "accepted",
        "refused",
        "Stop, keep the database as evidence, and compare it with a backup: tranche doctor --ledger",
    )


def apply_migrations(folder: Path, output: Output, *, plan: bool) -> int:
    """Apply what is missing, or with `plan` only say it."""
    executor = MigrationExecutor(connections["default"])
    missing = [str(step) for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes("tranche"))]
    for name in missing:
        output.line(name)
    if not missing:
        output.say("Every migration is applied.")
    elif not plan:
        create_database(folder)
        output.say("Applied.")
    if not plan:
        call_command("migrate", database="scratch", verbosity=0, interactive=False)
    return Exit.DONE


def _verified(output: Output) -> Report:
    def progress(done: int, total: int) -> None:
        output.say(f"Checked {done} of {total} entries.")

    return verify(progress)


def _schema_is_old(findings: tuple[Finding, ...]) -> bool:
    return any(finding.code == "schema" for finding in findings)


def _exit_of(findings: tuple[Finding, ...]) -> Exit:
    if any(finding.code in DAMAGE for finding in findings):
        return Exit.BROKEN
    if any(finding.level == "refuse" for finding in findings):
        return Exit.REFUSED
    return Exit.FINDINGS if findings else Exit.DONE


def _seen(findings: tuple[Finding, ...]) -> Exit:
    """The doctor refuses nothing: it reports, and only damage is more than a finding."""
    code = _exit_of(findings)
    return Exit.FINDINGS if code is Exit.REFUSED else code


def _exit_of_report(report: Report | None) -> Exit:
    return Exit.BROKEN if report is not None and report.differences else Exit.DONE


def _print_report(report: Report, output: Output) -> None:
    output.line(
        f"Ledger: {report.entries} entries, {report.movements} movements, {report.accounts} accounts,"
        f" {report.fragments} fragments recomputed; {len(report.differences)} differences."
    )
    for difference in report.differences:
        place = ", ".join(
            f"{name} {value}"
            for name, value in (
                ("entry", difference.entry),
                ("account", difference.account),
                ("row", difference.row),
            )
            if value
        )
        output.line(
            f"  {difference.code} ({place}): expected {difference.expected}, found {difference.found}"
        )
    if report.differences:
        first = report.differences[0]
        refuse(
            f"The ledger does not follow from its own lines; the first difference is {first.code}.",
            NOTHING_WRITTEN,
            "Stop the server, keep the folder as evidence, and compare it with the last backup.",
        )
