"""The files of a demonstration's folder: its mark, its sign-ins, and starting over."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.cli.folder import BUSY_FILE, DATABASE, SECRETS, is_demo, prepare
from tranche.conf.environment import DEMO_FILE
from tranche.formats.files import write_durably

MARK = "tranche demonstration"
SIGN_INS = "sign-ins.json"
SAMPLES = "samples"
PASSWORD_BYTES = 9
KEY_SECRET_BYTES = 32
OURS = (
    DATABASE,
    f"{DATABASE}-wal",
    f"{DATABASE}-shm",
    "scratch.sqlite3",
    *("log-head", "log-stopped", "self-check.json", "erasures.jsonl"),
    "scratch.sqlite3-wal",
    "scratch.sqlite3-shm",
    "evidence",
    SECRETS,
    "signer",
    "witnesses",
    SIGN_INS,
    SAMPLES,
    BUSY_FILE,
    DEMO_FILE,
)
"""Everything that a demonstration puts into its folder; starting over removes this and nothing else."""


def mark(folder: Path, today: str) -> None:
    """Make the folder a demonstration before anything else is in it; refused where something is."""
    if is_demo(folder):
        _check_mark(folder)
        return
    if folder.exists() and any(folder.iterdir()):
        raise Halt(
            Exit.REFUSED,
            f"{folder} is not empty and holds no demonstration.",
            NOTHING_WRITTEN,
            "Name an empty or new folder with --dir.",
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(folder / DEMO_FILE, [_json({"what": MARK, "today": today, "complete": False})])
    prepare(folder)


def is_complete(folder: Path) -> bool:
    return is_demo(folder) and bool(_read(folder / DEMO_FILE).get("complete"))


def complete(folder: Path) -> None:
    write_durably(folder / DEMO_FILE, [_json(_read(folder / DEMO_FILE) | {"complete": True})])


def check_demo(folder: Path) -> None:
    """Raise Halt unless this command made the demonstration in the folder."""
    if not is_demo(folder):
        raise Halt(
            Exit.REFUSED,
            f"{folder} holds no demonstration, so --fresh removes nothing there.",
            "Nothing was removed.",
            "Leave --fresh out, or name the folder of a demonstration with --dir.",
        )
    _check_mark(folder)


def start_over(folder: Path) -> None:
    """Remove what a demonstration made; the mark goes last, so that an interrupted removal can go on."""
    check_demo(folder)
    for name in OURS:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def passwords(folder: Path, usernames: Sequence[str]) -> dict[str, str]:
    """Each person's password, made once and kept for the visitor; the folder is the visitor's own."""
    path = folder / SECRETS / "demo-passwords.json"
    if not path.is_file():
        made = {name: secrets.token_urlsafe(PASSWORD_BYTES) for name in usernames}
        write_durably(path, [_json(made)])
    return {str(name): str(word) for name, word in _read(path).items()}


def key_secrets(folder: Path, usernames: Sequence[str]) -> dict[str, bytes]:
    """The secret of each person's software key, made once: an interrupted build goes on with the same."""
    path = folder / SECRETS / "demo-keys.json"
    if not path.is_file():
        write_durably(path, [_json({name: secrets.token_hex(KEY_SECRET_BYTES) for name in usernames})])
    return {name: bytes.fromhex(secret) for name, secret in _read(path).items()}


def write_sign_ins(folder: Path, url: str, people: Sequence[Mapping[str, object]]) -> None:
    """For the page of sign-ins and for scripts; readable by its owner alone."""
    data = _json({"url": url, "people": list(people)})
    path = folder / SIGN_INS
    if not path.is_file() or path.read_bytes() != data:
        write_durably(path, [data])


def _check_mark(folder: Path) -> None:
    if _read(folder / DEMO_FILE).get("what") != MARK:
        raise Halt(
            Exit.REFUSED,
            f"{folder / DEMO_FILE} was not written by “tranche demo”.",
            NOTHING_WRITTEN,
            "Name another folder with --dir.",
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Halt(
            Exit.REFUSED,
            f"{path} cannot be read: {error}.",
            NOTHING_WRITTEN,
            "Name another folder with --dir, or remove this one yourself.",
        ) from error
    if not isinstance(found, dict):
        raise Halt(
            Exit.REFUSED, f"{path} holds no table.", NOTHING_WRITTEN, "Name another folder with --dir."
        )
    return found


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False) + "\n").encode()
