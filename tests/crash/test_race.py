"""Eight processes at one decision or one tranche: exactly what it bears is spent, and each key once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.crash.children import compete
from tests.crash.deeds import Scene, Waiting, allocation, effects, give, is_sound, prepare
from tests.databases import close
from tests.office import Office

from tranche.kernel.chart import Kind
from tranche.kernel.ledger_errors import InsufficientFunds
from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.refusals import DecisionNotOpen, NotAllowed
from tranche.ledger.balances import balances
from tranche.store.errors import IdemConflict

pytestmark = pytest.mark.crash

PROCESSES = 8


ALLOCATED = 150_000_000
BEARS = 1_000_000_000 // ALLOCATED


def eight_allocations(office: Office) -> list[Waiting]:
    """One a programme: a second decision on the same record would be void after the first."""
    office.received()
    numbers = range(1, PROCESSES + 1)
    for number in numbers:
        office.programme(f"P-{number}")
    deeds = [allocation(office, ALLOCATED, number) for number in numbers]
    return [replace(deed, at=deeds[-1].at) for deed in deeds]


@pytest.fixture(scope="module")
def scene(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return prepare(template_folder, tmp_path_factory.mktemp("race"), eight_allocations)


def give_all(deeds: Sequence[object]) -> list[str]:
    return [give_one(deed) for deed in deeds if isinstance(deed, Waiting)]


def give_one(deed: Waiting) -> str:
    try:
        outcome = give(deed)
    except (GuardFailed, InsufficientFunds):
        return "short"
    except (DecisionNotOpen, NotAllowed, IdemConflict):
        return "refused"
    return "replayed" if outcome.replayed else outcome.state


def test_approvals_at_once_spend_exactly_what_is_there(scene: Scene, tmp_path: Path) -> None:
    place = scene.copy(tmp_path)

    answers = compete(place, give_all, [[deed] for deed in scene.deeds])

    counts = Counter(answer for share in answers for answer in share)
    assert counts == {"executed": BEARS, "short": PROCESSES - BEARS}
    assert is_sound(place)
    held = [row.balance for row in balances(kinds=[Kind.TRANCHE, Kind.PROGRAMME]) if row.balance]
    assert sorted(held) == [1_000_000_000 - BEARS * ALLOCATED] + [ALLOCATED] * BEARS
    close()


def test_one_click_by_many_processes_has_one_effect(scene: Scene, tmp_path: Path) -> None:
    place, deed = scene.copy(tmp_path), scene.deeds[0]

    answers = compete(place, give_all, [[deed]] * PROCESSES)

    assert Counter(answer for [answer] in answers) == {"executed": 1, "replayed": PROCESSES - 1}
    assert is_sound(place)
    assert effects(deed) == (1, 1, 2, 1)
    close()


def test_one_approval_under_many_keys_has_one_effect(scene: Scene, tmp_path: Path) -> None:
    place, deed = scene.copy(tmp_path), scene.deeds[0]

    answers = compete(place, give_all, [[replace(deed, key=str(uuid.uuid4()))] for _ in range(PROCESSES)])

    assert Counter(answer for [answer] in answers) == {"executed": 1, "refused": PROCESSES - 1}
    assert is_sound(place)
    assert effects(deed) == (1, 1, 2, 1)
    close()
