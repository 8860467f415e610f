"""The bank's own totals of a statement (`TxsSummry`), checked where it states them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tranche.formats.amount import parse_minor
from tranche.formats.bank.records import Entry
from tranche.formats.errors import FormatError, Where
from tranche.formats.xml import Element, Leaves, where

Summary = Mapping[str, int]
"""What is stated: count, sum and net by the name of the total."""

GROUPS: Final[Mapping[str, Callable[[Entry], bool]]] = {
    "TtlNtries": lambda _entry: True,
    "TtlCdtNtries": lambda entry: entry.amount_minor > 0,
    "TtlDbtNtries": lambda entry: entry.amount_minor < 0,
}


def read_summary(parts: Sequence[Element], currency: str) -> Summary:
    """The totals of the first `TxsSummry`; empty where there is none."""
    if not parts:
        return {}
    found, place = Leaves(parts[0]), where(parts[0])
    stated = {}
    for name in GROUPS:
        if count := found.text(f"{name}/NbOfNtries"):
            stated[f"{name} count"] = _count(count, place)
        if total := found.text(f"{name}/Sum"):
            stated[f"{name} sum"] = parse_minor(total, currency, place)
    if net := found.text("TtlNtries/TtlNetNtry/Amt", "TtlNtries/TtlNetNtryAmt"):
        mark = found.text("TtlNtries/TtlNetNtry/CdtDbtInd", "TtlNtries/CdtDbtInd")
        stated["TtlNtries net"] = (-1 if mark == "DBIT" else 1) * parse_minor(net, currency, place)
    return stated


def check_summary(stated: Summary, of_page: Sequence[Entry], of_whole: Sequence[Entry], place: Where) -> None:
    """Each total holds for the page or for the whole statement: banks do either. Raises E_STMT_SUM."""
    if not stated:
        return
    page, whole = _totals(of_page), _totals(of_whole)
    for name, figure in stated.items():
        if figure not in (page[name], whole[name]):
            raise FormatError("E_STMT_SUM", place, f"{name} {figure}, not {whole[name]}")


def _totals(entries: Sequence[Entry]) -> Summary:
    found = {"TtlNtries net": sum(entry.amount_minor for entry in entries)}
    for name, belongs in GROUPS.items():
        rows = [abs(entry.amount_minor) for entry in entries if belongs(entry)]
        found |= {f"{name} count": len(rows), f"{name} sum": sum(rows)}
    return found


def _count(text: str, place: Where) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise FormatError("E_STMT_FIELD", place, f"NbOfNtries {text[:20]}")
    return int(text)
