"""Keys and codes: who may bring one to count, what an approval by one proves, and what it never does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings
from tests.actions.refusing import allocation, refused
from tests.keyring import add, approve_by_code, approve_by_key, code, offer, register, registered, stated
from tests.office import Office

from tranche.actions.attestation import attest_code
from tranche.cli.demo.soft_key import ORIGIN, SoftKey
from tranche.formats.security_key import DEMO_MODEL
from tranche.kernel.lifecycle import GuardFailed, Role
from tranche.kernel.policy import Deed, Denied
from tranche.kernel.refusals import (
    MethodRefused,
    NotAllowed,
    SignatureRefused,
    WrongCode,
    WrongPassword,
)
from tranche.models import Approval, Credential, Decision
from tranche.queries import decisions as queries

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Iterator[Office]:
    with override_settings(TRANCHE_ORIGIN=ORIGIN):
        yield Office()


@pytest.fixture
def strict() -> Iterator[None]:
    """No password stands for a signature any more."""
    with override_settings(TRANCHE_DEMO=False, TRANCHE_POLICY="strict"):
        yield


@pytest.fixture
def waiting(office: Office) -> str:
    """An allocation that both sides have to approve."""
    office.received()
    office.programme()
    return allocation(office, 500_000_000)


# how a key comes to count


def test_a_demonstrations_key_counts_in_a_demonstration_alone(office: Office) -> None:
    office.received()
    office.programme()
    key = SoftKey(model=uuid.UUID(DEMO_MODEL).bytes)
    registered(office, "ua.approver1", key)

    with override_settings(TRANCHE_DEMO=False):
        waiting = allocation(office, 500_000_000)
        used = refused(SignatureRefused, lambda: approve_by_key(office, "ua.approver1", waiting, key))
        another = SoftKey(model=uuid.UUID(DEMO_MODEL).bytes)
        offered = refused(SignatureRefused, lambda: offer(office, "lt.approver", another))

    assert (used.code, offered.code) == ("model", "model")


def test_an_offered_key_proves_nothing_before_two_others_registered_it(office: Office, waiting: str) -> None:
    key = SoftKey()
    credential = offer(office, "ua.approver1", key)

    caught = refused(SignatureRefused, lambda: approve_by_key(office, "ua.approver1", waiting, key))
    register(office, credential, "lt.approver")

    assert caught.code == "unknown"
    assert approve_by_key(office, "ua.approver1", waiting, key).state == "open"


def test_the_holder_neither_proposes_nor_approves_the_own_key(office: Office) -> None:
    own = offer(office, "operator", SoftKey())
    credential = offer(office, "lt.approver", SoftKey())
    decision = office.propose("operator", "authority.register_credential", credential=credential.id)

    proposed = refused(
        NotAllowed, lambda: office.propose("operator", "authority.register_credential", credential=own.id)
    )
    approved = refused(NotAllowed, lambda: office.approve("lt.approver", decision.decision_id))

    assert (proposed.deny.reason, proposed.deny.deeds) == (Denied.CONFLICT, frozenset({Deed.HOLDS}))
    assert approved.deny.deeds == {Deed.HOLDS}


def test_an_approver_of_the_same_party_does_not_register_a_key(office: Office) -> None:
    credential = offer(office, "ua.payer", SoftKey())
    decision = office.propose("operator", "authority.register_credential", credential=credential.id)

    caught = refused(NotAllowed, lambda: office.approve("ua.approver1", decision.decision_id))

    assert caught.deny.reason is Denied.WRONG_RELATION
    assert office.approve("dk.approver1", decision.decision_id).state == "executed"


def test_nobody_but_the_operator_proposes_to_register(office: Office) -> None:
    credential = offer(office, "ua.payer", SoftKey())

    def propose() -> object:
        return office.propose("ua.manager", "authority.register_credential", credential=credential.id)

    assert refused(NotAllowed, propose).deny.reason is Denied.NO_ROLE


def test_a_further_key_is_added_by_a_key_in_use_alone(office: Office) -> None:
    first, second = registered(office, "ua.approver1"), SoftKey()
    credential = offer(office, "ua.approver1", second)

    outcome = add(office, "ua.approver1", credential, first)

    assert outcome.state == "executed"
    assert Credential.objects.get(pk=credential.pk).in_use


def test_a_key_adds_none_for_another_person_and_none_that_waits_does(office: Office) -> None:
    first = registered(office, "ua.approver1")
    foreign = offer(office, "ua.approver2", SoftKey())
    waits, further = SoftKey(), SoftKey()
    offer(office, "ua.approver1", waits)
    own = offer(office, "ua.approver1", further)

    assert refused(SignatureRefused, lambda: add(office, "ua.approver1", foreign, first)).code == "unknown"
    assert refused(SignatureRefused, lambda: add(office, "ua.approver1", own, waits)).code == "unknown"
    stolen = refused(NotAllowed, lambda: add(office, "ua.approver2", own, first))
    assert stolen.deny.reason is Denied.WRONG_RELATION


def test_a_key_is_offered_once_and_registered_once(office: Office) -> None:
    key = registered(office, "ua.approver1")
    credential = Credential.objects.get(handle=key.handle)

    assert refused(SignatureRefused, lambda: offer(office, "ua.approver2", key)).code == "known"
    again = refused(GuardFailed, lambda: register(office, credential, "lt.approver"))
    assert again.guard == "credential_offered"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"origin": "http://localhost:9999"}, "origin"),
        ({"flags": 0x01}, "not_verified"),
        ({"flags": 0x0D}, "synced"),
    ],
)
@pytest.mark.usefixtures("strict")
def test_what_is_no_safe_key_is_not_even_offered(office: Office, change: dict[str, object], why: str) -> None:
    key = SoftKey(**change)  # type: ignore[arg-type]  # the fields of the soft key

    assert refused(SignatureRefused, lambda: offer(office, "ua.approver1", key)).code == why


@override_settings(TRANCHE_DEMO=False)
def test_without_an_address_keys_are_switched_off(office: Office) -> None:
    with override_settings(TRANCHE_ORIGIN=""):
        caught = refused(SignatureRefused, lambda: offer(office, "ua.approver1", SoftKey()))

    assert caught.code == "no_site"


# losing one


@pytest.mark.by_form("authority.register_credential", "authority.revoke_credential")
def test_a_revoked_key_proves_nothing_and_what_it_signed_counts_no_more(office: Office, waiting: str) -> None:
    key = registered(office, "ua.approver1")
    approve_by_key(office, "ua.approver1", waiting, key)
    credential = Credential.objects.get(handle=key.handle)

    office.propose("ua.approver1", "authority.revoke_credential", credential=credential.id)
    after = office.approve("lt.approver", waiting)

    assert after.state == "open"
    still = queries.decision(waiting).row.missing
    assert [(set(slot.roles), set(slot.parties)) for slot in still] == [
        ({Role.RECIPIENT_APPROVER}, {"UA-MOD"})
    ]
    other = allocation(office, 1_000_000)
    assert (
        refused(SignatureRefused, lambda: approve_by_key(office, "ua.approver1", other, key)).code
        == "revoked"
    )


def test_holder_and_operator_revoke_and_nobody_else(office: Office) -> None:
    mine, theirs = registered(office, "ua.approver1"), registered(office, "ua.approver2")
    first, second = (Credential.objects.get(handle=key.handle) for key in (mine, theirs))

    def revoke(who: str, credential: Credential) -> object:
        return office.propose(who, "authority.revoke_credential", credential=credential.id)

    caught = refused(NotAllowed, lambda: revoke("ua.approver2", first))
    revoke("ua.approver1", first)
    revoke("operator", second)

    assert caught.deny.reason is Denied.WRONG_RELATION
    assert not Credential.objects.exclude(revoked_at=None).filter(revoked_seq=None).exists()
    assert refused(GuardFailed, lambda: revoke("operator", second)).guard == "credential_kept"


def test_a_lost_key_is_replaced_by_two_others(office: Office, waiting: str) -> None:
    lost = registered(office, "ua.approver1")
    credential = Credential.objects.get(handle=lost.handle)
    office.propose("operator", "authority.revoke_credential", credential=credential.id)

    fresh = registered(office, "ua.approver1")

    assert approve_by_key(office, "ua.approver1", waiting, fresh).state == "open"


# codes


def test_a_code_with_the_password_approves_once(office: Office, waiting: str) -> None:
    code(office, "ua.approver1")
    outcome = approve_by_code(office, "ua.approver1", waiting)

    assert outcome.state == "open"
    assert Approval.objects.get(decision_id=waiting).method == "totp"


def test_a_code_counts_once_and_needs_the_password(office: Office, waiting: str) -> None:
    code(office, "ua.approver1")
    login = office.who("ua.approver1").login
    approve_by_code(office, "ua.approver1", waiting)
    other = allocation(office, 1_000_000)
    office.now -= timedelta(minutes=2)

    refused(WrongCode, lambda: approve_by_code(office, "ua.approver1", other))
    refused(WrongPassword, lambda: attest_code(login, "wrong", "000000"))
    refused(WrongCode, lambda: approve_by_code(office, "ua.approver1", other, typed="000000"))


def test_a_code_without_its_secret_proves_nothing(office: Office, waiting: str) -> None:
    handle = str(uuid.uuid4())
    office.propose("ua.approver1", "authority.offer_code", label="telephone", handle=handle)
    register(office, Credential.objects.get(handle=handle), "lt.approver")

    refused(WrongCode, lambda: approve_by_code(office, "ua.approver1", waiting))


# the strict policy


class TestStrict:
    """Everybody has a key from the first run; then both sides change the policy, and its day comes."""

    @pytest.fixture
    def last_evening(self) -> Iterator[tuple[Office, dict[str, SoftKey]]]:
        with override_settings(TRANCHE_ORIGIN=ORIGIN, TRANCHE_DEMO=False, TRANCHE_POLICY="first_run"):
            office = Office()
            office.received()
            office.programme()
            keys = {who: registered(office, who) for who in ("ua.approver1", "lt.approver")}
            code(office, "ua.approver1")
            code(office, "lt.approver")
            office.change_policy(methods="keys_and_codes")
            office.now = office.now.replace(hour=23, minute=57)
            yield office, keys

    @pytest.fixture
    def keys(self, last_evening: tuple[Office, dict[str, SoftKey]]) -> tuple[Office, dict[str, SoftKey]]:
        last_evening[0].tick(timedelta(minutes=5))
        return last_evening

    def test_a_password_approves_nothing_and_still_rejects(
        self, keys: tuple[Office, dict[str, SoftKey]]
    ) -> None:
        office, _keys = keys
        decision = allocation(office, 500_000_000)

        refused(MethodRefused, lambda: office.approve("ua.approver1", decision))
        outcome = office.approve(
            "ua.approver1", decision, verdict="reject", reason="Not agreed with the donor."
        )

        assert outcome.state == "rejected"

    def test_one_of_two_approvals_may_rest_on_a_code(self, keys: tuple[Office, dict[str, SoftKey]]) -> None:
        office, held = keys
        decision = allocation(office, 500_000_000)

        approve_by_code(office, "ua.approver1", decision)
        refused(MethodRefused, lambda: approve_by_code(office, "lt.approver", decision))
        outcome = approve_by_key(office, "lt.approver", decision, held["lt.approver"])

        assert outcome.state == "executed"

    def test_the_sole_approver_of_money_needs_a_key(self, keys: tuple[Office, dict[str, SoftKey]]) -> None:
        office, held = keys
        decision = allocation(office, 50_000_000)

        refused(MethodRefused, lambda: approve_by_code(office, "ua.approver1", decision))

        assert approve_by_key(office, "ua.approver1", decision, held["ua.approver1"]).state == "executed"

    def test_a_change_of_policy_voids_what_waits(
        self, last_evening: tuple[Office, dict[str, SoftKey]]
    ) -> None:
        office, held = last_evening
        decision = allocation(office, 50_000_000)
        said = stated(office, "ua.approver1", decision)
        office.tick(timedelta(minutes=2))

        with pytest.raises(Exception, match="policy"):
            approve_by_key(office, "ua.approver1", decision, held["ua.approver1"], statement=said)

        assert Decision.objects.get(pk=decision).state == "void"
