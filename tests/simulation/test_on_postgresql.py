"""The same hundred thousand operations on PostgreSQL."""

from __future__ import annotations

import pytest
from tests.databases import postgres_binaries
from tests.simulation.agreement import assert_agreement


@pytest.mark.postgres
def test_the_ledger_and_the_model_agree_on_every_seed() -> None:
    if postgres_binaries() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    assert_agreement("postgresql")
