"""Interests: a person declares a tie to a supplier, and another person agrees that it has ended."""

from __future__ import annotations

import uuid
from datetime import date

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.lookup import find
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import UnknownReference
from tranche.models import Interest, InterestKind, Party


def _declare_basis(arguments: Arguments, _today: date) -> Basis:
    party = find(Party, arguments["party"])
    failed = {}
    if "to_on" in arguments and str(arguments["to_on"]) <= str(arguments["from_on"]):
        failed["from_before_to"] = str(arguments["to_on"])
    return Basis(
        situation=Situation(owner=party.ref),
        ref=party.ref,
        holder=party,
        facts={"owner": party.ref, "party_name": party.name},
        failed=failed,
    )


def _declare(execution: Execution) -> None:
    """The interest is that of whoever declares it: nobody declares another's."""
    interest = Interest.objects.create(
        id=str(uuid.uuid4()),
        person_id=execution.by_person,
        party=find(Party, execution.arguments["party"]),
        kind=execution.text("kind"),
        from_on=execution.day("from_on"),
        to_on=execution.optional_day("to_on"),
        decision_id=execution.decision.id,
    )
    execution.created["id"] = interest.id


def _end_basis(arguments: Arguments, today: date) -> Basis:
    """An approver of the party for which the person acts agrees, and never the person."""
    found = _interest(arguments)
    home = _home(found)
    ended = found.to_on is not None and found.to_on <= today
    return Basis(
        situation=Situation(
            owner=home.ref,
            parties=frozenset({home.ref}),
            approving=home.ref,
            recipient=home.ref,
            interested=frozenset({found.person_id}),
        ),
        ref=found.party.ref,
        holder=home,
        facts={
            "from_on": found.from_on.isoformat(),
            "kind": found.kind,
            "owner": home.ref,
            "party_name": found.party.name,
            "person": found.person.name,
        },
        failed={"interest_live": found.party.ref} if ended else {},
    )


def _interest(arguments: Arguments) -> Interest:
    rows = Interest.objects.select_related("person", "party").filter(pk=arguments["interest"])
    found = rows.first()
    if found is None:
        raise UnknownReference("declared interest", str(arguments["interest"])[:8])
    return found


def _home(found: Interest) -> Party:
    """The party for which the person acts; without a grant the party itself, where nobody approves."""
    grant = found.person.grants.select_related("party").order_by("from_at", "id").first()
    return grant.party if grant else found.party


def _end(execution: Execution) -> None:
    found = _interest(execution.arguments)
    Interest.objects.filter(pk=found.pk).update(to_on=max(execution.today, found.from_on))
    execution.created["id"] = found.id


register(
    Action(
        "register.declare_interest",
        (
            a.ref("party"),
            a.choice("kind", InterestKind.values),
            a.day("from_on"),
            a.day("to_on", required=False),
        ),
        _declare_basis,
        _declare,
    )
)
register(Action("register.end_interest", (a.identifier("interest"),), _end_basis, _end))
