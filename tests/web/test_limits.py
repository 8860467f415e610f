"""A sliding window over attempts."""

from __future__ import annotations

import pytest

from tranche.web import limits
from tranche.web.limits import Window


def test_attempts_above_the_count_are_refused_until_the_oldest_leaves_the_window() -> None:
    window = Window(2, 60)

    taken = [window.take("a", at) for at in (0, 10, 20, 59, 60, 61)]

    assert taken == [True, True, False, False, True, False]


def test_keys_do_not_share_a_window() -> None:
    window = Window(1, 60)

    assert window.take("a", 0)
    assert window.take("b", 0)
    assert not window.take("a", 1)


def test_success_starts_the_key_anew() -> None:
    window = Window(1, 60)
    window.take("a", 0)

    window.forget("a")

    assert window.take("a", 1)


def test_many_keys_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS_MAX", 2)
    window = Window(1, 60)

    for key in "abc":
        window.take(key, 0)

    assert window.take("a", 1)
    assert not window.take("c", 1)
