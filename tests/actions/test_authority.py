"""Power over people: given by two parties, lent for a time, taken at once; one human being counts once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.office import Office, document, eur

from tranche.kernel.lifecycle import GuardFailed
from tranche.kernel.policy import Denied
from tranche.kernel.refusals import BadArgument, NotAllowed
from tranche.models import Login, Person, RoleGrant


@pytest.fixture
def office(mechanism: Path) -> Office:
    return Office()


def person(username: str) -> str:
    return str(Login.objects.get(username=username).person_id)


def grant_id(username: str, role: str) -> str:
    return str(RoleGrant.objects.get(person_id=person(username), role=role).id)


def new_person(office: Office, username: str) -> str:
    office.do("operator", "authority.register_person", name=username, username=username, language="en")
    return person(username)


def refused(call: object, reason: Denied) -> None:
    with pytest.raises(NotAllowed) as caught:
        call()  # type: ignore[operator]  # a deed to be refused
    assert caught.value.deny.reason is reason


def failed(call: object, guard: str) -> None:
    with pytest.raises(GuardFailed) as caught:
        call()  # type: ignore[operator]  # a deed to be refused
    assert caught.value.guard == guard


def lend(office: Office, username: str, role: str, to: str, days: int = 10, **more: Any) -> None:
    office.do(
        username,
        "authority.delegate",
        grant=grant_id(username, role),
        person=person(to),
        to_on=(office.now.date() + timedelta(days=days)).isoformat(),
        **more,
    )


def test_a_grant_needs_an_approver_of_another_party(office: Office) -> None:
    new = new_person(office, "new.one")

    outcome = office.propose("operator", "authority.grant", person=new, role="RA", party="UA-MOD")

    assert outcome.state == "open"
    refused(lambda: office.approve("ua.approver1", outcome.decision_id), Denied.WRONG_RELATION)
    assert office.approve("lt.approver", outcome.decision_id).state == "executed"
    assert [grant.role for grant in office.who("new.one").grants] == ["RA"]


def test_nobody_but_the_operator_proposes_a_grant(office: Office) -> None:
    new = new_person(office, "new.one")

    refused(
        lambda: office.propose("lt.approver", "authority.grant", person=new, role="RA", party="UA-MOD"),
        Denied.NO_ROLE,
    )


def test_nobody_approves_his_own_power(office: Office) -> None:
    outcome = office.propose(
        "operator", "authority.grant", person=person("lt.approver"), role="DA", party="DK-MOD"
    )

    refused(lambda: office.approve("lt.approver", outcome.decision_id), Denied.EMPOWERED)
    assert office.approve("ua.approver1", outcome.decision_id).state == "executed"


def test_the_operator_gives_himself_nothing(office: Office) -> None:
    refused(
        lambda: office.propose(
            "operator", "authority.grant", person=person("operator"), role="OP", party="OPS"
        ),
        Denied.EMPOWERED,
    )


@pytest.mark.parametrize(("who", "role"), [("auditor", "FM"), ("ua.manager", "DO"), ("lt.officer", "OP")])
def test_roles_that_exclude_each_other_are_not_granted(office: Office, who: str, role: str) -> None:
    failed(
        lambda: office.propose("operator", "authority.grant", person=person(who), role=role, party="UA-MOD"),
        "roles_fit",
    )


def test_a_scope_must_be_of_the_party(office: Office) -> None:
    failed(
        lambda: office.propose(
            "operator",
            "authority.grant",
            person=new_person(office, "new.one"),
            role="FM",
            party="UA-MOD",
            scope="contract",
            scope_ref="C-404",
        ),
        "scope_fits",
    )


def test_a_contract_manager_reaches_only_the_contract(office: Office) -> None:
    office.contracted()
    new = new_person(office, "contract.manager")
    office.do(
        "operator",
        "authority.grant",
        "lt.approver",
        person=new,
        role="FM",
        party="UA-MOD",
        scope="contract",
        scope_ref="C-1",
    )

    office.do("contract.manager", "milestone.claim", milestone="C-1-M1", evidence=[document("invoice")])

    refused(
        lambda: office.propose(
            "contract.manager",
            "programme.draft",
            ref="P-9",
            title="Nine",
            category="production",
            holder="UA-MOD",
        ),
        Denied.WRONG_RELATION,
    )


def test_a_substitute_approves_for_the_absent(office: Office) -> None:
    office.lithuanian_tranche()
    lend(office, "lt.approver", "DA", "lt.finance")
    office.procedure()
    office.steps()
    outcome = office.propose("lt.officer", "tranche.authorise", tranche="LT-UA-2024-T1")

    refused(lambda: office.approve("lt.finance", outcome.decision_id), Denied.CONFLICT)


@pytest.mark.by_form("authority.delegate")
def test_a_substitute_proposes_and_the_absent_may_not_approve(office: Office) -> None:
    office.hire("ua.both", "FM@UA-MOD", "RA@UA-MOD")
    office.tick(timedelta(minutes=5))
    grant = RoleGrant.objects.get(person_id=person("ua.both"), role="FM").id
    office.do(
        "ua.both",
        "authority.delegate",
        grant=grant,
        person=person("ua.payer"),
        to_on=(office.now.date() + timedelta(days=3)).isoformat(),
    )
    office.do("ua.payer", "programme.draft", ref="P-3", title="Three", category="production", holder="UA-MOD")
    outcome = office.propose("ua.payer", "programme.open", programme="P-3")

    refused(lambda: office.approve("ua.both", outcome.decision_id), Denied.OWN_PROPOSAL)
    assert office.approve("ua.approver1", outcome.decision_id).state == "executed"


@pytest.mark.by_form("authority.end_grant")
def test_an_ended_substitution_takes_its_approvals_along(office: Office) -> None:
    office.lithuanian_agreement()
    office.hire("lt.third", "DO@LT-FIN")
    lend(office, "lt.approver", "DA", "lt.third")
    office.do(
        "lt.officer",
        "tranche.announce",
        ref="LT-UA-2024-T1",
        agreement="LT-UA-2024",
        ordinal=1,
        title="First tranche",
        donor="LT",
        origin="LT:budget",
        amount=eur(1_000),
    )
    outcome = office.propose(
        "lt.officer",
        "tranche.agree",
        tranche="LT-UA-2024-T1",
        evidence=[document("signed_text", "tranche")],
    )
    office.approve("lt.third", outcome.decision_id)
    lent = RoleGrant.objects.get(parent__isnull=False)
    office.do("lt.approver", "authority.end_grant", grant=lent.id)

    assert office.approve("ua.approver1", outcome.decision_id).state == "open"


@pytest.mark.parametrize(
    ("to", "days", "guard"),
    [
        ("lt.approver", 10, "not_oneself"),
        ("ua.payer", 10, "roles_fit"),
        ("auditor", 10, "roles_fit"),
        ("lt.officer", 60, "sixty_days"),
        ("lt.officer", -1, "ends_after"),
    ],
)
def test_what_may_not_be_lent(office: Office, to: str, days: int, guard: str) -> None:
    failed(lambda: lend(office, "lt.approver", "DA", to, days), guard)


def test_a_substitution_is_never_for_the_past(office: Office) -> None:
    failed(
        lambda: lend(office, "lt.approver", "DA", "lt.officer", from_on="2024-08-30"), "begins_now_or_later"
    )


def test_what_was_lent_is_not_lent_on_and_comes_not_back(office: Office) -> None:
    lend(office, "lt.approver", "DA", "lt.officer")
    lent = RoleGrant.objects.get(parent__isnull=False)
    until = (office.now.date() + timedelta(days=5)).isoformat()

    failed(
        lambda: office.propose(
            "lt.officer", "authority.delegate", grant=lent.id, person=person("lt.finance"), to_on=until
        ),
        "not_lent",
    )
    failed(lambda: lend(office, "lt.officer", "DO", "lt.approver"), "no_loop")


def test_somebody_elses_grant_is_not_lent(office: Office) -> None:
    until = (office.now.date() + timedelta(days=5)).isoformat()

    refused(
        lambda: office.propose(
            "lt.officer",
            "authority.delegate",
            grant=grant_id("lt.approver", "DA"),
            person=person("lt.finance"),
            to_on=until,
        ),
        Denied.WRONG_RELATION,
    )


@pytest.mark.by_form("authority.grant", "authority.register_person")
def test_a_lent_grant_never_passes_its_source(office: Office) -> None:
    office.do(
        "operator",
        "authority.grant",
        "ua.approver1",
        person=new_person(office, "dk.short"),
        role="DA",
        party="DK-MOD",
        ceiling=eur(1_000),
        to_on=(office.now.date() + timedelta(days=5)).isoformat(),
    )

    failed(lambda: lend(office, "dk.short", "DA", "dk.officer", 6), "within_own")
    failed(lambda: lend(office, "dk.short", "DA", "dk.officer", 3, ceiling=eur(1_001)), "within_own")
    lend(office, "dk.short", "DA", "dk.officer", 3)
    ceilings = {grant.ceiling for grant in office.who("dk.officer").grants if grant.delegator}
    assert [str(ceiling.amount_minor) for ceiling in ceilings if ceiling] == ["1000"]


def test_taking_the_source_takes_what_was_lent(office: Office) -> None:
    lend(office, "lt.approver", "DA", "lt.officer")

    office.do("operator", "authority.end_grant", grant=grant_id("lt.approver", "DA"))

    now = office.tick()
    assert [grant.role.value for grant in office.who("lt.officer").grants if grant.valid(now)] == ["DO"]


def test_a_stranger_ends_nothing(office: Office) -> None:
    refused(
        lambda: office.propose("ua.payer", "authority.end_grant", grant=grant_id("lt.approver", "DA")),
        Denied.WRONG_RELATION,
    )


def test_the_last_operator_stays(office: Office) -> None:
    login = Login.objects.get(username="operator").id

    failed(
        lambda: office.propose("operator", "authority.end_grant", grant=grant_id("operator", "OP")),
        "operator_stays",
    )
    failed(lambda: office.propose("operator", "authority.disable_login", login=login), "operator_stays")
    failed(
        lambda: office.propose("operator", "authority.deactivate_person", person=person("operator")),
        "operator_stays",
    )


@pytest.mark.by_form("authority.deactivate_person", "authority.reactivate_person")
def test_a_person_who_left_does_nothing_until_called_back(office: Office) -> None:
    office.do("operator", "authority.deactivate_person", person=person("ua.manager2"))
    programme = {"ref": "P-9", "title": "Nine", "category": "production", "holder": "UA-MOD"}
    refused(lambda: office.propose("ua.manager2", "programme.draft", **programme), Denied.INACTIVE)

    office.do("operator", "authority.reactivate_person", "lt.approver", person=person("ua.manager2"))

    assert office.who("ua.manager2").active


@pytest.mark.by_form("authority.reset_password")
def test_a_further_role_for_the_same_party_voids_no_reset_of_a_password(office: Office) -> None:
    login = Login.objects.get(username="ua.payer").id
    outcome = office.propose("operator", "authority.reset_password", login=login)
    office.do(
        "operator", "authority.grant", "lt.approver", person=person("ua.payer"), role="FM", party="UA-MOD"
    )

    assert office.approve("lt.approver", outcome.decision_id).state == "executed"


def test_names_of_sign_ins_are_plain_and_unique(office: Office) -> None:
    with pytest.raises(BadArgument):
        office.propose("operator", "authority.register_person", name="X", username="Олена", language="uk")
    failed(
        lambda: office.propose(
            "operator", "authority.register_person", name="X", username="ua.payer", language="uk"
        ),
        "name_free",
    )


def test_key_again_gives_the_first_outcome(office: Office) -> None:
    key = str(uuid.uuid4())
    arguments = {"name": "Once", "username": "once", "language": "en"}
    first = office.propose("operator", "authority.register_person", key=key, **arguments)
    again = office.propose("operator", "authority.register_person", key=key, **arguments)

    assert again.replayed
    assert first.decision_id == again.decision_id
    assert Person.objects.filter(name="Once").count() == 1
