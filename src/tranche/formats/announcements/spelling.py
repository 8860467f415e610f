"""Names spelled in several ways: folding, the consonant key and the distance between two spellings."""

from __future__ import annotations

import re
import unicodedata

CYRILLIC = str.maketrans("абвгґдеєзиіїйклмнопрстуфёыэ", "abvhgdeezyiiiklmnoprstufeye") | {
    ord(letter): latin
    for letter, latin in (
        *(("ж", "zh"), ("х", "kh"), ("ц", "ts"), ("ч", "ch"), ("ш", "sh"), ("щ", "shch")),
        *(("ю", "iu"), ("я", "ia"), ("ь", ""), ("ъ", "")),
    )
}
NAME_LENGTH_MAX = 40  # the distance is quadratic; no name we compare is longer
SIBILANTS = re.compile(r"shch|sch|sh|sc")
NOT_LETTERS = re.compile(r"[^a-z]")
WEAK_LETTERS = re.compile(r"[aeiouyjw]")
DISTANCE_MAX = 2


def fold(name: str) -> str:
    """Latin lower-case letters without marks; sibilants written in several letters become one."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", name.lower()).translate(CYRILLIC))
    return SIBILANTS.sub("s", NOT_LETTERS.sub("", plain))[:NAME_LENGTH_MAX]


def consonant_key(name: str) -> str:
    return WEAK_LETTERS.sub("", fold(name))


def spelled_alike(one: str, other: str) -> bool:
    """The same key and at most two letters of difference; the key alone is never enough."""
    first, second = fold(one), fold(other)
    same_key = WEAK_LETTERS.sub("", first) == WEAK_LETTERS.sub("", second)
    return same_key and edit_distance(first, second) <= DISTANCE_MAX


def edit_distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != against))
    return row[-1]
