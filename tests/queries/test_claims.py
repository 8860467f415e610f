"""Claims stay as printed, their spans cut the text without losing a character, and they enter no money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.story import TEXT

from tranche.queries.claims import SpanRow, claims, document, documents, pieces
from tranche.queries.records import NotFound


@pytest.mark.usefixtures("told")
def test_document_counts_its_claims_by_state() -> None:
    [row] = documents()

    assert row.claims == len(claims()) == row.confirmed + row.drafts
    assert row.confirmed == 1
    assert row.published == "2024-11-23"


@pytest.mark.usefixtures("told")
def test_text_is_whole_and_every_span_is_marked() -> None:
    found = document("DOC-1")

    assert "".join(piece.text for piece in found.pieces) == TEXT
    for claim in found.claims:
        assert claim.spans, claim.row.ref
        assert all(TEXT[span.start : span.end] == span.quote for span in claim.spans)
        marked = "".join(piece.text for piece in found.pieces if claim.position in piece.claims)
        assert all(word in marked for span in claim.spans for word in span.quote.split())


@pytest.mark.usefixtures("told")
def test_confirmed_claim_names_who_confirmed_it_and_what_it_speaks_of() -> None:
    claim = document("DOC-1").claims[0]

    assert (claim.confirmed_by, claim.linked_ref) == ("lt.officer", "LT-UA-2024-T1")
    assert claim.confirmed_at is not None


@pytest.mark.usefixtures("told")
def test_unknown_document_is_not_found() -> None:
    with pytest.raises(NotFound):
        document("DOC-9")


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=6))
def test_pieces_tile_the_text_and_name_exactly_the_spans_over_them(
    text: str, places: list[tuple[int, int]]
) -> None:
    spans = [
        SpanRow("C", number, "field", start, min(start + length, len(text)), "", "printed")
        for number, (start, length) in enumerate(places, start=1)
        if start < len(text)
    ]

    found = pieces(text, spans)

    assert "".join(piece.text for piece in found) == text
    at = 0
    for piece in found:
        middle = set(range(at, at + len(piece.text)))
        for span in spans:
            inside = middle <= set(range(span.start, span.end))
            assert (span.position in piece.claims) == (inside and bool(middle))
        at += len(piece.text)
