"""What the operator did with the log's own keys and after a restore, said in the log itself."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Mapping, Sequence

from tranche.actions.setup import SYSTEM
from tranche.kernel.canonical import Canonical
from tranche.kernel.notes import Head, Vkey
from tranche.log.append import append
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


def say_restored(epoch: int, heads: Sequence[tuple[str, Head]]) -> int:
    """Say that the database was restored, and with which heads it was found to agree."""
    compared: list[Canonical] = [
        {"root": head.root.hex(), "size": head.size, "source": source} for source, head in heads
    ]
    return _say("log.restore", str(epoch), lambda _write: {"epoch": epoch, "heads": compared})


def say_adopted(first: int, size: int, note: bytes) -> int:
    """Say that entries from `first` on were taken from published files, up to a signed size."""
    fields: Fields = {"first": first, "size": size, "checkpoint": base64.b64encode(note).decode()}
    return _say("log.adopt", str(first), lambda _write: fields)


def say_forked(before: str, note: bytes, ended: Sequence[tuple[Vkey, int]], vkey: Vkey) -> int:
    """Say that the log goes on under another name and key, with the last head of the one before, and how
    far its keys count."""
    fields: Fields = {
        "before": before,
        "checkpoint": base64.b64encode(note).decode(),
        "ended": [{"key": one.id.hex(), "size": size} for one, size in ended],
        "vkey": vkey.text(),
    }
    return _say("log.fork", before, lambda _write: fields)


def _say(kind: str, object_id: str, fields: Callable[[WriteTx], Fields]) -> int:
    def act(write: WriteTx) -> None:
        append(write, kind=kind, actor=SYSTEM, object_type="log", object_id=object_id, fields=fields(write))

    return write_transaction(key=str(uuid.uuid4()), request={kind: object_id}, act=act).log_seq
