"""A process killed anywhere inside an action leaves a book that verifies, and the retry has one effect."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from django.db import connections
from tests.crash.children import FINISHED, Mechanism, run
from tests.crash.deeds import (
    Place,
    Scene,
    Waiting,
    acceptance,
    effects,
    funded,
    give,
    give_and_die,
    is_sound,
    prepare,
)
from tests.databases import ROLE, close
from tests.office import Office

pytestmark = pytest.mark.crash

KILLED = -signal.SIGKILL
PLACES = {
    "before the lock": Place("before", "BEGIN"),
    "with the lock": Place("after", "SELECT next_seq"),
    "with the key": Place("after", "INSERT INTO idem_key"),
    "with the approval": Place("after", 'INSERT INTO "approval"'),
    "inside the first log entry": Place("after", "INSERT INTO log_entry"),
    "between the log entries": Place("after", "UPDATE log_head"),
    "with the event": Place("after", 'INSERT INTO "record_event"'),
    "with an unsealed line": Place("after", "INSERT INTO movement"),
    "with a sealed entry": Place("after", "INSERT INTO journal_entry"),
    "with the decision ended": Place("after", 'UPDATE "decision"'),
    "inside the last log entry": Place("before", "INSERT INTO log_opening", 2),
    "with all written": Place("after", "UPDATE log_head", 2),
    "before COMMIT": Place("before", "COMMIT"),
    "after COMMIT": Place("after", "COMMIT"),
}
WRITES = ("INSERT", "UPDATE")


@pytest.fixture(scope="module")
def scenes(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scene]:
    acts = {"allocation": funded, "acceptance": acceptance}
    return {name: prepare(template_folder, tmp_path_factory.mktemp(name), act) for name, act in acts.items()}


def check_retry(mechanism: Mechanism, deed: Waiting, *, is_done: bool) -> None:
    """The whole effect or none is there, and the retry leaves exactly one."""
    assert is_sound(mechanism)
    untouched, whole = (0, 0, deed.approvals, 0), (1, 1, deed.approvals + 1, 1)
    assert effects(deed) == (whole if is_done else untouched)

    outcome = give(deed)

    assert (outcome.state, outcome.replayed) == ("executed", is_done)
    again = give(deed)
    assert (again.log_seq, again.replayed) == (outcome.log_seq, True)
    assert effects(deed) == whole
    assert is_sound(mechanism)
    close()


@pytest.mark.parametrize("place", PLACES)
def test_kill_leaves_all_or_nothing(scenes: dict[str, Scene], place: str, tmp_path: Path) -> None:
    mechanism, [deed] = scenes["allocation"].copy(tmp_path), scenes["allocation"].deeds

    code = run(mechanism, give_and_die, deed, PLACES[place])

    assert code == KILLED
    check_retry(mechanism, deed, is_done=place == "after COMMIT")


def test_kill_after_any_write_leaves_nothing(scenes: dict[str, Scene], tmp_path: Path) -> None:
    scene = scenes["acceptance"]
    [deed] = scene.deeds
    written = 0
    code = KILLED

    while code == KILLED:
        written += 1
        (folder := tmp_path / str(written)).mkdir()
        mechanism = scene.copy(folder)
        code = run(mechanism, give_and_die, deed, Place("after", WRITES, written))
        check_retry(mechanism, deed, is_done=code == FINISHED)

    assert code == FINISHED
    assert written > 12


def test_kill_of_a_retry_changes_nothing(scenes: dict[str, Scene], tmp_path: Path) -> None:
    mechanism, [deed] = scenes["allocation"].copy(tmp_path), scenes["allocation"].deeds
    assert run(mechanism, give, deed) == FINISHED

    code = run(mechanism, give_and_die, deed, Place("after", "UPDATE commit_barrier"))

    assert code == KILLED
    check_retry(mechanism, deed, is_done=True)


def test_two_deaths_in_a_row_leave_all_or_nothing(scenes: dict[str, Scene], tmp_path: Path) -> None:
    mechanism, [deed] = scenes["allocation"].copy(tmp_path), scenes["allocation"].deeds

    places = ("with a sealed entry", "before COMMIT")
    codes = [run(mechanism, give_and_die, deed, PLACES[place]) for place in places]

    assert codes == [KILLED, KILLED]
    check_retry(mechanism, deed, is_done=False)


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["with the key", "with a sealed entry", "before COMMIT", "after COMMIT"])
def test_kill_of_a_client_of_the_server_leaves_all_or_nothing(
    postgresql_scene: tuple[Mechanism, Waiting], place: str
) -> None:
    mechanism, deed = postgresql_scene

    code = run(mechanism, give_and_die, deed, PLACES[place])

    assert code == KILLED
    check_retry(mechanism, deed, is_done=place == "after COMMIT")


@pytest.fixture
def postgresql_scene(postgresql_mechanism: Path) -> tuple[Mechanism, Waiting]:
    [deed] = funded(Office())
    host, name = (connections["default"].settings_dict[part] for part in ("HOST", "NAME"))
    close()
    return Mechanism(postgresql_mechanism, f"postgresql://{ROLE}@/{name}?host={host}"), deed
