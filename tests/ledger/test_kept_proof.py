"""The proof names an interest, a link, a share, a card, an owner or a policy that somebody edited."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.db import connections, transaction
from tests import second
from tests.actions.test_recovery import THREE, three
from tests.office import Office
from tests.tampering import guards_off

from tranche.ledger.verify import verify
from tranche.models import Interest, UploadLink

FAULTS: dict[str, tuple[str, str]] = {
    "an interest that is gone": ("DELETE FROM interest WHERE to_on IS NULL", "kept_interest"),
    "another kind of interest": ("UPDATE interest SET kind = 'other_tie'", "kept_interest"),
    "an interest that ended sooner": ("UPDATE interest SET to_on = from_on", "kept_interest"),
    "a link of another record": (
        "UPDATE upload_link SET record_id = (SELECT id FROM record WHERE ref = 'P-1')",
        "kept_upload_link",
    ),
    "a link that works again": ("UPDATE upload_link SET revoked_at = NULL", "kept_upload_link"),
    "a link that works longer": ("UPDATE upload_link SET expires_on = '2099-01-01'", "kept_upload_link"),
    "a larger share": ("UPDATE joint_share SET weight = weight + 1", "kept_joint_share"),
    "a share that is gone": ("DELETE FROM joint_share", "kept_joint_share"),
    "another advice": ("UPDATE selection_card SET advice = 'against'", "kept_selection_card"),
    "a card without its interest": ("UPDATE selection_card SET has_interest = TRUE", "kept_selection_card"),
    "a party of an owner": ("UPDATE party SET ownership_group = 'O-9' WHERE ref = 'MFR-2'", "kept_party"),
    "a party of no owner": ("UPDATE party SET ownership_group = '' WHERE ref = 'MFR-1'", "kept_party"),
    "a recovery person more": (
        "UPDATE recovery_person SET person_id = (SELECT id FROM person WHERE name = 'auditor')"
        " WHERE id = (SELECT min(id) FROM recovery_person)",
        "power_recovery_person",
    ),
    "parameters of a policy": (
        "UPDATE policy_version SET parameters = replace(parameters, '60', '66') WHERE number = 2",
        "kept_policy_hash",
    ),
    "a policy from another day on": (
        "UPDATE policy_version SET effective_at = '2024-09-02 00:00:00+00:00' WHERE number = 2",
        "kept_policy_version",
    ),
    "a policy that is gone": ("DELETE FROM policy_version WHERE number = 2", "kept_policy_version"),
    "a first policy of nobody": (
        "UPDATE policy_version SET sha256 = '00' WHERE number = 1",
        "kept_policy_version",
    ),
}


def acted(office: Office) -> None:
    office.contracted()
    office.hire("lt.inspector", "IN@LT-MOD")
    office.propose(
        "ua.inspector", "register.declare_interest", party="MFR-2", kind="family", from_on="2024-09-01"
    )
    office.propose(
        "ua.manager", "register.declare_interest", party="MFR-1", kind="employment", from_on="2024-09-01"
    )
    ended = str(Interest.objects.get(kind="employment").id)
    office.do(
        "ua.manager2", "register.end_interest", "ua.approver1", interest=ended, reason="It is over now."
    )
    links(office)
    second.running(office)
    second.listed(office)
    second.card(office, "ua.inspector", interest=False)
    office.do("ua.manager", "register.set_group", "ua.approver2", "lt.approver", party="MFR-1", group="O-1")
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **three(*THREE))
    other = three("lt.officer", "ua.manager2", "ua.payer")
    office.do("operator", "authority.name_recovery", "lt.approver", "ua.approver1", **other)
    office.change_policy(window_days=60)


def links(office: Office) -> None:
    expires = (office.today() + timedelta(days=20)).isoformat()
    for token in ("a", "b"):
        office.propose(
            "ua.manager",
            "evidence.issue_link",
            record="C-1-M1",
            evidence_kinds=["invoice"],
            expires_on=expires,
            token_sha256=token * 64,
        )
    link = str(UploadLink.objects.get(token_sha256="a" * 64).id)
    office.propose("ua.manager", "evidence.revoke_link", link=link, reason="It was sent to another maker.")


def test_each_edit_is_named_and_what_happened_has_none(mechanism: Path) -> None:
    acted(Office())
    assert verify(using="default").differences == ()
    guards_off()
    missed = {}

    for name, (statement, code) in FAULTS.items():
        with transaction.atomic():
            with connections["default"].cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount > 0, name
            named = [found for found in verify(using="default").differences if found.code == code]
            transaction.set_rollback(True)
        if not named:
            missed[name] = statement

    assert missed == {}
