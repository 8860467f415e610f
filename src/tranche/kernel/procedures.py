"""Procedure templates: steps as a graph without loops, how their text is read, and which steps are open."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tranche.kernel.template_text import TemplateDefect, TemplateError, check_text, lines_of

STEPS_MAX: Final = 64  # what one page and one meeting can hold
DUE_DAYS_MAX: Final = 260  # a working year: a longer step is two steps
REMIND_BEFORE: Final = (5, 1)
ESCALATE_AFTER: Final = (1, 5, 10)
ALL, ANY = "all", "any"

__all__ = ["TemplateDefect", "TemplateError"]


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One step; `owner` is a key that the start of the procedure maps to a party.

    `join` says whether all of the steps in `after` must be finished or any one of them.
    """

    key: str
    title: Mapping[str, str]
    after: tuple[str, ...]
    owner: str
    role: str
    due_working_days: int
    calendar: str
    evidence: tuple[str, ...]
    join: str = ALL
    remind_before: tuple[int, ...] = REMIND_BEFORE
    escalate_after: tuple[int, ...] = ESCALATE_AFTER
    sealed: bool = False


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


class Known(NamedTuple):
    """What a template may name: calendars by term, kinds of documents."""

    calendars: Collection[str]
    evidence: Collection[str]


def parse_template(text: str, known: Known | None = None) -> Template:
    """A template from its TOML text; raises TemplateError with every defect.

    Without `known`, calendars and documents are not looked up.
    """
    data = check_text(text)
    template = Template(
        key=data["key"],
        version=data["version"],
        title=data["title"],
        steps=tuple(_step(row) for row in data["steps"]),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    if defects := check_template(template, known, lines_of(text)):
        raise TemplateError(defects)
    return template


def _step(row: Mapping[str, Any]) -> TemplateStep:
    return TemplateStep(
        key=row["key"],
        title=row["title"],
        after=tuple(row.get("after", ())),
        owner=row["owner"],
        role=row["role"],
        due_working_days=row["due_working_days"],
        calendar=row["calendar"],
        evidence=tuple(row.get("evidence", ())),
        join=row.get("join", ALL),
        remind_before=tuple(row.get("remind_before", REMIND_BEFORE)),
        escalate_after=tuple(row.get("escalate_after", ESCALATE_AFTER)),
        sealed=row.get("sealed", False),
    )


OWNER_ROLES: Final = ("DO", "FM", "IN")
LANGUAGES: Final = ("en", "uk", "lt")


def check_template(
    template: Template, known: Known | None = None, lines: tuple[int, ...] = ()
) -> tuple[TemplateDefect, ...]:
    """What is wrong with a template; () for a sound one. `lines` are those where its steps begin."""
    keys = [step.key for step in template.steps]
    found = []
    if not 1 <= len(keys) <= STEPS_MAX:
        found.append(TemplateDefect("steps", what=str(len(keys))))
    found += [TemplateDefect("language", what=code) for code in LANGUAGES if not template.title.get(code)]
    for number, step in enumerate(template.steps):
        line = lines[number] if number < len(lines) else None
        found += [TemplateDefect(rule, step.key, what, line) for rule, what in _of_step(step, keys)]
        if step.key in keys[:number]:
            found.append(TemplateDefect("twice", step.key, line=line))
        if known:
            found += [TemplateDefect(rule, step.key, what, line) for rule, what in _unknown(step, known)]
    found += _same_titles(template)
    return (*found, *_loop(template))


def _of_step(step: TemplateStep, keys: Collection[str]) -> list[tuple[str, str]]:
    found = [("unknown_step", key) for key in step.after if key not in keys]
    found += [("after_twice", key) for key in sorted({k for k in step.after if step.after.count(k) > 1})]
    found += [("step_language", code) for code in LANGUAGES if not step.title.get(code)]
    if not step.owner:
        found.append(("no_owner", ""))
    if step.role not in OWNER_ROLES:
        found.append(("role", step.role))
    if not 1 <= step.due_working_days <= DUE_DAYS_MAX:
        found.append(("days", str(step.due_working_days)))
    if step.join not in (ALL, ANY):
        found.append(("join", step.join))
    return found


def _unknown(step: TemplateStep, known: Known) -> list[tuple[str, str]]:
    terms = step.calendar.split("+")
    found = [("calendar", term) for term in terms if term not in known.calendars]
    return found + [("evidence", kind) for kind in step.evidence if kind not in known.evidence]


def _same_titles(template: Template) -> list[TemplateDefect]:
    """Two steps with one title cannot be told apart on the page."""
    found = []
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        for step in template.steps:
            title = step.title.get(language, "").strip().casefold()
            if title and seen.setdefault(title, step.key) != step.key:
                found.append(TemplateDefect("same_title", step.key, seen[title]))
    return found


def _loop(template: Template) -> list[TemplateDefect]:
    """The steps that wait for one another; names that are unknown have a defect of their own."""
    keys = {step.key for step in template.steps}
    left = {step.key: set(step.after) & keys for step in template.steps}
    while free := [key for key, before in left.items() if not before & set(left)]:
        for key in free:
            del left[key]
    return [TemplateDefect("loop", what=", ".join(left))] if left else []


def layers(template: Template) -> tuple[tuple[TemplateStep, ...], ...]:
    """The steps by how many stand before them at most: one layer may run in parallel."""
    depth: dict[str, int] = {}
    while len(depth) < len(template.steps):
        for step in template.steps:
            if step.key not in depth and all(key in depth for key in step.after):
                depth[step.key] = max((depth[key] + 1 for key in step.after), default=0)
    return tuple(
        tuple(step for step in template.steps if depth[step.key] == level)
        for level in range(max(depth.values(), default=-1) + 1)
    )


def ready(
    after: Mapping[str, tuple[str, ...]], finished: frozenset[str], any_of: Collection[str] = ()
) -> frozenset[str]:
    """The steps not finished whose join holds; `any_of` wait for one predecessor, all others for each.

    A skipped step counts as finished.
    """
    return frozenset(
        key
        for key, before in after.items()
        if key not in finished and _holds(before, finished, one_is_enough=key in any_of)
    )


def _holds(before: tuple[str, ...], finished: frozenset[str], *, one_is_enough: bool) -> bool:
    if one_is_enough:
        return not before or bool(set(before) & finished)
    return set(before) <= finished
