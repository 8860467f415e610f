"""Sixteen threads at one decision, its account, its hold or its limit: one order, and nothing in between.

`make races` runs as many rounds as are asked for; the suite runs a few of each kind on either engine.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import connections
from tests.databases import close, copy_template, point_at
from tests.office import IBAN, Office, document, eur, password

from tranche.actions.attestation import attest_password
from tranche.actions.decision import approve, execute, propose
from tranche.actions.people import actor_of
from tranche.kernel.lifecycle import LifecycleError
from tranche.kernel.refusals import Refusal
from tranche.ledger.verify import verify
from tranche.models import Approval, Decision, Hold, Login, Record, RecordEvent
from tranche.store import clock
from tranche.store.errors import WriteUnavailable

THREADS = 16
TRIES_MAX = 20
_numbers = count(1)
SMALL = 60
LIMIT = 100
"""In cents: two small payments are above it together, and the sample bears any number of rounds."""

Deed = Callable[[], object]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def office(
    request: pytest.FixtureRequest, template_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """A contract with a milestone that may be paid; one approver is enough up to the limit.

    Every race has payments and accounts of its own, so all of an engine share one mechanism.
    """
    folder, url = tmp_path_factory.mktemp("races"), ""
    copy_template(template_folder, folder)
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        server.execute("CREATE DATABASE races TEMPLATE template_tranche")
        url = server.url("races")
    point_at(folder, url)
    found = Office()
    found.verified()
    found.change_policy(limit_one=eur(LIMIT))
    found.tick(timedelta(days=1))
    yield found
    assert verify(using="default").differences == ()
    close()


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> range:
    return range(int(request.config.getoption("--rounds")))


def at_once(at: datetime, deeds: Sequence[Deed]) -> Counter[str]:
    """Do all from the same moment, each in a thread with connections of its own; what came of them."""
    start = threading.Barrier(len(deeds))

    def run(deed: Deed) -> str:
        with clock.at(at):
            start.wait(60)
            try:
                return came_of(deed)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(run, deeds))


def came_of(deed: Deed) -> str:
    """The state that the deed led to, or why it was refused; a busy machine is asked again."""
    for _try in range(TRIES_MAX):
        try:
            return str(getattr(deed(), "state", ""))
        except (Refusal, LifecycleError) as error:
            return type(error).__name__
        except WriteUnavailable:
            continue
    raise TimeoutError("the writer's lock was never free")


def executing(decision: str) -> Deed:
    def deed() -> object:
        by = actor_of(Login.objects.get(username="ua.payer").id, "cli")
        return execute(decision_id=decision, key=str(uuid.uuid4()), by=by)

    return deed


def approving(decision: str, who: str) -> Deed:
    def deed() -> object:
        by = actor_of(Login.objects.get(username=who).id, "cli")
        return approve(
            decision_id=decision,
            shown_hash=bytes(Decision.objects.get(pk=decision).hash).hex(),
            verdict="approve",
            attestation=attest_password(by.login, password(who)),
            key=str(uuid.uuid4()),
            by=by,
        )

    return deed


def proposing(who: str, action: str, reason: str | None = None, **arguments: object) -> Deed:
    def deed() -> object:
        by = actor_of(Login.objects.get(username=who).id, "cli")
        return propose(action=action, arguments=arguments, reason=reason, key=str(uuid.uuid4()), by=by)

    return deed


def drafted(office: Office, ref: str, payee: str = "PA-1") -> str:
    """A small payment that waits for its approver; gives the decision."""
    office.do("ua.manager", "payment.draft", ref=ref, milestone="C-1-M1", payee=payee, amount=eur(SMALL))
    return office.propose("ua.manager", "payment.release", payment=ref).decision_id


def approved(office: Office, ref: str, payee: str = "PA-1") -> str:
    decision = drafted(office, ref, payee)
    office.approve("ua.approver1", decision)
    return decision


def next_window(office: Office) -> None:
    """What was paid before counts no more, and what still waits is withdrawn: it would count as well."""
    for one in Decision.objects.filter(action="payment.release", state="open"):
        office.withdraw("ua.manager", one.id)
    office.tick(timedelta(days=31))


def another_account(office: Office, number: int) -> str:
    """An active account of the same maker, for this round alone."""
    ref = f"PA-R{number}"
    office.payee(ref, IBAN)
    return ref


def seq_of(decision: str) -> int | None:
    """The number of the log entry by which the payment was released; None where it was not."""
    rows = RecordEvent.objects.filter(decision_id=decision, action="payment.release")
    return rows.values_list("log_seq", flat=True).first()


def test_of_many_executions_one_moves_the_money(office: Office, rounds: range) -> None:
    for _round in rounds:
        number = next(_numbers)
        decision = approved(office, f"PAY-{number}")

        came = at_once(office.tick(), [executing(decision)] * THREADS)

        assert came == {"executed": 1, "DecisionNotOpen": THREADS - 1}
        assert RecordEvent.objects.filter(decision_id=decision).count() == 1
        next_window(office)


def test_nothing_is_released_after_a_hold(office: Office, rounds: range) -> None:
    for _round in rounds:
        number = next(_numbers)
        ref = f"PAY-{number}"
        decision = approved(office, ref)
        review = (office.now.date() + timedelta(days=2)).isoformat()
        hold = proposing(
            "ua.approver2",
            "hold.place",
            "Somebody called about it.",
            over="record",
            over_ref=ref,
            cause="emergency",
            review_on=review,
        )

        came = at_once(office.tick(), [hold, *[executing(decision)] * (THREADS - 1)])

        first = Hold.objects.get(scope_ref=ref).log_seq
        released = seq_of(decision)
        assert set(came) <= {"executed", "DecisionNotOpen", "Held"}
        assert released is None or released < first
        assert (came["Held"] == THREADS - 1) is (released is None)
        next_window(office)


def test_nothing_is_released_to_an_account_that_was_retired(office: Office, rounds: range) -> None:
    for _round in rounds:
        number = next(_numbers)
        payee = another_account(office, number)
        decision = approved(office, f"PAY-{number}", payee)
        retire = proposing("ua.approver2", "payee.retire", "It was closed by the bank.", payee=payee)

        came = at_once(office.tick(), [retire, *[executing(decision)] * (THREADS - 1)])

        [retired] = RecordEvent.objects.filter(action="payee.retire", record__ref=payee)
        released = seq_of(decision)
        assert released is None or released < retired.log_seq
        assert came["executed"] == 1 + (released is not None), "retiring is one that is executed"
        next_window(office)


def test_no_approval_outlives_a_change_of_the_account(office: Office, rounds: range) -> None:
    for _round in rounds:
        number = next(_numbers)
        payee = another_account(office, number)
        decision = drafted(office, f"PAY-{number}", payee)
        new_account(office, payee)
        activation = office.propose("ua.manager", "payee.activate", payee=f"{payee}-NEW").decision_id
        change = approving(activation, "ua.approver2")
        approvals = [approving(decision, "ua.approver1")] * (THREADS // 2)

        at_once(office.tick(), [change, *approvals, *[executing(decision)] * (THREADS // 2 - 1)])
        at_once(office.tick(), [executing(decision)])

        [changed] = RecordEvent.objects.filter(action="payee.retire", record__ref=payee)
        released = seq_of(decision)
        assert released is None or released < changed.log_seq
        assert Approval.objects.filter(decision_id=decision).count() <= 1
        next_window(office)


def new_account(office: Office, payee: str) -> None:
    """A verified account that takes the place of the one that is to be paid."""
    office.do(
        "ua.manager",
        "payee.propose",
        ref=f"{payee}-NEW",
        party="MFR-1",
        holder="UA-MOD",
        account_name="Maker One",
        iban="UA903052992990004149123456789",
        predecessor=payee,
        evidence=[document("bank_letter", payee)],
    )
    office.do(
        "ua.payer",
        "payee.verify",
        payee=f"{payee}-NEW",
        number_source="contract",
        number_recorded_on="2024-01-01",
        requested_on="2024-09-01",
        called_on="2024-09-02",
        spoke_with="The accountant",
    )
    office.tick(timedelta(days=4))


def test_two_just_under_a_limit_are_not_both_released_by_one_approver(office: Office, rounds: range) -> None:
    for _round in rounds:
        number = next(_numbers)
        refs = [f"PAY-{number}A", f"PAY-{number}B"]
        for ref in refs:
            office.do(
                "ua.manager", "payment.draft", ref=ref, milestone="C-1-M1", payee="PA-1", amount=eur(SMALL)
            )
        at_once(office.tick(), [proposing("ua.manager", "payment.release", payment=ref) for ref in refs])
        payments = Record.objects.filter(ref__in=refs).values_list("id", flat=True)
        rows = Decision.objects.filter(action="payment.release", state="open", record_id__in=list(payments))
        decisions = list(rows.values_list("id", flat=True))

        assert len(decisions) == 2
        both = [approving(one, who) for one in decisions for who in ("ua.approver1", "ua.approver2")]
        at_once(office.tick(), both)
        at_once(office.tick(), [executing(one) for one in decisions] * (THREADS // 2))

        assert sorted(seq_of(one) is not None for one in decisions) == [False, True]
        next_window(office)
