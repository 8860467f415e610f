"""The log's tree and its signed head, after commit."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from tranche.kernel.notes import HeadRefused
from tranche.log import heads, tiles
from tranche.log.keys import KeyUnsafe
from tranche.log.signer import Signer, SignerError
from tranche.store.write import ALIAS


class Signing(NamedTuple):
    """How many entries more the newest checkpoint covers, and why it could not cover them."""

    entries: int = 0
    trouble: str = ""


def grow_and_sign() -> Signing:
    """Take new entries into the tree and, where the key is this process's to read, sign the head.

    What the signer refuses stops no other work: it is told in every round until somebody has looked.
    """
    head = tiles.extend_all()
    before = heads.latest(ALIAS)
    covered = before.head.size if before else 0
    if head.size == covered:
        return Signing()
    try:
        signer = Signer(settings.TRANCHE_SIGNER_DIR)
        return Signing(signer.checkpoint().head.size - covered) if signer.exists else Signing()
    except PermissionError:  # another user signs
        return Signing()
    except (HeadRefused, SignerError, KeyUnsafe) as error:
        return Signing(trouble=str(error))
