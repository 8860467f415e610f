"""The simulator itself: its model against the tokens, its seeds, its shrinking, and how it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.kernel.books import Book, many_currencies
from tests.oracle.ledger_model import shares
from tests.oracle.queues import Queue, Run, Way, convert, put, take, whose
from tests.oracle.tokens import Held, follow_tokens
from tests.simulation import __main__, campaign, soak
from tests.simulation.campaign import Failed, first_failing, run
from tests.simulation.compare import digest
from tests.simulation.mechanisms import fresh_mechanisms
from tests.simulation.stream import Stream
from tests.simulation.world import Operation

from tranche.kernel.chart import SOURCES, Kind
from tranche.kernel.money import nested_shares
from tranche.kernel.trace import MvId
from tranche.ledger import post

ROOT = Path(__file__).resolve().parents[2]


def by_queues(book: Book) -> dict[MvId, Held]:
    """Every movement of a book through the model's queues: by source, how many units here, which there."""
    queues: dict[int, Queue] = {account: deque() for account in book.kinds}
    behind: dict[MvId, list[Run]] = {}
    found: dict[MvId, Held] = {}
    for mv in book.movements:
        if mv.src_kind is Kind.FX:
            runs = behind.pop(mv.id)
        elif mv.src_kind in SOURCES:
            runs = [Run(mv.amount, mv.id, 0, mv.amount, Way(), is_converted=False)]
        else:
            runs = take(queues[mv.src], mv.amount)
        found[mv.id] = {
            MvId(*source): (count, [unit for lo, hi in spans for unit in range(lo, hi)])
            for (source, _), (count, spans) in whose(run._replace(way=Way()) for run in runs).items()
        }
        if mv.dst_kind is Kind.FX:
            assert mv.pair is not None
            behind[MvId(mv.id.entry, mv.pair.line)] = convert(runs, mv.amount, mv.pair.amount)
        elif mv.dst_kind not in SOURCES:
            put(queues[mv.dst], runs, str(mv.dst))
    return found


@given(many_currencies)
@settings(max_examples=150, deadline=None)
def test_the_models_queues_are_the_tokens(book: Book) -> None:
    assert by_queues(book) == follow_tokens(book.movements)


def test_the_models_shares_are_exact_fractions_and_the_ledgers_own() -> None:
    assert shares([50, 30, 20], 50) == [25, 15, 10]
    assert shares([0, 0], 0) == [0, 0]
    for amount in range(98):
        assert shares([33, 0, 41, 1, 22], amount) == list(nested_shares([33, 0, 41, 1, 22], amount))


def all_of(seed: int, operations: int) -> list[Operation]:
    transactions = campaign._transactions(seed, Stream(seed), operations)
    return [operation for good, bad in transactions for operation in (*good, *bad)]


def test_a_shorter_run_of_a_seed_is_the_beginning_of_a_longer_one() -> None:
    assert all_of(4, 700)[:450] == all_of(4, 450)
    assert all_of(4, 50) != all_of(5, 50)


def test_the_first_failing_operation_is_found_by_halves() -> None:
    asked: list[int] = []

    def fails(count: int) -> bool:
        asked.append(count)
        return count >= 37

    assert first_failing(fails, 1_000) == 37
    assert len(asked) <= 10
    assert first_failing(lambda count: count >= 1, 1) == 1


def test_both_engines_come_to_the_same_book() -> None:
    books = []
    for engine in ("sqlite", "postgresql"):
        with fresh_mechanisms(engine) as fresh, fresh():
            run(6, 1_200)
            books.append(digest())

    assert books[0] == books[1]


def test_a_failing_seed_tells_how_to_see_it_again_and_is_cut_down(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = post._post

    def forgets_the_fiftieth(drafts: list[object], *, write: object) -> object:
        posted = real(drafts, write=write)  # type: ignore[arg-type]  # passed on as they came
        return [each for each in posted if each.entry_id != 50]

    monkeypatch.setattr(post, "_post", forgets_the_fiftieth)

    with fresh_mechanisms("sqlite") as fresh:
        code = soak.soak(fresh, "sqlite", 8, 600)

    told = capsys.readouterr().out.splitlines()
    command = "python -m tests.simulation --seed 8 --operations {} --engine sqlite"
    least = int(told[2].rpartition(" ")[2].rstrip(":"))
    assert code == 1
    assert told[0].startswith("Seed 8 fails at operation ")
    assert told[3] == command.format(least)
    assert least == first_with_entry(50, seed=8)


def first_with_entry(number: int, seed: int) -> int:
    stream = Stream(seed)
    while len(stream.state.model.entries) < number:
        stream.next()
    return stream.drawn


def test_seeds_follow_one_another_and_agree(capsys: pytest.CaptureFixture[str]) -> None:
    with fresh_mechanisms("sqlite") as fresh:
        assert soak.soak(fresh, "sqlite", 30, 250, book=100) == 0

    assert capsys.readouterr().out == "250 operations on sqlite: the ledger and the model agree.\n"


def test_a_fault_of_the_program_is_a_failure_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tests.simulation.drive.post_many", broken)

    with fresh_mechanisms("sqlite") as fresh, fresh(), pytest.raises(Failed, match="ZeroDivisionError"):
        run(1, 30)


@pytest.mark.parametrize("arguments", [["--operations", "0"], ["--engine", "oracle"], ["--sed", "1"]])
def test_an_argument_that_makes_no_sense_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        __main__.main(arguments)

    assert ended.value.code == 2


def test_a_run_is_stopped_by_one_key_and_leaves_nothing() -> None:
    temporary = Path(tempfile.mkdtemp())
    command = [sys.executable, "-m", "tests.simulation", "--operations", "1000000", "--book", "500"]
    child = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"TMPDIR": str(temporary)}, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    seen = child.stderr.read(40)
    child.send_signal(signal.SIGINT)
    rest = child.stderr.read()
    child.stderr.close()

    assert child.wait(timeout=60) == 130
    assert "operations" in seen
    assert "Stopped" in rest
    assert "Traceback" not in rest
    assert list(temporary.iterdir()) == []
    temporary.rmdir()
