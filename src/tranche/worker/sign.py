"""The log's tree and its signed head, after commit."""

from __future__ import annotations

from django.conf import settings

from tranche.log import heads, tiles
from tranche.log.signer import Signer
from tranche.store.write import ALIAS


def grow_and_sign() -> int:
    """Take new entries into the tree and, where the key is this process's to read, sign the head.

    Gives how many entries the newest checkpoint covers more than before.
    """
    head = tiles.extend_all()
    before = heads.latest(ALIAS)
    covered = before.head.size if before else 0
    if head.size == covered:
        return 0
    try:
        signer = Signer(settings.TRANCHE_SIGNER_DIR)
        return signer.checkpoint().head.size - covered if signer.exists else 0
    except PermissionError:  # another user signs
        return 0
