"""Whom a verifier trusts: logs, witnesses, and how many of them it wants (C2SP tlog-policy).

The policy belongs to the verifier and is never read from what is to be verified.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tranche.kernel.notes import COSIGNATURE, ED25519, SIZE, NoteError, Vkey, parse_vkey

ENTRIES_MAX: Final = 256  # of logs, of witnesses and of groups; at least 32 of each are to be taken
NONE: Final = "none"
WORD: Final = re.compile(r"[^\s#]{1,200}")
UNTIL: Final = "# tranche-until "


class PolicyError(ValueError):
    """A policy that says nothing clear; the line is named."""


@dataclass(frozen=True, slots=True)
class Group:
    """Some witnesses and groups, of which so many must have signed."""

    wanted: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """Keys of logs, witnesses by name, groups by name, and the name that must be satisfied.

    `until` gives, by the id of a log's key that was rotated, the size up to which it counts; `addresses`
    where witnesses are asked, by their names.
    """

    logs: tuple[Vkey, ...]
    witnesses: Mapping[str, Vkey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE
    until: Mapping[bytes, int] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[Vkey, ...]:
        return (*self.logs, *self.witnesses.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which a log goes on, each once."""
        return tuple(dict.fromkeys(vkey.name for vkey in self.logs if vkey.id not in self.until))

    def is_satisfied(self, signed: Collection[Vkey]) -> bool:
        """Whether these keys' signatures are enough."""
        return self.quorum == NONE or self._holds(self.quorum, signed)

    def _holds(self, name: str, signed: Collection[Vkey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signed
        group = self.groups[name]
        return sum(self._holds(member, signed) for member in group.members) >= group.wanted


def parse_policy(text: str) -> LogPolicy:
    """The policy of its text; raises PolicyError with the number of the line."""
    found = _Reading()
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found.take(line)
        except (NoteError, PolicyError) as error:
            raise PolicyError(f"line {number}: {error}") from error
    if not found.logs:
        raise PolicyError("a policy names a log")
    if found.quorum is None:
        raise PolicyError("a policy ends with its quorum")
    return LogPolicy(
        tuple(found.logs), found.witnesses, found.groups, found.quorum, found.until, found.addresses
    )


class _Reading:
    """What was read so far; a name is known only after the line that defines it, so no group holds itself."""

    def __init__(self) -> None:
        self.logs: list[Vkey] = []
        self.witnesses: dict[str, Vkey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.until: dict[bytes, int] = {}
        self.addresses: dict[str, str] = {}

    def take(self, line: str) -> None:
        if line.startswith(UNTIL):
            self._until(line.removeprefix(UNTIL).split())
            return
        words = line.split()
        if not words or words[0].startswith("#"):
            return
        if self.quorum is not None:
            raise PolicyError("nothing comes after the quorum")
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self._fresh(vkey, ED25519))
            case ["witness", name, vkey, *address] if len(address) <= 1:
                self.witnesses[self._new(name)] = self._fresh(vkey, COSIGNATURE)
                if address:
                    self.addresses[name] = address[0]
            case ["group", name, wanted, *members]:
                self.groups[self._new(name)] = self._group(wanted, members)
            case ["quorum", name]:
                if name != NONE:
                    self._known(name)
                self.quorum = name
            case _:
                raise PolicyError(f"not understood: {line[:100]}")
        if max(map(len, (self.logs, self.witnesses, self.groups))) > ENTRIES_MAX:
            raise PolicyError(f"at most {ENTRIES_MAX} of a kind")

    def _until(self, words: Sequence[str]) -> None:
        """A comment to other readers of policies, and the end of a rotated key to us."""
        known = {vkey.id.hex(): vkey.id for vkey in self.logs}
        if len(words) != 2 or words[0] not in known or not SIZE.fullmatch(words[1]):
            raise PolicyError("the end of a log's key names the key's id and a size")
        self.until[known[words[0]]] = int(words[1])

    def _fresh(self, text: str, kind: int) -> Vkey:
        vkey = parse_vkey(text)
        if vkey.kind != kind:
            raise PolicyError(f"{vkey.name} has a key of another kind")
        if vkey.public in {known.public for known in (*self.logs, *self.witnesses.values())}:
            raise PolicyError(f"the key of {vkey.name} stands twice")
        return vkey

    def _new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups or not WORD.fullmatch(name):
            raise PolicyError(f"the name {name} is taken or is none")
        return name

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise PolicyError(f"nothing before this is called {name}")
        return name

    def _group(self, wanted: str, members: Sequence[str]) -> Group:
        names = tuple(self._known(name) for name in members)
        if len(set(names)) != len(names) or not names:
            raise PolicyError("a group has members, each once")
        count = {"any": 1, "all": len(names)}.get(wanted, int(wanted) if SIZE.fullmatch(wanted) else 0)
        if not 1 <= count <= len(names):
            raise PolicyError(f"a group of {len(names)} cannot want {wanted}")
        return Group(count, names)
