"""What kinds of drafts sentences give, and which they must not give."""

from __future__ import annotations

import pytest
from tests.formats.announcements.texts import DEMO_TEXT, drafts, read

from tranche.formats.announcements import Published
from tranche.formats.announcements.records import (
    AmountRole,
    Basis,
    Modality,
    PartyRole,
    Precision,
    Scope,
    Stage,
)

PROVEN = {Stage.SENT, Stage.RECEIVED, Stage.CONTRACTED, Stage.DELIVERED}


@pytest.mark.parametrize(
    "text",
    [
        "Lithuania will transfer EUR 10 million.",
        "Lithuania has not transferred EUR 10 million.",
        "Lithuania would transfer EUR 10 million.",
        "If Ukraine has received EUR 10 million, work can start.",
        "EUR 10 million is to be sent by Lithuania.",
        "Lithuania is transferring EUR 10 million.",
        "Lithuania plans to send EUR 10 million.",
        "No funds have been sent; EUR 10 million was agreed.",
        "The ministers thanked Lithuania for the help that Ukraine has received; EUR 10 million was agreed.",
        "Agreements on EUR 535 million follow; it was not received.",
        "Lithuania never sent the first tranche.",
        "Lithuania didn't send the first tranche.",
    ],
)
def test_what_is_not_done_is_never_read_as_sent_or_received(text: str) -> None:
    assert not [draft for draft in drafts(text) if draft.stage in PROVEN]


@pytest.mark.parametrize("verb", ["spent", "invested", "provided", "directed", "allocated", "financed"])
def test_doubtful_words_leave_the_stage_open_with_a_notice(verb: str) -> None:
    reading = read(f"Lithuania {verb} EUR 10 million.")

    assert [draft.stage for draft in reading.drafts] == [None]
    assert "N_STAGE_WORD_AMBIGUOUS" in {notice.code for notice in reading.notices}


def test_one_fact_told_three_times_is_one_draft_with_all_spans() -> None:
    text = "Denmark agreed EUR 5 million. The sum of EUR 5 million was agreed. EUR 5 million has been agreed."

    (draft,) = drafts(text)

    assert len(draft.fields["amount"].spans) == 3
    assert [amount.amount_minor for amount in draft.amounts] == [500_000_000]


def test_one_sum_of_two_donors_is_two_facts() -> None:
    found = drafts("Denmark agreed EUR 20 million. Sweden agreed EUR 20 million.")

    assert [draft.fields["donor"].value for draft in found] == ["DK", "SE"]


def test_a_verb_does_not_reach_a_sum_beyond_the_comma() -> None:
    found = drafts("Of the EUR 150 million, EUR 50 million has been received.")

    assert {draft.amounts[0].amount_minor: draft.stage for draft in found} == {
        15_000_000_000: None,
        5_000_000_000: Stage.RECEIVED,
    }


def test_parts_of_countries_stand_under_their_sum() -> None:
    (draft,) = drafts("Over EUR 150M received: Denmark 111M, France 29M (grant), Lithuania 10M.")
    main, *parts = draft.amounts

    assert (main.precision, main.scope) == (Precision.AT_LEAST, Scope.JOINT)
    assert [part.amount_minor for part in parts] == [11_100_000_000, 2_900_000_000, 1_000_000_000]
    assert {part.role for part in parts} == {AmountRole.PART}
    assert {part.currency_basis for part in parts} == {Basis.INHERITED}


def test_an_equivalent_belongs_to_the_sum_it_restates() -> None:
    (draft,) = drafts("DKK 4.2bn (USD 628M) = 1.3bn Danish + 2.9bn EU windfall was reserved.")

    assert [(one.currency, one.role) for one in draft.amounts] == [
        ("DKK", AmountRole.MAIN),
        ("USD", AmountRole.EQUIVALENT),
        ("DKK", AmountRole.PART),
        ("DKK", AmountRole.PART),
    ]
    assert PartyRole.ORIGIN in {party.role for party in draft.claim_parties}


def test_kroner_of_no_named_country_stay_unread_with_a_notice() -> None:
    reading = read("A package of 300 million kroner was agreed.")

    assert not reading.drafts
    assert "N_AMBIGUOUS_CURRENCY" in {notice.code for notice in reading.notices}
    assert len(reading.unread) == 1


def test_a_later_stage_told_of_the_tranche_inherits_its_sum() -> None:
    text = "Lithuania agreed a first tranche of EUR 10 million. The first tranche has been received."

    agreed, received = drafts(text)

    assert (agreed.stage, received.stage) == (Stage.AGREED, Stage.RECEIVED)
    assert received.kind == "receipt_reported"
    assert received.amounts[0].currency_basis is Basis.INHERITED


def test_a_day_without_a_year_takes_one_only_from_a_published_date() -> None:
    text = "The ministers signed an agreement on 4 November."
    (alone,) = drafts(text)
    (dated,) = read(text, Published(2024, 11, 23)).drafts
    (later,) = read(text, Published(2024, 10, 1)).drafts

    assert alone.fields["event_date"].value == (None, 11, 4)
    assert dated.fields["event_date"].value == (2024, 11, 4)
    assert dated.fields["event_date"].basis is Basis.INFERRED
    assert later.fields["event_date"].value == (None, 11, 4)


def test_a_month_of_publication_alone_gives_no_year() -> None:
    (draft,) = read("The ministers signed an agreement on 4 November.", Published(2024, 11)).drafts

    assert draft.fields["event_date"].value == (None, 11, 4)


def test_a_planned_signing_is_no_signing() -> None:
    assert not drafts("The ministers will sign a memorandum in Kyiv.", "signing")
    assert not drafts("The signing of a memorandum is planned in Kyiv.", "signing")


def test_they_signed_takes_persons_place_and_day_from_the_sentence_before_as_inferred() -> None:
    text = (
        "On 4 November Minister of Defence of Ukraine Rustem Umerov arrived in Vilnius. "
        "Together with Laurynas Kaščiūnas they signed the memorandum on repair."
    )

    (draft,) = drafts(text, "signing")

    assert draft.fields["signatories"].value == ("Rustem Umerov", "Laurynas Kaščiūnas")
    assert draft.fields["place"].basis is Basis.INFERRED
    assert draft.fields["event_date"].basis is Basis.INFERRED


def test_a_person_unknown_to_us_is_read_behind_an_office() -> None:
    (draft,) = drafts("Minister of Defence of Norway Kari Nordmann signed an agreement in Oslo.", "signing")

    assert draft.fields["signatories"].value == ("Kari Nordmann",)


def test_the_announcer_is_carried_by_according_to_him() -> None:
    text = (
        "Head\n\nLead text is here.\n\nThis was announced by Minister Rustem Umerov.\n\n"
        "According to him, Lithuania agreed EUR 10 million."
    )

    (draft,) = drafts(text, "funding")

    assert [party.name_printed for party in draft.claim_parties if party.role is PartyRole.ANNOUNCER] == [
        "Rustem Umerov"
    ]


def test_the_text_of_the_demo_gives_seven_drafts() -> None:
    reading = read(DEMO_TEXT.read_text("utf-8"), Published(2024, 11, 23))
    funding, procedure, transfer, earmark, first, second, priority = reading.drafts

    assert [draft.kind.value for draft in reading.drafts] == [
        "funding",
        "procedure",
        "transfer_expected",
        "earmark",
        "signing",
        "signing",
        "priority",
    ]
    assert funding.fields["amount"].value == "1000000000 EUR"
    assert (funding.stage, funding.ordinal, funding.fields["donor"].value) == (Stage.AGREED, 1, "LT")
    assert (procedure.stage, procedure.modality) == (Stage.IN_PROCEDURE, Modality.RUNNING)
    assert (transfer.stage, transfer.modality, transfer.refers_to) == (Stage.AGREED, Modality.FUTURE, 1)
    assert (earmark.stage, earmark.refers_to, earmark.fields["scope"].value) == (None, 1, "unclear")
    assert (first.fields["place"].value, second.fields["place"].value) == ("Vilnius", "Kyiv")
    assert priority.fields["priority_year"].value == 2025
    assert priority.fields["items"].value == ("training and equipping brigades", "ammunition", "air defence")
    assert not reading.unread
