"""Procedure templates: the shipped ones are sound, broken ones are named, random ones always finish."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.procedures import (
    Template,
    TemplateError,
    TemplateStep,
    check_template,
    parse_template,
    ready,
)

SHIPPED = ("lt-illustrative", "dk-illustrative")


def text_of(key: str) -> str:
    return resources.files("tranche.conf").joinpath("procedures", f"{key}.toml").read_text(encoding="utf-8")


def step(key: str, *after: str) -> TemplateStep:
    return TemplateStep(key, {"en": key}, after, "recipient", "FM", 5, "UA", ())


def template(*steps: TemplateStep) -> Template:
    return Template("made-up", 1, {"en": "made up"}, steps, "0" * 64)


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_template_is_sound_and_speaks_three_languages(key: str) -> None:
    parsed = parse_template(text_of(key))

    assert parsed.key == key
    assert check_template(parsed) == ()
    assert all(set(one.title) == {"en", "uk", "lt"} for one in parsed.steps)


def test_lithuanian_order_joins_before_the_resolution() -> None:
    after = {one.key: one.after for one in parse_template(text_of("lt-illustrative")).steps}

    assert ready(after, frozenset()) == {"legal_review", "budget_line", "payee_confirmed"}
    assert ready(after, frozenset({"legal_review", "payee_confirmed"})) == {"budget_line"}
    assert ready(after, frozenset({"legal_review", "budget_line", "payee_confirmed"})) == {
        "government_resolution"
    }


@pytest.mark.parametrize(
    ("broken", "defect"),
    [
        (template(step("a"), step("a")), "step a twice"),
        (template(step("a", "z")), "a after unknown z"),
        (template(step("a", "b"), step("b", "a")), "loop"),
        (template(), "0 steps"),
        (template(*(step(f"s{n}") for n in range(65))), "65 steps"),
    ],
)
def test_broken_template_is_named(broken: Template, defect: str) -> None:
    assert defect in check_template(broken)


def test_parsing_a_looping_template_raises_with_its_defects() -> None:
    text = text_of("lt-illustrative").replace(
        'key = "legal_review"', 'key = "legal_review"\nafter = ["treasury_order"]', 1
    )

    with pytest.raises(TemplateError) as caught:
        parse_template(text)

    assert caught.value.defects == ("loop",)


@given(st.lists(st.sets(st.integers(0, 63), max_size=5), min_size=1, max_size=64))
def test_random_graphs_without_loops_always_finish(predecessors: list[set[int]]) -> None:
    after = {
        f"s{n}": tuple(f"s{before}" for before in sorted(wanted) if before < n)
        for n, wanted in enumerate(predecessors)
    }

    finished: frozenset[str] = frozenset()
    while waiting := ready(after, finished):
        assert all(set(after[key]) <= finished for key in waiting)
        finished |= waiting

    assert finished == frozenset(after)
