"""Who is told what, and when: by table, and by what must hold for every roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.kernel.lifecycle import Role
from tranche.kernel.notices import (
    ATTEMPTS_MAX,
    WAIT_MAX,
    Holder,
    MailChoice,
    NoticeFacts,
    NoticeKind,
    addressed,
    escalation_level,
    expires_soon,
    mail_due_at,
    notice_key,
    places,
    reminder_level,
    review_due,
    wait_after,
)

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
ROSTER = (
    Holder("lt.officer", Role.DONOR_OFFICER, "LT-MOD"),
    Holder("lt.approver", Role.DONOR_APPROVER, "LT-MOD"),
    Holder("lt.finance", Role.DONOR_OFFICER, "LT-FIN"),
    Holder("dk.approver", Role.DONOR_APPROVER, "DK-MOD"),
    Holder("ua.manager", Role.FUND_MANAGER, "UA-MOD"),
    Holder("ua.approver", Role.RECIPIENT_APPROVER, "UA-MOD"),
    Holder("ua.payer", Role.PAYER, "UA-MOD"),
    Holder("ua.inspector", Role.INSPECTOR, "UA-MOD"),
    Holder("auditor", Role.AUDITOR, "AUD"),
)
BOTH = NoticeFacts(approving=frozenset({"LT-MOD"}), recipients=frozenset({"UA-MOD"}))
FINANCE = frozenset({(Role.DONOR_OFFICER, "LT-FIN")})
APPROVING = frozenset({(Role.DONOR_APPROVER, "LT-MOD"), (Role.RECIPIENT_APPROVER, "UA-MOD")})

TABLE = (
    (NoticeKind.STEP_OPEN, NoticeFacts(asked=FINANCE), "lt.finance"),
    (NoticeKind.REMINDER, NoticeFacts(asked=FINANCE), "lt.finance"),
    (NoticeKind.PROOF_ALARM, NoticeFacts(asked=frozenset({(Role.AUDITOR, "AUD")})), "auditor"),
    (NoticeKind.REMINDER, NoticeFacts(asked=APPROVING, knows=frozenset({"lt.approver"})), "ua.approver"),
    (NoticeKind.DECISION_WAITING, NoticeFacts(asked=APPROVING), "lt.approver ua.approver"),
    (
        NoticeKind.DECISION_WAITING,
        NoticeFacts(asked=APPROVING, knows=frozenset({"ua.approver"})),
        "lt.approver",
    ),
    (NoticeKind.ESCALATION, replace(BOTH, owner="UA-MOD"), "ua.approver"),
    (NoticeKind.ESCALATION, replace(BOTH, owner="LT-FIN"), "lt.approver ua.approver"),
    (NoticeKind.DECISION_VOID, NoticeFacts(named=frozenset({"a", "b"})), "a b"),
    (NoticeKind.RECOVERY_ASKED, NoticeFacts(named=frozenset({"a", "b"}), knows=frozenset({"b"})), "a"),
    (NoticeKind.DECISION_ENDED, NoticeFacts(named=frozenset({"a"}), knows=frozenset({"a"})), ""),
    (
        NoticeKind.HOLD_PLACED,
        replace(BOTH, knows=frozenset({"ua.payer"})),
        "lt.approver lt.officer ua.approver ua.manager",
    ),
    (
        NoticeKind.HOLD_REVIEW,
        replace(BOTH, named=frozenset({"auditor"})),
        "auditor lt.approver lt.officer ua.approver ua.manager ua.payer",
    ),
    (
        NoticeKind.PAYEE_CHANGED,
        NoticeFacts(owner="UA-MOD", approving=frozenset({"LT-MOD", "DK-MOD"}), named=frozenset({"gone"})),
        "dk.approver gone lt.approver ua.approver ua.manager ua.payer",
    ),
    (
        NoticeKind.PAYMENT_FILE,
        NoticeFacts(owner="UA-MOD", knows=frozenset({"ua.payer"})),
        "ua.manager",
    ),
)


@pytest.mark.parametrize(("kind", "facts", "told"), TABLE)
def test_who_is_told(kind: NoticeKind, facts: NoticeFacts, told: str) -> None:
    assert addressed(kind, facts, ROSTER) == tuple(told.split())


def test_every_kind_stands_in_the_table() -> None:
    assert {row[0] for row in TABLE} == set(NoticeKind)


@given(
    st.sampled_from(NoticeKind),
    st.frozensets(st.sampled_from([(row.role, row.party) for row in ROSTER])),
    st.sampled_from(["LT-MOD", "LT-FIN", "UA-MOD", ""]),
    st.frozensets(st.sampled_from([row.person for row in ROSTER])),
    st.frozensets(st.sampled_from([row.person for row in ROSTER])),
)
def test_whoever_knows_is_not_told_and_nobody_outside_the_places_is(
    kind: NoticeKind,
    asked: frozenset[tuple[Role, str]],
    owner: str,
    named: frozenset[str],
    knows: frozenset[str],
) -> None:
    facts = replace(BOTH, asked=asked, owner=owner, named=named, knows=knows)

    told = addressed(kind, facts, ROSTER)

    inside = {row.person for row in ROSTER if (row.role, row.party) in places(kind, facts)}
    assert not set(told) & knows
    assert set(told) <= inside | named
    assert list(told) == sorted(set(told))


@pytest.mark.parametrize(("left", "level"), [(6, None), (5, 5), (4, 5), (2, 5), (1, 1), (0, 1)])
def test_reminders_come_by_the_latest_level_reached(left: int, level: int | None) -> None:
    assert reminder_level(left, [5, 1]) == level


@pytest.mark.parametrize(("late", "level"), [(0, None), (1, 1), (4, 1), (5, 5), (9, 5), (10, 10), (99, 10)])
def test_escalations_come_by_the_latest_level_reached(late: int, level: int | None) -> None:
    assert escalation_level(late, [1, 5, 10]) == level


def test_without_levels_nobody_is_reminded() -> None:
    assert reminder_level(0, []) is None
    assert escalation_level(99, []) is None
    assert escalation_level(0, [0]) is None


def test_a_hold_is_due_from_its_day_on() -> None:
    assert not review_due(date(2025, 3, 3), date(2025, 3, 2))
    assert review_due(date(2025, 3, 3), date(2025, 3, 3))
    assert review_due(date(2025, 3, 3), date(2025, 4, 3))


def test_a_decision_is_called_to_mind_before_its_end_and_not_after() -> None:
    assert expires_soon(NOW + timedelta(days=3), NOW)
    assert not expires_soon(NOW + timedelta(days=3, seconds=1), NOW)
    assert not expires_soon(NOW, NOW)


def test_waits_grow_and_end_with_the_last_attempt() -> None:
    waits = [wait_after(attempt) for attempt in range(1, ATTEMPTS_MAX)]

    minutes = [wait.total_seconds() / 60 for wait in waits if wait]
    assert minutes == [1, 4, 16, 64, 256, 1024, 1440, 1440, 1440]
    assert sum((wait for wait in waits if wait), timedelta()) > timedelta(days=3)
    assert max(wait for wait in waits if wait) == WAIT_MAX
    assert wait_after(ATTEMPTS_MAX) is None


@given(st.integers(0, 10**6))
def test_a_digest_comes_within_a_day_and_never_before(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes, microseconds=minutes)

    digest = mail_due_at(MailChoice.DAILY, at)

    assert digest is not None
    assert timedelta() <= digest - at < timedelta(days=1)
    assert (digest.hour, digest.minute) == (5, 0)
    assert mail_due_at(MailChoice.EACH, at) == at
    assert mail_due_at(MailChoice.NEVER, at) is None


def test_a_key_differs_by_kind_subject_rule_and_person() -> None:
    keys = {
        notice_key(kind, subject, rule, person)
        for kind in NoticeKind
        for subject in ("S1", "S2")
        for rule in ("1:2025-03-03", "5:2025-03-03")
        for person in ("a", "b")
    }

    assert len(keys) == len(NoticeKind) * 8
