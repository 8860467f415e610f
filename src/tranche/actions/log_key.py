"""What the operator did with the log's own keys, said in the log itself."""

from __future__ import annotations

import uuid

from tranche.actions.setup import SYSTEM
from tranche.kernel.notes import Vkey
from tranche.log.append import append
from tranche.store.write import WriteTx, write_transaction


def announce_key(vkey: Vkey) -> int:
    """Say which key signs from the next entry on; gives the number of that entry."""

    def act(write: WriteTx) -> None:
        append(
            write,
            kind="log.key",
            actor=SYSTEM,
            object_type="log",
            object_id=vkey.id.hex(),
            fields={"vkey": vkey.text(), "from_size": write.seq},
        )

    return write_transaction(key=str(uuid.uuid4()), request={"log.key": vkey.text()}, act=act).log_seq
