"""What would be, had some entries never been: which uses would lack their money, and who would have paid.

Nothing is written. The answer is as posted: what other donors of a pro-rata pool paid is not split anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from tranche.kernel import follow
from tranche.kernel.chart import FLOORLESS, SOURCES, USES, Kind
from tranche.kernel.follow import Fate, Landing
from tranche.kernel.money import Money
from tranche.kernel.trace import Mv, Window
from tranche.kernel.whatif import Ends, Without, without
from tranche.ledger.balances import Balance, balances
from tranche.ledger.book import SqlReader, View
from tranche.ledger.rows import marks, reading
from tranche.models import Party
from tranche.queries import ways
from tranche.queries.codes import Path, currency_of, read_code
from tranche.queries.starts import UnknownRef, start_of
from tranche.queries.trace import (
    TraceFrom,
    TraceTo,
    backward_document,
    forward_document,
    trace_from,
    trace_to,
    use_accounts,
)
from tranche.queries.ways import Followed

LEFT_OUT_MAX: Final = 50  # entries that one question leaves out
DIGITS_MAX: Final = 15  # of an entry's number, which every engine holds
AS_POSTED: Final = "as_posted"
NOTE: Final = (
    "As posted: the money that is left out is missing where it lay,"
    " and what other donors of a pool paid is not split anew."
)
ENTRIES: Final = """
SELECT e.id, e.reverses, r.id FROM journal_entry e LEFT JOIN journal_entry r ON r.reverses = e.id
WHERE e.id IN (:ids)
"""
RECEIPTS: Final = """
SELECT m.entry_id, m.line
FROM account s JOIN movement m ON m.src = s.id JOIN account d ON d.id = m.dst
LEFT JOIN fund f ON f.id = d.fund_id JOIN journal_entry e ON e.id = m.entry_id
WHERE s.kind = 'origin' AND e.reverses IS NULL
  AND NOT EXISTS (SELECT 1 FROM journal_entry r WHERE r.reverses = e.id)
  AND CASE WHEN f.donor IS NOT NULL THEN f.donor = %s
    WHEN d.kind IN ('unassigned', 'tranche') THEN d.holder = %s
    ELSE substr(s.holder, 1, length(%s) + 1) = %s || ':' END
ORDER BY m.entry_id, m.line
"""


class CannotLeaveOut(LookupError):
    """Why an entry or a donor's receipts cannot be left out.

    `why` is unknown, reversal, reversed, many or no_receipts; `other` is the entry on the other side.
    """

    def __init__(self, why: str, what: str, other: int | None = None) -> None:
        super().__init__(f"{why}: {what}")
        self.why, self.what, self.other = why, what, other


@dataclass(frozen=True, slots=True)
class Lacking:
    """Money that would not be in an account: of a use, which loses its funding, or of a place where it lies.

    `amount` is in the currency of the account, `missing` in that of the account where the money first lacks.
    """

    account: str
    kind: str
    ref: str
    amount: Money
    missing: Money
    path: Path


@dataclass(frozen=True, slots=True)
class Changed:
    """An account that would hold another amount than it does."""

    account: str
    now: Money
    would: Money


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What was left out, and what follows; uses and places each in the order of their codes."""

    entries: tuple[int, ...]
    donors: tuple[str, ...]
    receipts: tuple[str, ...]
    uses: tuple[Lacking, ...]
    places: tuple[Lacking, ...]
    accounts: tuple[Changed, ...]
    basis: str = AS_POSTED
    note: str = NOTE

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Overlay:
    """The book as it would be, and what is known of its accounts as they are."""

    book: Without
    view: View
    removed: tuple[Mv, ...]
    accounts: Mapping[int, Balance]


@dataclass(frozen=True, slots=True)
class Supposed:
    """A question that may be asked of the book without these entries."""

    answer: WhatIf
    view: View

    def followed(self, ref: str) -> tuple[Followed, ...]:
        """Where the money of this reference would be, one group a currency; raises UnknownRef."""
        start = start_of(ref, self.view)
        if start is None or not start.entered:
            return (Followed(ref, trace_from(ref).currency, 0, (), start),)
        return ways.follow_all(start, self.view)

    def trace_from(self, ref: str) -> TraceFrom:
        """What the money of this reference would have bought; raises UnknownRef."""
        return forward_document(self.followed(ref))

    def trace_to(self, ref: str) -> TraceTo:
        """Who would have paid for this use, and how much of it nobody; raises UnknownRef."""
        accounts = use_accounts(ref)
        if not accounts:
            return trace_to(ref)
        codes = {account.code for account in accounts}
        currencies = sorted({account.currency for account in accounts})
        return backward_document(ref, currencies, ways.runs_of_use(codes, self.view, refined=True))


def suppose(without_: Sequence[str]) -> Supposed:
    """Leave out journal entries by number and all receipts of donors by reference; raises CannotLeaveOut."""
    numbers = sorted({_number(what) for what in without_ if what.isdigit()})
    donors = sorted({what for what in without_ if not what.isdigit()})
    if len(numbers) + len(donors) > LEFT_OUT_MAX:
        raise CannotLeaveOut("many", str(LEFT_OUT_MAX))
    _check_entries(numbers)
    reader = SqlReader(reading("read"))
    removed = {mv.id: mv for mv in reader.lines_of(numbers)}
    receipts: list[str] = []
    for donor in donors:
        of_donor = _receipts_of(donor, reader)
        receipts += [str(mv.id) for mv in of_donor]
        removed |= {mv.id: mv for mv in of_donor}
    overlay = _overlay(tuple(removed.values()), reader)
    lacking = _lacking(overlay)
    return Supposed(
        WhatIf(
            entries=tuple(numbers),
            donors=tuple(donors),
            receipts=tuple(receipts),
            uses=tuple(row for row in lacking if Kind(row.kind) in (*USES, *SOURCES)),
            places=tuple(row for row in lacking if Kind(row.kind) not in (*USES, *SOURCES)),
            accounts=_changed(overlay, lacking),
        ),
        overlay.view,
    )


def _number(what: str) -> int:
    if not what.isascii() or len(what) > DIGITS_MAX:
        raise CannotLeaveOut("unknown", what)
    return int(what)


def _check_entries(numbers: Sequence[int]) -> None:
    """An entry that undoes another, or was undone, is not left out alone."""
    if not numbers:
        return
    rows = reading("read")(ENTRIES.replace(":ids", marks(len(numbers))), list(numbers))
    known = {number: (reverses, by) for number, reverses, by in rows}
    for number in numbers:
        if number not in known:
            raise CannotLeaveOut("unknown", str(number))
        reverses, by = known[number]
        if reverses is not None:
            raise CannotLeaveOut("reversal", str(number), reverses)
        if by is not None:
            raise CannotLeaveOut("reversed", str(number), by)


def _receipts_of(donor: str, reader: SqlReader) -> list[Mv]:
    rows = reading("read")(RECEIPTS, [donor] * 4)
    if not rows:
        known = Party.objects.using("read").filter(ref=donor).exists()
        raise CannotLeaveOut("no_receipts", donor) if known else UnknownRef(donor)
    wanted = {(entry, line) for entry, line in rows}
    return [mv for mv in reader.lines_of({entry for entry, _ in rows}) if mv.id in wanted]


def _overlay(removed: tuple[Mv, ...], reader: SqlReader) -> _Overlay:
    accounts = {row.account_id: row for row in balances()}
    advances = [number for number, row in accounts.items() if row.kind is Kind.ADVANCE]
    book = without(reader, removed, advances)
    return _Overlay(book, View(reader, book, book.ends), removed, accounts)


def _lacking(overlay: _Overlay) -> tuple[Lacking, ...]:
    """Where the units are that would have no source: what accounts spent beyond what would have come in."""
    windows: list[Window] = []
    for number in sorted(overlay.book.accounts):
        row = overlay.accounts[number]
        if row.kind not in (*FLOORLESS, Kind.ADVANCE):
            window = overlay.book.unfunded(number, Ends(row.in_total, row.out_total))
            windows += [window] if window.lo < window.hi else []
    found: dict[tuple[str, Path], list[int]] = defaultdict(lambda: [0, 0])
    for landings in follow.follow(overlay.book, windows):
        for landing in landings:
            if landing.fate is Fate.RESTS or _has_left(landing, overlay):
                path = _path(landing, overlay)
                sums = found[path[-1], path]
                sums[0] += landing.amount
                sums[1] += landing.source_amount
    return tuple(_lack(path, *sums) for (_, path), sums in sorted(found.items()))


def _has_left(landing: Landing, overlay: _Overlay) -> bool:
    """What went into a source account has left the book, or repaid an advance: it rests nowhere."""
    return landing.fate is Fate.USED and overlay.accounts[landing.account].kind in SOURCES


def _path(landing: Landing, overlay: _Overlay) -> Path:
    path = tuple(overlay.accounts[number].code for number in landing.path)
    return path if landing.fate is Fate.RESTS else (*path, overlay.accounts[landing.account].code)


def _lack(path: Path, amount: int, missing: int) -> Lacking:
    code = read_code(path[-1])
    amounts = (Money(amount, code.currency), Money(missing, currency_of(path[0])))
    return Lacking(path[-1], code.kind.value, code.holder or code.fund, *amounts, path)


def _changed(overlay: _Overlay, lacking: Iterable[Lacking]) -> tuple[Changed, ...]:
    """Accounts that the entries touched, and those in which money would lack."""
    less: dict[str, int] = defaultdict(int)
    for row in lacking:
        less[row.account] += row.amount.amount_minor
    touched = {number for mv in overlay.removed for number in (mv.src, mv.dst)}
    rows = [row for number, row in overlay.accounts.items() if number in touched or row.code in less]
    return tuple(
        Changed(row.code, Money(row.balance, row.currency), Money(would, row.currency))
        for row in sorted(rows, key=lambda row: row.code)
        if row.kind is not Kind.FX and (would := _would_hold(row, overlay.book, less)) != row.balance
    )


def _would_hold(row: Balance, book: Without, less: Mapping[str, int]) -> int:
    came, went = book.ends(row.account_id, Ends(row.in_total, row.out_total))
    held = came - went
    if row.kind not in (*FLOORLESS, Kind.ADVANCE):
        held = max(held, 0)  # what was spent beyond it lacks where it was spent
    return held - less.get(row.code, 0)
