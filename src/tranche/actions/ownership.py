"""Who owns whom: parties of one ownership group count as one payee against splitting."""

from __future__ import annotations

from datetime import date

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import find
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.actions.scopes import both_sides
from tranche.kernel.canonical import Canonical
from tranche.models import Party


def _basis(arguments: Arguments, _today: date) -> Basis:
    """Any approver of the side that asks, because a group is nobody's own matter."""
    party, group = find(Party, arguments["party"]), str(arguments.get("group", ""))
    situation, facts = both_sides()
    members = Party.objects.filter(ownership_group=group).exclude(pk=party.pk) if group else []
    return Basis(
        situation=situation,
        ref=party.ref,
        holder=party,
        facts={
            **facts,
            "party_name": party.name,
            "group_before": party.ownership_group,
            "group_members": list[Canonical](sorted(f"{row.ref} {row.name}" for row in members)),
        },
        failed={"another_group": group or party.ref} if group == party.ownership_group else {},
    )


def _set(execution: Execution) -> None:
    party = find(Party, execution.arguments["party"])
    Party.objects.filter(pk=party.pk).update(ownership_group=execution.text("group"))
    execution.created["id"] = party.id


register(Action("register.set_group", (a.ref("party"), a.ref("group", required=False)), _basis, _set))
