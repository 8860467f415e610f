"""The overview: headline figures by stage, and the way of the money as places and links for a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tranche.models import Origin, Party, Tranche
from tranche.queries.flow import Flow, flows
from tranche.queries.records import in_language
from tranche.queries.scope import within
from tranche.queries.stages import MoneyByStage, all_money
from tranche.queries.viewer import UNFILTERED, Viewer


@dataclass(frozen=True, slots=True)
class Promise:
    """Register figures of one currency: announced but not agreed, agreed and beyond, not withdrawn."""

    currency: str
    announced_minor: int
    agreed_minor: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the first page shows of money; `names` are those of origins and donors by place."""

    promises: tuple[Promise, ...]
    money: tuple[MoneyByStage, ...]
    flows: tuple[Flow, ...]
    names: Mapping[str, str]


def overview(language: str = "en", who: Viewer = UNFILTERED) -> Overview:
    return Overview(_promises(who), all_money(who), flows(who), _names(language))


def _promises(who: Viewer) -> tuple[Promise, ...]:
    rows = Tranche.objects.using("read").filter(within(who, "tranche")).exclude(record__state="withdrawn")
    sums: dict[str, list[int]] = {}
    for currency, state, amount in rows.values_list("currency", "record__state", "amount_minor"):
        sums.setdefault(currency, [0, 0])[state != "announced"] += amount
    return tuple(Promise(currency, *found) for currency, found in sorted(sums.items()))


def _names(language: str) -> Mapping[str, str]:
    origins = {f"origin:{row.ref}": row.title for row in Origin.objects.using("read")}
    donors = {f"donor:{row.ref}": in_language(row, "name", language) for row in Party.objects.using("read")}
    states = {f"advance:{row.ref}": in_language(row, "name", language) for row in Party.objects.using("read")}
    return origins | donors | states
