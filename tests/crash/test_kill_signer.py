"""A signer or witness killed at any write goes on from there: no two heads of one size are ever signed."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from tests.crash.children import Mechanism, die, place_of, run
from tests.crash.deeds import Place, deadly
from tests.databases import close
from tests.log.operator import signer_in
from tests.office import Office

from tranche.actions.log_acts import announce_key
from tranche.formats.files import write_durably
from tranche.kernel.notes import Note, parse_note
from tranche.log import heads
from tranche.log.keys import new_key
from tranche.log.signer import Signer
from tranche.log.verify import verify_log

pytestmark = pytest.mark.crash

KILLED = -signal.SIGKILL
WRITES = ("INSERT", "UPDATE")


def sign_and_die(folder: Path, number: int) -> None:
    """Sign, until so many statements have written."""
    with deadly(Place("after", WRITES, number)):
        Signer(folder / "signer").checkpoint()


def sign_and_die_at_the_file(folder: Path, before: bool) -> None:
    """Die as the state is written, or right after it is on the disk."""

    def write(path: Path, chunks: list[bytes]) -> None:
        if not before:
            write_durably(path, chunks)
        die()

    pytest.MonkeyPatch().setattr("tranche.log.signer.write_durably", write)
    Signer(folder / "signer").checkpoint()


@pytest.fixture
def grown(sqlite_mechanism: Path) -> Mechanism:
    """A log that was signed once and has grown since."""
    Office()
    signer_in(sqlite_mechanism).checkpoint()
    announce_key(new_key("another.example/1").vkey)
    close()
    return place_of(sqlite_mechanism)


def notes() -> dict[int, Note]:
    return {signed.head.size: signed.note for signed in heads.checkpoints("default")}


def check_goes_on(mechanism: Mechanism, folder: Path) -> None:
    """The next call signs; what was signed before stands, and all of it holds."""
    mechanism.open()
    before = notes()
    signed = Signer(folder / "signer").checkpoint()
    assert Signer(folder / "signer").signed_last() == signed.head
    assert before.items() <= notes().items()
    assert verify_log("default")[1] == ()
    close()


def test_killed_at_any_write(
    grown: Mechanism, sqlite_mechanism: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    number, code = 0, KILLED
    while code == KILLED:
        number += 1
        folder = tmp_path_factory.mktemp("killed") / "copy"
        shutil.copytree(sqlite_mechanism, folder)
        code = run(place_of(folder), sign_and_die, folder, number)
        check_goes_on(place_of(folder), folder)

    assert number > 3, "tiles, tree, barrier and checkpoint"


@pytest.mark.parametrize("before", [True, False])
def test_killed_at_the_file(grown: Mechanism, sqlite_mechanism: Path, before: bool) -> None:
    code = run(grown, sign_and_die_at_the_file, sqlite_mechanism, before)

    assert code == KILLED
    check_goes_on(grown, sqlite_mechanism)


def test_the_state_is_never_behind_what_was_signed(grown: Mechanism, sqlite_mechanism: Path) -> None:
    run(grown, sign_and_die_at_the_file, sqlite_mechanism, True)
    grown.open()
    last = Signer(sqlite_mechanism / "signer").signed_last()

    assert last.size >= max(notes())
    assert all(parse_note(note.encoded()) == note for note in notes().values())
    close()
