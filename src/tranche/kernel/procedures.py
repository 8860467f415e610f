"""Procedure templates: steps as a graph without loops, read from TOML, and which of them are open."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

STEPS_MAX = 64


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One step; `owner` is a key that the start of the procedure maps to a party."""

    key: str
    title: Mapping[str, str]
    after: tuple[str, ...]
    owner: str
    role: str
    due_working_days: int
    calendar: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    version: int
    title: Mapping[str, str]
    steps: tuple[TemplateStep, ...]
    sha256: str

    @property
    def owners(self) -> tuple[str, ...]:
        return tuple(sorted({step.owner for step in self.steps}))


class TemplateError(Exception):
    """A template that cannot be run; the defects are listed."""

    def __init__(self, defects: tuple[str, ...]) -> None:
        super().__init__("; ".join(defects))
        self.defects = defects


def parse_template(text: str) -> Template:
    """A template from its TOML text; raises TemplateError with every defect."""
    data = tomllib.loads(text)
    steps = tuple(
        TemplateStep(
            key=row["key"],
            title=row["title"],
            after=tuple(row.get("after", ())),
            owner=row["owner"],
            role=row["role"],
            due_working_days=row["due_working_days"],
            calendar=row["calendar"],
            evidence=tuple(row.get("evidence", ())),
        )
        for row in data["steps"]
    )
    template = Template(
        data["key"], data["version"], data["title"], steps, hashlib.sha256(text.encode()).hexdigest()
    )
    if defects := check_template(template):
        raise TemplateError(defects)
    return template


def check_template(template: Template) -> tuple[str, ...]:
    """What is wrong with a template; () for a sound one."""
    keys = [step.key for step in template.steps]
    known = set(keys)
    found = [f"step {key} twice" for key in sorted(known) if keys.count(key) > 1]
    found += [
        f"{step.key} after unknown {key}" for step in template.steps for key in step.after if key not in known
    ]
    if not 1 <= len(keys) <= STEPS_MAX:
        found.append(f"{len(keys)} steps")
    if not found and len(_order(template)) < len(keys):
        found.append("loop")
    return tuple(found)


def _order(template: Template) -> list[str]:
    done: list[str] = []
    while more := [s.key for s in template.steps if s.key not in done and set(s.after) <= set(done)]:
        done += more
    return done


def ready(after: Mapping[str, tuple[str, ...]], finished: frozenset[str]) -> frozenset[str]:
    """The steps not finished whose predecessors all are; a skipped step counts as finished."""
    return frozenset(key for key, before in after.items() if key not in finished and set(before) <= finished)
