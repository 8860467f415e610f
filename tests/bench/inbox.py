"""The page of decisions where very many wait, as an approver opens it, in one process without a network."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Final

from django.core.management import call_command
from django.test import Client
from tests.office import Office, eur, password

from tranche.models import Decision, DecisionBarred, DecisionSlot
from tranche.store import clock

WHO: Final = "ua.approver1"
WARM: Final = 3


def filled(count: int) -> Office:
    """So many decisions that wait: one proposed, and copies of it under ids of their own."""
    office = Office()
    office.received()
    office.programme()
    first = office.propose(
        "ua.manager", "programme.allocate", programme="P-1", funding="LT-UA-2024-T1", amount=eur(500_000_000)
    )
    pattern = Decision.objects.get(pk=first.decision_id)
    slots = list(DecisionSlot.objects.filter(decision=pattern))
    barred = list(DecisionBarred.objects.filter(decision=pattern))
    for begin in range(0, count, 1_000):
        copies = [_copy(pattern, begin + number) for number in range(min(1_000, count))]
        Decision.objects.bulk_create(copies)
        DecisionSlot.objects.bulk_create(
            DecisionSlot(
                decision=copy,
                slot=row.slot,
                role=row.role,
                party_ref=row.party_ref,
                wanted=row.wanted,
                executes=row.executes,
            )
            for copy in copies
            for row in slots
        )
        DecisionBarred.objects.bulk_create(
            DecisionBarred(decision=copy, person_id=row.person_id, executes=row.executes, interest_id="")
            for copy in copies
            for row in barred
        )
    return office


def _copy(pattern: Decision, number: int) -> Decision:
    """A copy under a log entry that there is, so that their order is one of many entries."""
    values = {field.attname: getattr(pattern, field.attname) for field in Decision._meta.concrete_fields}
    fresh = {"id": str(uuid.uuid4()), "nonce": uuid.uuid4().hex, "idempotency_key": str(uuid.uuid4())}
    seq = 1 + number % pattern.log_seq
    return Decision(**values | fresh | {"log_seq": seq})


def opened(office: Office, times: int) -> list[float]:
    """Seconds of opening the page, signed in as an approver whom every one of them asks."""
    call_command("migrate", database="scratch", verbosity=0)
    client = Client(headers={"accept-language": "en", "host": "localhost"})
    found = []
    with clock.at(office.now + timedelta(hours=1)):
        client.post("/account/login/", {"username": WHO, "password": password(WHO)})
        for number in range(WARM + times):
            begin = time.perf_counter()
            answer = client.get("/decisions/")
            spent = time.perf_counter() - begin
            assert answer.status_code == 200
            if number >= WARM:
                found.append(spent)
    return found
