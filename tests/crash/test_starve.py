"""A full disk during an action: a clear refusal, nothing half done, and the action works once there is space.

The limit on the size of a file stands for the disk; the write-ahead log is the file that meets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.crash.children import Mechanism, compete, starve
from tests.crash.deeds import Scene, Waiting, effects, funded, give, is_sound, prepare
from tests.databases import close

from tranche.store import evidence
from tranche.store.errors import CommitUncertain, StorageFull

pytestmark = pytest.mark.crash

PAGE_BYTES = 4096
SHARED_BYTES = 32_768  # the index of the write-ahead log, which has its size from the first page on
STEPS_MAX = 40


@pytest.fixture(scope="module")
def scene(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return prepare(template_folder, tmp_path_factory.mktemp("starve"), funded)


def give_starved(share: Sequence[object]) -> str:
    deed, bytes_max = share
    assert isinstance(deed, Waiting)
    assert isinstance(bytes_max, int)
    starve(bytes_max)
    try:
        return give(deed).state
    except (CommitUncertain, StorageFull) as error:
        return type(error).__name__


def check_space_helps(mechanism: Mechanism, deed: Waiting) -> None:
    assert is_sound(mechanism)
    assert effects(deed) == (0, 0, deed.approvals, 0)

    outcome = give(deed)

    assert (outcome.state, outcome.replayed) == ("executed", False)
    assert effects(deed) == (1, 1, deed.approvals + 1, 1)
    assert is_sound(mechanism)
    close()


def test_disk_that_fills_anywhere_in_an_action_leaves_nothing(scene: Scene, tmp_path: Path) -> None:
    [deed] = scene.deeds
    answers = []

    for step in range(STEPS_MAX):
        (folder := tmp_path / str(step)).mkdir()
        mechanism = scene.copy(folder)
        [answer] = compete(mechanism, give_starved, [(deed, SHARED_BYTES + step * PAGE_BYTES)])
        answers.append(answer)
        if answer == "executed":
            break
        check_space_helps(mechanism, deed)

    assert answers[-1] == "executed"
    assert len(answers) > 3
    assert set(answers[:-1]) <= {"CommitUncertain", "StorageFull"}


def put_starved(share: Sequence[object]) -> str:
    data, bytes_max = share
    assert isinstance(data, bytes)
    assert isinstance(bytes_max, int)
    starve(bytes_max)
    try:
        return evidence.put(data)
    except StorageFull as error:
        return type(error).__name__


def test_document_that_does_not_fit_leaves_no_file(scene: Scene, tmp_path: Path) -> None:
    mechanism, data = scene.copy(tmp_path), b"0123456789" * 1000
    before = sorted((tmp_path / "evidence").rglob("*"))

    [answer] = compete(mechanism, put_starved, [(data, 5000)])

    assert answer == "StorageFull"
    kept = [path for path in sorted((tmp_path / "evidence").rglob("*")) if path not in before]
    assert [path for path in kept if path.is_file()] == []
    mechanism.open()
    assert evidence.get(evidence.put(data)) == data
    close()
