"""Accounts and funds: found by their words, opened under the writer's lock when money first needs them.

What came into an account and went out of it is where its two lines of cents end; nothing else keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tranche.kernel.chart import (
    POOL_DONORS_MAX,
    AccountSpec,
    Fund,
    Kind,
    PoolPlace,
    check_account,
    floor_of,
)
from tranche.kernel.ledger import Totals
from tranche.kernel.ledger_errors import AccountClosed, BadAccount, PoolFull
from tranche.ledger.rows import Execute, marks, parts
from tranche.store.write import WriteTx

IN_TOTAL: Final = """
coalesce((SELECT m.dst_off + m.amount FROM movement m WHERE m.dst = a.id ORDER BY m.dst_off DESC LIMIT 1), 0)
"""
OUT_TOTAL: Final = """
coalesce((SELECT m.src_off + m.amount FROM movement m WHERE m.src = a.id ORDER BY m.src_off DESC LIMIT 1), 0)
"""
COLUMNS: Final = """
SELECT a.id, a.kind, a.holder, f.code, f.pool, f.donor, a.currency, :in_total, :out_total, a.floor,
    a.code, c.account_id
FROM account a LEFT JOIN fund f ON f.id = a.fund_id LEFT JOIN account_close c ON c.account_id = a.id
""".replace(":in_total", IN_TOTAL).replace(":out_total", OUT_TOTAL)
DONORS: Final = (
    COLUMNS + "WHERE a.kind = %s AND a.holder = %s AND f.pool = %s AND a.currency = %s ORDER BY f.donor_no"
)
FUNDS: Final = "SELECT id, code, pool, donor FROM fund WHERE code IN (:codes)"
NEXT_FUND: Final = """
SELECT coalesce(max(id), 0), coalesce(max(CASE WHEN pool = %s THEN donor_no END), 0) FROM fund
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A stored account with its totals at the time of reading."""

    id: int
    code: str
    spec: AccountSpec
    totals: Totals
    is_closed: bool


def held(row: tuple[Any, ...]) -> Held:
    """Return the account of one row of COLUMNS."""
    (number, kind, holder, fund, pool, donor, currency, came, went, floor, code, closed) = row
    of_fund = None if fund is None else Fund(fund, pool, donor)
    spec = AccountSpec(Kind(kind), holder, of_fund, currency)
    return Held(number, code, spec, Totals(came, went, floor), closed is not None)


def find(codes: Iterable[str], execute: Execute) -> dict[str, Held]:
    """Return the accounts that exist, by code."""
    rows = [row for sql, params in asking(codes) for row in execute(sql, params)]
    return {account.code: account for account in map(held, rows)}


def asking(codes: Iterable[str]) -> list[tuple[str, Sequence[object]]]:
    """Return statements and parameters that give the accounts of these codes as rows of COLUMNS."""
    return [(f"{COLUMNS} WHERE a.code IN ({marks(len(part))})", part) for part in parts(sorted(set(codes)))]


def donors_at(place: PoolPlace, execute: Execute) -> tuple[Held, ...]:
    """Return the accounts of a pro-rata pool at one holder, in the donors' order."""
    return tuple(map(held, execute(*asking_donors(place))))


def asking_donors(place: PoolPlace) -> tuple[str, Sequence[object]]:
    """Return the statement, with its parameters, that gives the donors' accounts as rows of COLUMNS."""
    return DONORS, [place.kind.value, place.holder, place.pool, place.currency]


def load(specs: Iterable[AccountSpec], *, write: WriteTx) -> dict[str, Held]:
    """Return the account of every spec, by code; open what is missing, refuse what differs or is closed."""
    wanted = {spec.code: spec for spec in specs}
    return loaded(wanted, find(wanted, write.execute), write=write)


def loaded(wanted: Mapping[str, AccountSpec], found: dict[str, Held], *, write: WriteTx) -> dict[str, Held]:
    """The same for a caller that has read what there is."""
    for code, account in found.items():
        if account.spec != wanted[code]:
            raise BadAccount(code, "differs")
        if account.is_closed:
            raise AccountClosed(code)
    missing = [spec for code, spec in wanted.items() if code not in found]
    return found | _opened(missing, write=write) if missing else found


def open_account(spec: AccountSpec, *, write: WriteTx, limit_minor: int | None = None) -> int:
    """Return the id of the account of these words, opening it and its fund if they are new.

    `limit_minor` is how much a state's advance may be drawn; it is fixed for the life of the account.
    """
    if spec.kind is not Kind.ADVANCE:
        return load([spec], write=write)[spec.code].id
    existing = find([spec.code], write.execute)
    if existing or not limit_minor or limit_minor < 0:
        raise BadAccount(spec.code, "differs" if existing else "limit")
    return _opened([spec], write=write, floor=-limit_minor)[spec.code].id


def open_fund(fund: Fund, *, write: WriteTx) -> int:
    """Return the id of a fund, opening it if it is new."""
    return _funds([fund], write=write)[fund.code]


def close_account(code: str, reason: str, *, write: WriteTx) -> None:
    """Close an account for good; raises BadAccount unless it exists, is open and holds nothing."""
    account = find([code], write.execute).get(code)
    if account is None or account.totals.balance:
        raise BadAccount(code, "unknown" if account is None else "balance")
    if account.is_closed:
        raise AccountClosed(code)
    [(last,)] = write.execute("SELECT coalesce(max(id), 0) FROM journal_entry")
    write.insert("account_close", "account_id, entry_id, reason", [(account.id, last, reason)])


def _opened(specs: Sequence[AccountSpec], *, write: WriteTx, floor: int | None = None) -> dict[str, Held]:
    for spec in specs:
        check_account(spec)
    funds = _funds([spec.fund for spec in specs if spec.fund is not None], write=write)
    [(last,)] = write.execute("SELECT coalesce(max(id), 0) FROM account", [])
    opened: dict[str, Held] = {}
    rows: list[tuple[object, ...]] = []
    for number, spec in enumerate(specs, start=last + 1):
        least = floor if floor is not None else floor_of(spec.kind)
        floor_is = "none" if least is None else "limit" if least else "zero"
        fund_id = None if spec.fund is None else funds[spec.fund.code]
        kind = spec.kind.value
        rows.append((number, spec.code, kind, floor_is, least, spec.holder, fund_id, spec.currency))
        opened[spec.code] = Held(number, spec.code, spec, Totals(0, 0, least), is_closed=False)
    write.insert("account", "id, code, kind, floor_is, floor, holder, fund_id, currency", rows)
    return opened


def _funds(funds: Sequence[Fund], *, write: WriteTx) -> dict[str, int]:
    wanted = {fund.code: fund for fund in funds}
    found: dict[str, int] = {}
    for part in parts(list(wanted)):
        for number, code, pool, donor in write.execute(FUNDS.replace(":codes", marks(len(part))), part):
            if wanted[code] != Fund(code, pool, donor):
                raise BadAccount(code, "differs")
            found[code] = number
    for code, fund in wanted.items():
        if code not in found:
            found[code] = _insert_fund(fund, write=write)
    return found


def _insert_fund(fund: Fund, *, write: WriteTx) -> int:
    [(last, donors)] = write.execute(NEXT_FUND, [fund.pool])
    if fund.pool is not None and donors >= POOL_DONORS_MAX:
        raise PoolFull(fund.pool)
    donor_no = None if fund.pool is None else donors + 1
    new = int(last) + 1
    write.insert(
        "fund",
        "id, code, pool, donor, donor_no, spend_rank",
        [(new, fund.code, fund.pool, fund.donor, donor_no, new)],
    )
    return new
