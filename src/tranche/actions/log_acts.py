"""What the operator did with the log's own keys and after a restore, said in the log itself."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping, Sequence

from tranche.actions.setup import SYSTEM
from tranche.kernel.canonical import Canonical
from tranche.kernel.notes import Head, Vkey
from tranche.log.append import append
from tranche.log.erasures import Erased
from tranche.store.write import WriteTx, write_transaction

Fields = Mapping[str, Canonical]


def announce_key(vkey: Vkey) -> int:
    """Say which key signs from the next entry on; gives the number of that entry."""
    return _say("log.key", vkey.id.hex(), lambda write: {"vkey": vkey.text(), "from_size": write.seq})


def end_key(vkey: Vkey) -> int:
    """Say that a key signs no head that is larger than the log is now."""
    return _say(
        "log.key", vkey.id.hex(), lambda write: {"ended": [{"key": vkey.id.hex(), "size": write.seq}]}
    )


def say_restored(epoch: int, heads: Sequence[tuple[str, Head]], erased: Sequence[Erased]) -> int:
    """Say that the database was restored, with which heads it agrees, and what was erased again."""
    compared: list[Canonical] = [
        {"root": head.root.hex(), "size": head.size, "source": source} for source, head in heads
    ]
    return _say(
        "log.restore",
        str(epoch),
        lambda _write: {"epoch": epoch, "erased": _listed(erased), "heads": compared},
        is_repair=True,
    )


def say_forked(
    before: str,
    note: bytes,
    ended: Sequence[tuple[Vkey, int]],
    vkey: Vkey,
    common: int,
    erased: Sequence[Erased],
) -> int:
    """Say that the log goes on under another name and key.

    With it stand the last head of the name before, how far its keys count, up to which size its heads are
    the beginning of this log, and what an older database had shown again of what was erased.
    """
    fields: Fields = {
        "before": before,
        "common": common,
        "erased": _listed(erased),
        "checkpoint": base64.b64encode(note).decode(),
        "ended": [{"key": one.id.hex(), "size": size} for one, size in ended],
        "vkey": vkey.text(),
    }
    return _say("log.fork", before, lambda _write: fields, is_repair=True)


def _listed(erased: Sequence[Erased]) -> Canonical:
    return [{"leaf": one.leaf, "seq": one.seq} for one in erased]


def _say(kind: str, object_id: str, fields: Callable[[WriteTx], Fields], *, is_repair: bool = False) -> int:
    def act(write: WriteTx) -> None:
        append(write, kind=kind, actor=SYSTEM, object_type="log", object_id=object_id, fields=fields(write))

    return write_transaction(
        key=str(uuid.uuid4()), request={kind: object_id}, act=act, is_repair=is_repair
    ).log_seq
