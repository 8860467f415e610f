"""A log entry is a list of salted items: one root, many views, and no other way to read it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.canonical import Canonical, NotCanonical, decode, encode
from tranche.kernel.entries import (
    ERASURE,
    ITEM_BYTES_MAX,
    KINDS,
    LEAF_PREFIX,
    LINE_BYTES_MAX,
    EntryError,
    Item,
    Sealed,
    check_line,
    log_leaf,
    open_line,
    places,
    seal,
    sealed,
    view_of,
)
from tranche.kernel.merkle import leaf_hash, root
from tranche.kernel.standing import OF_THE_LOG
from tranche.kernel.transitions import ACTIONS


def items_of(entry: Sealed) -> tuple[Item, ...]:
    """Every place of an entry, open."""
    return open_line(entry.line(0)).items


def view(seq: int, items: Sequence[Item], labels: frozenset[str]) -> bytes:
    """The line for an audience, item by item: what `view_of` takes from the stored bytes."""
    shown: list[Canonical] = [
        decode(item.encoded())
        if item.label in labels
        else base64.b64encode(leaf_hash(item.encoded())).decode()
        for item in items
    ]
    return encode({"items": shown, "seq": seq})


GOLDEN_ITEMS = (
    '["Bc5nVzPq0wb/pZAjngD92Q==","day","public","2026-11-20"]',
    '["2AjRkOcok/GPsGMCxONsFA==","amount","donor@XX-DONOR-1",{"amount_minor":1000000000,"currency":"EUR"}]',
    '["k+4hG1yjV/poEiGOu+q31g==","at","auditor","2026-11-20T09:15:00.000000Z"]',
    '["c8P8s0U0eloQ4qWBWvqTGA==","","",null]',
    '["crlCbiTzuKAY4JVNc3IsGA==","tranche","donor","T-1"]',
    '["P9usIbnq+hcQnrYyQkhj+A==","","",null]',
    '["kPDmlYhyMeJ/rbiOT5neUA==","kind","public","receipt.book"]',
    '["xelB9ZFeBE1NncA7j0Pblg==","note","sealed","Перша частка"]',
)
GOLDEN_ROOT = "8c0369c3ab392b5d9e30cbbc014e6ad7ccbfe90cf2d28e894a5b824bf9ca037e"
GOLDEN_LEAF_HASH = "cfc51aaca9c888a637f3ba16b8945279b294dc392d668806600acfcb8152a88b"
GOLDEN_LEAF = (
    "7472616e6368652d656e7472792f76310a6a414e70773673354b3132654d4d7538415535713138792f36517a79306f364a"
    "536c7543532f6e4b4133343d0a"
)
GOLDEN_SECOND = (
    "5e752a77136a9e1b54308baa32ba8bcf75a2d910e603c1981148f8e8aede257d",
    "1e4f39b5da0894ae4398fb60ae5165f3efc9ed67ea3650aa3d3617941edcb4c5",
)
GOLDEN_TREE = "44496680cdca52ade96ea1363598b07360af7360e4301e07bbee261d8521aa90"
PUBLIC = frozenset({"public"})
EVERYTHING = frozenset({"public", "donor", "donor@XX-DONOR-1", "auditor", "sealed", ""})


def salt(entry: int, place: int) -> bytes:
    """The salts of the worked example; random ones elsewhere."""
    return hashlib.sha256(f"tranche example {entry} {place}".encode()).digest()[:16]


def example(entry: int, *named: tuple[str, str, Canonical]) -> Sealed:
    rows = [*named, *[("", "", None)] * (8 - len(named))]
    return sealed([Item(salt(entry, k), *row) for k, row in enumerate(rows)])


FIRST = example(
    0,
    ("day", "public", "2026-11-20"),
    ("kind", "public", "receipt.book"),
    ("tranche", "donor", "T-1"),
    ("amount", "donor@XX-DONOR-1", {"amount_minor": 1_000_000_000, "currency": "EUR"}),
    ("at", "auditor", "2026-11-20T09:15:00.000000Z"),
    ("note", "sealed", "Перша частка"),
)
SECOND = example(1, ("day", "public", "2026-11-21"), ("kind", "public", "ledger.state"))


def counting() -> Callable[[int], bytes]:
    """Distinct salts without chance."""
    numbers = iter(range(10**6))
    return lambda length: b"".join(next(numbers).to_bytes(16, "big") for _ in range(length // 16))


def test_the_worked_example_comes_out_byte_for_byte() -> None:
    assert tuple(item.encoded().decode() for item in items_of(FIRST)) == GOLDEN_ITEMS
    assert FIRST.root.hex() == GOLDEN_ROOT
    assert log_leaf(FIRST.root).hex() == GOLDEN_LEAF
    assert leaf_hash(log_leaf(FIRST.root)).hex() == GOLDEN_LEAF_HASH


def test_the_second_entry_and_the_tree_of_both_come_out() -> None:
    leaves = [leaf_hash(log_leaf(entry.root)) for entry in (FIRST, SECOND)]

    assert (SECOND.root.hex(), leaves[1].hex()) == GOLDEN_SECOND
    assert root(leaves).hex() == GOLDEN_TREE


def test_the_public_line_of_the_example_opens_day_and_kind_alone() -> None:
    raw = view(0, items_of(FIRST), PUBLIC)

    seq, opened = check_line(raw, FIRST.root)

    assert len(raw) == 418
    assert (seq, {item.name: item.value for item in opened}) == (
        0,
        {"day": "2026-11-20", "kind": "receipt.book"},
    )


def test_a_log_leaf_has_sixty_two_bytes() -> None:
    assert len(log_leaf(FIRST.root)) == 62
    assert log_leaf(FIRST.root).startswith(LEAF_PREFIX)


@given(st.sets(st.sampled_from(sorted(EVERYTHING)), min_size=1))
def test_every_view_checks_against_the_one_root_and_shows_no_more(labels: set[str]) -> None:
    wanted = [item for item in items_of(FIRST) if item.label in labels]

    raw = view(7, items_of(FIRST), frozenset(labels))

    assert view_of(FIRST.line(7), frozenset(labels)) == raw
    assert check_line(raw, FIRST.root) == (7, tuple(wanted))
    for item in items_of(FIRST):
        shown = base64.b64encode(item.salt) in raw
        assert shown == (item.label in labels)


def test_the_stored_line_opens_every_place() -> None:
    assert check_line(FIRST.line(3), FIRST.root) == (3, items_of(FIRST))


def test_a_view_that_opens_nothing_is_refused() -> None:
    with pytest.raises(EntryError, match="open something"):
        check_line(view(0, items_of(SECOND), frozenset({"donor"})), SECOND.root)


def test_every_action_has_a_kind_with_the_same_declared_fields() -> None:
    assert set(KINDS) == set(ACTIONS)
    own = OF_THE_LOG | {ERASURE}
    others = {tuple(sorted(fields)) for kind, fields in KINDS.items() if kind not in own}
    assert others == {tuple(sorted(KINDS["system.setup"]))}
    assert all(KINDS[kind]["kind"] == "public" for kind in OF_THE_LOG)
    assert KINDS["tranche.confirm_receipt"]["kind"] == "public"
    assert KINDS["system.setup"]["kind"] == "auditor"


def test_the_length_of_an_entry_tells_its_kind_alone() -> None:
    few = seal("system.setup", {"kind": "system.setup"}, counting())
    many = seal("system.setup", dict.fromkeys(KINDS["system.setup"], "x"), counting())

    assert len(items_of(few)) == len(items_of(many)) == 16
    assert {item.label for item in items_of(few)} == {"auditor", ""}


def test_places_fill_a_power_of_two_between_eight_and_256() -> None:
    assert [places(n) for n in (0, 8, 9, 16, 17, 256)] == [8, 8, 16, 16, 32, 256]
    with pytest.raises(EntryError):
        places(257)


def test_an_unknown_kind_or_field_is_not_sealed() -> None:
    with pytest.raises(EntryError, match="unknown kind"):
        seal("made.up", {}, counting())
    with pytest.raises(EntryError, match="has no field other"):
        seal("system.setup", {"kind": "system.setup", "other": 1}, counting())


def test_two_places_with_one_hash_are_not_sealed() -> None:
    with pytest.raises(EntryError, match="distinct"):
        seal("system.setup", {}, lambda length: b"\x00" * length)
    with pytest.raises(EntryError, match="power of two"):
        sealed(items_of(FIRST)[:5])


def test_an_item_and_a_line_end_at_their_limits() -> None:
    with pytest.raises(EntryError, match="at most"):
        Item(b"\x00" * 16, "note", "sealed", "x" * ITEM_BYTES_MAX).encoded()
    long = [Item(salt(9, k), f"note{k}", "sealed", "x" * 32_000) for k in range(64)]
    with pytest.raises(EntryError, match="at most"):
        sealed(long).line(0)
    with pytest.raises(EntryError, match="at most"):
        check_line(b" " * (LINE_BYTES_MAX + 1), FIRST.root)


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("Day", "public", 1),
        ("day ", "public", 1),
        ("9day", "public", 1),
        ("d" * 65, "public", 1),
        ("day", "secret", 1),
        ("day", "donor@", 1),
        ("day", "donor@a b", 1),
        ("day", "", 1),
        ("", "public", 1),
        ("", "", 1),
    ],
)
def test_an_item_has_a_name_and_a_label_or_is_blind(name: str, label: str, value: Canonical) -> None:
    with pytest.raises(EntryError):
        Item(b"\x00" * 16, name, label, value).encoded()


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_salt_has_sixteen_bytes(length: int) -> None:
    with pytest.raises(EntryError, match="16 bytes"):
        Item(b"\x00" * length, "day", "public", 1).encoded()


def rows() -> list[list[object] | str]:
    value = decode(FIRST.line(0))
    assert isinstance(value, dict)
    return [list(row) for row in value["items"]]


def raw_line(items: Sequence[object], seq: object = 0) -> bytes:
    return encode({"items": items, "seq": seq})  # type: ignore[dict-item]  # faults on purpose


def digest(row: list[object] | str) -> str:
    return base64.b64encode(leaf_hash(encode(row))).decode()  # type: ignore[arg-type]  # as above


def with_row(place: int, row: object) -> bytes:
    changed: list[object] = list(rows())
    changed[place] = row
    return raw_line(changed)


TAMPERED = {
    "a value changed": with_row(0, ["Bc5nVzPq0wb/pZAjngD92Q==", "day", "public", "2026-11-21"]),
    "a salt changed": with_row(0, ["Bc5nVzPq0wb/pZAjngD93Q==", "day", "public", "2026-11-20"]),
    "a name changed": with_row(0, ["Bc5nVzPq0wb/pZAjngD92Q==", "date", "public", "2026-11-20"]),
    "a label changed": with_row(0, ["Bc5nVzPq0wb/pZAjngD92Q==", "day", "auditor", "2026-11-20"]),
    "a hash changed": with_row(0, base64.b64encode(b"\x00" * 32).decode()),
    "a salt of fifteen bytes": with_row(0, [base64.b64encode(b"x" * 15).decode(), "day", "public", ""]),
    "a salt of seventeen bytes": with_row(0, [base64.b64encode(b"x" * 17).decode(), "day", "public", ""]),
    "another base64 form": with_row(0, ["Bc5nVzPq0wb/pZAjngD92R==", "day", "public", "2026-11-20"]),
    "base64 with a line end": with_row(0, ["Bc5nVzPq0wb/pZAjngD92Q==\n", "day", "public", "2026-11-20"]),
    "no base64": with_row(0, ["ї", "day", "public", "2026-11-20"]),
    "a hash of 31 bytes": with_row(0, base64.b64encode(b"\x00" * 31).decode()),
    "a blind item shown as data": with_row(3, ["c8P8s0U0eloQ4qWBWvqTGA==", "note", "public", "x"]),
    "three parts": with_row(0, ["Bc5nVzPq0wb/pZAjngD92Q==", "day", "public"]),
    "a number for a salt": with_row(0, [1, "day", "public", "2026-11-20"]),
    "a number for a place": with_row(0, 1),
    "unsorted": raw_line(rows()[::-1]),
    "a place twice": raw_line([*rows()[:7], rows()[6]]),
    "four places": raw_line(rows()[:4]),
    "twelve places": raw_line([*rows(), *rows()[:4]]),
    "no places": raw_line([]),
    "512 places": raw_line(sorted(digest([n]) for n in range(512))),
    "opens nothing": raw_line([digest(row) for row in rows()]),
    "text for a list": raw_line("x" * 8),
    "a number that is true": raw_line(rows(), True),
    "a negative number": raw_line(rows(), -1),
    "no number": encode({"items": []}),
    "a third part": encode({"items": [], "more": 1, "seq": 0}),
    "a list": encode([]),
    "spaces": FIRST.line(0).replace(b",", b", "),
    "no JSON": b"{",
}


@pytest.mark.parametrize("fault", TAMPERED)
def test_a_changed_line_is_refused(fault: str) -> None:
    with pytest.raises(EntryError):
        check_line(TAMPERED[fault], FIRST.root)


def test_the_line_of_another_entry_is_refused() -> None:
    with pytest.raises(EntryError, match="do not hash"):
        check_line(SECOND.line(0), FIRST.root)


def test_inner_nodes_are_not_places() -> None:
    large = seal("system.setup", {"kind": "system.setup"}, counting())
    hashes = [leaf_hash(item.encoded()) for item in items_of(large)]
    inner = sorted(root(hashes[n : n + 2]) for n in range(0, 16, 2))

    with pytest.raises(EntryError):
        check_line(raw_line([base64.b64encode(node).decode() for node in inner]), large.root)


def two_values(first: str, second: str) -> Sealed:
    named = [Item(salt(5, 0), "amount", first, 1), Item(salt(5, 1), "amount", second, 2)]
    return sealed([*named, *[Item(salt(5, k), "", "", None) for k in range(2, 8)]])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("public", "public"),
        ("public", "auditor"),
        ("donor@A", "auditor"),
        ("public", "donor@A"),
        ("donor@A", "donor@A"),
    ],
)
def test_one_name_with_two_values_is_refused_where_both_are_seen(first: str, second: str) -> None:
    entry = two_values(first, second)

    with pytest.raises(EntryError, match="stands twice"):
        check_line(entry.line(0), entry.root)


def test_each_donor_may_have_its_own_value_of_a_name() -> None:
    entry = two_values("donor@A", "donor@B")

    assert check_line(entry.line(0), entry.root) == (0, items_of(entry))


@given(st.integers(0, 417), st.integers(1, 255))
def test_no_changed_byte_of_a_line_passes(place: int, flip: int) -> None:
    raw = bytearray(view(0, items_of(FIRST), PUBLIC))
    raw[place] ^= flip
    try:
        seq, opened = check_line(bytes(raw), FIRST.root)
    except EntryError:
        return

    assert seq != 0
    assert opened == tuple(item for item in items_of(FIRST) if item.label == "public")


def test_a_value_is_no_deeper_than_its_line_can_be_read() -> None:
    deepest: Canonical = [[[[["x"]]]]]
    entry = sealed([Item(salt(3, k), f"note{k}", "sealed", deepest) for k in range(8)])

    assert check_line(entry.line(0), entry.root) == (0, items_of(entry))
    with pytest.raises(NotCanonical, match="too deep"):
        Item(salt(3, 0), "note", "sealed", [deepest]).encoded()


def test_a_line_of_which_a_part_is_closed_is_shown_with_that_part_closed() -> None:
    stored = view(0, items_of(FIRST), frozenset({"", "public", "donor", "auditor", "sealed"}))

    assert view_of(stored, frozenset({"public"})) == view(0, items_of(FIRST), frozenset({"public"}))
    assert view_of(FIRST.line(0), frozenset({"public"})) == view(0, items_of(FIRST), frozenset({"public"}))
