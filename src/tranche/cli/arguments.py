"""The arguments of an action as typed on a command line: values, amounts, documents, or a JSON file."""

from __future__ import annotations

import json
import mimetypes
import re
from pathlib import Path

from tranche.actions.registry import find
from tranche.cli.exits import NOTHING_WRITTEN, Exit, Halt
from tranche.kernel.canonical import NotCanonical, decode
from tranche.kernel.money import Money, parse_amount
from tranche.store import evidence

AMOUNT = re.compile(r"(?P<digits>[0-9]{1,16}(\.[0-9]{1,4})?) (?P<currency>[A-Z]{3})")
WHOLE = frozenset({"entry", "quantity", "ordinal", "year", "margin_bp"})
FLAGS = {"true": True, "false": False}
FILE_BYTES_MAX = 200 * 2**20


def gathered(action: str, values: list[str], files: list[str], document: Path | None) -> dict[str, object]:
    """Everything that was given for the action; raises BadArgument for an action that does not exist."""
    find(action)
    found: dict[str, object] = _document(document) if document else {}
    for given in values:
        name, value = _pair(given)
        found[name] = _value(name, value)
    if files:
        found["evidence"] = [_filed(*_pair(given)) for given in files]
    return found


def _pair(given: str) -> tuple[str, str]:
    name, mark, value = given.partition("=")
    if not mark or not name:
        raise _wrong(f"{given} is no NAME=VALUE.")
    return name.strip(), value.strip()


def _value(name: str, value: str) -> object:
    amount = AMOUNT.fullmatch(value)
    if amount:
        money: Money = parse_amount(amount["digits"], amount["currency"])
        return {"amount_minor": money.amount_minor, "currency": money.currency}
    if name in WHOLE and value.isascii() and value.isdigit():
        return int(value)
    return FLAGS.get(value, value)


def _filed(kind: str, path: str) -> dict[str, object]:
    file = Path(path)
    if not file.is_file():
        raise _wrong(f"There is no file {path}.")
    if not 0 < file.stat().st_size <= FILE_BYTES_MAX:
        raise _wrong(f"{path} is empty or larger than {FILE_BYTES_MAX} bytes.")
    data = file.read_bytes()
    return {
        "kind": kind,
        "media_type": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        "name": file.name,
        "sha256": evidence.put(data),
        "size_bytes": len(data),
    }


def _document(path: Path) -> dict[str, object]:
    try:
        found = decode(
            json.dumps(
                json.loads(path.read_bytes()), sort_keys=True, separators=(",", ":"), ensure_ascii=False
            ).encode()
        )
    except (OSError, ValueError, NotCanonical, RecursionError) as error:
        raise _wrong(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(found, dict):
        raise _wrong(f"{path} holds no object.")
    return dict(found)


def _wrong(what: str) -> Halt:
    return Halt(Exit.USAGE, what, NOTHING_WRITTEN, "See tranche decision propose --help.")
