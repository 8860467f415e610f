"""Procedures run by their joins, are amended by two, and their templates are published by two."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.office import Office, document

from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.refusals import BadArgument, NotAllowed, TemplateUnsound
from tranche.ledger.verify import verify
from tranche.models import Decision, Evidence, Hold, Procedure, ProcedureTemplate, Record, RecordEvent, Step
from tranche.models.step_dates import dates_of
from tranche.models.templates import held
from tranche.queries.step_dates import wrong_step_dates

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

TRANCHE = "LT-UA-2024-T1"
WHY = "Agreed between the ministries."


@pytest.fixture
def office() -> Office:
    office = Office()
    office.lithuanian_tranche()
    office.procedure()
    return office


def text(*changes: tuple[str, str], key: str = "lt-own", version: int = 1) -> str:
    found = held("lt-illustrative").text.replace('key = "lt-illustrative"', f'key = "{key}"', 1)
    found = found.replace("version = 1", f"version = {version}", 1)
    for old, new in changes:
        assert old in found
        found = found.replace(old, new, 1)
    return found


def without_budget_line() -> str:
    begin, end = '[[steps]]\nkey = "budget_line"', '[[steps]]\nkey = "payee_confirmed"'
    whole = text(('after = ["legal_review", "budget_line"]', 'after = ["legal_review"]'))
    return whole[: whole.index(begin)] + whole[whole.index(end) :]


def step(key: str) -> Step:
    return Step.objects.select_related("record").get(key=key, removed_on__isnull=True)


def amend(office: Office, **arguments: object) -> None:
    office.do(
        "lt.officer", "tranche.amend_procedure", "lt.approver", reason=WHY, tranche=TRANCHE, **arguments
    )


def test_step_opens_on_the_day_of_its_owner(office: Office) -> None:
    office.now = office.now.replace(hour=22, minute=30)  # past midnight in Vilnius and Kyiv

    for number, who, kind in ((1, "lt.officer", "legal_opinion"), (2, "lt.finance", "budget_reference")):
        office.do(who, "step.complete", step=f"{TRANCHE}-S{number}", evidence=[document(kind)])

    assert step("government_resolution").opened_on == office.today() + timedelta(days=1)


def test_step_is_for_the_role_that_owns_it() -> None:
    office = Office()
    office.danish_pool()
    office.hire("dk.other", "DO@DK-MOD")
    review = Step.objects.get(ref="DK-UA-2024-T1-S2")

    assert review.owner_role == "IN"
    assert set(Evidence.objects.filter(record=review.record).values_list("label", flat=True)) == {"sealed"}


def test_donor_officer_cannot_complete_the_review_of_an_expert(office: Office) -> None:
    Step.objects.filter(key="legal_review").update(owner_role="IN")

    with pytest.raises(NotAllowed):
        office.do("lt.officer", "step.complete", step=f"{TRANCHE}-S1", evidence=[document("legal_opinion")])


@pytest.mark.by_form("tranche.amend_procedure")
def test_any_join_opens_its_step_after_the_first(office: Office) -> None:
    joined = (
        'after = ["legal_review", "budget_line"]',
        'after = ["legal_review", "budget_line"]\njoin = "any"',
    )
    amend(office, template_text=text(joined))
    assert step("government_resolution").opened_on is None

    office.do("lt.officer", "step.complete", step=f"{TRANCHE}-S1", evidence=[document("legal_opinion")])

    assert step("government_resolution").opened_on == office.today()


def test_a_step_that_one_of_two_opened_stays_open_when_the_other_is_taken_back(office: Office) -> None:
    joined = (
        'after = ["legal_review", "budget_line"]',
        'after = ["legal_review", "budget_line"]\njoin = "any"',
    )
    amend(office, template_text=text(joined))
    for number, who, kind in ((1, "lt.officer", "legal_opinion"), (2, "lt.finance", "budget_reference")):
        office.do(who, "step.complete", step=f"{TRANCHE}-S{number}", evidence=[document(kind)])

    office.do("lt.finance", "step.step_back", step=f"{TRANCHE}-S2", reason=WHY)

    assert step("government_resolution").opened_on is not None
    assert wrong_step_dates() == ()
    assert verify(using="default").differences == ()


def test_a_removed_step_neither_comes_back_nor_stands_in_the_way(office: Office) -> None:
    office.steps()
    done = Step.objects.get(key="government_resolution")
    amend(office, template_text=without_budget_line())
    gone = Step.objects.get(key="budget_line")

    with pytest.raises(GuardFailed) as refused:
        office.do("lt.finance", "step.step_back", step=gone.ref, reason=WHY)

    assert refused.value.guard == "way_back"
    assert done.ref != gone.ref


@pytest.mark.by_form("evidence.file", "step.assign")
def test_assigning_is_a_hint_and_keeps_the_documents(office: Office) -> None:
    office.do("lt.officer", "evidence.file", record=f"{TRANCHE}-S1", evidence=[document("legal_opinion")])
    office.do("lt.officer", "step.assign", step=f"{TRANCHE}-S1", assignee="lt.officer")
    assert step("legal_review").assigned_to is not None

    office.hire("lt.second", "DO@LT-MOD")
    office.do("lt.second", "step.complete", step=f"{TRANCHE}-S1")

    assert step("legal_review").record.state == "done"


def test_nobody_without_the_role_is_assigned(office: Office) -> None:
    with pytest.raises(GuardFailed, match="assignee_holds_role"):
        office.do("lt.officer", "step.assign", step=f"{TRANCHE}-S1", assignee="lt.approver")
    with pytest.raises(BadArgument):
        office.do("lt.officer", "step.assign", step=f"{TRANCHE}-S1", assignee="nobody")


def test_amending_takes_a_second_person_and_shows_old_and_new_dates(office: Office) -> None:
    before = step("legal_review").due_on
    arguments = {"tranche": TRANCHE, "closures": "LT 2024-09-04\nLT 2024-09-05"}
    outcome = office.propose("lt.officer", "tranche.amend_procedure", reason=WHY, **arguments)
    assert outcome.state == "open"
    assert step("legal_review").due_on == before

    office.approve("lt.approver", outcome.decision_id)

    assert before is not None
    assert step("legal_review").due_on == before + timedelta(days=2)
    content = bytes(Decision.objects.get(pk=outcome.decision_id).content).decode()
    assert before.isoformat() in content
    assert (before + timedelta(days=2)).isoformat() in content


def test_removed_step_is_skipped_and_its_follower_opens(office: Office) -> None:
    office.do("lt.officer", "step.complete", step=f"{TRANCHE}-S1", evidence=[document("legal_opinion")])

    amend(office, template_text=without_budget_line())

    gone = Step.objects.select_related("record").get(key="budget_line")
    assert (gone.removed_on, gone.record.state) == (office.today(), "skipped")
    assert step("legal_review").record.state == "done"
    assert step("government_resolution").opened_on is not None
    procedure = Procedure.objects.get()
    assert (procedure.template, procedure.version) == ("lt-own", 1)


def test_done_step_carries_over_only_with_the_documents_that_are_wanted_now(office: Office) -> None:
    office.do("lt.officer", "step.complete", step=f"{TRANCHE}-S1", evidence=[document("legal_opinion")])

    amend(
        office, template_text=text(('evidence = ["legal_opinion"]', 'evidence = ["legal_opinion", "report"]'))
    )

    again = step("legal_review")
    assert (again.ref, again.record.state) == (f"{TRANCHE}-S6", "todo")
    assert Record.objects.get(ref=f"{TRANCHE}-S1").state == "done"
    assert again.opened_on == office.today()


def test_added_step_has_a_record_of_its_own_and_bars_the_authorisation(office: Office) -> None:
    office.steps()
    added = """
[[steps]]
key = "audit_note"
owner = "donor_audit"
role = "DO"
after = ["treasury_order"]
due_working_days = 3
calendar = "LT"
[steps.title]
en = "Note of the audit"
uk = "Записка аудиту"
lt = "Audito pažyma"
"""
    amend(office, template_text=text() + added, owners={"donor_audit": "LT-FIN"})

    assert step("audit_note").opened_on == office.today()
    assert RecordEvent.objects.filter(record=step("audit_note").record, action="step.plan").exists()
    with pytest.raises(GuardFailed, match="steps_done"):
        office.do("lt.officer", "tranche.authorise", tranche=TRANCHE)


def test_amendment_is_refused_where_it_changes_nothing_or_names_no_owner(office: Office) -> None:
    with pytest.raises(GuardFailed, match="changes"):
        amend(office, template="lt-illustrative")
    with pytest.raises(BadArgument, match="owners"):
        amend(office, template_text=text(('owner = "donor_finance"', 'owner = "somebody_new"')))
    with pytest.raises(BadArgument, match="closures"):
        amend(office, closures="LT 2024-13-01")
    with pytest.raises(BadArgument, match="template_text"):
        amend(office, template="lt-illustrative", template_text=text())
    with pytest.raises(TemplateUnsound):
        amend(office, template_text=text(('role = "DO"', 'role = "AU"')))


def test_stored_dates_are_those_of_the_events(office: Office) -> None:
    office.steps()
    amend(office, closures="LT 2024-09-06")
    procedure = Procedure.objects.get()

    assert wrong_step_dates() == ()
    assert set(dates_of(procedure)) == set(Step.objects.values_list("ref", flat=True))


def test_step_whose_day_was_changed_is_found(office: Office) -> None:
    Step.objects.filter(key="legal_review").update(due_on=date(2024, 12, 24))

    (found,) = wrong_step_dates()

    assert (found.ref, found.stored.due_on, found.wanted.due_on) == (
        f"{TRANCHE}-S1",
        date(2024, 12, 24),
        date(2024, 9, 16),
    )


def due_on(step: int) -> date | None:
    return Step.objects.get(ref=f"{TRANCHE}-S{step}").due_on


def hold(office: Office, over: str, over_ref: str, days: int) -> None:
    """Placed now and lifted so many days later."""
    review = (office.now.date() + timedelta(days=5)).isoformat()
    scope = {"over": over, "over_ref": over_ref} if over != "system" else {}
    place, lift = ("hold.place", "hold.release") if scope else ("hold.place_all", "hold.release_all")
    office.propose("auditor", place, cause="audit", review_on=review, reason="It is looked at.", **scope)
    office.tick(timedelta(days=days))
    ref = Hold.objects.latest("log_seq").ref
    if scope:
        office.do("ua.manager", lift, "ua.approver1", hold=ref, reason="It was looked at.")
    else:
        hold_lifted = {"hold": ref, "reason": "It was looked at."}
        office.do("ua.approver2", lift, "lt.approver", "ua.approver1", **hold_lifted)


@pytest.mark.parametrize(
    ("over", "over_ref"),
    [
        ("record", f"{TRANCHE}-S1"),
        ("record", TRANCHE),
        ("record", "LT-UA-2024"),
        ("agreement", "LT-UA-2024"),
        ("party", "LT"),
        ("system", ""),
    ],
)
def test_working_days_under_a_hold_do_not_count(office: Office, over: str, over_ref: str) -> None:
    before = due_on(1)

    hold(office, over, over_ref, days=3)

    assert (before, due_on(1)) == (date(2024, 9, 16), date(2024, 9, 18)), "the first day counts in no case"
    assert wrong_step_dates() == ()


@pytest.mark.by_form("hold.place", "hold.release")
def test_a_hold_over_something_else_or_of_one_day_moves_nothing(office: Office) -> None:
    before = due_on(1)

    hold(office, "record", f"{TRANCHE}-S2", days=3)
    hold(office, "record", f"{TRANCHE}-S1", days=0)

    assert due_on(1) == before
    assert due_on(2) == date(2024, 9, 18)


def test_a_step_that_opens_after_a_hold_has_its_whole_term(office: Office) -> None:
    hold(office, "agreement", "LT-UA-2024", days=2)
    office.steps()
    hold(office, "agreement", "LT-UA-2024", days=2)

    assert wrong_step_dates() == ()


def publish(office: Office, template_text: str, who: str = "lt.officer", holder: str = "LT-MOD") -> None:
    office.do(who, "procedure.publish_template", "lt.approver", holder=holder, template_text=template_text)


@pytest.mark.by_form("procedure.publish_template")
def test_template_is_published_by_two_and_a_running_procedure_keeps_its_own(office: Office) -> None:
    publish(office, text())
    publish(office, text(version=2))

    assert [str(row) for row in ProcedureTemplate.objects.order_by("version")] == ["lt-own 1", "lt-own 2"]
    assert held("lt-own").template.version == 2
    assert held("lt-own").donor == "LT-MOD"
    assert Procedure.objects.get().template == "lt-illustrative"


def test_template_is_refused_with_a_wrong_version_a_taken_key_or_another_party(office: Office) -> None:
    publish(office, text())

    with pytest.raises(GuardFailed, match="next_version"):
        publish(office, text(version=3))
    with pytest.raises(BadArgument, match="template_key"):
        publish(office, text(key="lt-illustrative"))
    with pytest.raises(BadArgument, match="template_key"):
        publish(office, text(version=2), who="dk.officer", holder="DK-MOD")
    with pytest.raises(NotAllowed):
        publish(office, text(version=2), who="dk.officer")
    with pytest.raises(TemplateUnsound):
        publish(office, text(('calendar = "LT"', 'calendar = "ZZ"'), version=2))
    assert ProcedureTemplate.objects.count() == 1
