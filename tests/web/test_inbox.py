"""The inbox, the calendar, the account's settings and the operator's page, as people see them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta

from django.test import Client
from icalendar import Calendar
from tests.office import IBAN, START, Office

from tranche.actions.correspondence import token_sha256
from tranche.models import CalendarAddress, MailSetting, Outbox, Person, ReadMark
from tranche.store import clock

SignIn = Callable[[str], Client]
MOVED = {"programme": "P-1", "funding": "LT-UA-2024-T1"}


def allocation(office: Office) -> str:
    amount = {"amount_minor": 400_000_000, "currency": "EUR"}
    return office.propose("ua.manager", "programme.allocate", amount=amount, **MOVED).decision_id


def count_in_navigation(page: str) -> str:
    found = re.search(r'href="/inbox/"[^>]*>Inbox(?: <span class="count">(\d+\+?))?', page)
    assert found is not None
    return found.group(1) or ""


def without_forms(page: bytes) -> str:
    """A page without the secrets of its forms and its own address."""
    return re.sub(r'value="[^"]{64}"|/inbox/\d+/', "", page.decode())


def test_an_inbox_without_anything_says_what_will_stand_there(office: Office, signed_in: SignIn) -> None:
    page = signed_in("ua.payer").get("/inbox/").content.decode()

    assert "Nothing waits for you." in page
    assert "No notice has come." in page
    assert count_in_navigation(page) == ""


def test_what_waits_stands_first_and_a_notice_is_read_by_following_it(
    funded: Office, signed_in: SignIn
) -> None:
    decision = allocation(funded)
    client = signed_in("ua.approver1")
    page = client.get("/inbox/").content.decode()
    number = Outbox.objects.get(person__name="ua.approver1", payload__id=decision).pk

    assert page.index("Decisions that wait for you") < page.index("A decision waits for your approval")
    assert count_in_navigation(page) == "1"  # what others have decided long ago counts no more
    assert "dealt with" in page
    before = Outbox.objects.count()
    followed = client.get(f"/inbox/{number}/")
    assert (followed.status_code, followed["Location"]) == (303, f"/decisions/{decision}/")
    assert ReadMark.objects.filter(notice_id=number).count() == 1
    client.get(f"/inbox/{number}/")
    assert ReadMark.objects.filter(notice_id=number).count() == 1
    assert Outbox.objects.count() == before


def test_all_are_read_at_once_and_new_ones_count_again(funded: Office, signed_in: SignIn) -> None:
    allocation(funded)
    client = signed_in("ua.approver1")

    assert client.post("/inbox/read/", {"notice": "all"}).status_code == 303
    assert count_in_navigation(client.get("/inbox/").content.decode()) == ""

    allocation(funded)
    assert count_in_navigation(client.get("/inbox/").content.decode()) == "1"
    assert count_in_navigation(signed_in("ua.approver2").get("/tranches/").content.decode()) != ""


def test_notices_of_others_are_not_there(funded: Office, signed_in: SignIn) -> None:
    decision = allocation(funded)
    number = Outbox.objects.get(person__name="ua.approver1", payload__id=decision).pk
    client = signed_in("ua.payer")

    others, unknown = client.get(f"/inbox/{number}/"), client.get("/inbox/999999999/")

    assert others.status_code == unknown.status_code == 404
    assert without_forms(others.content) == without_forms(unknown.content)
    for given in (str(number), "", "x", "9" * 16):
        assert client.post("/inbox/read/", {"notice": given}).status_code == 404
    assert client.get("/inbox/?before=x").status_code == 422
    assert client.get("/inbox/?else=1").status_code == 422
    assert ReadMark.objects.count() == 0


def test_steps_calls_and_holds_wait_in_the_inbox(office: Office, signed_in: SignIn) -> None:
    office.lithuanian_tranche()
    office.procedure()
    office.propose_account("PA-1", IBAN, predecessor=None)
    review = (START + timedelta(days=9)).date().isoformat()
    office.propose(
        "ua.approver2",
        "hold.place",
        reason="The signature is in doubt.",
        over="agreement",
        over_ref="LT-UA-2024",
        cause="dispute",
        review_on=review,
    )

    payer = signed_in("ua.payer").get("/inbox/").content.decode()
    finance = signed_in("lt.finance").get("/inbox/").content.decode()

    assert "Call the payee and verify" in payer
    assert "HOLD-" in payer
    assert "/act/step.complete/?step=LT-UA-2024-T1-S2" in finance
    assert "Call the payee" not in finance


def test_a_calendar_is_made_read_and_ended(office: Office, signed_in: SignIn) -> None:
    office.lithuanian_tranche()
    office.procedure()
    client, nobody = signed_in("lt.finance"), Client()

    made = client.post("/account/calendar/", {"key": str(uuid.uuid4())}).content.decode()
    address = re.search(r"/calendar/([A-Za-z0-9_-]{43})\.ics", made)
    assert address is not None
    found = nobody.get(address.group(0))
    events = Calendar.from_ical(found.content).walk("VEVENT")

    assert found["Content-Type"] == "text/calendar; charset=utf-8"
    assert [str(event["SUMMARY"]) for event in events] == ["Step LT-UA-2024-T1-S2 is due"]
    assert events[0].decoded("DTSTART") == date(2024, 9, 16)
    assert str(events[0]["UID"]).startswith("step-")
    assert not any(word in found.content.decode() for word in ("EUR", "lt.finance", "Party"))
    assert CalendarAddress.objects.get().token_sha256 == token_sha256(address.group(1))
    same = nobody.get(address.group(0), headers={"if-none-match": found["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert nobody.get(address.group(0)).content == found.content
    assert nobody.get(address.group(0) + "?x=1").status_code == 422
    assert nobody.post(address.group(0)).status_code == 405

    assert client.post("/account/calendar/end/", {"key": str(uuid.uuid4())}).status_code == 303
    ended, unknown = nobody.get(address.group(0)), nobody.get(f"/calendar/{'x' * 43}.ics")
    assert (ended.status_code, without_forms(ended.content)) == (404, without_forms(unknown.content))


def test_a_new_address_ends_the_one_before_and_leaving_ends_all(office: Office, signed_in: SignIn) -> None:
    client, nobody = signed_in("lt.finance"), Client()
    addresses = []
    for _time in range(2):
        made = client.post("/account/calendar/", {"key": str(uuid.uuid4())}).content.decode()
        addresses += re.findall(r"/calendar/[A-Za-z0-9_-]{43}\.ics", made)

    assert [nobody.get(address).status_code for address in addresses] == [404, 200]
    Person.objects.filter(name="lt.finance").update(active=False)
    assert nobody.get(addresses[1]).status_code == 404


def test_a_person_says_how_to_be_written_to(office: Office, signed_in: SignIn) -> None:
    client = signed_in("lt.finance")
    form = {"then": "check", "mail": "daily", "email": "finance@ministry.example", "language": "lt"}

    shown = client.get("/account/").content.decode()
    checked = client.post("/act/authority.set_mail/", form | {"key": str(uuid.uuid4())})
    refused = client.post(
        "/act/authority.set_mail/", form | {"key": str(uuid.uuid4()), "email": "a@b.example, c@d.example"}
    )

    assert "no address is known: nothing is sent" in shown
    assert checked.status_code == 200, checked.content.decode()
    assert refused.status_code == 422
    assert "Write one e-mail address" in refused.content.decode()
    office.propose("lt.finance", "authority.set_mail", mail="daily", email="finance@ministry.example")
    person = Person.objects.get(name="lt.finance")
    assert (person.email, person.language) == ("finance@ministry.example", "en")
    assert MailSetting.objects.get().mail == "daily"
    assert "Once a day, all together" in client.get("/account/").content.decode()


def test_the_operator_sees_what_was_given_up_and_nobody_else_a_page(
    funded: Office, signed_in: SignIn
) -> None:
    allocation(funded)
    Outbox.objects.filter(person__name="lt.approver").update(
        dead_at=clock.now(), attempts=10, last_error="SMTPRecipientsRefused 550"
    )

    page = signed_in("operator").get("/system/").content.decode()

    assert "SMTPRecipientsRefused 550" in page
    assert "tranche outbox retry" in page
    assert signed_in("ua.manager").get("/system/").status_code == 404
