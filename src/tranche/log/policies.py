"""The policy by which others check this log: its own keys, and the witnesses that the operator trusts.

Witnesses stand in a file of the data folder (`witnesses`, lines of C2SP tlog-policy). A verifier should have
its policy from elsewhere: a log that names its own judges convinces nobody.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings

from tranche.kernel.log_policy import UNTIL, LogPolicy, parse_policy
from tranche.log import receipts

WITNESSES: Final = "witnesses"
NOBODY: Final = "quorum none\n"


def own_policy(using: str = "read") -> str:
    """The text; without witnesses it wants none, and says so.

    Raises kernel.log_policy.PolicyError, kernel.entries.EntryError, UnicodeDecodeError.
    """
    path = settings.TRANCHE_DATA_DIR / WITNESSES
    witnesses = path.read_text(encoding="utf-8") if path.is_file() else NOBODY
    keys = receipts.keys_of_log(using)
    logs = "".join(f"log {vkey.text()}\n" for vkey in keys.vkeys)
    return logs + "".join(f"{UNTIL}{key_id} {size}\n" for key_id, size in keys.ended.items()) + witnesses


def parsed(using: str = "read") -> LogPolicy:
    """The policy as it is read."""
    return parse_policy(own_policy(using))
