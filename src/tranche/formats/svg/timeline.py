"""A tranche in time: each stage and each procedure step as a row, planned against actual, to today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tranche.formats.svg import writer
from tranche.formats.svg.labels import text_width, wrap
from tranche.formats.svg.scale import DayScale

WIDTH: Final = 11_200
NAMES: Final = 3_300
ROW: Final = 360
HEAD: Final = 480
GROUP: Final = 380
ROWS_MAX: Final = 40  # what fits a printed page
MARGIN_DAYS: Final = 14
INK, DIM, EDGE, LINE, BRAND, BAD = "#14202b", "#4b5a68", "#6b7a88", "#d3dae1", "#0b3d63", "#8c1d18"


class TimelineTooLongError(Exception):
    """More rows than a page holds; nothing was drawn."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} rows are more than the {ROWS_MAX} a timeline shows")
        self.count = count


@dataclass(frozen=True, slots=True)
class TimelineStage:
    """A stage of the tranche: when it was planned, and when it came."""

    key: str
    label: str
    planned_on: date | None = None
    actual_on: date | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """A step of the procedure; a step without `started_on` is to come, one without `done_on` still runs."""

    key: str
    label: str
    owner: str
    planned_from: date | None = None
    due_on: date | None = None
    started_on: date | None = None
    done_on: date | None = None
    evidence: bool = False
    after: tuple[str, ...] = ()
    href: str = ""

    def days_late(self, today: date) -> int:
        until = self.done_on or today
        return max((until - self.due_on).days, 0) if self.due_on else 0


@dataclass(frozen=True, slots=True)
class TimelineGroup:
    """The steps of one tranche under its name."""

    label: str
    steps: tuple[TimelineStep, ...]


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """Every word in the reader's language; `planned` takes {day}, `late` is asked for a number of days."""

    title: str
    summary: str
    stages: str
    steps: str
    today: str
    planned: str
    late: Callable[[int], str]
    day: Callable[[date], str]
    month: Callable[[date], str]


def draw(
    stages: Sequence[TimelineStage],
    steps: Sequence[TimelineStep],
    words: TimelineWords,
    *,
    today: date,
    key: str,
) -> str:
    """The whole chart; rows stand in the order given."""
    if len(stages) + len(steps) > ROWS_MAX:
        raise TimelineTooLongError(len(stages) + len(steps))
    scale = _scale(stages, steps, today)
    stages_top = HEAD
    steps_top = stages_top + (GROUP + len(stages) * ROW if stages else 0)
    height = steps_top + (GROUP + len(steps) * ROW if steps else 0) + 60
    stage_rows = [stages_top + GROUP + i * ROW for i in range(len(stages))]
    step_rows = [steps_top + GROUP + i * ROW for i in range(len(steps))]
    body = [
        writer.element("defs", writer.hatch(key, class_="hatch-bad", stroke=BAD)),
        _axis(scale, words, height),
        *([_group(words.stages, stages_top)] if stages else []),
        *(_stage(stage, top, scale, words) for stage, top in zip(stages, stage_rows, strict=True)),
        *([_group(words.steps, steps_top)] if steps else []),
        *_arrows(steps, step_rows, scale),
        *(_step(s, top, scale, words, today, key) for s, top in zip(steps, step_rows, strict=True)),
        _today(scale, words, today, height),
    ]
    return writer.chart(key, "timeline", WIDTH, height, words.title, words.summary, *body)


def draw_groups(groups: Sequence[TimelineGroup], words: TimelineWords, *, today: date, key: str) -> str:
    """The steps of several tranches on one axis, each tranche under its own heading."""
    count = sum(len(group.steps) for group in groups)
    if count > ROWS_MAX:
        raise TimelineTooLongError(count)
    scale = _scale((), [step for group in groups for step in group.steps], today)
    top, rows = HEAD, []
    for group in groups:
        tops = [top + GROUP + i * ROW for i in range(len(group.steps))]
        rows += [_group(group.label, top), *_arrows(group.steps, tops, scale)]
        rows += [_step(s, at, scale, words, today, key) for s, at in zip(group.steps, tops, strict=True)]
        top += GROUP + len(group.steps) * ROW
    body = [
        writer.element("defs", writer.hatch(key, class_="hatch-bad", stroke=BAD)),
        _axis(scale, words, top + 60),
        *rows,
        _today(scale, words, today, top + 60),
    ]
    return writer.chart(key, "timeline", WIDTH, top + 60, words.title, words.summary, *body)


def _scale(stages: Sequence[TimelineStage], steps: Sequence[TimelineStep], today: date) -> DayScale:
    days = {today}
    for stage in stages:
        days |= {day for day in (stage.planned_on, stage.actual_on) if day}
    for step in steps:
        days |= {day for day in (step.planned_from, step.due_on, step.started_on, step.done_on) if day}
    margin = max(MARGIN_DAYS, (max(days) - min(days)).days // 12)  # room for the date beside the last mark
    first, last = min(days) - timedelta(days=MARGIN_DAYS), max(days) + timedelta(days=margin)
    return DayScale(first, last, NAMES, WIDTH - 40)


def _axis(scale: DayScale, words: TimelineWords, height: int) -> str:
    marks = []
    for month in scale.months():
        x = scale.place(month)
        marks.append(_upright(x, HEAD - 110, height, stroke=LINE, class_="grid"))
        if x < WIDTH - 700:
            marks.append(_text(words.month(month), x + 40, HEAD - 120, class_="quiet", fill=DIM))
    return writer.element("g", *marks, font_size=110)


def _today(scale: DayScale, words: TimelineWords, today: date, height: int) -> str:
    x = scale.place(today)
    label = words.today.format(day=words.day(today))
    half = text_width(label, 110) // 2
    centre = min(max(x, NAMES + half), WIDTH - half)
    line = writer.element(
        "path", d=writer.path("M", x, 190, "V", height), stroke=INK, stroke_width=12, class_="today"
    )
    return line + _text(label, centre, 140, text_anchor="middle", font_size=110, font_weight="600")


def _group(label: str, top: int) -> str:
    return _text(label, 0, top + 260, font_weight="600", font_size=115, fill=DIM, class_="column") + (
        writer.element(
            "path",
            d=writer.path("M", 0, top + GROUP - 40, "H", WIDTH),
            stroke=LINE,
            stroke_width=10,
            class_="grid",
        )
    )


def _stage(stage: TimelineStage, top: int, scale: DayScale, words: TimelineWords) -> str:
    """Planned is a hollow diamond, actual a solid one, and the line between them is the delay."""
    middle, shapes, said = top + ROW // 2, [], []
    if stage.planned_on:
        said.append(words.planned.format(day=words.day(stage.planned_on)))
    if stage.planned_on and stage.actual_on and stage.planned_on != stage.actual_on:
        ends = scale.place(stage.planned_on), scale.place(stage.actual_on)
        shapes.append(
            writer.element(
                "path",
                d=writer.path("M", ends[0], middle, "H", ends[1]),
                stroke=EDGE,
                stroke_width=12,
                class_="edge",
            )
        )
    if stage.planned_on and stage.planned_on != stage.actual_on:
        shapes.append(_diamond(scale.place(stage.planned_on), middle, solid=False))
    if stage.actual_on:
        said.insert(0, words.day(stage.actual_on))
        shapes.append(_diamond(scale.place(stage.actual_on), middle, solid=True))
    marks = [day for day in (stage.actual_on, stage.planned_on) if day]
    if marks:
        note = said[0]
        shapes.append(_note(note, min(map(scale.place, marks)), max(map(scale.place, marks)), middle))
    return _row(stage.label, "", stage.href, [stage.label, *said], shapes, middle)


def _step(step: TimelineStep, top: int, scale: DayScale, words: TimelineWords, today: date, key: str) -> str:
    middle, shapes, said = top + ROW // 2, [], []
    planned_from = step.planned_from or step.started_on or step.due_on
    if planned_from and step.due_on:
        said.append(words.planned.format(day=f"{words.day(planned_from)} – {words.day(step.due_on)}"))
        left, right = scale.place(planned_from), scale.place(step.due_on)
        shapes.append(_bar(left, right, middle, 180, fill="none", stroke=EDGE, class_="planned"))
    end = step.done_on or (today if step.started_on else None)
    late = step.days_late(today) if step.started_on or not step.done_on else 0
    if step.started_on and end:
        said.append(f"{words.day(step.started_on)} – {words.day(step.done_on) if step.done_on else '…'}")
        stop = min(end, step.due_on) if step.due_on and step.due_on > step.started_on else end
        shapes.append(
            _bar(scale.place(step.started_on), scale.place(stop), middle, 100, fill=BRAND, class_="actual")
        )
    if late and step.due_on:
        said.append(words.late(late))
        right = scale.place(step.done_on or today)
        shapes.append(
            _bar(
                scale.place(step.due_on),
                right,
                middle,
                180,
                fill=f"url(#{key}-hatch)",
                stroke=BAD,
                class_="overdue",
            )
        )
    if step.started_on and not step.done_on:
        shapes.append(_open_end(scale.place(today), middle))
    if step.evidence and step.done_on:
        shapes.append(_diamond(scale.place(step.done_on), middle, solid=True))
    note = words.late(late) if late else words.day(step.done_on) if step.done_on else ""
    ends = [scale.place(day) for day in (planned_from, step.due_on, end) if day]
    if note and ends:
        shapes.append(_note(note, min(ends), max(ends), middle, bad=bool(late)))
    return _row(step.label, step.owner, step.href, [step.label, step.owner, *said], shapes, middle)


def _row(label: str, owner: str, href: str, said: Sequence[str], shapes: Sequence[str], middle: int) -> str:
    owner_width = text_width(owner, 110) + 160 if owner else 0
    name = wrap(label, NAMES - 160 - owner_width, 124, 1)
    texts = [_text(line, 0, middle + 42, font_size=124, class_="name") for line in name]
    if owner:
        texts.append(
            _text(owner, NAMES - 160, middle + 42, font_size=110, fill=DIM, class_="quiet", text_anchor="end")
        )
    sentence = ", ".join(part for part in said if part)
    title = writer.element("title", writer.text(sentence))
    return writer.link(href, title, *texts, *shapes, class_="row", aria_label=sentence)


def _arrows(steps: Sequence[TimelineStep], tops: Sequence[int], scale: DayScale) -> list[str]:
    """From the end of a step down to the beginning of the one that waits for it."""
    place_of = {step.key: (step, top + ROW // 2) for step, top in zip(steps, tops, strict=True)}
    arrows = []
    for step, middle in place_of.values():
        begin = step.started_on or step.planned_from
        for key in step.after:
            before, before_middle = place_of.get(key, (None, 0))
            end = (before.done_on or before.due_on) if before else None
            if begin and end and before_middle < middle:
                x, y = scale.place(end), before_middle + 90
                target = max(scale.place(begin), x) + 50
                arrows.append(
                    writer.path("M", x, y, "V", y + 80, "H", target, "V", middle - 95)
                    + writer.path(
                        " M",
                        target - 30,
                        middle - 125,
                        "L",
                        target,
                        middle - 90,
                        "L",
                        target + 30,
                        middle - 125,
                    )
                )
    if not arrows:
        return []
    return [
        writer.element("path", d=" ".join(arrows), fill="none", stroke=EDGE, stroke_width=9, class_="edge")
    ]


def _note(note: str, left: int, right: int, middle: int, *, bad: bool = False) -> str:
    """Beside the marks on the right, or on the left where the right has no room."""
    fits = right + 110 + text_width(note, 110) <= WIDTH
    return _text(
        note,
        right + 110 if fits else left - 110,
        middle + 40,
        font_size=110,
        fill=BAD if bad else DIM,
        font_weight="600" if bad else None,
        class_="halo bad" if bad else "halo quiet",
        text_anchor=None if fits else "end",
        stroke="#ffffff",
        stroke_width=30,
        paint_order="stroke",
    )


def _bar(left: int, right: int, middle: int, height: int, **look: str) -> str:
    width = max(right - left, 30)
    return writer.element("rect", x=left, y=middle - height // 2, width=width, height=height, **look)


def _open_end(x: int, middle: int) -> str:
    """A running bar has no end yet: a chevron says that it goes on."""
    return writer.element(
        "path",
        d=writer.path("M", x, middle - 50, "L", x + 60, middle, "L", x, middle + 50, "Z"),
        fill=BRAND,
        class_="actual",
    )


def _diamond(x: int, middle: int, *, solid: bool) -> str:
    return writer.element(
        "path",
        d=writer.path(
            "M", x, middle - 75, "L", x + 75, middle, "L", x, middle + 75, "L", x - 75, middle, "Z"
        ),
        fill=BRAND if solid else "#ffffff",
        stroke=BRAND,
        stroke_width=14,
        class_="mark-solid" if solid else "mark-hollow",
    )


def _upright(x: int, top: int, bottom: int, **look: str) -> str:
    return writer.element("path", d=writer.path("M", x, top, "V", bottom), stroke_width=10, **look)


def _text(content: str, x: int, y: int, **look: str | int | None) -> str:
    return writer.element("text", writer.text(content), x=x, y=y, **look)
