"""Entries have one mirror and one canonical form, over which they are hashed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.chart import AccountSpec, Fund, Kind
from tranche.kernel.journal import (
    JournalEntry,
    Line,
    MovementRow,
    Pair,
    canonical_form,
    instant_text,
    journal_hash,
    mirror,
    mirror_pairs,
)

DAY = date(2024, 12, 2)
T1 = Fund("LT-UA-2024-T1")
ORIGIN = AccountSpec(Kind.ORIGIN, "LT:budget", None, "EUR")
TRANCHE = AccountSpec(Kind.TRANCHE, "LT", T1, "EUR")
PROGRAMME = AccountSpec(Kind.PROGRAMME, "P-1", T1, "EUR")


def test_a_mirror_turns_lines_round_and_starts_with_the_last() -> None:
    lines = (Line(ORIGIN, TRANCHE, 10), Line(TRANCHE, PROGRAMME, 4))

    assert mirror(lines) == (Line(PROGRAMME, TRANCHE, 4), Line(TRANCHE, ORIGIN, 10))
    assert mirror(mirror(lines)) == lines


def test_the_mirror_of_a_conversion_puts_back_what_came_out() -> None:
    pairs = (Pair(1, 2), Pair(3, 4))

    assert mirror_pairs(pairs, 5) == (Pair(2, 3), Pair(4, 5))
    assert mirror_pairs(mirror_pairs(pairs, 5), 5) == pairs


ENTRY = JournalEntry(
    id=7,
    key="00000000-0000-4000-8000-000000000001",
    kind="receive",
    recorded_at=datetime(2024, 12, 2, 9, 15, tzinfo=UTC),
    booked_on=DAY,
    value_on=date(2024, 12, 1),
    reverses=None,
    decision_id="d-1",
    log_seq=4,
    movements=(MovementRow(1, ORIGIN.code, TRANCHE.code, "EUR", 1_000_000_000, 0, 0),),
)


def test_the_hash_is_over_the_canonical_entry() -> None:
    canonical = (
        '{"booked_on":"2024-12-02","decision":"d-1","fx":[],"id":7,"kind":"receive","movements":'
        '[[1,"origin:LT:budget:EUR","tranche:LT-UA-2024-T1:EUR","EUR",1000000000,0,0]],'
        '"recorded_at":"2024-12-02T09:15:00.000000Z","reverses":null,"value_on":"2024-12-01"}'
    )

    assert journal_hash(ENTRY) == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        replace(ENTRY, id=8),
        replace(ENTRY, kind="assign"),
        replace(ENTRY, value_on=None),
        replace(ENTRY, decision_id=None),
        replace(ENTRY, reverses=3),
        replace(ENTRY, fx=(Pair(1, 2),)),
        replace(ENTRY, movements=(ENTRY.movements[0]._replace(amount_minor=999_999_999),)),
        replace(ENTRY, movements=(ENTRY.movements[0]._replace(dst_off=1),)),
    ],
)
def test_any_change_of_an_entry_changes_its_hash(changed: JournalEntry) -> None:
    assert journal_hash(changed) != journal_hash(ENTRY)


texts = st.text(st.sampled_from('ab:/"\\-ї'), max_size=8)
offsets = st.integers(0, 2**53 - 1)
rows = st.builds(
    MovementRow, st.integers(1, 9), texts, texts, texts, st.integers(1, 10**15), offsets, offsets
)


@given(
    st.lists(rows, max_size=4),
    st.none() | texts,
    st.none() | st.integers(1, 99),
    st.lists(st.builds(Pair, st.integers(1, 9), st.integers(1, 9)), max_size=2),
)
def test_the_text_that_is_hashed_is_the_canonical_form(
    movements: list[MovementRow], decision: str | None, reverses: int | None, pairs: list[Pair]
) -> None:
    entry = replace(ENTRY, movements=tuple(movements), fx=tuple(pairs), value_on=None)
    entry = replace(entry, decision_id=decision, reverses=reverses)

    assert journal_hash(entry) == hashlib.sha256(canonical_form(entry)).hexdigest()


def test_an_instant_is_written_in_utc_with_microseconds() -> None:
    in_kyiv = datetime(2024, 12, 2, 11, 15, tzinfo=timezone(timedelta(hours=2)))

    assert instant_text(in_kyiv) == "2024-12-02T09:15:00.000000Z"
