"""The proof names a role, a sign-in, a person or a key that somebody gave or changed by hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import override_settings
from tests.actions.test_recovery import THREE, after_notice, ask, three
from tests.desk import document
from tests.keyring import add, code, offer, registered
from tests.office import Office
from tests.tampering import guards_off

from tranche.actions.passwords import issue_password
from tranche.cli.demo.soft_key import ORIGIN, SoftKey
from tranche.ledger.verify import verify
from tranche.models import Credential, Identity, Login, RoleGrant
from tranche.store import clock

AUDITOR = "(SELECT id FROM person WHERE name = 'auditor')"
FAULTS: dict[str, tuple[str, str]] = {
    "a role more": (
        "INSERT INTO role_grant (id, person_id, role, party_id, from_at, scope, scope_ref)"
        f" SELECT 'x', {AUDITOR}, 'DA', party_id, from_at, 'party', '' FROM role_grant WHERE role = 'DA'"
        " ORDER BY id LIMIT 1",
        "power_role_grant",
    ),
    "a role of another": (
        f"UPDATE role_grant SET person_id = {AUDITOR} WHERE role = 'PY'",
        "power_role_grant",
    ),
    "another role": ("UPDATE role_grant SET role = 'DA' WHERE role = 'AU'", "power_role_grant"),
    "a role for another party": (
        "UPDATE role_grant SET party_id = (SELECT id FROM party WHERE ref = 'DK-MOD') WHERE role = 'PY'",
        "power_role_grant",
    ),
    "a wider scope": (
        "UPDATE role_grant SET scope = 'party', scope_ref = '' WHERE scope = 'programme'",
        "power_role_grant",
    ),
    "a higher ceiling": (
        "UPDATE role_grant SET ceiling_minor = ceiling_minor + 1 WHERE ceiling_minor IS NOT NULL",
        "power_role_grant",
    ),
    "a role that began sooner": (
        "UPDATE role_grant SET from_at = '2024-01-01 00:00:00+00:00' WHERE parent_id IS NOT NULL",
        "power_role_grant",
    ),
    "a role that ended and holds again": (
        "UPDATE role_grant SET to_at = NULL WHERE to_at IS NOT NULL AND parent_id IS NULL",
        "power_role_grant",
    ),
    "a role that is gone": ("DELETE FROM role_grant WHERE role = 'AU'", "power_role_grant"),
    "a lent role of nobody": (
        "UPDATE role_grant SET delegated_by_id = NULL, parent_id = NULL, lent_days = NULL"
        " WHERE parent_id IS NOT NULL",
        "power_role_grant",
    ),
    "one person as two": (
        "UPDATE person SET root_id = NULL WHERE root_id IS NOT NULL",
        "power_person",
    ),
    "two persons as one": (f"UPDATE person SET root_id = {AUDITOR} WHERE name = 'operator'", "power_person"),
    "who left is back": ("UPDATE person SET active = TRUE WHERE NOT active", "power_person"),
    "mail to somebody else": (
        "UPDATE person SET email = 'elsewhere@example.org' WHERE name = 'ua.approver1'",
        "power_person",
    ),
    "another name": ("UPDATE person SET name = 'ua.approver9' WHERE name = 'ua.approver1'", "power_person"),
    "a sign-in of another": (
        f"UPDATE login SET person_id = {AUDITOR} WHERE username = 'ua.payer'",
        "power_login",
    ),
    "a shut sign-in that opens": ("UPDATE login SET is_active = TRUE WHERE NOT is_active", "power_login"),
    "an account elsewhere that opens": ("UPDATE identity SET ended_at = NULL", "power_identity"),
    "an account elsewhere of another": ("UPDATE identity SET subject = '8'", "power_identity"),
    "another key": (
        "UPDATE credential SET public_key = (SELECT x.public_key FROM credential x WHERE x.method = 'totp')"
        " WHERE method = 'webauthn'",
        "power_credential",
    ),
    "a key of another": (f"UPDATE credential SET person_id = {AUDITOR}", "power_credential"),
    "a lost key that counts again": (
        "UPDATE credential SET revoked_at = NULL, revoked_seq = NULL WHERE revoked_seq IS NOT NULL",
        "power_credential",
    ),
    "an offered key that counts": (
        "UPDATE credential SET registered_at = offered_at, registered_seq = offered_seq"
        " WHERE registered_seq IS NULL",
        "power_credential",
    ),
    "a lost key that was lost later": (
        "UPDATE credential SET revoked_at = '2099-01-01 00:00:00+00:00' WHERE revoked_seq IS NOT NULL",
        "power_credential",
    ),
    "a key that counted sooner": (
        "UPDATE credential SET registered_at = offered_at WHERE registered_seq IS NOT NULL",
        "power_credential",
    ),
    "a key that was offered sooner": (
        "UPDATE credential SET offered_at = '2024-01-01 00:00:00+00:00'",
        "power_credential",
    ),
    "somebody who may print a password": (
        f"UPDATE login SET issuer_id = {AUDITOR} WHERE username = 'ua.approver1'",
        "power_login",
    ),
    "a one-time password that opens longer": (
        "UPDATE login SET password_until = '2099-01-01 00:00:00+00:00' WHERE password_until IS NOT NULL",
        "power_login",
    ),
    "a recovery person who was named sooner": (
        "UPDATE recovery_person SET named_at = '2024-01-01 00:00:00+00:00'",
        "power_recovery_person",
    ),
    "a decision that was asked for sooner": (
        "UPDATE decision SET created_at = '2024-01-01 00:00:00+00:00'",
        "decision_created_at",
    ),
    "a decision that ended sooner": (
        "UPDATE decision SET ended_at = '2024-01-01 00:00:00+00:00' WHERE ended_at IS NOT NULL",
        "decision_ended_at",
    ),
    "a decision by another sign-in": (
        "UPDATE decision SET proposer_login_id = (SELECT id FROM login WHERE username = 'auditor')",
        "decision_proposer_login",
    ),
    "a decision that moves no record": (
        "UPDATE decision SET record_id = NULL WHERE action = 'payee.verify'",
        "decision_record",
    ),
    "a decision that another took the place of": (
        "UPDATE decision SET replaced_by = id WHERE action = 'payee.verify'",
        "decision_replaced_by",
    ),
    "an account that another party pays": (
        "UPDATE record SET holder_party_id = (SELECT id FROM party WHERE ref = 'LT-MOD')"
        " WHERE kind = 'payee'",
        "record_holder",
    ),
    "a step back that undid another step": (
        "UPDATE record_event SET undoes = 1 WHERE undoes IS NOT NULL",
        "kept_record_event",
    ),
    "a document of another": (f"UPDATE evidence SET filed_by_id = {AUDITOR}", "evidence_added"),
    "a bank account elsewhere": (
        "UPDATE bank_account SET iban = 'LT121000011101001000' WHERE currency = 'USD'",
        "founded_bank_account",
    ),
    "a bank account of another use": (
        "UPDATE bank_account SET use = 'mechanism' WHERE use = 'state'",
        "founded_bank_account",
    ),
    "a party of another name": (
        "UPDATE party SET payment_name = 'Somebody' WHERE ref = 'MFR-1'",
        "founded_party",
    ),
    "a party of another kind": ("UPDATE party SET kind = 'state' WHERE ref = 'MFR-1'", "founded_party"),
    "a calendar of another": (
        f"UPDATE calendar_address SET person_id = {AUDITOR} WHERE ended_at IS NULL",
        "power_calendar_address",
    ),
    "a call of another": (f"UPDATE payee_callback SET verifier_id = {AUDITOR}", "kept_payee_callback"),
    "an older number": (
        "UPDATE payee_callback SET number_recorded_on = '2020-01-01'",
        "kept_payee_callback",
    ),
    "a second call that nobody made": (
        "UPDATE payee_callback SET second_verifier_id = NULL, second_called_on = NULL,"
        " second_spoke_with = ''",
        "kept_payee_callback",
    ),
    "a call that is gone": ("DELETE FROM payee_callback", "kept_payee_callback"),
    "an account verified sooner": (
        "UPDATE payee SET verified_on = '2024-01-01' WHERE verified_on IS NOT NULL",
        "register_verified_on",
    ),
    "an account active sooner": ("UPDATE payee SET active_on = '2024-01-01'", "register_active_on"),
    "another role of the proposer": (
        "UPDATE decision SET proposer_grant_id = (SELECT min(id) FROM role_grant)"
        " WHERE proposer_grant_id <> (SELECT min(id) FROM role_grant)",
        "decision_proposer_grant",
    ),
}


@pytest.fixture
def office(mechanism: Path) -> Iterator[Office]:
    with override_settings(TRANCHE_ORIGIN=ORIGIN):
        yield Office()


def person(username: str) -> str:
    return str(Login.objects.get(username=username).person_id)


def powers(office: Office) -> None:
    """Every way in which power is given, lent, taken and brought back."""
    office.programme()
    for name in ("new.one", "new.one.again"):
        office.do("operator", "authority.register_person", name=name, username=name, language="en")
    given = {"person": person("new.one"), "role": "FM", "party": "UA-MOD"}
    limits = {"ceiling": {"amount_minor": 5_000_000, "currency": "EUR"}, "to_on": "2025-01-31"}
    scope = {"scope": "programme", "scope_ref": "P-1"}
    arguments: dict[str, Any] = {**given, **scope, **limits}
    office.do("operator", "authority.grant", "lt.approver", **arguments)
    office.do(
        "operator",
        "authority.merge_persons",
        "lt.approver",
        person=person("new.one"),
        duplicate=person("new.one.again"),
    )
    lent = str(RoleGrant.objects.get(person_id=person("ua.approver1"), role="RA").id)
    until = (office.now.date() + timedelta(days=10)).isoformat()
    office.do("ua.approver1", "authority.delegate", grant=lent, person=person("ua.payer"), to_on=until)
    ended = RoleGrant.objects.get(person_id=person("dk.approver2"))
    office.do("operator", "authority.end_grant", grant=str(ended.id))
    for leaver in ("dk.expert2", "dk.expert1"):
        office.do("operator", "authority.deactivate_person", person=person(leaver))
    office.do("operator", "authority.reactivate_person", "ua.approver1", person=person("dk.expert1"))
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **three(*THREE))


def doors(office: Office) -> None:
    """Sign-ins, accounts elsewhere, keys, codes and calendars."""
    office.do(
        "operator", "authority.add_login", "ua.approver1", person=person("lt.finance"), username="lt.f2"
    )
    login = str(Login.objects.get(username="lt.f2").id)
    link = {"login": login, "issuer": "https://login.example", "subject": "7"}
    office.do("operator", "authority.link_identity", "ua.approver1", **link)
    office.do("operator", "authority.unlink_identity", identity=Identity.objects.get().id)
    office.do("operator", "authority.reset_password", "ua.approver1", login=login)
    with clock.at(office.tick()):
        issue_password(login_id=login, key=str(uuid.uuid4()), by=office.who("operator"))
    office.do("operator", "authority.disable_login", login=login)
    kept = str(Login.objects.get(username="lt.finance").id)
    office.do("operator", "authority.reset_password", "ua.approver1", login=kept)
    with clock.at(office.tick()):
        issue_password(login_id=kept, key=str(uuid.uuid4()), by=office.who("operator"))
    office.propose("lt.officer", "authority.set_mail", mail="daily", email="officer@example.org")
    for token in ("a" * 64, "b" * 64):
        office.propose("lt.officer", "authority.make_calendar", token_sha256=token)
    key = registered(office, "ua.approver1")
    add(office, "ua.approver1", offer(office, "ua.approver1", second := SoftKey(), "spare"), key)
    offer(office, "lt.approver", SoftKey(), "not yet")
    code(office, "lt.approver")
    spare = Credential.objects.get(handle=second.handle)
    office.propose("ua.approver1", "authority.revoke_credential", credential=str(spare.id))


def account(office: Office) -> None:
    """Verified by two calls to a young number, stepped back, and verified again."""
    given = {"ref": "PA-1", "party": "MFR-1", "holder": "UA-MOD", "account_name": "Maker One"}
    letter = [document("bank_letter")]
    office.propose(
        "ua.manager", "payee.propose", **given, iban="UA213223130000026007233566001", evidence=letter
    )
    call = {
        "number_source": "contract",
        "number_recorded_on": "2024-08-20",
        "requested_on": "2024-09-01",
        "called_on": "2024-09-02",
        "spoke_with": "The accountant",
    }
    office.propose("ua.approver1", "payee.verify", payee="PA-1", **call)
    office.propose("ua.approver2", "payee.step_back", payee="PA-1", reason="The wrong number was called.")
    office.propose("ua.payer", "payee.verify", payee="PA-1", **call)
    office.tick(timedelta(days=4))
    office.hire("ua.approver4", "RA@UA-MOD")
    office.propose("ua.approver4", "payee.confirm_call", payee="PA-1", called_on="2024-09-05", spoke_with="B")
    office.tick(timedelta(days=4))
    office.hire("ua.approver3", "RA@UA-MOD")
    office.do("ua.manager", "payee.activate", "ua.approver3", payee="PA-1")


def test_each_edit_is_named_and_what_happened_has_none(office: Office) -> None:
    account(office)
    powers(office)
    doors(office)
    recovery = ask(office)
    after_notice(office)
    for who in ("lt.officer", "ua.manager"):
        office.approve(who, recovery)
    assert verify(using="default").differences == ()
    guards_off()
    missed = {}

    for name, (statement, code_) in FAULTS.items():
        with transaction.atomic():
            with connections["default"].cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount > 0, name
            named = [found for found in verify(using="default").differences if found.code == code_]
            transaction.set_rollback(True)
        if not named:
            missed[name] = statement

    assert missed == {}


@pytest.mark.parametrize("named_again", [False, True])
def test_a_recovery_person_who_turned_out_to_be_another_entry_is_no_difference(
    office: Office, *, named_again: bool
) -> None:
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **three(*THREE))
    office.do("operator", "authority.register_person", name="root", username="root.one", language="en")
    named = person(THREE[1])
    office.do(
        "operator", "authority.merge_persons", "lt.approver", person=person("root.one"), duplicate=named
    )
    if named_again:
        other = three("lt.officer", "ua.manager2", "ua.payer")
        office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **other)

    assert verify(using="default").differences == ()


def test_who_is_not_its_issuer_prints_no_password_unseen(office: Office) -> None:
    login = Login.objects.get(username="ua.approver1")
    guards_off()
    Login.objects.filter(pk=login.pk).update(issuer_id=person("ua.inspector"))
    with clock.at(office.tick()):
        issue_password(login_id=login.pk, key=str(uuid.uuid4()), by=office.who("ua.inspector"))

    assert {found.code for found in verify(using="default").differences} == {"power_issuer"}


def test_a_person_whom_the_log_does_not_know_is_named(office: Office) -> None:
    guards_off()
    Login.objects.create(
        id=str(uuid.uuid4()),
        person_id=person("auditor"),
        username="a.second.door",
        password="!",
    )

    found = verify(using="default").differences

    assert [(one.code, one.row) for one in found] == [("power_login", "login a.second.door")]
