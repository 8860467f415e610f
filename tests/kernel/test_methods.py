"""Which proof an approval takes, case by case; a code never stands alone for money."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.approval import Quorum, Slot
from tranche.kernel.lifecycle import QuorumKey, Role, Tag
from tranche.kernel.methods import KEY_ONLY_ACTIONS, Method, counted, fingerprint, methods_for
from tranche.kernel.policy import Policy

STRICT = Policy("strict", methods=("webauthn", "totp"))
FIRST_RUN = Policy("first_run")
DONOR = Slot(frozenset({Role.DONOR_APPROVER}), frozenset({"LT"}), 1)
RECIPIENT = Slot(frozenset({Role.RECIPIENT_APPROVER}), frozenset({"UA"}), 1)
ONE = Quorum(QuorumKey.Q1, (RECIPIENT,))
BOTH = Quorum(QuorumKey.QJ, (DONOR, RECIPIENT))
LARGE = Quorum(QuorumKey.QJ, (DONOR._replace(wanted=2), RECIPIENT._replace(wanted=2)))
MONEY, FACT = frozenset({Tag.MOVES_MONEY}), frozenset({Tag.BOOKS_FACT})
GRANT, PUBLISH = frozenset({Tag.GRANTS_AUTHORITY}), frozenset({Tag.PUBLISHES})
NONE: frozenset[Tag] = frozenset()


@pytest.mark.parametrize(
    ("action", "tags", "quorum", "takes_a_code"),
    [
        ("programme.open", NONE, ONE, True),
        ("tranche.confirm_receipt", FACT, ONE, True),
        ("programme.allocate", MONEY, ONE, False),
        ("programme.allocate", MONEY, BOTH, True),
        ("programme.allocate", MONEY, LARGE, False),
        ("agreement.sign", NONE, BOTH, True),
        ("agreement.sign", NONE, LARGE, False),
        ("tranche.authorise", GRANT, BOTH, False),
        ("authority.register_credential", GRANT, ONE, False),
        ("public.publish", PUBLISH, ONE, False),
        ("payee.activate", NONE, ONE, False),
        ("hold.release", NONE, ONE, False),
    ],
)
def test_a_code_is_good_for(action: str, tags: frozenset[Tag], quorum: Quorum, takes_a_code: bool) -> None:
    found = methods_for(action, tags, quorum, STRICT)

    assert found == {Method.KEY, Method.CODE} if takes_a_code else found == {Method.KEY}


@pytest.mark.parametrize(
    ("quorum", "tags"), list(product((ONE, BOTH, LARGE), (NONE, MONEY, FACT, GRANT, PUBLISH)))
)
def test_a_key_is_good_for_everything_and_a_password_only_where_the_policy_says_so(
    quorum: Quorum, tags: frozenset[Tag]
) -> None:
    for action in (*KEY_ONLY_ACTIONS, "programme.open"):
        assert Method.KEY in methods_for(action, tags, quorum, STRICT)
        assert Method.PASSWORD not in methods_for(action, tags, quorum, STRICT)
        assert {Method.KEY, Method.PASSWORD} <= methods_for(action, tags, quorum, FIRST_RUN)


def test_one_code_among_several_approvals_counts() -> None:
    allowed = frozenset({Method.KEY, Method.CODE})

    assert counted(["totp", "webauthn"], allowed) == (True, True)
    assert counted(["totp", "webauthn", "totp"], allowed) == (True, True, False)
    assert counted(["password", "webauthn"], allowed) == (False, True)
    assert counted(["totp", "totp", "password"], frozenset(Method)) == (True, True, True)


@given(st.lists(st.sampled_from([*Method, "none"]), max_size=8), st.frozensets(st.sampled_from(Method)))
def test_only_allowed_methods_count_and_without_passwords_one_code_at_most(
    given_in_order: list[str], allowed: frozenset[Method]
) -> None:
    counts = counted(given_in_order, allowed)

    kept = [method for method, counts_ in zip(given_in_order, counts, strict=True) if counts_]
    assert set(kept) <= set(allowed)
    if Method.PASSWORD not in allowed:
        assert kept.count(Method.CODE) <= 1
    assert kept.count(Method.KEY) == (given_in_order.count(Method.KEY) if Method.KEY in allowed else 0)


def test_fingerprint_tells_keys_apart() -> None:
    assert fingerprint("a", b"1") != fingerprint("a", b"2") != fingerprint("b", b"2")
    assert len(fingerprint("a", b"1").replace(" ", "")) == 8
