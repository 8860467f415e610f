"""Erasing what people wrote from the log: by both sides, with the hashes left in their places.

The text goes from the log and from everything that is made of it. The register keeps its own copy as long as
the law wants the record kept.
"""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.authority import NOBODY
from tranche.actions.execution import Execution
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.scopes import both_sides
from tranche.kernel.canonical import Canonical
from tranche.kernel.entries import ERASURE
from tranche.kernel.refusals import UnknownReference
from tranche.ledger.logged import SET_UP
from tranche.log.erasures import Erasable, Erased, close, erasable
from tranche.log.read import Entry, entry
from tranche.models import Decision
from tranche.store.write import ALIAS


def _basis(arguments: Arguments, _today: date) -> Basis:
    found = _entry(arguments)
    items = _items(found)
    situation, facts = both_sides()
    failed = {}
    if not items:
        failed["words_there"] = str(found.seq)
    if found.kind == ERASURE or (found.kind in SET_UP and not _decision(found)):
        failed["not_set_up"] = str(found.seq)
    if Decision.objects.filter(pk=_decision(found), state="open").exists():
        failed["decision_over"] = str(found.seq)
    return Basis(
        situation=situation,
        ref=f"LOG-{found.seq}",
        holder=NOBODY,
        facts={
            **facts,
            "log_items": [[item.seq, item.name] for item in items],
            "erased_decision": _decision(found),
        },
        failed=failed,
    )


def _entry(arguments: Arguments) -> Entry:
    seq = arguments["log_entry"]
    assert isinstance(seq, int)
    found = entry(seq, ALIAS)
    if found is None or not found.is_intact:
        raise UnknownReference("log_entry", str(seq))
    return found


def _items(found: Entry) -> tuple[Erasable, ...]:
    return erasable(found.seq, _decision(found))


def _decision(found: Entry) -> str:
    """The decision that the entry names, if it does."""
    values = {item.name: item.value for item in found.items}
    match values.get("decision"):
        case {"id": str(identifier)}:
            return identifier
        case _:
            return ""


def _erase(execution: Execution) -> None:
    items = _items(_entry(execution.arguments))
    close((Erased(item.seq, item.leaf) for item in items), execution.write.execute)
    rows: list[Canonical] = [{"leaf": item.leaf, "seq": item.seq} for item in items]
    execution.logged |= {"erased": rows, "basis": execution.text("legal_basis")}


register(
    Action(
        "log.erasure",
        (a.whole("log_entry"), a.text("legal_basis", most=200)),
        _basis,
        _erase,
    )
)
