"""A commit whose error hid it: the engine may bring it back, so a repeat settles it before it says anything.

SQLite writes the pages of a commit, then flushes them. If flushing fails, the writer is told so and nobody
sees the pages; but they stand in the write-ahead log, where recovery finds them after the last process ends.
"""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from tests.crash.children import Mechanism, run
from tests.crash.deeds import Place, Scene, Waiting, effects, funded, give, give_and_die, is_sound, prepare
from tests.databases import close

from tranche.store.write import barrier

pytestmark = pytest.mark.crash

FILES = ("tranche.sqlite3", "tranche.sqlite3-wal", "scratch.sqlite3")


@pytest.fixture(scope="module")
def scene(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return prepare(template_folder, tmp_path_factory.mktemp("ghost"), funded)


def copied(source: Path, target: Path) -> Mechanism:
    """The folder as it would be found after every process has died."""
    target.mkdir()
    for name in FILES:
        shutil.copyfile(source / name, target / name)
    shutil.copytree(source / "evidence", target / "evidence")
    return Mechanism(target)


@pytest.fixture
def haunted(scene: Scene, tmp_path: Path) -> tuple[Mechanism, Waiting]:
    """An open mechanism whose write-ahead log holds a whole commit that its index does not know."""
    (folder := tmp_path / "haunted").mkdir()
    mechanism, [deed] = scene.copy(folder), scene.deeds
    mechanism.open()
    barrier()
    elsewhere = copied(folder, tmp_path / "elsewhere")
    assert run(elsewhere, give_and_die, deed, Place("after", "COMMIT")) == -signal.SIGKILL
    known = (folder / FILES[1]).stat().st_size
    with (folder / FILES[1]).open("ab") as log:
        log.write((elsewhere.folder / FILES[1]).read_bytes()[known:])
    assert effects(deed) == (0, 0, 1, 0)
    return mechanism, deed


def refused(*_arguments: object, **_more: object) -> None:
    raise Refused


class Refused(Exception):
    pass


def test_hidden_commit_comes_back_when_nothing_is_committed_after_it(
    haunted: tuple[Mechanism, Waiting], tmp_path: Path
) -> None:
    mechanism, deed = haunted

    after = copied(mechanism.folder, tmp_path / "after")
    close()

    assert is_sound(after)
    assert effects(deed) == (1, 1, 2, 1)
    assert give(deed).replayed
    close()


def test_repeat_has_one_effect(haunted: tuple[Mechanism, Waiting], tmp_path: Path) -> None:
    mechanism, deed = haunted

    outcome = give(deed)

    after = copied(mechanism.folder, tmp_path / "after")
    close()
    assert (outcome.state, outcome.replayed) == ("executed", False)
    assert is_sound(after)
    assert effects(deed) == (1, 1, 2, 1)
    assert give(deed).log_seq == outcome.log_seq
    close()


def test_refusal_of_a_repeat_is_certain(
    haunted: tuple[Mechanism, Waiting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mechanism, deed = haunted
    monkeypatch.setattr("tranche.actions.decision.run", refused)

    with pytest.raises(Refused):
        give(deed)

    after = copied(mechanism.folder, tmp_path / "after")
    close()
    assert is_sound(after)
    assert effects(deed) == (0, 0, 1, 0)
    close()
