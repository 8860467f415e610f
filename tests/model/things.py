"""What there is in the small world of sign-off: people with roles, papers, and releases that happened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple

from tranche.kernel.money import Money
from tranche.kernel.policy import Policy
from tranche.kernel.transitions import rows_of

START: Final = datetime(2025, 1, 1, tzinfo=UTC)
LIFE: Final = 2
AMOUNT: Final = Money(60, "EUR")
RULES: Final = Policy("model", limit_one_minor=100, limit_two_minor=1_000)
[RELEASE] = rows_of("payment.release")
LOGINS: Final = {"a1": "A", "a2": "A", "b": "B", "c": "C"}
DONOR, RECIPIENT = "D", "R"
PAYMENTS: Final = (0, 1)


class Held(NamedTuple):
    """One role that a person has: lent by somebody until a tick, or for good."""

    person: str
    role: str
    party: str
    lender: str = ""
    until: int = 99


class Given(NamedTuple):
    """One approval of a decision."""

    person: str
    role: str
    party: str
    lender: str
    revoked: bool = False


class Paper(NamedTuple):
    """A decision on one payment: what was seen, under which policy, by whom, until when."""

    payment: int
    seen: tuple[int, int]
    policy: int
    proposer: str
    expires: int
    state: str = "open"
    given: tuple[Given, ...] = ()


class Done(NamedTuple):
    """A release that happened: what the world was at that moment, for the invariants."""

    payment: int
    seen: tuple[int, int]
    was: tuple[int, int]
    policy: int
    was_policy: int
    proposer: str
    approvals: tuple[Given, ...]
    payer: tuple[str, str]
    editors: frozenset[str]
    holding: frozenset[tuple[str, str, str]]
    hold: tuple[str, str] | None
    in_window: int
    tick: int
    expires: int


class World(NamedTuple):
    """Everything that there is; equal worlds are one state of the search."""

    grants: tuple[Held, ...]
    versions: tuple[int, int] = (1, 1)
    released: tuple[bool, bool] = (False, False)
    editors: tuple[frozenset[str], frozenset[str]] = (frozenset("A"), frozenset("A"))
    payers: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    approvers: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    payee: int = 1
    policy: int = 1
    tick: int = 0
    hold: tuple[str, str] | None = None
    papers: tuple[Paper, ...] = ()
    done: tuple[Done, ...] = ()


FIRST: Final = World(
    grants=(
        Held("A", "FM", RECIPIENT),
        Held("A", "PY", RECIPIENT),
        Held("B", "RA", RECIPIENT),
        Held("C", "DA", DONOR),
    )
)
