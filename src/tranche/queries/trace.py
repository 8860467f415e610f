"""What did this donor's money buy, and who paid for this lot: the two trace documents, to the cent.

A document has one currency: forward that of the sources, backward that of the use. Every part also says what
it is in its own. Money of other currencies stands in documents of its own: nothing is added over them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from tranche.kernel.chart import USES, Kind
from tranche.kernel.ledger_errors import SumBroken
from tranche.kernel.money import Money
from tranche.kernel.trace import MvId
from tranche.kernel.whatif import UNFUNDED
from tranche.ledger.balances import Balance, balances
from tranche.ledger.book import as_it_is
from tranche.ledger.rows import reading
from tranche.models import Lot, Tranche
from tranche.queries import ways
from tranche.queries.codes import Path, currency_of, kind_of, read_code
from tranche.queries.sources import Owner, SourceFact, donor_of, facts_of, owners_of
from tranche.queries.starts import UnknownRef, start_of
from tranche.queries.ways import Followed, Run

__all__ = [
    "UnknownRef",
    "donors_by_receipt",
    "followed",
    "forward_document",
    "fund_behind",
    "trace_from",
    "trace_to",
]


@dataclass(frozen=True, slots=True)
class Source:
    """One receipt that paid for a use, and the way its money went.

    `kind` is origin, advance (not yet repaid), rounding, or unfunded in a book as it would be; `own` is the
    part in the currency in which it came.
    """

    ref: str
    donor: str
    origin: str
    entry: int
    amount_minor: int
    path: Path
    kind: str
    own: Money


@dataclass(frozen=True, slots=True)
class Use:
    """What money went into for good, net of what was undone; `own` is in the currency of the use."""

    ref: str
    kind: str
    amount_minor: int
    path: Path
    own: Money
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Unspent:
    """Where money of this source lies that is not spent; `own` is in the currency of the account."""

    account: str
    amount_minor: int
    own: Money


@dataclass(frozen=True, slots=True)
class TraceFrom:
    """The way of money forward: uses + unspent + returned = amount; other currencies stand in `others`."""

    ref: str
    currency: str
    amount_minor: int
    uses: tuple[Use, ...]
    unspent: tuple[Unspent, ...]
    returned_minor: int
    returned_own: tuple[Money, ...] = ()
    others: tuple[TraceFrom, ...] = ()

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def in_currency(self, currency: str) -> TraceFrom | None:
        """The document of one currency."""
        return next((one for one in (self, *self.others) if one.currency == currency), None)


@dataclass(frozen=True, slots=True)
class Share:
    """What one donor paid of a use, and what that was in the currencies in which it came."""

    donor: str
    amount_minor: int
    own: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class TraceTo:
    """The way of money backward: sources and shares each sum to the amount; other currencies in `others`."""

    ref: str
    currency: str
    amount_minor: int
    sources: tuple[Source, ...]
    shares: tuple[Share, ...]
    others: tuple[TraceTo, ...] = ()

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def trace_from(ref: str) -> TraceFrom:
    """Return what became of the money of a tranche, a pool, a pool's donor, an advance or a receipt."""
    return forward_document(followed(ref))


def followed(ref: str) -> tuple[Followed, ...]:
    """The runs behind the document, one group a currency; raises UnknownRef."""
    view = as_it_is(reading("read"))
    start = start_of(ref, view)
    if start is None or not start.entered:
        return (Followed(ref, _currency_of(Tranche, ref), 0, (), start),)
    return ways.follow(start, view)


def donors_by_receipt(found: Sequence[Followed]) -> Mapping[str, str]:
    """Whose money each source of followed money is, by `entry:line`."""
    runs = [run for one in found for run in one.runs]
    names = _Names.of(runs)
    return {str(run.source): names.donor(run) for run in runs}


def fund_behind(found: Followed) -> str:
    """The fund whose rule tells this money apart: its own, or for a receipt that of where it came."""
    if found.start is None or found.start.codes or not found.start.facts:
        return found.ref
    return read_code(next(iter(found.start.facts.values())).entered).fund


def trace_to(ref: str, *, stored: bool = False) -> TraceTo:
    """Return who paid for a lot, or for another use, by the receipts its fragments name.

    What repaid an advance stands in its place, unless the stored attribution is asked for.
    """
    accounts = use_accounts(ref)
    if not accounts:
        return TraceTo(ref, _currency_of(Lot, ref), 0, (), ())
    codes = {account.code for account in accounts}
    runs = ways.stored_runs([account.account_id for account in accounts], codes)
    if not stored and any(
        fact.kind is Kind.ADVANCE for fact in facts_of(run.source for run in runs).values()
    ):
        runs = ways.runs_of_use(codes, as_it_is(reading("read")), refined=True)
    wanted: dict[str, int] = defaultdict(int)
    for account in accounts:
        wanted[account.currency] += account.balance
    for currency, amount in wanted.items():
        found = sum(run.amount_minor for run in runs if currency_of(run.path[-1]) == currency)
        if found != amount:
            raise SumBroken(ref, amount, found)
    return backward_document(ref, sorted(wanted), runs)


def use_accounts(ref: str) -> tuple[Balance, ...]:
    """The accounts of a lot, or of whoever holds another use."""
    return balances(kinds=sorted(USES), holders=[ref])


def forward_document(found: Sequence[Followed]) -> TraceFrom:
    """The document of followed money; the first currency leads."""
    names = _Names.of(run for one in found for run in one.runs)
    documents = [_forward(one, names) for one in found]
    first = documents[0]
    whole = (first.ref, first.currency, first.amount_minor, first.uses, first.unspent)
    return TraceFrom(*whole, first.returned_minor, first.returned_own, tuple(documents[1:]))


def backward_document(ref: str, currencies: Sequence[str], runs: Sequence[Run]) -> TraceTo:
    """The document of runs that ended in the accounts of a use; the first currency leads."""
    names = _Names.of(runs)
    grouped = ways.in_currency(runs)
    documents = [_backward(ref, currency, grouped.get(currency, []), names) for currency in currencies]
    first = documents[0]
    return TraceTo(ref, first.currency, first.amount_minor, first.sources, first.shares, tuple(documents[1:]))


@dataclass(frozen=True, slots=True)
class _Names:
    """What the parts of a document are called."""

    facts: Mapping[MvId, SourceFact]
    owners: Mapping[str, Owner]

    @classmethod
    def of(cls, runs: Iterable[Run]) -> _Names:
        kept = list(runs)
        return cls(
            facts_of(run.source for run in kept if run.source != UNFUNDED),
            owners_of({code for run in kept for code in run.path}),
        )

    def donor(self, run: Run) -> str:
        return donor_of(run.path, self.owners, self.facts[run.source].holder)

    def source(self, run: Run, amount_minor: int, path: Path) -> Source:
        if run.source == UNFUNDED:
            own = Money(run.source_minor, currency_of(run.path[0]))
            return Source("", "", "", 0, amount_minor, path, "unfunded", own)
        fact, donor = self.facts[run.source], self.donor(run)
        own = Money(run.source_minor, fact.currency)
        return Source(
            str(fact.name), donor, fact.holder, fact.name.entry, amount_minor, path, fact.kind.value, own
        )


def _forward(found: Followed, names: _Names) -> TraceFrom:
    used: dict[Path, list[Run]] = defaultdict(list)
    unspent: dict[str, list[Run]] = defaultdict(list)
    returned: list[Run] = []
    for run in found.runs:
        kind = kind_of(run.path[-1])
        if kind is Kind.RETURNED:
            returned.append(run)
        elif kind in (*USES, Kind.ROUNDING):
            used[found.start.cut(run.path) if found.start else run.path].append(run)
        else:
            unspent[run.path[-1]].append(run)
    return TraceFrom(
        ref=found.ref,
        currency=found.currency,
        amount_minor=found.amount_minor,
        uses=tuple(_use(way, runs, names) for way, runs in sorted(used.items(), key=_by_account)),
        unspent=tuple(
            Unspent(account, _sum_of_sources(runs), _own(runs)) for account, runs in sorted(unspent.items())
        ),
        returned_minor=_sum_of_sources(returned),
        returned_own=tuple(_own(runs) for runs in ways.in_currency(returned).values()),
    )


def _by_account(item: tuple[Path, list[Run]]) -> tuple[str, Path]:
    return item[0][-1], item[0]


def _use(way: Path, runs: Sequence[Run], names: _Names) -> Use:
    code = read_code(way[-1])
    sources = tuple(names.source(run, run.source_minor, way) for run in runs)
    return Use(code.holder, code.kind.value, _sum_of_sources(runs), way, _own(runs), sources)


def _sum_of_sources(runs: Iterable[Run]) -> int:
    return sum(run.source_minor for run in runs)


def _own(runs: Sequence[Run]) -> Money:
    return Money(sum(run.amount_minor for run in runs), currency_of(runs[0].path[-1]))


def _backward(ref: str, currency: str, runs: Sequence[Run], names: _Names) -> TraceTo:
    sources = tuple(names.source(run, run.amount_minor, run.path) for run in runs)
    shares: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        if source.kind != "unfunded":
            shares[source.donor].append(source)
    amount = sum(source.amount_minor for source in sources)
    return TraceTo(
        ref, currency, amount, sources, tuple(_share(donor, parts) for donor, parts in shares.items())
    )


def _share(donor: str, parts: Sequence[Source]) -> Share:
    own: dict[str, int] = defaultdict(int)
    for part in parts:
        own[part.own.currency] += part.own.amount_minor
    amount = sum(part.amount_minor for part in parts)
    return Share(donor, amount, tuple(Money(minor, currency) for currency, minor in sorted(own.items())))


def _currency_of(model: type[Tranche] | type[Lot], ref: str) -> str:
    # Registered, and no money has come yet: a trace of nothing, not an unknown reference.
    currency = model.objects.using("read").filter(ref=ref).values_list("currency", flat=True).first()
    if currency is None:
        raise UnknownRef(ref)
    return str(currency)
