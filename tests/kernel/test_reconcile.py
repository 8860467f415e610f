"""Matching: each rule by its case, rivals never chosen between, no dependence on order."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.reconcile import Confidence, Expected, Line, Proposal, propose

IBAN = "LT121000011101001000"
OTHER = "DK5000400440116243"


def line(id_: str = "L1", amount_minor: int = 100, **changes: Any) -> Line:
    fields: dict[str, Any] = {
        "booked_on": date(2024, 12, 30),
        "currency": "EUR",
        "counterparty_iban": IBAN,
        "references": {},
        "text": "",
    }
    return Line(id=id_, amount_minor=amount_minor, **(fields | changes))


def wanted(ref: str = "T1", amount_minor: int = 100, **changes: Any) -> Expected:
    fields: dict[str, Any] = {
        "kind": "receipt",
        "currency": "EUR",
        "end_to_end_id": "",
        "references": (ref,),
        "ibans": frozenset({IBAN}),
        "from_on": date(2024, 12, 20),
        "to_on": date(2025, 1, 20),
    }
    return Expected(ref=ref, amount_minor=amount_minor, **(fields | changes))


def one(found: tuple[Proposal, ...]) -> tuple[str, str, Confidence]:
    [proposal] = found
    return proposal.ref, proposal.rule, proposal.confidence


def test_our_end_to_end_reference_is_exact() -> None:
    payment = wanted("PAY-1", -100, end_to_end_id="TRN-1", kind="payment")

    assert one(propose([line(amount_minor=-100, references={"EndToEndId": "TRN-1"})], [payment])) == (
        "PAY-1",
        "M1",
        Confidence.EXACT,
    )


def test_our_reference_in_the_text_is_exact_from_a_known_account() -> None:
    assert one(propose([line(text="tranche T1 of 2024")], [wanted()])) == ("T1", "M3", Confidence.EXACT)


def test_our_reference_from_an_unknown_account_is_strong() -> None:
    assert one(propose([line(text="T1", counterparty_iban=OTHER)], [wanted()])) == (
        "T1",
        "M3",
        Confidence.STRONG,
    )


def test_a_known_account_and_the_amount_are_strong_inside_the_window() -> None:
    assert one(propose([line()], [wanted(references=())])) == ("T1", "M4", Confidence.STRONG)


@pytest.mark.parametrize("day", [date(2024, 12, 19), date(2025, 1, 20)])
def test_outside_the_window_account_and_amount_say_nothing(day: date) -> None:
    assert propose([line(booked_on=day)], [wanted(references=())]) == ()


def test_a_reference_is_a_word_of_its_own() -> None:
    assert propose([line(text="T10", counterparty_iban=OTHER)], [wanted("T1")]) == ()


def test_our_reference_with_another_amount_is_a_conflict_and_no_match() -> None:
    [found] = propose([line(amount_minor=99, text="T1")], [wanted()])

    assert (found.rule, found.confidence, found.differs) == ("X", Confidence.CONFLICT, ("amount",))


def test_our_reference_in_another_currency_is_a_conflict() -> None:
    [found] = propose([line(text="T1", currency="SEK", counterparty_iban=OTHER)], [wanted()])

    assert found.differs == ("currency", "account")


def test_two_rivals_are_never_chosen_between() -> None:
    found = propose([line()], [wanted("T1", references=()), wanted("T2", references=())])

    assert {(p.confidence, p.rivals) for p in found} == {(Confidence.WEAK, ("T2",))}


def test_two_lines_for_one_expectation_are_rivals() -> None:
    found = propose([line("L1"), line("L2")], [wanted(references=())])

    assert [p.confidence for p in found] == [Confidence.WEAK, Confidence.WEAK]


def test_a_sure_match_settles_the_rivals_of_a_weaker_rule() -> None:
    lines = [line("L1", text="T1"), line("L2")]
    found = {p.line_id: p for p in propose(lines, [wanted("T1"), wanted("T2")])}

    assert (found["L1"].ref, found["L1"].rule) == ("T1", "M3")
    assert (found["L2"].ref, found["L2"].rule, found["L2"].confidence) == ("T2", "M4", Confidence.STRONG)


LINES = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["", "T1", "T2", "T3"]), st.sampled_from([IBAN, OTHER, ""])),
    max_size=6,
)
WANTED = st.lists(
    st.tuples(st.sampled_from(["T1", "T2", "T3"]), st.integers(1, 3)), max_size=3, unique_by=lambda t: t[0]
)


@given(rows=LINES, plans=WANTED, seed=st.integers(0, 9))
def test_order_changes_nothing_and_nothing_is_over_matched(
    rows: list[tuple[int, str, str]], plans: list[tuple[str, int]], seed: int
) -> None:
    lines = [line(f"L{n}", a, text=text, counterparty_iban=iban) for n, (a, text, iban) in enumerate(rows)]
    expected = [wanted(ref, amount) for ref, amount in plans]
    shuffled, other = lines.copy(), expected.copy()
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a fixed order for a test
    random.Random(seed).shuffle(other)  # noqa: S311 - as above

    found = propose(lines, expected)

    assert {(p.line_id, p.rule, p.confidence) for p in found} == {
        (p.line_id, p.rule, p.confidence) for p in propose(shuffled, other)
    }
    sure = [p for p in found if p.confidence in (Confidence.EXACT, Confidence.STRONG)]
    assert len({p.ref for p in sure}) == len(sure)
    assert len({p.line_id for p in found}) == len(found)
    amounts = {f"L{n}": a for n, (a, _, _) in enumerate(rows)}
    assert all(dict(plans)[p.ref] == amounts[p.line_id] for p in sure)
