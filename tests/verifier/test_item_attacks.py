"""What is done to items and lines, by the numbers of the log note, and what the verifier says."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.verifier.given import OPENINGS, Members, checked
from tests.verifier.minilog import (
    MiniLog,
    example,
)

from tranche.kernel.canonical import encode
from tranche.kernel.entries import EntryError, Item, check_line
from tranche.kernel.merkle import leaf_hash
from tranche.verifier.report import Verdict


def lines_of(members: Members) -> list[Any]:
    return [json.loads(raw) for raw in members[OPENINGS].splitlines()]


def with_lines(members: Members, lines: list[Any]) -> Members:
    return {**members, OPENINGS: b"".join(encode(line) + b"\n" for line in lines)}


def item_of(line: Any, name: str) -> list[Any]:
    return next(item for item in line["items"] if isinstance(item, list) and item[1] == name)


def edited(change: Callable[[list[Any]], None]) -> Callable[[Members], Members]:
    """An attack on the lines of a pack of everything."""

    def attack(members: Members) -> Members:
        lines = lines_of(members)
        change(lines)
        return with_lines(members, lines)

    return attack


def value_bit(lines: list[Any]) -> None:
    item_of(lines[1], "amount")[3]["amount_minor"] ^= 1


def salt_bit(lines: list[Any]) -> None:
    item = item_of(lines[1], "amount")
    raw = bytearray(base64.b64decode(item[0]))
    raw[0] ^= 1
    item[0] = base64.b64encode(raw).decode()


def hash_bit(lines: list[Any]) -> None:
    lines[1]["items"][0] = base64.b64encode(bytes(32)).decode()


def values_swapped(lines: list[Any]) -> None:
    one, two = item_of(lines[1], "ref"), item_of(lines[2], "ref")
    one[3], two[3] = two[3], one[3]


def salts_swapped(lines: list[Any]) -> None:
    one, two = item_of(lines[1], "ref"), item_of(lines[1], "day")
    one[0], two[0] = two[0], one[0]


def item_moved(lines: list[Any]) -> None:
    at = lines[2]["items"].index(item_of(lines[2], "ref"))
    lines[2]["items"][at] = item_of(lines[1], "ref")


def renamed(lines: list[Any]) -> None:
    item_of(lines[1], "ref")[1] = "reason"


def relabelled(lines: list[Any]) -> None:
    item_of(lines[1], "ref")[2] = "public"


def blind_named(lines: list[Any]) -> None:
    blind = next(item for item in lines[2]["items"] if isinstance(item, list) and not item[1])
    blind[1:] = ["amount", "donor", {"amount_minor": 1, "currency": "EUR"}]


def unsorted_list(lines: list[Any]) -> None:
    lines[1]["items"].reverse()


def repeated_item(lines: list[Any]) -> None:
    lines[1]["items"][1] = lines[1]["items"][0]


def shorter_list(lines: list[Any]) -> None:
    lines[1]["items"] = lines[1]["items"][:4]


def uneven_list(lines: list[Any]) -> None:
    lines[1]["items"] = lines[1]["items"][:12]


def nothing_open(lines: list[Any]) -> None:
    raw = [
        json.dumps(i, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for i in lines[1]["items"]
    ]
    lines[1]["items"] = [base64.b64encode(leaf_hash(text.encode())).decode() for text in raw]


def wrong_number(lines: list[Any]) -> None:
    lines[1]["seq"] = 2


def two_lines_swapped(lines: list[Any]) -> None:
    lines[1], lines[2] = lines[2], lines[1]


def beyond_the_end(lines: list[Any]) -> None:
    lines[4]["seq"] = 5


ITEM = {
    "1 a bit of a value": value_bit,
    "2 a bit of a salt": salt_bit,
    "3 a bit of an item's hash": hash_bit,
    "4 two values swapped": values_swapped,
    "5 two salts swapped": salts_swapped,
    "6 an item of another entry": item_moved,
    "7 an item renamed": renamed,
    "7 an item relabelled": relabelled,
    "10 a blind item shown as data": blind_named,
    "11 an unsorted list": unsorted_list,
    "11 an item twice": repeated_item,
    "11 four places": shorter_list,
    "11 twelve places": uneven_list,
    "11 a line that opens nothing": nothing_open,
    "31 another number": wrong_number,
    "31 a number past the end": beyond_the_end,
    "18 two lines swapped": two_lines_swapped,
}


@pytest.mark.parametrize("change", ITEM.values(), ids=ITEM.keys())
def test_what_is_done_to_an_item_is_invalid(change: Callable[[list[Any]], None]) -> None:
    members = example().whole()
    assert checked(members).verdict is Verdict.VALID

    assert checked(edited(change)(members)).verdict is Verdict.INVALID


def raw_line(members: Members, old: bytes, new: bytes) -> Members:
    assert old in members[OPENINGS]
    return {**members, OPENINGS: members[OPENINGS].replace(old, new, 1)}


NOT_CANONICAL = {
    "spaces": (b'"seq":1', b'"seq": 1'),
    "a float": (b'"seq":1}', b'"seq":1.0}'),
    "an escape": (b'"T-1"', b'"\\u0054-1"'),
    "a key twice": (b'"seq":1', b'"seq":1,"seq":1'),
    "decomposed letters": (b'"T-1"', '"T-i\u0301"'.encode()),
    "a minus zero": (b'"seq":0', b'"seq":-0'),
}


@pytest.mark.parametrize(("old", "new"), NOT_CANONICAL.values(), ids=NOT_CANONICAL.keys())
def test_9_a_line_has_one_form(old: bytes, new: bytes) -> None:
    assert checked(raw_line(example().whole(), old, new)).verdict is Verdict.INVALID


@pytest.mark.parametrize("length", [15, 17])
def test_9_a_salt_has_its_length(length: int) -> None:
    def change(lines: list[Any]) -> None:
        item_of(lines[1], "ref")[0] = base64.b64encode(bytes(length)).decode()

    assert checked(edited(change)(example().whole())).verdict is Verdict.INVALID


def test_9_a_salt_has_one_form_of_base64() -> None:
    def change(lines: list[Any]) -> None:
        salt = item_of(lines[1], "ref")[0]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        item_of(lines[1], "ref")[0] = salt[:-3] + alphabet[alphabet.index(salt[-3]) ^ 1] + "=="

    assert checked(edited(change)(example().whole())).verdict is Verdict.INVALID


def doubled() -> MiniLog:
    """13 One entry commits two values of one name; each audience is shown one of them."""
    log = example(1)
    items = [Item(bytes([n]) * 16, "", "", None) for n in range(6)]
    two = [
        Item(bytes([9 + n]) * 16, "amount", "donor", {"amount_minor": n, "currency": "EUR"}) for n in range(2)
    ]
    return log.add_items([*items, *two])


def test_8_13_a_name_stands_once() -> None:
    log = doubled()
    with pytest.raises(EntryError, match="stands twice"):
        check_line(log.line(1), log.entries[1].root)

    assert checked(log.whole()).verdict is Verdict.INVALID


def test_12_what_a_reader_may_not_see_is_withheld_and_not_wrong() -> None:
    report = checked(example().whole(frozenset({"public", "donor"})))

    assert report.verdict is Verdict.VALID
    assert report.withheld > 0


def test_14_a_salted_amount_is_not_found_by_trying() -> None:
    log = example()
    digests = {
        base64.b64decode(place)
        for place in json.loads(log.line(1, frozenset({"public"})))["items"]
        if isinstance(place, str)
    }
    guesses = {
        hashlib.sha256(
            b"\x00" + encode(["", "amount", "donor", {"amount_minor": n, "currency": "EUR"}])
        ).digest()
        for n in range(2_000)
    }

    assert not digests & guesses
