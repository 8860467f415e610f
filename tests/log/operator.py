"""The operator of a log in tests: a signer beside the mechanism, whose key the log names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

from django.db import connections
from tests.office import Office

from tranche.actions.log_acts import announce_key
from tranche.log.signer import Signer
from tranche.store import clock

ORIGIN = "log.example/tranche/1"


def signer_in(folder: Path) -> Signer:
    """A new signer, announced in the log."""
    signer = Signer(folder / "signer")
    announce_key(signer.create(ORIGIN))
    return signer


def signed_by(office: Office, folder: Path) -> Signer:
    """A signer that signed what there is, at the instant of the office."""
    with clock.at(office.tick()):
        signer = signer_in(folder)
        signer.checkpoint()
    return signer


def together(count: int, act: Callable[[], object]) -> list[Exception]:
    """Do the same in so many threads at once; gives what failed."""
    failed: list[Exception] = []

    def work() -> None:
        try:
            act()
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    workers = [Thread(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return failed
