"""Packs as an attack finds them, and the verdict on them."""

from __future__ import annotations

import json
from typing import Any

from tests.verifier.minilog import (
    NOW_S,
    POLICY,
)

from tranche.kernel.canonical import encode
from tranche.kernel.log_policy import parse_policy
from tranche.verifier.archive import Unreadable
from tranche.verifier.check import Wanted, verify
from tranche.verifier.report import Report

Members = dict[str, bytes]
OPENINGS, CHECKPOINT, BUNDLE, TILE, RECEIPT = (
    "openings.jsonl",
    "checkpoint",
    "tile/entries/000.p/5",
    "tile/0/000.p/5",
    "entry/1.tlog-proof",
)


class Given:
    """Members by name, as an attack finds them."""

    names: frozenset[str]

    def __init__(self, members: Members) -> None:
        self._members, self.names = members, frozenset(members)

    def read(self, name: str) -> bytes:
        if name not in self._members:
            raise Unreadable(name)
        return self._members[name]


def counted(members: Members) -> Members:
    """A pack whose maker has counted its members again."""
    said = json.loads(members["manifest.json"])
    return {**members, "manifest.json": encode({**said, "members": len(members)})}


def checked(members: Members, *, policy: str = POLICY, **wanted: Any) -> Report:
    return verify(Given(members), Wanted(parse_policy(policy), wanted.pop("now_s", NOW_S + 60), **wanted))
