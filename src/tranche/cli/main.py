"""The entry of the `tranche` command: its tree, and one place that turns errors into exit codes."""

from __future__ import annotations

import sys

import typer

from tranche.cli.commands import (
    balance,
    bulk,
    decision,
    demo,
    doctor,
    export,
    importing,
    init,
    log,
    migrate,
    outbox,
    people,
    period,
    policy,
    post,
    registers,
    serve,
    trace,
    witness,
    work,
)
from tranche.cli.exits import Exit
from tranche.cli.failures import report
from tranche.cli.options import leading_last
from tranche.cli.output import refuse

app = typer.Typer(
    name="tranche",
    help="The system of record of a mechanism by which states fund each other's production.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _part in (demo, init, serve, work, migrate, balance, registers, doctor):
    _part.add_to(app)
app.add_typer(importing.app, name="import")
app.add_typer(trace.app, name="trace")
app.add_typer(bulk.app, name="bulk")
app.add_typer(decision.app, name="decision")
app.add_typer(post.app, name="post")
app.add_typer(period.app, name="period")
app.add_typer(people.app, name="people")
app.add_typer(outbox.app, name="outbox")
app.add_typer(policy.app, name="policy")
app.add_typer(log.app, name="log")
app.add_typer(witness.app, name="witness")
app.add_typer(export.app, name="export")


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command line and give its exit code; nothing escapes but the end of the process."""
    if not all(map(_is_text, arguments)):
        refuse("An argument is no text in UTF-8.", "Nothing was done.", "Type it again.")
        return Exit.USAGE
    try:
        code = app(leading_last(arguments), prog_name="tranche", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        _show(error)
        return Exit.USAGE
    except (KeyboardInterrupt, typer.Abort):
        refuse("Interrupted.", "What was begun and not recorded was not done.", "Run the same command again.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.DONE
    except Exception as error:
        return report(error)
    return code if isinstance(code, int) else Exit.DONE


def _is_text(argument: str) -> bool:
    """Whether it can be written down: bytes that are none stand in it as lone surrogates."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _show(error: typer.TyperException) -> None:
    show = getattr(error, "show", None)
    if show is not None:
        show()
    else:
        sys.stderr.write(f"{error.format_message()}\n")
