"""Reminders, escalations, reviews, ends to come: the latest level once, however many work how often."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import connections
from tests.office import Office

from tranche.models import Decision, Outbox, Person, Step
from tranche.store import clock
from tranche.worker.rounds import remind

FIRST = "LT-UA-2024-T1"
WORKERS = 16


def at_noon(office: Office, days_from_due: int, key: str = "legal_review") -> None:
    due = Step.objects.get(key=key).due_on
    assert due is not None
    office.now = datetime.combine(due + timedelta(days=days_from_due), time(12), UTC)


def told(kind: str) -> Counter[str]:
    rows = Outbox.objects.filter(kind=kind).select_related("person")
    return Counter(f"{row.payload.get('ref', '')} {row.person.name}" for row in rows)


def round_of(office: Office) -> int:
    with clock.at(office.tick()):
        return remind()


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_step_is_called_to_mind_before_and_escalated_after() -> None:
    office = Office()
    office.lithuanian_tranche()
    office.procedure()

    at_noon(office, -1)
    round_of(office)
    assert told("reminder")[f"{FIRST}-S1 lt.officer"] == 1
    assert round_of(office) == 0

    at_noon(office, 30)  # after an outage only the latest level goes out
    round_of(office)
    assert told("escalation")[f"{FIRST}-S1 lt.approver"] == 1
    assert told("escalation")[f"{FIRST}-S1 lt.officer"] == 0
    assert told("escalation")[f"{FIRST}-S2 lt.approver"] == 1  # LT-FIN has no approver of its own
    assert told("escalation")[f"{FIRST}-S2 ua.approver1"] == 1
    assert round_of(office) == 0


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_hold_is_called_to_mind_every_day_until_it_is_lifted() -> None:
    office = Office()
    office.lithuanian_agreement()
    review = (office.now + timedelta(days=2)).date()
    office.propose(
        "ua.payer",
        "hold.place",
        reason="The signature is in doubt.",
        over="agreement",
        over_ref="LT-UA-2024",
        cause="dispute",
        review_on=review.isoformat(),
    )

    assert round_of(office) == 0
    office.tick(timedelta(days=2))
    first, again = round_of(office), round_of(office)
    office.tick(timedelta(days=1))

    assert (first, again, round_of(office)) == (7, 0, 7)
    assert set(told("hold_review").values()) == {2}
    assert {name.split(" ")[1] for name in told("hold_review")} == {
        *("lt.officer", "lt.approver", "ua.manager", "ua.manager2"),
        *("ua.approver1", "ua.approver2", "ua.payer"),
    }


@pytest.mark.usefixtures("sqlite_mechanism")
def test_a_decision_is_called_to_mind_before_it_expires_to_those_who_did_not_answer() -> None:
    office = Office()
    person = Person.objects.get(logins__username="lt.finance")
    decision = office.propose("operator", "authority.grant", person=person.id, role="DA", party="LT-FIN")
    expires = Decision.objects.get(pk=decision.decision_id).expires_at

    office.now = expires - timedelta(days=4)
    assert round_of(office) == 0
    office.now = expires - timedelta(days=2)
    assert round_of(office) == 6
    assert round_of(office) == 0

    names = Counter(row.person.name for row in Outbox.objects.filter(kind="reminder"))
    asked = ("dk.approver1", "dk.approver2", "lt.approver", "ua.approver1", "ua.approver2")
    assert names == dict.fromkeys([*asked, "operator"], 1)


def test_sixteen_workers_tell_everybody_once(mechanism: Path) -> None:
    office = Office()
    person = Person.objects.get(logins__username="lt.finance")
    for _more in range(3):
        office.propose("operator", "authority.grant", person=person.id, role="DA", party="LT-FIN")
    office.now = Decision.objects.filter(state="open").latest("expires_at").expires_at - timedelta(days=2)
    faults: list[BaseException] = []
    begin = threading.Barrier(WORKERS)

    def work() -> None:
        try:
            begin.wait()
            with clock.at(office.now):
                remind()
        except BaseException as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _worker in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    keys = list(Outbox.objects.filter(kind="reminder").values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys)) == 18
