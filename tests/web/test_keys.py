"""Your keys, the approve page with a key and signing in by one: what is offered, kept out and explained."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings
from tests.keyring import SECRET, code, offer, proof, registered
from tests.office import Office, password
from tests.web.test_decisions import verdict, waiting

from tranche.cli.demo.soft_key import ORIGIN, SoftKey
from tranche.formats.security_key import from_base64url, to_base64url
from tranche.kernel.totp import code_of, step_of
from tranche.models import Approval, Credential, Decision
from tranche.store import clock

SignIn = Callable[[str], Client]
KEYS = "/account/keys/"

__all__ = ["waiting"]


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    with override_settings(TRANCHE_ORIGIN=ORIGIN):
        yield


def made(client: Client, key: SoftKey, label: str = "blue key") -> dict[str, str]:
    """The form of a key that the browser made."""
    options = client.post(f"{KEYS}options/").json()["publicKey"]
    registration = key.register(from_base64url(options["challenge"]))
    return {
        "attestation": to_base64url(registration.attestation),
        "client_data": to_base64url(registration.client_data),
        "key": str(uuid.uuid4()),
        "label": label,
    }


def signed(
    client: Client, decision: Decision, key: SoftKey, chosen: str = "approve", reason: str = ""
) -> dict[str, str]:
    """The form of a verdict that a key signed."""
    answer = client.post(f"/decisions/{decision.id}/statement/", {"verdict": chosen, "reason": reason}).json()
    assertion = key.sign(from_base64url(answer["publicKey"]["challenge"]))
    form = verdict(decision, "", verdict=chosen, reason=reason, password="")
    return form | proof(assertion) | {"statement": answer["statement"]}


def test_a_person_offers_a_key_and_sees_that_it_waits(signed_in: SignIn) -> None:
    client, key = signed_in("ua.approver1"), SoftKey()

    answer = client.post(f"{KEYS}offer/", made(client, key))
    page = client.get(KEYS).content.decode()

    assert (answer.status_code, answer.headers["Location"]) == (303, KEYS)
    assert "blue key" in page
    assert "registered by nobody yet" in page
    assert not Credential.objects.get().in_use


def test_options_name_the_site_and_leave_out_keys_that_are_there(office: Office, signed_in: SignIn) -> None:
    key = registered(office, "ua.approver1")

    options = signed_in("ua.approver1").post(f"{KEYS}options/").json()["publicKey"]

    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert [row["id"] for row in options["excludeCredentials"]] == [key.handle]


def test_an_answer_to_a_challenge_counts_once(signed_in: SignIn) -> None:
    client = signed_in("ua.approver1")
    form = made(client, SoftKey())
    client.post(f"{KEYS}offer/", form)

    again = client.post(f"{KEYS}offer/", form | {"key": str(uuid.uuid4())})

    assert again.status_code == 422
    assert b"signed something else" in again.content
    assert Credential.objects.count() == 1


def test_a_challenge_of_another_session_is_refused(signed_in: SignIn) -> None:
    client, other = signed_in("ua.approver1"), signed_in("ua.approver1")
    form = made(client, SoftKey())

    assert other.post(f"{KEYS}offer/", form).status_code == 422


def test_the_operator_registers_what_waits_through_the_form(office: Office, signed_in: SignIn) -> None:
    credential = offer(office, "ua.approver1", SoftKey(), "blue key")
    client = signed_in("operator")

    page = client.get("/act/authority.register_credential/").content.decode()
    outcome = office.do("operator", "authority.register_credential", "lt.approver", credential=credential.id)
    after = client.get("/act/authority.register_credential/").content.decode()
    sheet = client.get(f"/decisions/{outcome.decision_id}/").content.decode()

    assert credential.id in page
    assert "ua.approver1: blue key" in page
    assert credential.id not in after
    assert "Code to compare by voice" in sheet


def test_registering_waits_in_the_inbox_of_other_parties(office: Office, signed_in: SignIn) -> None:
    credential = offer(office, "ua.payer", SoftKey())
    decision = office.propose(
        "operator", "authority.register_credential", credential=credential.id
    ).decision_id

    assert decision in signed_in("lt.approver").get("/decisions/").content.decode().split("<h2")[1]
    assert decision not in signed_in("ua.approver1").get("/decisions/").content.decode().split("<h2")[1]


def test_a_person_revokes_the_own_key_and_no_other(office: Office, signed_in: SignIn) -> None:
    mine, other = registered(office, "ua.approver1"), registered(office, "ua.approver2")
    client = signed_in("ua.approver1")

    def revoke(key: SoftKey) -> int:
        row = Credential.objects.get(handle=key.handle)
        return client.post(f"{KEYS}{row.id}/revoke/", {"key": str(uuid.uuid4())}).status_code

    assert (revoke(mine), revoke(other)) == (303, 404)
    assert Credential.objects.get(handle=other.handle).in_use
    assert b"revoked on" in client.get(KEYS).content


def test_a_further_key_is_added_by_the_first(office: Office, signed_in: SignIn) -> None:
    first = registered(office, "ua.approver1")
    credential = offer(office, "ua.approver1", SoftKey(), "red key")
    client = signed_in("ua.approver1")
    options = client.post(f"{KEYS}{credential.id}/options/").json()["publicKey"]
    answer = proof(first.sign(from_base64url(options["challenge"])))

    done = client.post(f"{KEYS}{credential.id}/add/", answer | {"key": str(uuid.uuid4())})

    assert done.status_code == 303
    assert Credential.objects.get(pk=credential.pk).in_use
    foreign = signed_in("ua.approver2").post(f"{KEYS}{credential.id}/options/")
    assert foreign.status_code == 404


def test_a_verdict_by_key_is_kept_and_named(office: Office, waiting: Decision, signed_in: SignIn) -> None:
    key = registered(office, "lt.approver")
    client = signed_in("lt.approver")
    page = client.get(f"/decisions/{waiting.id}/approve/").content.decode()

    answer = client.post(f"/decisions/{waiting.id}/approve/", signed(client, waiting, key))

    assert answer.status_code == 303
    assert "Approve with key" in page
    assert Approval.objects.get(decision=waiting).method == "webauthn"
    assert b"signed with a security key" in client.get(f"/decisions/{waiting.id}/").content


def test_a_rejection_by_key_wants_its_reason_first(
    office: Office, waiting: Decision, signed_in: SignIn
) -> None:
    key = registered(office, "lt.approver")
    client = signed_in("lt.approver")

    early = client.post(f"/decisions/{waiting.id}/statement/", {"verdict": "reject"})
    form = signed(client, waiting, key, "reject", "The text is not the one that was agreed.")

    assert early.status_code == 422
    assert "10 to 2,000 characters" in early.json()["problem"]
    assert client.post(f"/decisions/{waiting.id}/approve/", form).status_code == 303
    waiting.refresh_from_db()
    assert waiting.state == "rejected"


def test_who_may_not_approve_gets_no_statement(waiting: Decision, signed_in: SignIn) -> None:
    answer = signed_in("lt.officer").post(f"/decisions/{waiting.id}/statement/", {"verdict": "approve"})

    assert answer.status_code == 403
    assert "You proposed this yourself" in answer.json()["problem"]


def test_without_a_key_the_page_offers_none(waiting: Decision, signed_in: SignIn) -> None:
    page = signed_in("lt.approver").get(f"/decisions/{waiting.id}/approve/").content.decode()

    assert "Approve with key" not in page
    assert "keys.js" not in page
    assert "Your password" in page


def test_a_code_is_asked_for_where_there_is_one(office: Office, waiting: Decision, signed_in: SignIn) -> None:
    code(office, "lt.approver")
    client = signed_in("lt.approver")
    page = client.get(f"/decisions/{waiting.id}/approve/").content.decode()
    typed = code_of(SECRET, step_of(int(clock.now().timestamp())))

    wrong = client.post(f"/decisions/{waiting.id}/approve/", verdict(waiting, "lt.approver", code="000000"))
    answer = client.post(f"/decisions/{waiting.id}/approve/", verdict(waiting, "lt.approver", code=typed))

    assert 'name="code"' in page
    assert wrong.status_code == 422
    assert b"The code does not fit" in wrong.content
    assert answer.status_code == 303
    assert Approval.objects.get(decision=waiting).method == "totp"
    assert b"Changing code" in client.get(f"/decisions/{waiting.id}/").content


def test_a_code_is_offered_with_its_first_code_and_the_password(signed_in: SignIn) -> None:
    client = signed_in("ua.approver1")
    page = client.get(f"{KEYS}code/").content.decode()
    secret = client.session["code_secret"]
    first = code_of(_decoded(secret), step_of(int(clock.now().timestamp())))
    form = {"label": "telephone", "code": first, "password": password("ua.approver1")}

    wrong = client.post(f"{KEYS}code/", form | {"password": "x", "key": str(uuid.uuid4())})
    done = client.post(f"{KEYS}code/", form | {"key": str(uuid.uuid4())})

    assert secret[:4] in page
    assert wrong.status_code == 422
    assert done.status_code == 303
    assert Credential.objects.get().method == "totp"
    assert secret.encode() not in client.get(KEYS).content


def test_the_page_says_where_a_password_still_stands_for_a_signature(signed_in: SignIn) -> None:
    client = signed_in("lt.approver")
    with override_settings(TRANCHE_DEMO=False, TRANCHE_POLICY="strict"):
        page = client.get(KEYS).content.decode()

    assert "still takes a password" not in page
    assert "still takes a password" in client.get(KEYS).content.decode()


def test_a_key_signs_its_holder_in(office: Office, signed_in: SignIn) -> None:
    key = registered(office, "ua.approver1")
    client = Client(headers={"accept-language": "en"})
    options = client.post("/account/login/options/").json()["publicKey"]

    answer = client.post(
        "/account/login/key/", proof(key.sign(from_base64url(options["challenge"]))) | {"next": KEYS}
    )

    assert options["allowCredentials"] == []
    assert (answer.status_code, answer.headers["Location"]) == (303, KEYS)
    assert b"blue key" in client.get(KEYS).content


@pytest.mark.parametrize("fault", ["revoked", "offered", "unknown", "origin", "again", "noise"])
def test_what_signs_nobody_in(office: Office, signed_in: SignIn, fault: str) -> None:
    key = SoftKey() if fault in ("offered", "unknown") else registered(office, "ua.approver1")
    if fault == "offered":
        offer(office, "ua.approver1", key)
    if fault == "revoked":
        row = Credential.objects.get(handle=key.handle)
        office.propose("ua.approver1", "authority.revoke_credential", credential=row.id)
    client = Client(headers={"accept-language": "en"})
    options = client.post("/account/login/options/").json()["publicKey"]
    if fault == "origin":
        key.origin = "https://tranche.example"
    form = proof(key.sign(from_base64url(options["challenge"])))
    if fault == "again":
        client.post("/account/login/key/", form)
        client.post("/account/logout/")
    if fault == "noise":
        form = {"handle": "x", "authenticator_data": "!", "client_data": "", "signature": ""}

    answer = client.post("/account/login/key/", form)

    assert answer.status_code == 422
    assert b"Error:" in answer.content
    assert client.get("/").status_code == 302


def test_sign_ins_by_key_are_limited(office: Office, signed_in: SignIn) -> None:
    client = Client(headers={"accept-language": "en"})

    answers = [client.post("/account/login/key/", {}).status_code for _time in range(6)]

    assert answers == [422] * 5 + [429]


@override_settings(TRANCHE_DEMO=False, TRANCHE_ORIGIN="")
def test_without_an_address_pages_say_that_keys_are_off(signed_in: SignIn) -> None:
    client = signed_in("ua.approver1")

    assert b"Security keys are switched off" in client.get(KEYS).content
    assert b"Sign in with a security key" not in Client().get("/account/login/").content
    assert "TRANCHE_ORIGIN" in client.post(f"{KEYS}options/").json()["problem"]


def _decoded(secret: str) -> bytes:
    return base64.b32decode(secret)
