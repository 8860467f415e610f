"""A command that was cut short at any step is finished by the same command again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.log.operator import ORIGIN, signer_in
from tests.log.test_signer import cut_log_to
from tests.office import Office

from tranche.actions import log_acts
from tranche.actions.log_acts import announce_key
from tranche.cli import log_names, log_restore
from tranche.cli.output import Output
from tranche.formats.files import write_durably
from tranche.kernel.notes import parse_checkpoint
from tranche.log import receipts, signer, tiles
from tranche.log.append import append
from tranche.log.keys import new_key
from tranche.log.publish import publish
from tranche.log.read import count_of
from tranche.log.signer import Signer
from tranche.log.verify import verify_log
from tranche.store import standstill
from tranche.store.write import WriteTx
from tranche.worker.sign import grow_and_sign

QUIET = Output(quiet=True)


class Killed(BaseException):
    """The process ended here."""


def killed_at(number: int, target: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """The same function, which ends the process at its n-th call, before or after its work."""
    calls = iter(range(1, 100))

    def once(*args: Any, **kwargs: Any) -> Any:
        is_last = next(calls) == number
        if is_last and not after:
            raise Killed
        done = target(*args, **kwargs)
        if is_last:
            raise Killed
        return done

    return once


@pytest.fixture
def own(mechanism: Path, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """A signer in the place where the commands look for it."""
    Office()
    found = signer_in(mechanism)
    monkeypatch.setattr("django.conf.settings.TRANCHE_SIGNER_DIR", found.folder, raising=False)
    found.checkpoint()
    grow_and_sign()
    return found


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_fork_that_was_cut_short_is_finished(own: Signer, number: int, *, after: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signer, "write_durably", killed_at(number, write_durably, after=after))
        try:
            log_names.fork("", QUIET)
        except Killed:
            log_restore_again(lambda: log_names.fork("", QUIET))

    signed = own.checkpoint()
    assert parse_checkpoint(signed.note.text).origin == own.key().name != ORIGIN
    assert count_of("log.fork", "default") == 1
    assert receipts.keys_of_log("default").live == (own.key().vkey,)
    assert verify_log("default")[1] == ()


def log_restore_again(act: Callable[[], object]) -> None:
    """Without what kills, and whatever the worker did meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signer, "write_durably", write_durably)
        grow_and_sign()
        act()


@pytest.mark.parametrize("number", [1, 3, 4])
@pytest.mark.parametrize("after", [False, True])
def test_an_adoption_that_was_cut_short_did_nothing_and_is_done_again(
    own: Signer, tmp_path: Path, number: int, *, after: bool
) -> None:
    for _ in range(3):
        announce_key(new_key("another.example/1").vkey)
    size = own.checkpoint().head.size
    publish(tmp_path / "public", "default")
    standstill.keep_head(own.signed_last())
    cut_log_to(size - 2)
    tiles.rebuild()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WriteTx, "insert", killed_at(number, WriteTx.insert, after=after))
        with pytest.raises(Killed):
            log_restore.adopt_from(tmp_path / "public", QUIET)

    assert count_of("log.adopt", "default") == 0
    log_restore.adopt_from(tmp_path / "public", QUIET)
    assert standstill.why_stopped()
    log_restore.check_restore([], QUIET)
    assert own.checkpoint().head.size == size + 2
    assert verify_log("default")[1] == ()


def test_a_rotation_that_was_cut_short_is_finished(own: Signer) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_acts, "append", killed_at(1, append, after=False))
        with pytest.raises(Killed):
            log_names.rotate_key(finish=False, output=QUIET)
    following = own.next_key()
    assert following is not None

    log_names.rotate_key(finish=False, output=QUIET)
    assert receipts.log_keys("default")[1:] == (following.vkey,)
