"""The simulation is not blind: each of these faults, put into the ledger, makes it fail and say where.

Most of them change the ledger's own proof along with the posting, so only the model can see them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections
from tests.simulation import drive
from tests.simulation.campaign import Failed, run

from tranche.kernel import ledger, money, shares, simulate, trace
from tranche.kernel.chart import Kind
from tranche.kernel.ledger import Running, Stamp
from tranche.ledger import accounts, balances, fragments, post, replay
from tranche.store import write

pytestmark = pytest.mark.usefixtures("sqlite_mechanism")

SEED, OPERATIONS = 7, 2_000
Patch = pytest.MonkeyPatch


def unguarded() -> None:
    """Without the trigger that would notice a wrong stamp or floor by itself."""
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP TRIGGER movement_apply")


def _off_by_one(parts: Sequence[int], limits: Sequence[int]) -> tuple[int, ...]:
    """The first has one more and the second one less, where there is one to take and place to put it."""
    if len(parts) < 2 or not parts[1] or parts[0] >= limits[0]:
        return tuple(parts)
    return (parts[0] + 1, parts[1] - 1, *parts[2:])


def share_off_by_one(patch: Patch) -> None:
    patch.setattr(shares, "nested_shares", lambda held, q: _off_by_one(money.nested_shares(held, q), held))


def share_abroad_off_by_one(patch: Patch) -> None:
    patch.setattr(shares, "split_fx", lambda given, q: _off_by_one(money.weighted_shares(given, q), [2**60]))


def floor_not_asked(patch: Patch) -> None:
    """The database still asks, but then the error is another one."""
    patch.setattr(Running, "move", _moved_without_floor)


def floor_not_asked_by_anybody(patch: Patch) -> None:
    unguarded()
    floor_not_asked(patch)


def _moved_without_floor(running: Any, source: str, target: str, amount: int) -> Stamp:
    found = Stamp(running._went[source], running._came[target])
    running._went[source] += amount
    running._came[target] += amount
    return found


def stamp_shifted(patch: Patch) -> None:
    """In the posting, in the proof, and where no trace comes by."""
    unguarded()
    move = Running.move

    def shifted(running: Running, source: str, target: str, amount: int) -> Stamp:
        found = move(running, source, target, amount)
        return found._replace(src_off=found.src_off + 1) if source.startswith("origin:EU") else found

    patch.setattr(Running, "move", shifted)
    patch.setattr(replay.Replay, "_compare_stamps", lambda *_given: None)


def fragment_of_another_source(patch: Patch) -> None:
    real = fragments.fragments_for

    def wrong(uses: Any, reader: Any) -> Any:
        return [
            (mv, [piece._replace(source=trace.MvId(3, 1), source_lo=0) for piece in pieces])
            for mv, pieces in real(uses, reader)
        ]

    patch.setattr(fragments, "fragments_for", wrong)


def fragment_missing(patch: Patch) -> None:
    real = fragments.store

    def forgetful(uses: Any, reader: Any, *, write: Any) -> None:
        real(uses[1:] or uses, reader, write=write)

    patch.setattr(fragments, "store", forgetful)


def cut_rounded_down(patch: Patch) -> None:
    def down(x: int, q_from: int, q_to: int) -> int:
        return x * q_to // q_from

    patch.setattr(trace, "fx_cut", down)
    patch.setattr(simulate, "fx_cut", down)


def reversal_not_mirrored(patch: Patch) -> None:
    for module in (post, replay):
        patch.setattr(module, "mirror", lambda lines: tuple(lines))


def any_reversal(patch: Patch) -> None:
    patch.setattr(post, "_check_mirror", lambda *_given, **_named: None)


def reversal_twice(patch: Patch) -> None:
    patch.setattr(post, "REVERSAL_OF", "SELECT 1 WHERE %s < 0")


def closed_account_takes_money(patch: Patch) -> None:
    held = accounts.held
    for module in (accounts, post):
        patch.setattr(module, "held", lambda row: held((*row[:-1], None)))


def closed_period_takes_money(patch: Patch) -> None:
    patch.setattr(post, "optional_day", lambda _value: None)


def period_without_its_last_day(patch: Patch) -> None:
    patch.setattr(balances, "BOOKED", balances.BOOKED.replace("e.booked_on <= %s", "e.booked_on < %s"))


def edge_too_many(patch: Patch) -> None:
    kinds, targets = ("settle", "accept", "order"), (Kind.PREPAID, Kind.LOT)
    jumps = {(Kind.CONTRACT, target, kind) for target in targets for kind in kinds}
    patch.setattr(ledger, "EDGES", ledger.EDGES | jumps)


def funds_mixed(patch: Patch) -> None:
    patch.setattr(ledger, "_same_money", lambda *_ends: True)


def amount_limit_too_high(patch: Patch) -> None:
    patch.setattr(ledger, "MOVEMENT_MINOR_MAX", 10**15 + 1)


def rounding_without_limit(patch: Patch) -> None:
    patch.setattr(ledger, "ROUNDING_MINOR_MAX", 10**7)


def advance_limit_too_high(patch: Patch) -> None:
    real = accounts.open_account
    patch.setattr(
        drive,
        "open_account",
        lambda spec, *, write, limit_minor: real(spec, write=write, limit_minor=(limit_minor or -1) + 1),
    )


def unknown_payer_passes(patch: Patch) -> None:
    patch.setattr(post, "UNKNOWN", ":nobody:")


def donors_in_another_order(patch: Patch) -> None:
    patch.setattr(accounts, "DONORS", accounts.DONORS.replace("f.donor_no", "f.donor_no DESC"))


def key_of_another_request(patch: Patch) -> None:
    real = write._claim

    def trusting(tx: Any, request_hash: bytes, known: Any) -> None:
        real(tx, bytes(known[0][0]) if known else request_hash, known)

    patch.setattr(write, "_claim", trusting)


def entry_lost(patch: Patch) -> None:
    real = post._post
    patch.setattr(post, "_post", lambda drafts, *, write: real(drafts[:-1] or drafts, write=write))


FAULTS: tuple[tuple[Callable[[Patch], None], str], ...] = (
    (share_off_by_one, "SharesNotNested|splits"),
    (share_abroad_off_by_one, "SharesNotNested|converts"),
    (floor_not_asked, "StaleOffset.*InsufficientFunds"),
    (floor_not_asked_by_anybody, "took what the model refuses by InsufficientFunds"),
    (stamp_shifted, "movement"),
    (fragment_of_another_source, "fragments of"),
    (fragment_missing, "fragments of"),
    (cut_rounded_down, "fragments of|LineBroken|SumBroken"),
    (reversal_not_mirrored, "NotMirror|movement"),
    (any_reversal, "the model refuses by NotMirror|the model by (AlreadyReversed|NotMirror)"),
    (reversal_twice, "the model by AlreadyReversed"),
    (closed_account_takes_money, "refuses by AccountClosed|immutable"),
    (closed_period_takes_money, "StaleOffset.*PeriodClosed"),
    (period_without_its_last_day, "the period until"),
    (edge_too_many, "took what the model refuses by EdgeNotAllowed"),
    (funds_mixed, "took what the model refuses by EdgeNotAllowed"),
    (amount_limit_too_high, "AmountOutOfRange"),
    (rounding_without_limit, "took what the model refuses by AmountOutOfRange"),
    (advance_limit_too_high, "took what the model refuses"),
    (unknown_payer_passes, "took what the model refuses by UnknownPayer"),
    (donors_in_another_order, "SharesNotNested|splits|converts"),
    (key_of_another_request, "a repeated key gave"),
    (entry_lost, "the ledger numbered|SharesNotNested"),
)


@pytest.mark.parametrize(("fault", "seen"), FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_fault_in_the_ledger_is_seen(fault: Callable[[Patch], None], seen: str, monkeypatch: Patch) -> None:
    fault(monkeypatch)

    with pytest.raises(Failed, match=seen):
        run(SEED, OPERATIONS)


def test_without_a_fault_the_same_operations_agree() -> None:
    run(SEED, OPERATIONS)
