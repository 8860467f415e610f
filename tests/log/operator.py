"""The operator of a log in tests: a signer beside the mechanism, whose key the log names."""

from __future__ import annotations

from pathlib import Path

from tranche.actions.log_key import announce_key
from tranche.log.signer import Signer

ORIGIN = "log.example/tranche/1"


def signer_in(folder: Path) -> Signer:
    """A new signer, announced in the log."""
    signer = Signer(folder / "signer")
    announce_key(signer.create(ORIGIN))
    return signer
