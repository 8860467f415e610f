"""A whole action, the least that there is, beside the same one that seals and logs nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from unittest.mock import patch

from tests.bench.figures import Round
from tests.bench.logs import in_turns
from tests.bench.posting import append_number
from tests.office import Office

from tranche.actions import carry_out


def drafts() -> Callable[[int], Round]:
    """What drafts so many programmes with the log and without, in a mechanism that has nobody yet."""
    office = Office()

    def draft() -> None:
        office.do(
            "ua.manager",
            "programme.draft",
            ref=f"P-{uuid.uuid4().hex[:12].upper()}",
            title="Production",
            category="production",
            holder="UA-MOD",
        )

    def draft_numbered() -> None:
        with (
            patch.object(carry_out, "append", append_number),
            patch.object(carry_out, "_rows", lambda _execution: {}),
        ):
            draft()

    return lambda count: in_turns(draft, draft_numbered, count)
