"""The folder that a command works in: found, checked, and Django set up for it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.conf import environment

DATABASE = "tranche.sqlite3"
SECRETS = "secrets"
KEY_FILE = "django-key"
FOLDER_MODE = 0o700
BUSY_FILE = "busy.txt"


def choose(directory: Path | None) -> Path:
    """The data folder: `--dir`, else TRANCHE_DATA_DIR, else ./tranche-data; settings will read the same."""
    if directory is not None:
        os.environ["TRANCHE_DATA_DIR"] = str(directory.absolute())
    try:
        return environment.read().data_dir
    except environment.BadSetting as error:
        raise Halt(
            Exit.USAGE,
            f"{error.name} takes {error.wanted}.",
            NOTHING_WRITTEN,
            "Correct the variable in your environment and run the command again.",
        ) from error


def is_demo(folder: Path) -> bool:
    return (folder / environment.DEMO_FILE).is_file()


def is_mechanism(folder: Path) -> bool:
    """Whether a mechanism lives here: its database, or the folder of one whose database is elsewhere."""
    return (folder / DATABASE).is_file() or (
        bool(environment.read().database_url) and (folder / SECRETS / KEY_FILE).is_file()
    )


def enter(directory: Path | None) -> Path:
    """Choose an existing mechanism and set Django up for it."""
    folder = choose(directory)
    if not is_mechanism(folder):
        raise Halt(
            Exit.USAGE,
            f"There is no mechanism in {folder}.",
            NOTHING_WRITTEN,
            "Run “tranche demo” for the sample, “tranche init --roster FILE” for a mechanism of your own,"
            " or name another folder with --dir.",
        )
    set_up_django()
    return folder


def set_up_django() -> None:
    """Load settings and models; the folder is chosen before."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tranche.conf.settings")
    django.setup()


def prepare(folder: Path) -> None:
    """Make the folder and its key, private to the user that runs the program."""
    from tranche.formats.files import write_durably

    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    (folder / SECRETS).mkdir(mode=FOLDER_MODE, exist_ok=True)
    path = folder / SECRETS / KEY_FILE
    if not path.is_file():
        write_durably(path, [secrets.token_urlsafe(50).encode()])


def create_database(folder: Path) -> None:
    """Apply every migration; the file of the embedded database is private as well."""
    from django.core.management import call_command

    before = os.umask(0o077)
    try:
        for alias in ("default", "scratch"):
            call_command("migrate", database=alias, verbosity=0, interactive=False)
    finally:
        os.umask(before)
