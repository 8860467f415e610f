"""Who may do what beside `rules` with an equal set, and canonical bytes beside rfc8785, in a CPU second."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from operator import and_
from typing import Any, Final

import rfc8785
import rules
from tests.bench.figures import Round

from tranche.kernel.approval import decision_hash
from tranche.kernel.canonical import encode
from tranche.kernel.lifecycle import Role
from tranche.kernel.policy import Actor, Allow, Deed, Grant, GrantScope, Situation, conflicts, decide

NOW: Final = datetime(2025, 3, 31, 9, tzinfo=UTC)
FAMILY: Final = "programme.allocate"
ROLES: Final = frozenset({Role.FUND_MANAGER})

CONTENT: Final[dict[str, Any]] = {
    "action": "payment.release",
    "arguments": {"payment": "C-DK-02-P2"},
    "expires_at": "2025-04-16T09:00:00.000000Z",
    "facts": {
        "amount": {"amount_minor": 4_800_000_000, "currency": "EUR"},
        "bic": "NBUAUAUX",
        "callback_on": "2025-02-11",
        "contract": "Production, series B",
        "end_to_end_id": "TRN-5C1E2F0B9A7D4E6F8A1B2C3D4E",
        "first_payment": False,
        "iban": "UA213223130000026007233566001",
        "payee": "Manufacturer 3",
    },
    "id": "2f1f7c1e-2f4e-4d5f-9f38-0d3f8f9c3f11",
    "nonce": "0f4c1f0e5d7b4a5f9c7e1a2b3c4d5e6f",
    "policy": hashlib.sha256(b"policy").hexdigest(),
    "proposer": "8a48d6f8-ff36-4af6-b418-312d872e7eab",
}
"""A decision of some 700 bytes."""


def people() -> list[tuple[Actor, Situation]]:
    """Every combination that a rule may meet: allowed, another party's, expired, in conflict, inactive."""
    situation = Situation(owner="UA-MOD", parties=frozenset({"UA-MOD", "LT-MOD"}), recipient="UA-MOD")
    inspected = Situation(
        owner="UA-MOD",
        parties=frozenset({"UA-MOD", "LT-MOD"}),
        chain_deeds={Deed.INSPECTED: frozenset({"one"})},
    )
    grant = Grant("g", Role.FUND_MANAGER, "UA-MOD", datetime(2024, 1, 1, tzinfo=UTC), None)
    foreign = Grant("f", Role.FUND_MANAGER, "LT-MOD", datetime(2024, 1, 1, tzinfo=UTC), None)
    past = Grant("p", Role.FUND_MANAGER, "UA-MOD", grant.from_at, datetime(2025, 1, 1, tzinfo=UTC))
    actors = [Actor("one", "login", "web", (held,)) for held in (grant, foreign, past)]
    actors.append(Actor("one", "login", "web", (grant,), active=False))
    return [(actor, around) for actor in actors for around in (situation, inspected)]


def decided(count: int) -> Round:
    """The same answers by both, checked first; then so many rounds of all of them."""
    cases = people()
    permission = _as_rules()
    for actor, situation in cases:
        ours = isinstance(_ours(actor, situation), Allow)
        assert ours == permission.test(actor, situation), "both rule sets say the same"
    times = count // len(cases)
    return Round(
        _rate(times, len(cases), lambda: [_ours(actor, around) for actor, around in cases]),
        {"rules": _rate(times, len(cases), lambda: [permission.test(who, around) for who, around in cases])},
    )


def _ours(actor: Actor, situation: Situation) -> object:
    return decide(actor, FAMILY, ROLES, situation, Deed.PROPOSED, NOW)


def _as_rules() -> Any:
    """The same five rules in the words of `rules`: predicates joined by `&`, for an owner's record."""

    def acts(actor: Actor) -> bool:
        return actor.active

    def gets_no_power(actor: Actor, around: Situation) -> bool:
        return actor.person not in around.empowered

    def holds_a_role_that_reaches(actor: Actor, around: Situation) -> bool:
        return any(
            grant.role in ROLES
            and grant.valid(NOW)
            and grant.scope == GrantScope.PARTY
            and grant.party == around.owner
            for grant in actor.grants
        )

    def did_nothing_against_it(actor: Actor, around: Situation) -> bool:
        return not conflicts(frozenset({actor.person}), around, Deed.PROPOSED)

    def has_no_interest(actor: Actor, around: Situation) -> bool:
        return actor.person not in around.interested

    predicates: list[Any] = [
        rules.Predicate(test)
        for test in (acts, gets_no_power, holds_a_role_that_reaches, did_nothing_against_it, has_no_interest)
    ]
    return reduce(and_, predicates)


def written(count: int) -> Round:
    """Canonical bytes of a decision with their hash; byte-identical on both sides."""
    assert encode(CONTENT) == rfc8785.dumps(CONTENT), "one form, whoever writes it"
    assert json.loads(encode(CONTENT)) == CONTENT
    return Round(
        _rate(count, 1, lambda: decision_hash(encode(CONTENT))),
        {"rfc8785": _rate(count, 1, lambda: hashlib.sha256(rfc8785.dumps(CONTENT)).digest())},
    )


def _rate(times: int, each: int, work: Callable[[], object]) -> float:
    begin = time.process_time()
    for _ in range(times):
        work()
    return times * each / (time.process_time() - begin)
