"""A key has one effect, and an action whose log entry fails has none."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from tests.actions.refusing import allocation, refused, rows
from tests.office import Office, eur

import tranche.actions.carry_out
import tranche.actions.decision
import tranche.log.append
from tranche.kernel.approval import statement_hash
from tranche.kernel.canonical import decode
from tranche.ledger.verify import verify
from tranche.models import Approval, Decision
from tranche.store.errors import IdemConflict

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")


@pytest.fixture
def office() -> Office:
    return Office()


def test_the_same_key_again_has_one_effect(office: Office) -> None:
    office.received()
    office.programme()
    key = str(uuid.uuid4())
    arguments: dict[str, Any] = {
        "programme": "P-1",
        "funding": "LT-UA-2024-T1",
        "amount": eur(100_000_000),
    }
    first = office.propose("ua.manager", "programme.allocate", key=key, **arguments)

    second = office.propose("ua.manager", "programme.allocate", key=key, **arguments)

    assert (second.decision_id, second.log_seq) == (first.decision_id, first.log_seq)
    assert (first.replayed, second.replayed) == (False, True)


def test_the_same_key_for_another_request_is_a_conflict(office: Office) -> None:
    office.received()
    office.programme()
    key = str(uuid.uuid4())
    arguments: dict[str, Any] = {"programme": "P-1", "funding": "LT-UA-2024-T1"}
    office.propose("ua.manager", "programme.allocate", key=key, amount=eur(100_000_000), **arguments)

    refused(
        IdemConflict,
        lambda: office.propose(
            "ua.manager", "programme.allocate", key=key, amount=eur(100_000_001), **arguments
        ),
    )


def _funded(office: Office) -> None:
    office.received()
    office.programme()


def _handed_over(office: Office) -> None:
    office.paid()
    office.lot("LOT-1", 5)


LAST_STEPS: list[tuple[str, Callable[[Office], None], Callable[[Office], object]]] = [
    ("agreement.sign", lambda o: None, lambda o: o.lithuanian_agreement()),
    ("tranche.agree", lambda o: None, lambda o: o.lithuanian_tranche(999_999_999)),
    ("tranche.confirm_receipt", lambda o: o.authorised(), lambda o: _receive(o)),
    ("programme.allocate", _funded, lambda o: _allocate(o)),
    ("payment.release", lambda o: None, lambda o: o.execute("ua.payer", o.approved_payment())),
    ("lot.accept", _handed_over, lambda o: o.accept("LOT-1")),
]


def _receive(office: Office) -> None:
    line = office.bank_line(1_000_000_000)
    office.do("ua.manager", "tranche.confirm_receipt", "ua.approver1", tranche="LT-UA-2024-T1", line=line)


def _allocate(office: Office) -> None:
    office.approve("lt.approver", office.approve("ua.approver1", allocation(office, 500_000_000)).decision_id)


@pytest.mark.parametrize(("kind", "prepare", "act"), LAST_STEPS, ids=[row[0] for row in LAST_STEPS])
def test_when_the_log_entry_fails_nothing_of_the_action_is_there(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    prepare: Callable[[Office], None],
    act: Callable[[Office], object],
) -> None:
    prepare(office)
    real = tranche.log.append.append
    seen: dict[str, dict[str, int]] = {}

    def failing(write: object, **fields: object) -> int:
        if fields["kind"] == kind:
            seen["inside"] = rows()
            raise RuntimeError("the log failed")
        return real(write, **fields)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(tranche.actions.carry_out, "append", failing)
    with pytest.raises(RuntimeError, match="the log failed"):
        act(office)

    after = rows()
    assert after["log_entry"] <= seen["inside"]["log_entry"]
    assert after["record_event"] < seen["inside"]["record_event"]
    assert Decision.objects.filter(action=kind, state="executed").count() == 0
    assert verify().differences == ()


def test_approvals_hold_their_statement_and_the_ones_before(office: Office) -> None:
    office.received()
    decision = Decision.objects.get(action="tranche.agree")
    first, second = Approval.objects.filter(decision=decision).order_by("made_at")

    said = decode(bytes(second.statement))

    assert statement_hash(bytes(second.statement)) == bytes(second.statement_hash)
    assert said["previous"] == [bytes(first.statement_hash).hex()]  # type: ignore[index,call-overload]  # a mapping
    assert said["decision_hash"] == bytes(decision.hash).hex()  # type: ignore[index,call-overload]  # as above
