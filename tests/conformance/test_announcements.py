"""The real Lithuanian text gives the seven drafts of the worked example, its notices, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.formats.announcements.texts import LEX, evidence_faults, read

from tranche.formats.announcements import Draft, Reading, as_stored
from tranche.formats.announcements.records import Basis, Stage
from tranche.formats.announcements.zones import read_sentences

TEXT_FILE = Path(__file__).resolve().parents[2] / "../shared/data/announcements/lithuania-first-tranche.txt"
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not TEXT_FILE.exists(), reason="the data folder beside the project is absent"),
]


@pytest.fixture(scope="module")
def text() -> str:
    return TEXT_FILE.read_text("utf-8")


@pytest.fixture(scope="module")
def reading(text: str) -> Reading:
    return read(text)


def spans(draft: Draft, name: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in draft.fields[name].spans]


def values(draft: Draft) -> dict[str, object]:
    return {name: field.value for name, field in draft.fields.items()}


def test_the_text_is_stored_as_it_is(text: str) -> None:
    assert as_stored(text) == text
    assert len(text) == 3287


def test_seven_drafts_and_no_more(reading: Reading) -> None:
    assert [
        (one.kind.value, one.stage and one.stage.value, one.modality.value) for one in reading.drafts
    ] == [
        ("funding", "agreed", "done"),
        ("procedure", "in_procedure", "running"),
        ("transfer_expected", "agreed", "future"),
        ("earmark", None, "running"),
        ("signing", "agreed", "done"),
        ("signing", "agreed", "done"),
        ("priority", None, "intended"),
    ]
    assert reading.unread == ()


def test_l1_is_one_fact_with_three_mentions(reading: Reading) -> None:
    draft = reading.drafts[0]
    (amount,) = draft.amounts

    assert values(draft) == {
        "donor": "LT",
        "amount": "1000000000 EUR",
        "ordinal": 1,
        "stage": "agreed",
        "agreement_total": None,
    }
    assert (amount.amount_minor, amount.currency) == (1_000_000_000, "EUR")
    assert (amount.precision.value, amount.scope.value, amount.role.value) == ("exact", "own", "main")
    assert spans(draft, "donor") == [(168, 189)]
    assert spans(draft, "amount") == [(272, 288), (892, 908), (1832, 1848)]
    assert spans(draft, "ordinal") == [(75, 88), (255, 268), (875, 888), (1815, 1828), (2098, 2111)]
    assert spans(draft, "stage") == [(89, 104), (289, 312), (909, 929), (1849, 1872)]


def test_l2_is_the_procedure_of_the_lithuanian_side(reading: Reading) -> None:
    draft = reading.drafts[1]

    assert spans(draft, "statement") == [(2016, 2092)]
    assert draft.fields["owner"].value == "LT"


def test_l3_expects_a_transfer_without_a_date(reading: Reading) -> None:
    draft = reading.drafts[2]

    assert spans(draft, "statement") == [(2094, 2182)]
    assert draft.fields["expected_date"].value is None
    assert (draft.refers_to, draft.amounts) == (1, ())


def test_l4_is_the_earmark_of_the_first_with_its_scope_open(reading: Reading) -> None:
    draft = reading.drafts[3]

    assert spans(draft, "statement") == [(1893, 2013)]
    assert (draft.fields["project"].value, spans(draft, "project")) == ("Palianytsia", [(1993, 2004)])
    assert spans(draft, "purpose") == [(51, 68), (231, 249), (400, 418), (1954, 1972), (2133, 2143)]
    assert draft.fields["purpose"].value == ("long-range weapons", "long-range drones", "DeepStrike")
    assert draft.fields["scope"].value == "unclear"
    assert (draft.refers_to, draft.amounts) == (1, ())


def test_l5_is_the_signing_in_vilnius(reading: Reading) -> None:
    draft = reading.drafts[4]

    assert spans(draft, "title") == [(1418, 1590)]
    assert (draft.fields["place"].value, spans(draft, "place")) == ("Vilnius", [(1408, 1415)])
    assert spans(draft, "signatories") == [(1302, 1316), (1385, 1404)]
    assert spans(draft, "term") == [(143, 162), (1760, 1779)]
    assert draft.fields["event_date"].value is None
    assert draft.amounts == ()


def test_l6_is_the_related_signing_with_place_and_day_inferred(reading: Reading) -> None:
    draft = reading.drafts[5]

    assert draft.zone.value == "related"
    assert spans(draft, "statement") == [(2747, 2867)]
    assert spans(draft, "title") == [(3235, 3284)]
    assert spans(draft, "signatories") == [(2920, 2934), (2997, 3016), (3134, 3149)]
    assert draft.fields["event_date"].value == (None, 11, 4)
    assert (spans(draft, "event_date"), spans(draft, "place")) == ([(2939, 2949)], [(3028, 3032)])
    assert {draft.fields[name].basis for name in ("event_date", "place")} == {Basis.INFERRED}
    assert draft.amounts == ()


def test_l7_is_the_priorities_of_a_year(reading: Reading) -> None:
    draft = reading.drafts[6]

    assert (draft.fields["priority_year"].value, spans(draft, "priority_year")) == (2025, [(2383, 2406)])
    assert spans(draft, "items") == [(2416, 2464), (2466, 2516), (2529, 2592)]
    assert draft.amounts == ()


def test_exactly_the_notices_of_the_worked_example(reading: Reading) -> None:
    found = [(notice.code, [tuple(span) for span in notice.spans]) for notice in reading.notices]

    assert found == [
        ("N_NO_AGREEMENT_TOTAL", []),
        ("N_PERSON_SPELLING", [(113, 119), (1309, 1316), (2595, 2601), (2927, 2934)]),
        ("N_PERSON_SPELLING", [(1394, 1404), (2293, 2303), (3006, 3016)]),
        ("N_PERSON_SPELLING", [(1993, 2004)]),
        ("N_PUBLISHED_MISSING", []),
        ("N_STAGE_WORD_AMBIGUOUS", [(1893, 1922)]),
        ("N_YEAR_MISSING", [(2939, 2949)]),
    ]


def test_none_of_the_wrong_answers(reading: Reading) -> None:
    signings = [draft for draft in reading.drafts if draft.kind == "signing"]
    vilnius, kyiv = signings

    assert not {draft.stage for draft in reading.drafts} & {Stage.SENT, Stage.RECEIVED}
    assert {amount.amount_minor for draft in reading.drafts for amount in draft.amounts} == {1_000_000_000}
    assert sum(len(draft.amounts) for draft in reading.drafts) == 1
    assert "agreement_total" not in {amount.role for draft in reading.drafts for amount in draft.amounts}
    assert vilnius.fields["event_date"].spans == ()
    assert vilnius.fields["signatories"].value == ("Rustem Umyerov", "Laurinas Kaschyunas")
    assert (2025, None, None) not in {draft.fields["event_date"].value for draft in signings}
    assert kyiv.fields["place"].value == "Kyiv"


def test_every_quote_stands_where_it_says_and_reads_as_its_value(text: str, reading: Reading) -> None:
    assert list(evidence_faults(text, reading)) == []


@pytest.mark.parametrize("seed", range(40))
def test_sentences_shuffled_inside_their_zones_never_say_sent_or_received(text: str, seed: int) -> None:
    sentences = read_sentences(text, LEX)
    shuffled = text
    for zone in {sentence.zone for sentence in sentences}:
        own = [sentence for sentence in sentences if sentence.zone is zone]
        order = random.Random(f"{zone}{seed}").sample(own, len(own))  # noqa: S311 - a test's own shuffle
        for place, put in reversed(list(zip(own, order, strict=True))):
            shuffled = shuffled.replace(place.text, f"\0{put.number}\0", 1)
    for sentence in sentences:
        shuffled = shuffled.replace(f"\0{sentence.number}\0", sentence.text)

    stages = {draft.stage for draft in read(shuffled).drafts}

    assert not stages & {Stage.SENT, Stage.RECEIVED}
    assert Stage.AGREED in stages
