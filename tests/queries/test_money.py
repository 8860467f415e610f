"""A number opens what it is the sum of: accounts, their lines, and the entry of each line."""

from __future__ import annotations

import pytest
from tests.office import DONORS
from tests.story import POOL, POOLED_LOT, POOLED_LOT_MINOR

from tranche.ledger.journal import numbers
from tranche.queries.money import LINES_A_PAGE, account, entry_detail, figure
from tranche.queries.records import NotFound
from tranche.queries.stages import STAGES, all_money

pytestmark = pytest.mark.usefixtures("told")


@pytest.mark.parametrize("stage", STAGES)
def test_accounts_of_a_stage_add_up_to_its_figure(stage: str) -> None:
    [money] = all_money()

    assert figure(stage, "EUR").amount_minor == money.at(stage)


def test_accounts_of_everything_received_add_up_to_it() -> None:
    [money] = all_money()

    assert figure("received", "EUR").amount_minor == money.received_minor
    assert figure("received", "USD").accounts == ()


@pytest.mark.parametrize(
    ("name", "within", "amount"),
    [
        ("funded", "P-1", 900_000_000),
        ("funded", "P-DK", 20_000_000_000),
        ("reserved", "C-1", 500_000_000),
        ("delivered", "C-1", 200_000_000),
        ("accepted", "C-1", 150_000_000),
        ("accepted", POOLED_LOT, POOLED_LOT_MINOR),
        ("accepted", "LT-UA-2024-T1", 150_000_000),
        ("received", "LT-UA-2024", 1_000_000_000),
        ("received", "DK-UA-2024", 53_770_000_000),
        ("ordered", "PAY-1", 0),
    ],
)
def test_figure_within_a_record_counts_that_record_alone(name: str, within: str, amount: int) -> None:
    assert figure(name, "EUR", within).amount_minor == amount


def test_figure_of_one_fund_is_part_of_the_figure() -> None:
    donors = [donor for donor, _ in DONORS]
    parts = [figure("funded", "EUR", "P-DK", f"{POOL}/{donor}").amount_minor for donor in donors]

    assert sum(parts) == figure("funded", "EUR", "P-DK", POOL).amount_minor
    assert sum(parts) == figure("funded", "EUR", "P-DK").amount_minor


@pytest.mark.parametrize(("name", "within"), [("everything", ""), ("idle", "NOWHERE-1"), ("idle", "N-1")])
def test_figure_that_does_not_exist_is_not_found(name: str, within: str) -> None:
    with pytest.raises(NotFound):
        figure(name, "EUR", within)


def test_statement_ends_at_the_balance() -> None:
    found = account("tranche:LT-UA-2024-T1:EUR")

    assert len(found.lines) <= LINES_A_PAGE
    assert found.lines[-1].balance_minor == found.balance.balance == 100_000_000
    assert sum(line.amount_minor for line in found.lines) == found.balance.balance


def test_statement_goes_on_from_a_line() -> None:
    whole = account("tranche:LT-UA-2024-T1:EUR").lines

    assert account("tranche:LT-UA-2024-T1:EUR", first=1).lines == whole[1:]


def test_unknown_account_and_entry_are_not_found() -> None:
    with pytest.raises(NotFound):
        account("tranche:NOWHERE-1:EUR")
    with pytest.raises(NotFound):
        entry_detail(999_999)


def test_entry_names_its_decision_and_what_it_was_about() -> None:
    found = entry_detail(1)

    assert (found.entry.kind, found.decision_action, found.decision_ref) == (
        "receive",
        "tranche.confirm_receipt",
        "LT-UA-2024-T1",
    )
    assert found.reversed_by is None
    assert (1, "receive") in numbers([found.entry.log_seq])[found.entry.log_seq]
