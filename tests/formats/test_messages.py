"""Every code that a reader raises or notes has its three sentences, and no sentence is without a code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tranche.formats.messages import MESSAGES

FORMATS = Path(__file__).resolve().parents[2] / "src/tranche/formats"
CODE = re.compile(r'"([EN]_[A-Z0-9_]+)"')


def raised() -> set[str]:
    files = [*FORMATS.glob("*.py"), *FORMATS.glob("bank/*.py")]
    return {
        code
        for path in files
        if path.name != "messages.py"
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    }


def test_every_code_has_its_sentences() -> None:
    assert raised() == set(MESSAGES)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_each_message_is_three_whole_sentences(code: str) -> None:
    message = MESSAGES[code]

    for sentence in (message.what, message.not_done, message.next):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
