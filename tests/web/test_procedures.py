"""Procedures on pages: the task list with its buttons, the chart of all, what holds up, and the editor."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from tests.office import Office, document

from tranche.models import ProcedureTemplate, Record
from tranche.models.templates import held

TRANCHE = "LT-UA-2024-T1"


@pytest.fixture
def running(office: Office) -> Office:
    office.lithuanian_tranche()
    office.procedure()
    office.do("lt.officer", "step.complete", step=f"{TRANCHE}-S1", evidence=[document("legal_opinion")])
    return office


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return unescape(response.content.decode())


def test_task_list_groups_parallel_steps_and_says_who_must_act(
    running: Office, signed_in: Callable[[str], Client]
) -> None:
    text = page(signed_in("lt.finance"), f"/tranches/{TRANCHE}/procedure/")

    assert "1 of 5" in text
    assert text.count("side by side") == 1
    assert "donor officer for Party LT-FIN" in text
    assert "waits for: Legal review, Budget line confirmed" in text
    assert "no statement of any state's law" in text


def test_only_who_owns_the_step_has_its_button(running: Office, signed_in: Callable[[str], Client]) -> None:
    wanted = f"step.complete/?step={TRANCHE}-S2"

    assert wanted in page(signed_in("lt.finance"), f"/tranches/{TRANCHE}/procedure/")
    assert wanted not in page(signed_in("ua.manager"), f"/tranches/{TRANCHE}/procedure/")
    assert wanted not in page(signed_in("lt.approver"), f"/tranches/{TRANCHE}/procedure/")


def test_tranche_without_procedure_has_no_task_list(
    office: Office, signed_in: Callable[[str], Client]
) -> None:
    office.lithuanian_tranche()

    page(signed_in("lt.officer"), f"/tranches/{TRANCHE}/procedure/", 404)


def test_chart_of_all_tranches_has_its_table(running: Office, signed_in: Callable[[str], Client]) -> None:
    text = page(signed_in("lt.officer"), "/procedures/")

    assert 'id="gantt-svg"' in text
    assert 'id="gantt-table"' in text
    assert "Government resolution" in text
    assert "Open now" in text


def test_what_holds_up_counts_by_party_and_age(running: Office, signed_in: Callable[[str], Client]) -> None:
    text = page(signed_in("auditor"), "/waiting/")

    assert "Party LT-FIN" in text
    assert "Party UA-MOD" in text
    assert "Budget line confirmed" in text
    assert "0–7 days" in text


def test_nothing_that_waits_is_said(office: Office, signed_in: Callable[[str], Client]) -> None:
    assert "Nothing waits for anybody" in page(signed_in("auditor"), "/waiting/")


def test_shipped_templates_are_marked_and_drawn(office: Office, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("lt.officer")

    assert "Shipped example" in page(client, "/procedures/templates/")
    text = page(client, "/procedures/templates/dk-illustrative/")
    assert 'id="graph-svg"' in text
    assert "no statement of any state's law" in text
    assert "First expert review of the makers" in text
    page(client, "/procedures/templates/none/", 404)


def test_editor_names_every_defect_with_line_and_step(
    office: Office, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("lt.officer")
    text = held("lt-illustrative").text.replace('"LT"', '"XX"', 1).replace('"budget_line"]', '"budget"]', 1)

    response = client.post("/procedures/editor/", {"template_text": text})

    said = unescape(response.content.decode())
    assert response.status_code == 422
    assert "Line 10, step legal_review: There is no calendar XX." in said
    assert "It comes after budget, and there is no such step." in said
    assert 'id="graph-svg"' not in said


def test_sound_template_is_drawn_with_an_example_and_proposed(
    office: Office, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("lt.officer")
    text = held("lt-illustrative").text.replace("lt-illustrative", "lt-own", 1)

    drawn = client.post("/procedures/editor/", {"template_text": text})
    said = unescape(drawn.content.decode())
    assert drawn.status_code == 200
    assert "The template is sound." in said
    assert "Would be due" in said
    assert ProcedureTemplate.objects.count() == 0
    key = said.split('name="key" value="')[1][:36]
    check = {"then": "check", "key": key, "back": "/procedures/templates/", "kept": ""}
    checked = client.post(
        "/act/procedure.publish_template/", check | {"template_text": text, "holder": "LT-MOD"}
    )
    assert checked.status_code == 200
    assert "lt-own 1" in unescape(checked.content.decode())


def test_editor_begins_with_the_text_of_a_template(
    office: Office, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("lt.officer")

    assert "government_resolution" in page(client, "/procedures/editor/?begin=lt-illustrative")
    page(client, "/procedures/editor/?begin=none", 404)


def test_form_of_an_assignment_offers_the_holders_of_the_role(
    running: Office, signed_in: Callable[[str], Client]
) -> None:
    text = page(signed_in("lt.finance"), f"/act/step.assign/?step={TRANCHE}-S2")

    assert '<option value="lt.finance">' in text
    assert '<option value="lt.officer">' not in text


def test_form_of_an_amendment_needs_no_owner(running: Office, signed_in: Callable[[str], Client]) -> None:
    text = page(signed_in("lt.officer"), f"/act/tranche.amend_procedure/?tranche={TRANCHE}")

    assert "Further closed days" in text
    assert "Text of the template" in text


def test_owner_of_a_step_who_is_no_party_of_the_agreement_completes_it(
    office: Office, signed_in: Callable[[str], Client]
) -> None:
    """A ministry of finance acts in the procedure of an agreement that another ministry signed."""
    office.lithuanian_tranche(donors=("LT",))
    office.procedure()
    client = signed_in("lt.finance")

    form = page(client, f"/act/step.complete/?step={TRANCHE}-S2")

    assert f'<option value="{TRANCHE}-S2" selected>' in form
    assert client.get(f"/tranches/{TRANCHE}/procedure/").status_code == 200
    assert Record.objects.get(ref=f"{TRANCHE}-S2").state == "todo"
