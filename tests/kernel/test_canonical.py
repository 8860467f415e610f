"""Canonical JSON gives one form to a value and refuses every other form."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.canonical import DEPTH_MAX, INTEGER_MAX, Canonical, NotCanonical, decode, encode

VECTORS = Path(__file__).resolve().parents[2] / "../shared/data/transparency-log/jcs/testdata"

keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
texts = st.text(st.sampled_from('abc Ž"\\/žЇї\n\t~€'), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | texts
values: st.SearchStrategy[Canonical] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=6,
)


def nested(levels: int) -> Canonical:
    value: Canonical = []
    for _ in range(levels - 1):
        value = [value]
    return value


@given(values)
def test_what_is_encoded_decodes_to_itself(value: Canonical) -> None:
    raw = encode(value)

    assert decode(raw) == value
    assert json.loads(raw) == value


@given(st.dictionaries(keys, scalars, max_size=6))
def test_the_order_of_insertion_does_not_matter(value: dict[str, Canonical]) -> None:
    turned = dict(reversed(list(value.items())))

    assert encode(turned) == encode(value)


@given(values)
def test_a_looser_writing_of_the_same_value_is_refused(value: Canonical) -> None:
    loose = json.dumps(value).encode() + b" "

    with pytest.raises(NotCanonical):
        decode(loose)


def test_the_form_is_sorted_without_spaces_and_unescaped() -> None:
    value: Canonical = {"b": "Перша частка", "a": [1, True, None, {"z": -1, "10": "\n"}]}

    assert encode(value) == '{"a":[1,true,null,{"10":"\\n","z":-1}],"b":"Перша частка"}'.encode()


def test_a_read_only_mapping_is_a_mapping() -> None:
    assert encode(MappingProxyType({"a": MappingProxyType({"b": 1})})) == b'{"a":{"b":1}}'


@pytest.mark.parametrize(
    ("value", "path", "why"),
    [
        (1.5, "", "float has no canonical form"),
        ({"a": [b"x"]}, ".a[0]", "bytes has no canonical form"),
        ({"a": INTEGER_MAX + 1}, ".a", "number out of range"),
        ([-INTEGER_MAX - 1], "[0]", "number out of range"),
        ({"ї": 1}, "", "key that is not ASCII text"),
        ({1: 1}, "", "key that is not ASCII text"),
        ({"a\x00": 1}, "", "control character"),
        ({"a": "x\r\ny"}, ".a", "control character"),
        ("\x7f", "", "control character"),
        ("\x85", "", "control character"),
        ("a\u200bb", "", "invisible character"),
        ("a\u202eb", "", "invisible character"),
        ("a\u2066b", "", "invisible character"),
        ("a\u061cb", "", "invisible character"),
        ("a\u00adb", "", "invisible character"),
        ("\ufeffa", "", "invisible character"),
        ("a\U000e0041", "", "invisible character"),
        ("\ud800", "", "half of a character"),
        ("\ue000", "", "private character"),
        ("e\u0301", "", "text that is not NFC"),
    ],
)
def test_what_has_no_one_form_is_refused_with_its_place(value: Any, path: str, why: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        encode(value)

    assert (caught.value.path, caught.value.why) == (path, why)


def test_line_feed_and_tab_are_text() -> None:
    assert decode(encode("first\n\tsecond")) == "first\n\tsecond"


def test_the_whole_range_of_numbers_is_kept() -> None:
    assert encode([INTEGER_MAX, -INTEGER_MAX]) == b"[9007199254740991,-9007199254740991]"


def test_depth_ends_at_its_limit() -> None:
    assert decode(encode(nested(DEPTH_MAX))) == nested(DEPTH_MAX)
    with pytest.raises(NotCanonical, match="too deep"):
        encode(nested(DEPTH_MAX + 1))
    with pytest.raises(NotCanonical):
        decode(b"[" * 100_000)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"[Infinity]",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0061"',
        b'"\\/"',
        b'"\xe2\x80\x8b"',
        b"9007199254740992",
        b"[" + b"9" * 5000 + b"]",
    ],
)
def test_bytes_that_are_not_the_one_form_are_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        decode(raw)


@pytest.mark.conformance
def test_the_vectors_of_rfc_8785_agree_or_are_refused() -> None:
    if not VECTORS.exists():
        pytest.skip("the data folder with the vectors of RFC 8785 is not beside the project")
    arrays = json.loads((VECTORS / "input/arrays.json").read_text(encoding="utf-8"))

    assert encode(arrays) == (VECTORS / "output/arrays.json").read_bytes()

    for name in ("french", "structures", "unicode", "values", "weird"):
        with pytest.raises(NotCanonical):
            encode(json.loads((VECTORS / f"input/{name}.json").read_text(encoding="utf-8")))
