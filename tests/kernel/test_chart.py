"""Accounts have one code, one floor and one rule of funds; the table of edges is closed."""

from __future__ import annotations

import pytest

from tranche.kernel.chart import (
    EDGES,
    HOLDINGS,
    SOURCES,
    USES,
    AccountSpec,
    Fund,
    Kind,
    check_account,
    floor_of,
    pool_place,
)
from tranche.kernel.ledger_errors import BadAccount

POOLED = Fund("DK-2024/SE", "DK-2024", "SE")


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        (AccountSpec(Kind.ORIGIN, "EU:windfall", None, "EUR"), "origin:EU:windfall:EUR"),
        (AccountSpec(Kind.UNASSIGNED, "DK", None, "EUR"), "unassigned:DK:EUR"),
        (AccountSpec(Kind.TRANCHE, "LT", Fund("LT-UA-2024-T1"), "EUR"), "tranche:LT-UA-2024-T1:EUR"),
        (AccountSpec(Kind.POOL, "DK-2024", POOLED, "EUR"), "pool:DK-2024/SE:EUR"),
        (AccountSpec(Kind.PROGRAMME, "P-1", POOLED, "EUR"), "programme:P-1:DK-2024/SE:EUR"),
        (AccountSpec(Kind.SUSPENSE, "LINE-7", None, "EUR"), "suspense:LINE-7:-:EUR"),
        (AccountSpec(Kind.FX, "", None, "UAH"), "fx:UAH"),
        (AccountSpec(Kind.ROUNDING, "", None, "EUR"), "rounding:EUR"),
    ],
)
def test_an_account_has_its_code(spec: AccountSpec, code: str) -> None:
    check_account(spec)

    assert spec.code == code


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (AccountSpec(Kind.ORIGIN, "EU", None, "EUR"), "holder"),
        (AccountSpec(Kind.LOT, "LOT:1", Fund("T"), "EUR"), "holder"),
        (AccountSpec(Kind.LOT, "", Fund("T"), "EUR"), "holder"),
        (AccountSpec(Kind.LOT, "LOT-1", Fund("T"), "eur"), "currency"),
        (AccountSpec(Kind.TRANCHE, "LT", None, "EUR"), "fund"),
        (AccountSpec(Kind.UNASSIGNED, "LT", Fund("T"), "EUR"), "fund"),
        (AccountSpec(Kind.LOT, "LOT-1", Fund("a b"), "EUR"), "fund"),
        (AccountSpec(Kind.LOT, "LOT-1", Fund("P/DK", "P", "SE"), "EUR"), "donor"),
        (AccountSpec(Kind.LOT, "LOT-1", Fund("P/DK", "P"), "EUR"), "donor"),
    ],
)
def test_words_that_make_no_account_are_refused(spec: AccountSpec, why: str) -> None:
    with pytest.raises(BadAccount) as refused:
        check_account(spec)

    assert refused.value.why == why


def test_every_kind_has_one_role() -> None:
    assert HOLDINGS | SOURCES | USES | {Kind.FX} == frozenset(Kind)
    assert not HOLDINGS & (SOURCES | USES)


def test_only_origin_fx_and_rounding_have_no_floor() -> None:
    floorless = {kind for kind in Kind if kind is not Kind.ADVANCE and floor_of(kind) is None}

    assert floorless == {Kind.ORIGIN, Kind.FX, Kind.ROUNDING}


def test_an_advance_has_no_floor_by_rule() -> None:
    with pytest.raises(BadAccount):
        floor_of(Kind.ADVANCE)


def test_money_enters_an_origin_only_by_reversal() -> None:
    assert {kind for _, target, kind in EDGES if target is Kind.ORIGIN} == {"reverse"}


def test_a_use_never_feeds_a_use() -> None:
    assert not [edge for edge in EDGES if edge[0] in USES and edge[1] in USES]


def test_every_edge_can_be_reversed() -> None:
    forward = {(source, target) for source, target, kind in EDGES if kind != "reverse"}
    back = {(target, source) for source, target, kind in EDGES if kind == "reverse"}

    assert forward == back


def test_fx_stands_in_no_edge() -> None:
    assert not [edge for edge in EDGES if Kind.FX in edge]


@pytest.mark.parametrize(
    "edge",
    [
        (Kind.ORIGIN, Kind.TRANCHE, "receive"),
        (Kind.SUSPENSE, Kind.RETURNED, "confirm"),
        (Kind.TRANCHE, Kind.POOL, "assign"),
        (Kind.POOL, Kind.PROGRAMME, "allocate"),
        (Kind.PROGRAMME, Kind.CONTRACT, "reserve"),
        (Kind.CONTRACT, Kind.TRANSIT, "order"),
        (Kind.UNASSIGNED, Kind.TRANSIT, "order"),
        (Kind.TRANSIT, Kind.PREPAID, "settle"),
        (Kind.PREPAID, Kind.LOT, "accept"),
        (Kind.LOT, Kind.PREPAID, "unaccept"),
        (Kind.PREPAID, Kind.CONTRACT, "refund"),
        (Kind.TRANSIT, Kind.CONTRACT, "release"),
        (Kind.RETURNED, Kind.SUSPENSE, "bounce"),
        (Kind.POOL, Kind.SUSPENSE, "recall"),
        (Kind.TRANSIT, Kind.FEE, "fee"),
        (Kind.CONTRACT, Kind.CONTRACT, "rollover"),
        (Kind.ROUNDING, Kind.TRANSIT, "settle"),
    ],
)
def test_the_way_of_money_is_allowed(edge: tuple[Kind, Kind, str]) -> None:
    assert edge in EDGES


@pytest.mark.parametrize(
    "edge",
    [
        (Kind.ORIGIN, Kind.PROGRAMME, "receive"),
        (Kind.POOL, Kind.TRANCHE, "assign"),
        (Kind.TRANCHE, Kind.CONTRACT, "allocate"),
        (Kind.CONTRACT, Kind.LOT, "accept"),
        (Kind.PREPAID, Kind.FEE, "fee"),
        (Kind.LOT, Kind.LOT, "rollover"),
        (Kind.PREPAID, Kind.PROGRAMME, "release"),
    ],
)
def test_a_shortcut_is_not(edge: tuple[Kind, Kind, str]) -> None:
    assert edge not in EDGES


def test_only_a_donors_account_stands_in_a_pool() -> None:
    spec = AccountSpec(Kind.CONTRACT, "C-1", POOLED, "EUR")

    assert pool_place(spec) == (Kind.CONTRACT, "C-1", "DK-2024", "EUR")
    with pytest.raises(BadAccount):
        pool_place(AccountSpec(Kind.CONTRACT, "C-1", Fund("T"), "EUR"))
