"""The text of a procedure template: TOML whose every field is known and of its kind, or its defects."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

STEP_KEY: Final = re.compile("[a-z][a-z0-9_]{0,39}")
TEMPLATE_KEY: Final = re.compile("[a-z][a-z0-9-]{0,39}")
LINE: Final = re.compile(r"at line ([0-9]+)")
HEADER: Final = re.compile(r"\s*\[\[\s*steps\s*\]\]")
TITLE_LENGTH_MAX: Final = 200
CALENDAR_LENGTH_MAX: Final = 20
VERSION_MAX: Final = 9_999

WANTED: Final[Mapping[str, str]] = {"key": "text", "version": "whole", "title": "texts", "steps": "tables"}
WANTED_OF_STEP: Final[Mapping[str, str]] = {
    "key": "text",
    "title": "texts",
    "owner": "text",
    "role": "text",
    "due_working_days": "whole",
    "calendar": "text",
}
ALLOWED_OF_STEP: Final[Mapping[str, str]] = {
    **WANTED_OF_STEP,
    "after": "list",
    "evidence": "list",
    "join": "text",
    "remind_before": "days",
    "escalate_after": "days",
    "sealed": "flag",
}


class TemplateDefect(NamedTuple):
    """One thing that is wrong: its rule, the step, what is meant, and the line where the step begins."""

    rule: str
    step: str = ""
    what: str = ""
    line: int | None = None


class TemplateError(Exception):
    """A template that cannot be run; the defects are listed."""

    def __init__(self, defects: tuple[TemplateDefect, ...]) -> None:
        super().__init__("; ".join(" ".join(str(part) for part in row if part) for row in defects))
        self.defects = defects


def check_text(text: str) -> dict[str, Any]:
    """The tables of a template whose fields are all there and of their kinds; raises TemplateError."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = LINE.search(str(error))
        raise TemplateError((TemplateDefect("toml", "", "", int(at[1]) if at else None),)) from error
    defects = _fields(data, WANTED, WANTED, "", None)
    steps = data.get("steps")
    lines = lines_of(text)
    for number, row in enumerate(steps if isinstance(steps, list) else ()):
        line = lines[number] if number < len(lines) else None
        if isinstance(row, dict):
            name = row.get("key") if isinstance(row.get("key"), str) else ""
            defects += _fields(row, WANTED_OF_STEP, ALLOWED_OF_STEP, str(name), line)
    if not defects:
        defects = _names(data, lines)
    if defects:
        raise TemplateError(tuple(defects))
    return data


def lines_of(text: str) -> tuple[int, ...]:
    """The lines on which the steps begin, counted from one."""
    return tuple(number for number, line in enumerate(text.split("\n"), start=1) if HEADER.match(line))


def _fields(
    row: Mapping[str, object],
    wanted: Mapping[str, str],
    allowed: Mapping[str, str],
    step: str,
    line: int | None,
) -> list[TemplateDefect]:
    found = [TemplateDefect("missing", step, name, line) for name in wanted if name not in row]
    found += [TemplateDefect("unknown_field", step, name, line) for name in row if name not in allowed]
    found += [
        TemplateDefect("kind", step, name, line)
        for name, value in row.items()
        if name in allowed and not _is(allowed[name], value)
    ]
    return found


def _is(kind: str, value: object) -> bool:
    match kind:
        case "text":
            return isinstance(value, str) and len(value) <= TITLE_LENGTH_MAX
        case "whole":
            return _whole(value) is not None
        case "flag":
            return isinstance(value, bool)
        case "texts":
            return isinstance(value, dict) and all(
                isinstance(text, str) and len(text) <= TITLE_LENGTH_MAX for text in value.values()
            )
        case "tables":
            return isinstance(value, list) and all(isinstance(row, dict) for row in value)
        case "days":
            return isinstance(value, list) and len(value) <= 5 and all(_in_days(day) for day in value)
        case _:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _in_days(value: object) -> bool:
    found = _whole(value)
    return found is not None and 1 <= found <= 60


def _names(data: Mapping[str, Any], lines: tuple[int, ...]) -> list[TemplateDefect]:
    """Keys as they stand in addresses and records, and a version that can be counted on."""
    found = []
    if not TEMPLATE_KEY.fullmatch(data["key"]):
        found.append(TemplateDefect("name", "", data["key"]))
    if not 1 <= data["version"] <= VERSION_MAX:
        found.append(TemplateDefect("version", "", str(data["version"])))
    for number, row in enumerate(data["steps"]):
        line = lines[number] if number < len(lines) else None
        names = [row["key"], row["owner"]] if row["owner"] else [row["key"]]
        found += [
            TemplateDefect("name", row["key"], name, line) for name in names if not STEP_KEY.fullmatch(name)
        ]
        if len(row["calendar"]) > CALENDAR_LENGTH_MAX:
            found.append(TemplateDefect("calendar", row["key"], row["calendar"][:40], line))
    return found
