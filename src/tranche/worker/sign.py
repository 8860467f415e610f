"""The log's tree and its signed head, after commit."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from tranche.kernel.entries import EntryError
from tranche.kernel.notes import HeadRefused, NoteError
from tranche.kernel.tiles import TileError
from tranche.log import heads, tiles
from tranche.log.erasures import remember
from tranche.log.keys import KeyUnsafe
from tranche.log.restore import AGREES, INSTALLATION, Known, compare
from tranche.log.signer import Signer, SignerError
from tranche.log.tiles import HeadMoved, LogGap
from tranche.store import standstill
from tranche.store.errors import LogBehind
from tranche.store.write import ALIAS


class Signing(NamedTuple):
    """How many entries more the newest checkpoint covers, and why it could not cover them."""

    entries: int = 0
    trouble: str = ""


def grow_and_sign() -> Signing:
    """Take new entries into the tree and, where the key is this process's to read, sign the head.

    Where the database is behind what was signed, or another log, the mechanism stands still from then on.
    What else the signer refuses stops no other work. Both are told in every round until somebody has looked.
    """
    try:
        return _sign()
    except (PermissionError, HeadMoved):  # another user signs, or another process did
        return Signing()
    except (HeadRefused, LogBehind) as error:
        standstill.stop(str(error))
        return Signing(trouble=str(error))
    except (SignerError, KeyUnsafe, LogGap, TileError, EntryError, NoteError) as error:
        return Signing(trouble=str(error))


def _sign() -> Signing:
    head = tiles.extend_all()
    before = heads.latest(ALIAS)
    covered = before.head.size if before else 0
    if trouble := _apart_from_signed():
        raise LogBehind(trouble)
    if before is not None:
        standstill.keep_head(before.head)
    remember()
    signer = Signer(settings.TRANCHE_SIGNER_DIR)
    if head.size == covered or not signer.exists:
        return Signing()
    signed = signer.checkpoint().head
    standstill.keep_head(signed)
    return Signing(signed.size - covered)


def _apart_from_signed() -> str:
    """How the log contradicts the newest head that this installation saw signed; empty where it does not."""
    known = standstill.signed_head()
    if known is None:
        return ""
    verdict = compare([Known(INSTALLATION, known)])[0].verdict
    return "" if verdict == AGREES else f"{known.size} entries were signed, and the database is {verdict}"
