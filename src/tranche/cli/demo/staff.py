"""People of the demonstration: a role for one contract, given by two parties, and a substitute."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import Act, GrantOf, PersonOf, instant


def staff() -> Iterator[Act]:
    """The inspector also looks after a contract that is not inspected by him; the approver goes away."""
    role = {
        "person": PersonOf("ua.inspector"),
        "role": "FM",
        "party": "UA-MOD",
        "scope": "contract",
        "scope_ref": "C-LT-02",
        "to_on": "2025-12-31",
    }
    when = instant("2025-03-24", "14:00")
    yield Act(when, "operator", "authority.grant", "ua.inspector", role, approvers=("lt.approver",))
    lent = {
        "grant": GrantOf("lt.approver"),
        "person": PersonOf("lt.treasury"),
        "from_on": "2025-04-14",
        "to_on": "2025-04-25",
    }
    yield Act(instant("2025-03-28", "15:00"), "lt.approver", "authority.delegate", "lt.approver", lent)
