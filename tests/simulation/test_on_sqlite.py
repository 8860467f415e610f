"""A hundred thousand operations of every kind on SQLite; another module does them on PostgreSQL."""

from __future__ import annotations

from tests.simulation.agreement import assert_agreement


def test_the_ledger_and_the_model_agree_on_every_seed() -> None:
    assert_agreement("sqlite")
