"""Source documents and claims: read into drafts, decided one by one, never near the money."""

from __future__ import annotations

from importlib import resources

import pytest
from tests.actions.refusing import refused
from tests.office import Office

from tranche.kernel.lifecycle import NoSuchTransition
from tranche.kernel.refusals import AlreadyThere, BadArgument, NotAllowed, ReasonWanted, UnknownReference
from tranche.ledger.balances import balances
from tranche.models import Claim, ClaimEvidence, SourceDocument

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

TEXT = (
    resources.files("tranche.conf")
    .joinpath("demo")
    .joinpath("lithuania-announcement-2024-11-23.txt")
    .read_text(encoding="utf-8")
)


def add(
    office: Office, who: str = "ua.manager", ref: str = "DOC-1", text: str = TEXT, **changes: str
) -> None:
    arguments = {
        "holder": "UA-MOD",
        "title": "First tranche agreed",
        "source_class": "press",
        "published_on": "2024-11-23",
        "published_basis": "stated",
        "language": "en",
    }
    office.propose(who, "claim.add_document", ref=ref, text=text, **(arguments | changes))


def test_a_document_is_read_into_drafts_whose_spans_stand_in_the_text() -> None:
    office = Office()

    add(office)

    text = SourceDocument.objects.get(ref="DOC-1").text
    assert Claim.objects.count() == 7
    assert {claim.record.state for claim in Claim.objects.all()} == {"draft"}
    assert all(text[span.start : span.end] == span.quote for span in ClaimEvidence.objects.all())
    assert Claim.objects.get(ref="DOC-1-C1").amounts.get().amount_minor == 1_000_000_000
    assert all(claim.summary for claim in Claim.objects.all())


def test_claims_move_no_money() -> None:
    office = Office()
    add(office)

    office.do("ua.manager", "claim.confirm", claim="DOC-1-C1")

    assert balances() == ()


def test_a_claim_is_confirmed_by_a_person_and_linked() -> None:
    office = Office()
    add(office)
    office.lithuanian_tranche()

    office.do("auditor", "claim.confirm", claim="DOC-1-C1")
    office.do("auditor", "claim.link", claim="DOC-1-C1", target="LT-UA-2024-T1")

    claim = Claim.objects.get(ref="DOC-1-C1")
    assert claim.record.state == "confirmed"
    assert (claim.linked_ref, claim.confirmed_by and claim.confirmed_by.name) == ("LT-UA-2024-T1", "auditor")


def test_only_confirmed_claims_are_linked_and_only_to_what_exists() -> None:
    office = Office()
    add(office)
    office.do("ua.manager", "claim.confirm", claim="DOC-1-C2")

    refused(
        NoSuchTransition, lambda: office.propose("ua.manager", "claim.link", claim="DOC-1-C1", target="X-1")
    )
    refused(
        UnknownReference, lambda: office.propose("ua.manager", "claim.link", claim="DOC-1-C2", target="X-1")
    )


@pytest.mark.by_form("claim.reject")
def test_rejecting_a_claim_needs_a_reason() -> None:
    office = Office()
    add(office)

    refused(ReasonWanted, lambda: office.propose("ua.manager", "claim.reject", claim="DOC-1-C1"))
    office.do("ua.manager", "claim.reject", claim="DOC-1-C1", reason="The amount is of another country.")

    assert Claim.objects.get(ref="DOC-1-C1").record.state == "rejected"


def test_the_same_text_is_added_once() -> None:
    office = Office()
    add(office)

    refused(AlreadyThere, lambda: add(office))
    refused(AlreadyThere, lambda: add(office, ref="DOC-2", text=TEXT.replace("\n", "\r\n")))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"language": "lt"}, "language"),
        ({"published_on": "yesterday"}, "published_on"),
        ({"text": "  "}, "text"),
        ({"published_on": "2024-13-45"}, "published_on"),
        ({"published_on": "9" * 30}, "published_on"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "not a url"}, "url"),
        ({"text": "hid\u200bden"}, "text"),
        ({"text": "long " * 50_000}, "text"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(changes: dict[str, str], name: str) -> None:
    office = Office()

    error = refused(BadArgument, lambda: add(office, **changes))

    assert error.name == name


@pytest.mark.parametrize("who", ["ua.payer", "operator", "ua.inspector"])
def test_others_add_no_documents(who: str) -> None:
    office = Office()

    refused(NotAllowed, lambda: add(office, who))
