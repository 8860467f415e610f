"""Every command has help with an example, and every example runs as written."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.demo_folder import copy_of_demo, tranche

from tranche.cli.exits import Exit
from tranche.cli.main import app
from tranche.cli.roster import EXAMPLE

ELSEWHERE = frozenset(
    {
        *("serve", "witness serve"),  # they end only when they are stopped
        *("log adopt", "log check-restore", "log ask", "log settle", "witness drop"),
    }
)
"""Commands for what a sound demonstration has not: a restored database, a witness with an address, an alarm.

Run in test_serve.py, test_log_restore.py and test_witness_network.py.
"""
NO_FOLDER = frozenset({"export verifier"})


def examples(part: typer.Typer, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for command in part.registered_commands:
        name = command.name or str(getattr(command.callback, "__name__", ""))
        epilog = command.epilog or ""
        yield " ".join((*path, name)), epilog.removeprefix("Example: ").strip()
    for group in part.registered_groups:
        assert group.typer_instance is not None
        yield from examples(group.typer_instance, (*path, str(group.name)))


EXAMPLES = dict(examples(app))


def test_every_command_has_an_example_of_itself() -> None:
    assert EXAMPLES
    for name, example in EXAMPLES.items():
        assert example.startswith(f"tranche {name} ") or example == f"tranche {name}", name


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with the files that the examples name, in a demonstration of its own."""
    folder = tmp_path_factory.mktemp("desk")
    copy_of_demo(folder / "tranche-data")
    shutil.copytree(folder / "tranche-data", folder / "demo-data")
    [statement] = (folder / "tranche-data" / "samples").iterdir()
    shutil.copy(statement, folder / "statement.xml")
    (folder / "roster.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "announcement.txt").write_text(
        "State A pays for production\n\nA first tranche of EUR 3 million has been agreed.\n", encoding="utf-8"
    )
    _witnessed(folder)
    return folder


def _witnessed(folder: Path) -> None:
    """A witness that knows the demonstration's log, what it was asked and what it answered."""
    own = folder / "tranche-data"
    key = tranche("witness", "init", "witness.example", "--dir", "witness", cwd=folder).stdout.strip()
    log_key = tranche("log", "policy", cwd=folder).stdout.split()[1]
    tranche("witness", "trust", log_key, "--dir", "witness", cwd=folder)
    lines = f"witness ministry {key}\nquorum ministry\n"
    (own / "witnesses").write_text(lines, encoding="utf-8")
    asked = tranche("log", "request", "ministry", cwd=folder).stdout
    (folder / "request.txt").write_text(asked, encoding="utf-8")
    shutil.copytree(folder / "witness", folder / "twin")  # the example answers the same request
    answered = tranche("witness", "cosign", "request.txt", "--dir", "twin", cwd=folder).stdout
    (folder / "reply.txt").write_text(answered, encoding="utf-8")


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - ELSEWHERE))
def test_example_runs_as_written(name: str, desk: Path) -> None:
    arguments = shlex.split(EXAMPLES[name])[1:]

    done = tranche(*arguments, cwd=desk)

    assert done.returncode in (Exit.DONE, Exit.WAITING), done.stderr  # a proposal waits for its approvers


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_help_names_the_folder_option_and_the_example(name: str) -> None:
    shown = tranche(*name.split(), "--help")

    assert shown.returncode == 0
    assert ("--dir" in shown.stdout) == (name not in NO_FOLDER)
    assert "Example: tranche" in shown.stdout
