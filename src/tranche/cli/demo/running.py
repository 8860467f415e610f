"""`tranche demo`: make or continue the demonstration, say what is there, and serve it."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tranche.cli.demo.place import (
    SAMPLES,
    check_demo,
    complete,
    is_complete,
    key_secrets,
    mark,
    passwords,
    start_over,
    write_sign_ins,
)
from tranche.cli.exits import Exit
from tranche.cli.folder import create_database, set_up_django
from tranche.cli.locks import only_process
from tranche.cli.output import Output

if TYPE_CHECKING:
    from tranche.cli.demo.play import Cast

ROSTER = resources.files("tranche.conf").joinpath("demo", "roster.toml")
TODAY = "2025-03-31"
"""Where the clock of the demonstration stands once the script is played."""


def run_demo(folder: Path, port: int, output: Output, *, fresh: bool, serve: bool) -> int:
    """Build what is missing, then serve; a complete demonstration is not touched."""
    if fresh:
        check_demo(folder)
        with only_process(folder, "the demonstration is being removed"):
            start_over(folder)
        output.say(f"Removed the demonstration in {folder}.")
    if is_complete(folder):
        set_up_django()
        output.say(f"The demonstration in {folder} is complete; nothing was changed.")
    else:
        build(folder, output)
    url = f"http://localhost:{port}/"
    _keep_sign_ins(folder, url)
    from tranche.cli.demo.summary import print_summary

    print_summary(folder, url if serve else None, output)
    if not serve:
        return Exit.DONE
    from tranche.cli.checking import refuse_unsafe
    from tranche.cli.server import run_server

    refuse_unsafe()
    return run_server(folder, f"127.0.0.1:{port}", None, output, f"Serving at {url} - stop with Ctrl-C.")


def build(folder: Path, output: Output) -> int:
    """Play the script into the folder, from where it stopped; gives how many acts were played."""
    mark(folder, TODAY)
    with only_process(folder, "the demonstration is being built"):
        set_up_django()
        from tranche.cli.demo.play import cast_of
        from tranche.cli.demo.staff import KEY_HOLDERS

        create_database(folder)
        roster = _roster()
        words = passwords(folder, [str(row["username"]) for row in roster["people"]])
        _found(roster, words)
        played = _play(cast_of(words, key_secrets(folder, sorted(KEY_HOLDERS))), output)
        _work()
        _write_sample(folder)
        complete(folder)
    output.say(f"Played {played} acts into {folder}.")
    return played


def _roster() -> dict[str, Any]:
    return tomllib.loads(ROSTER.read_text(encoding="utf-8"))


def _found(roster: dict[str, Any], words: dict[str, str]) -> None:
    from tranche.actions.setup import roster_from, set_up
    from tranche.cli.demo.acts import KEYS
    from tranche.cli.demo.script import FOUNDED
    from tranche.cli.log_work import found_log
    from tranche.models import Person
    from tranche.store import clock

    with clock.at(FOUNDED):
        if not Person.objects.exists():
            set_up(roster_from(roster, words), key=str(KEYS))
        found_log()


def _play(cast: Cast, output: Output) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from tranche.cli.demo.acts import Act
    from tranche.cli.demo.play import play
    from tranche.cli.demo.script import script

    acts = script()
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=output.quiet) as progress:
        task = progress.add_task("", total=len(acts))

        def done(act: Act) -> None:
            progress.update(task, advance=1, description=f"{act.at.date()} {act.name}")

        return play(acts, cast, done)


def _work() -> None:
    """What is due on the morning on which the clock stands; again it adds nothing."""
    from tranche.cli.demo.acts import instant
    from tranche.store import clock
    from tranche.worker.rounds import remind
    from tranche.worker.sign import grow_and_sign

    with clock.at(instant(TODAY, "06:00")):
        remind()
        grow_and_sign()


def _write_sample(folder: Path) -> None:
    """The next statement of the account, for the visitor to import."""
    from tranche.cli.demo.statements import planned, write_statement
    from tranche.formats.files import write_durably

    (folder / SAMPLES).mkdir(mode=0o700, exist_ok=True)
    for statement in planned():
        if statement.imported_on is None:
            path = folder / SAMPLES / f"statement-{statement.name}.xml"
            write_durably(path, [write_statement(statement.name)])


def _keep_sign_ins(folder: Path, url: str) -> None:
    roster = _roster()
    words = passwords(folder, [])
    people = []
    for row in roster["people"]:
        roles = [grant.split("@") for grant in row["grants"]]
        people.append(
            {
                "username": row["username"],
                "password": words[row["username"]],
                "name": row["name"],
                "role": roles[0][0],
                "party": " ".join(party for _, party in roles),
            }
        )
    write_sign_ins(folder, url, people)
