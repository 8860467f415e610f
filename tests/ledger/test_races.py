"""Sixteen processes at one fund: exactly what it bears is paid, each key once, every writer answered."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import connections
from tests.crash.children import Mechanism, compete, place_of
from tests.databases import close
from tests.ledger.desk import DAY, EARMARKED, receive

from tranche.kernel.chart import Kind, Place
from tranche.kernel.ledger import EntryDraft
from tranche.kernel.ledger_errors import InsufficientFunds
from tranche.ledger.balances import balances
from tranche.ledger.flows import lines_for
from tranche.ledger.post import post_many
from tranche.ledger.verify import verify
from tranche.log.append import append
from tranche.store.errors import IdemConflict, StoreError
from tranche.store.write import WriteTx, write_transaction

pytestmark = pytest.mark.crash

WRITERS = 16
EACH = 64
AFFORDABLE = 640
AMOUNT = 1_000
SPURIOUS_MAX = 0.001
"""The share of attempts that may fail for another reason than the money."""


SOURCE, TARGET = Place(Kind.TRANCHE, "LT"), Place(Kind.PROGRAMME, "P-1")


class Try(NamedTuple):
    """One attempt to pay."""

    key: str
    amount: int


class Answer(NamedTuple):
    """What came of an attempt: a word, the number of its log entry if it has one, how long it took."""

    word: str
    log_seq: int | None
    seconds: float


def pay(attempt: Try) -> Answer:
    """Take the amount from the fund once a key."""
    key, amount = attempt

    def act(write: WriteTx) -> None:
        lines = lines_for(EARMARKED, "EUR", SOURCE, TARGET, amount, write=write)
        post_many([EntryDraft("allocate", lines, DAY)], write=write)
        append(
            write, kind="system.setup", actor="race", object_type="ledger", object_id=key, fields={"ref": key}
        )

    began = time.monotonic()
    try:
        receipt = write_transaction(key=key, request={"pay": amount}, act=act)
    except (InsufficientFunds, IdemConflict, StoreError) as error:
        return Answer(type(error).__name__, None, time.monotonic() - began)
    word = "replayed" if receipt.replayed else "paid"
    return Answer(word, receipt.log_seq, time.monotonic() - began)


def pay_all(share: Sequence[object]) -> list[Answer]:
    return [pay(attempt) for attempt in share if isinstance(attempt, Try)]


def fresh(count: int) -> list[Try]:
    return [Try(str(uuid.uuid4()), AMOUNT) for _ in range(count)]


def race(place: Mechanism, shares: Sequence[Sequence[Try]]) -> list[list[Answer]]:
    """Let one process a share pay from the same moment, then look at the book that is left."""
    close()
    answers: list[list[Answer]] = compete(place, pay_all, shares)
    place.open()
    return answers


def held() -> dict[Kind, int]:
    return {row.kind: row.balance for row in balances(restriction=EARMARKED.code)}


def movements() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM movement")
        return int(cursor.fetchone()[0])


def test_writers_at_once_pay_exactly_what_is_there(mechanism: Path) -> None:
    receive(EARMARKED.code, "LT", AFFORDABLE * AMOUNT)
    before = movements()

    answers = race(place_of(mechanism), [fresh(EACH) for _ in range(WRITERS)])

    words = Counter(answer.word for share in answers for answer in share)
    assert set(words) <= {"paid", "InsufficientFunds", "WriteUnavailable"}
    assert words["paid"] == AFFORDABLE
    assert words["WriteUnavailable"] <= SPURIOUS_MAX * WRITERS * EACH
    assert held() == {Kind.TRANCHE: 0, Kind.PROGRAMME: AFFORDABLE * AMOUNT}
    assert movements() == before + AFFORDABLE
    assert verify().differences == ()


def test_one_key_of_many_writers_pays_once(mechanism: Path) -> None:
    receive(EARMARKED.code, "LT", WRITERS * AMOUNT)
    before = movements()
    keys = fresh(EACH // 4)

    answers = race(place_of(mechanism), [keys] * WRITERS)

    for tries in zip(*answers, strict=True):
        assert Counter(answer.word for answer in tries) == {"paid": 1, "replayed": WRITERS - 1}
        assert len({answer.log_seq for answer in tries}) == 1
    assert held() == {Kind.TRANCHE: 0, Kind.PROGRAMME: WRITERS * AMOUNT}
    assert movements() == before + len(keys)
    assert verify().differences == ()


def test_one_key_for_different_requests_keeps_the_first(mechanism: Path) -> None:
    receive(EARMARKED.code, "LT", 2 * WRITERS * AMOUNT)
    key = str(uuid.uuid4())

    answers = race(place_of(mechanism), [[Try(key, AMOUNT + number)] for number in range(WRITERS)])

    words = [answer.word for [answer] in answers]
    assert Counter(words) == {"paid": 1, "IdemConflict": WRITERS - 1}
    assert held()[Kind.PROGRAMME] == AMOUNT + words.index("paid")
    assert verify().differences == ()
