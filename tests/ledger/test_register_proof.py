"""The proof names each row of the register that somebody changed beside the actions, on either engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from tests.office import Office
from tests.story import tell
from tests.tampering import guards_off

from tranche.kernel.differences import Difference
from tranche.ledger.verify import verify

ZERO = bytes(32)
ONE_DECISION = "(SELECT decision_id FROM record_event WHERE action = 'contract.sign' ORDER BY id LIMIT 1)"
ONE_APPROVAL = "(SELECT min(id) FROM approval)"
ONE_EVENT = "(SELECT min(id) FROM record_event WHERE action = 'lot.accept')"
OTHER_PERSON = "(SELECT id FROM person WHERE name = 'operator')"
FORGED = """
INSERT INTO record_event(id, record_id, kind, version, prev_version, from_state, action, to_state,
    decision_id, person_id, login_id, grant_id, via, at, log_seq)
SELECT (SELECT max(id) + 1 FROM record_event), e.record_id, e.kind, e.version + 1, e.version, e.to_state,
    'lot.drop', 'dropped', e.decision_id, e.person_id, e.login_id, e.grant_id, e.via, e.at, e.log_seq
FROM record_event e JOIN record r ON r.id = e.record_id AND r.version = e.version WHERE r.ref = 'LOT-2'
"""
MOVED = (
    "UPDATE record SET state = 'dropped', version = version + 1 WHERE ref = 'LOT-2' AND state = 'rejected'"
)
OPEN = "state = 'executed', ended_at = created_at WHERE state = 'open'"

FAULTS: dict[str, tuple[tuple[str, ...], tuple[bytes | str, ...], str]] = {
    "content of a decision": (
        (f"UPDATE decision SET content = %s WHERE id = {ONE_DECISION}",),
        (b"{}",),
        "decision_hash",
    ),
    "content that is no JSON": (
        (f"UPDATE decision SET content = %s WHERE id = {ONE_DECISION}",),
        (b"{",),
        "decision_content",
    ),
    "hash of a decision": (
        (f"UPDATE decision SET hash = %s WHERE id = {ONE_DECISION}",),
        (ZERO,),
        "decision_log",
    ),
    "reason of a decision": (
        ("UPDATE decision SET reason = 'nothing' WHERE reason IS NOT NULL",),
        (),
        "decision_reason",
    ),
    "state of a decision": ((f"UPDATE decision SET {OPEN}",), (), "decision_state"),
    "proposer of a decision": (
        (f"UPDATE decision SET proposer_person_id = {OTHER_PERSON} WHERE id = {ONE_DECISION}",),
        (),
        "decision_proposer",
    ),
    "amount of a decision": (
        (f"UPDATE decision SET amount_minor = 1 WHERE id = {ONE_DECISION}",),
        (),
        "decision_amount",
    ),
    "term of a decision": (
        ("UPDATE decision SET expires_at = '2099-01-01 00:00:00+00:00' WHERE state = 'open'",),
        (),
        "decision_expires_at",
    ),
    "party of an approval": (
        (f"UPDATE approval SET party_ref = 'LT-FIN' WHERE id = {ONE_APPROVAL}",),
        (),
        "approval_party",
    ),
    "deleted decision": ((f"DELETE FROM decision WHERE id = {ONE_DECISION}",), (), "decision_missing"),
    "statement of an approval": (
        (f"UPDATE approval SET statement = %s WHERE id = {ONE_APPROVAL}",),
        (b"{}",),
        "approval_hash",
    ),
    "person of an approval": (
        (f"UPDATE approval SET person_id = {OTHER_PERSON} WHERE id = {ONE_APPROVAL}",),
        (),
        "approval_person",
    ),
    "verdict of an approval": (
        (f"UPDATE approval SET verdict = 'reject' WHERE id = {ONE_APPROVAL}",),
        (),
        "approval_verdict",
    ),
    "all approvals deleted": (("DELETE FROM approval",), (), "approval_missing"),
    "approval on another decision": (
        (
            f"UPDATE approval SET decision_id = (SELECT id FROM decision WHERE state = 'open')"
            f" WHERE id = {ONE_APPROVAL}",
        ),
        (),
        "approval_added",
    ),
    "deleted match": (("DELETE FROM line_match",), (), "match_count"),
    "moved match": (("UPDATE line_match SET target_ref = 'C-DK'",), (), "line_match"),
    "match without a decision": (("UPDATE line_match SET decision_id = 'nobody'",), (), "match_added"),
    "amount of a bank line": (("UPDATE bank_line SET amount_minor = amount_minor + 1",), (), "bank_line"),
    "lines of a statement": (
        ("UPDATE bank_line SET amount_minor = amount_minor + 1",),
        (),
        "bank_statement",
    ),
    "deleted evidence": (("DELETE FROM evidence",), (), "evidence_missing"),
    "changed evidence": (("UPDATE evidence SET kind = 'notice'",), (), "evidence_added"),
    "forged event": ((FORGED, MOVED), (), "event_added"),
    "person of an event": (
        (f"UPDATE record_event SET person_id = {OTHER_PERSON} WHERE id = {ONE_EVENT}",),
        (),
        "event_person",
    ),
    "action of an event": (
        (f"UPDATE record_event SET action = 'lot.reject' WHERE id = {ONE_EVENT}",),
        (),
        "event_action",
    ),
    "reason of an event": (
        (f"UPDATE record_event SET reason = 'another' WHERE id = {ONE_EVENT}",),
        (),
        "event_reason",
    ),
    "event under no log entry": (
        (f"UPDATE record_event SET log_seq = 99999 WHERE id = {ONE_EVENT}",),
        (),
        "event_log",
    ),
    "deleted event": ((f"DELETE FROM record_event WHERE id = {ONE_EVENT}",), (), "event_missing"),
    "event of another record": (
        (
            "UPDATE record_event SET record_id = (SELECT id FROM record WHERE ref = 'LOT-2'), version = 99,"
            " prev_version = 98"
            f" WHERE id = {ONE_EVENT}",
        ),
        (),
        "event_record",
    ),
    "a step that rode elsewhere": (
        ("UPDATE record SET ref = 'S-9' WHERE ref = 'LT-UA-2024-T1-S1'",),
        (),
        "event_record",
    ),
    "kind of a log entry": (
        ("UPDATE log_entry SET kind = 'lot.drop' WHERE kind = 'lot.accept'",),
        (),
        "log_kind",
    ),
    "object of a log entry": (
        ("UPDATE log_entry SET object_id = 'x' WHERE kind = 'lot.accept'",),
        (),
        "log_object",
    ),
    "account of a payee": (("UPDATE payee SET iban = 'LT267044012345678901'",), (), "register_iban"),
    "name of a payee": (("UPDATE payee SET account_name = 'Maker Two'",), (), "register_account_name"),
    "price of a contract": (
        ("UPDATE contract SET price_minor = 1, planned_minor = 1",),
        (),
        "register_price_minor",
    ),
    "funding of a contract": (
        ("UPDATE contract SET funding_ref = 'LT-UA-2024-T1' WHERE ref = 'C-DK'",),
        (),
        "register_funding_ref",
    ),
    "amount of a payment": (("UPDATE payment SET amount_minor = 1",), (), "register_amount_minor"),
    "contract of a payment": (
        ("UPDATE payment SET contract_id = (SELECT record_id FROM contract WHERE ref = 'C-1')",),
        (),
        "register_contract_id",
    ),
    "value of a lot": (("UPDATE lot SET value_minor = 1",), (), "register_value_minor"),
    "amount of a tranche": (("UPDATE tranche SET amount_minor = 1",), (), "register_amount_minor"),
    "donor of a tranche": (
        (
            "UPDATE tranche SET donor_id = (SELECT id FROM party WHERE ref = 'SE')"
            " WHERE ref = 'LT-UA-2024-T1'",
        ),
        (),
        "register_donor_id",
    ),
    "deleted lot": (("DELETE FROM lot WHERE ref = 'LOT-2'",), (), "register_missing"),
    "role of a step": (("UPDATE step SET owner_role = 'FM' WHERE key = 'legal_review'",), (), "rows_written"),
    "step with less evidence": (("UPDATE step SET evidence_kinds = '[]'",), (), "rows_written"),
    "label of a record": (("UPDATE record SET label = 'public' WHERE kind = 'payee'",), (), "rows_written"),
    "document that was superseded": (
        ("UPDATE evidence SET superseded_by_id = id WHERE kind = 'invoice'",),
        (),
        "rows_written",
    ),
    "owner of a bank line": (("UPDATE bank_line SET counterparty_name = 'X'",), (), "rows_written"),
    "state of the lifecycle": (
        ("UPDATE lifecycle_state SET is_end = 1 WHERE kind = 'lot' AND state = 'made'",),
        (),
        "lifecycle_state",
    ),
    "transition of the lifecycle": (
        ("INSERT INTO lifecycle_transition VALUES ('payment', 'drafted', 'payment.settle', 'settled')",),
        (),
        "lifecycle_transition",
    ),
}
"""What was done: the statements, the parameters of the first, and the difference that names it."""


def found() -> tuple[Difference, ...]:
    return verify(using="default").differences


def tamper(statements: tuple[str, ...], params: tuple[bytes | str, ...] = ()) -> int:
    """Run the statements; gives how many rows they changed."""
    changed = 0
    with connections["default"].cursor() as cursor:
        for position, sql in enumerate(statements):
            cursor.execute(sql, params if position == 0 else ())
            changed += cursor.rowcount
    return changed


def test_each_edit_is_named_with_its_row_and_a_clean_story_has_none(mechanism: Path) -> None:
    tell(Office())
    assert found() == ()
    guards_off()
    missed: dict[str, Any] = {}

    for name, (statements, params, code) in FAULTS.items():
        with transaction.atomic():
            assert tamper(statements, params) > 0, name
            named = [difference for difference in found() if difference.code == code]
            transaction.set_rollback(True)
        if not named or not all(difference.row for difference in named):
            missed[name] = named

    assert missed == {}
    assert found() == ()


def test_a_refused_decision_keeps_its_rejection_and_its_end(sqlite_mechanism: Path) -> None:
    office = Office()
    office.received()
    office.programme()
    asked = {"programme": "P-1", "funding": "LT-UA-2024-T1"}
    money = {"amount_minor": 500_000_000, "currency": "EUR"}
    rejected = office.propose("ua.manager", "programme.allocate", amount=money, **asked).decision_id
    office.approve("ua.approver1", rejected, verdict="reject", reason="The offer is too high.")
    withdrawn = office.propose("ua.manager", "programme.allocate", amount=money, **asked).decision_id
    office.withdraw("ua.manager", withdrawn)
    assert found() == ()
    guards_off()

    tamper(("DELETE FROM approval WHERE verdict = 'reject'",))
    tamper(("UPDATE decision SET end_reason = 'another' WHERE id = %s",), (withdrawn,))

    assert {(difference.code, difference.row) for difference in found()} == {
        ("approval_missing", f"decision {rejected}"),
        ("decision_end_reason", f"decision {withdrawn}"),
    }


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [(lambda path: path.write_bytes(b"another"), "has changed"), (lambda path: path.unlink(), "no file")],
)
def test_bytes_of_a_document_are_read_again(sqlite_mechanism: Path, spoil: Any, trouble: str) -> None:
    Office().lithuanian_agreement()
    assert found() == ()
    [path] = (path for path in (settings.TRANCHE_DATA_DIR / "evidence").glob("*/*") if path.is_file())
    path.chmod(0o600)

    spoil(path)

    [difference] = found()
    assert (difference.code, difference.row) == ("evidence_bytes", f"evidence {path.name}")
    assert trouble in difference.found
