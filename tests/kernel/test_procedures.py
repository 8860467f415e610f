"""Procedure templates: the shipped ones are sound, broken ones are named, random ones always finish."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.procedures import (
    Known,
    Template,
    TemplateError,
    TemplateStep,
    check_template,
    layers,
    parse_template,
    ready,
)

SHIPPED = ("lt-illustrative", "dk-illustrative")


def text_of(key: str) -> str:
    return resources.files("tranche.conf").joinpath("procedures", f"{key}.toml").read_text(encoding="utf-8")


def named(text: str) -> dict[str, str]:
    return dict.fromkeys(("en", "uk", "lt"), text)


def step(key: str, *after: str, **other: Any) -> TemplateStep:
    said = TemplateStep(key, named(key), after, "recipient", "FM", 5, "UA", ())
    return replace(said, **other)


def template(*steps: TemplateStep) -> Template:
    return Template("made-up", 1, named("made up"), steps, "0" * 64)


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


def test_danish_reviews_run_in_parallel_and_both_come_before_the_choice() -> None:
    parsed = parse_template(text_of("dk-illustrative"))

    assert [[one.key for one in layer] for layer in layers(parsed)] == [
        ["project_list"],
        ["expert_review_1", "expert_review_2", "payee_confirmed"],
        ["choice"],
        ["finance_note"],
    ]
    assert [one.key for one in parsed.steps if one.sealed] == ["expert_review_1", "expert_review_2"]
    assert {one.role for one in parsed.steps if one.sealed} == {"IN"}


@pytest.mark.parametrize(
    ("broken", "defect"),
    [
        (template(step("a"), step("a")), ("twice", "a", "")),
        (template(step("a", "z")), ("unknown_step", "a", "z")),
        (template(step("a", "b"), step("b", "a")), ("loop", "", "a, b")),
        (template(step("a", "a")), ("loop", "", "a")),
        (template(step("a"), step("b", "a", "a")), ("after_twice", "b", "a")),
        (template(), ("steps", "", "0")),
        (template(*(step(f"s{n}") for n in range(65))), ("steps", "", "65")),
        (template(step("a", owner="")), ("no_owner", "a", "")),
        (template(step("a", role="AU")), ("role", "a", "AU")),
        (template(step("a", due_working_days=0)), ("days", "a", "0")),
        (template(step("a", due_working_days=261)), ("days", "a", "261")),
        (template(step("a", join="some")), ("join", "a", "some")),
        (template(step("a", title={"en": "a", "uk": "a"})), ("step_language", "a", "lt")),
        (template(step("a", title=named("Same")), step("b", title=named("same "))), ("same_title", "b", "a")),
        (template(step("a", calendar="UA+XX")), ("calendar", "a", "XX")),
        (template(step("a", evidence=("rumour",))), ("evidence", "a", "rumour")),
        (replace(template(step("a")), title={"en": "a"}), ("language", "", "uk")),
    ],
)
def test_broken_template_is_named(broken: Template, defect: tuple[str, str, str]) -> None:
    known = Known({"UA"}, {"letter"})

    assert defect in [row[:3] for row in check_template(broken, known)]


def test_sound_template_has_no_defect() -> None:
    assert check_template(template(step("a"), step("b", "a", join="any")), Known({"UA"}, ())) == ()


@pytest.mark.parametrize(
    ("old", "new", "rule", "name", "line"),
    [
        ('key = "legal_review"', 'key = "legal_review"\nafter = ["treasury_order"]', "loop", "", None),
        ('key = "budget_line"', 'key = "budget_line', "toml", "", 23),
        ('role = "DO"', "", "missing", "legal_review", 10),
        ('key = "budget_line"', 'key = "budget_line"\nafterwards = []', "unknown_field", "budget_line", 22),
        ("due_working_days = 10", 'due_working_days = "10"', "kind", "legal_review", 10),
        ('key = "budget_line"', 'key = "Budget line"', "name", "Budget line", 22),
        ("version = 1", "version = 0", "version", "", None),
        ('owner = "donor_ministry"', 'owner = ""', "no_owner", "legal_review", 10),
    ],
)
def test_defect_of_a_text_has_its_step_and_its_line(
    old: str, new: str, rule: str, name: str, line: int | None
) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text_of("lt-illustrative").replace(old, new, 1))

    assert (rule, name, line) in [(row.rule, row.step, row.line) for row in caught.value.defects]


@given(st.text(max_size=300))
def test_text_at_random_is_refused_with_defects(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text)

    assert caught.value.defects


def test_any_join_opens_after_the_first_and_all_join_after_the_last() -> None:
    after: dict[str, tuple[str, ...]] = {"a": (), "b": (), "one": ("a", "b"), "both": ("a", "b")}

    assert ready(after, frozenset({"a"}), {"one"}) == {"b", "one"}
    assert ready(after, frozenset({"a", "b"}), {"one"}) == {"one", "both"}


GRAPHS = st.lists(st.tuples(st.sets(st.integers(0, 63), max_size=5), st.booleans()), min_size=1, max_size=64)


@given(GRAPHS, st.randoms(use_true_random=False))
def test_random_graph_finishes_in_any_order_and_opens_exactly_by_its_joins(
    drawn: list[tuple[set[int], bool]], chance: Random
) -> None:
    after = {
        f"s{n}": tuple(f"s{before}" for before in sorted(wanted) if before < n)
        for n, (wanted, _) in enumerate(drawn)
    }
    any_of = {f"s{n}" for n, (_, one) in enumerate(drawn) if one}

    finished: frozenset[str] = frozenset()
    while waiting := ready(after, finished, any_of):
        for key, before in after.items():
            done = [one in finished for one in before]
            holds = (not done or any(done)) if key in any_of else all(done)
            assert (key in waiting) == (holds and key not in finished)
        finished |= {chance.choice(sorted(waiting))}

    assert finished == frozenset(after)


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
