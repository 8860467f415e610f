"""People of the demonstration: keys to sign with, a role for one contract, a substitute, a wish for mail."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.cli.demo.acts import Act, CredentialOf, GrantOf, NewKeyOf, PersonOf, instant

KEY_HOLDERS = {"lt.approver": "ua.approver1", "ua.approver1": "lt.approver"}
"""Who signs with a software key, and who of the other side agrees to its registration."""


def staff() -> Iterator[Act]:
    """The inspector also looks after a contract that is not inspected by him; the approver goes away."""
    yield from _keys()
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
    wish = {"mail": "daily", "email": "officer@ministry.example", "language": "lt"}
    yield Act(instant("2025-03-28", "16:00"), "lt.officer", "authority.set_mail", "lt.officer", wish)


def _keys() -> Iterator[Act]:
    """Before the first money of the Lithuanian agreement its approvers have keys; until then a password."""
    for number, (who, approver) in enumerate(KEY_HOLDERS.items()):
        offer = {"label": "Software key of the demonstration", "made": NewKeyOf(who)}
        when = instant("2024-11-26", f"1{number}:00")
        yield Act(when, who, "authority.offer_credential", who, offer)
        asked = {"credential": CredentialOf(who)}
        when = instant("2024-11-26", f"1{number}:30")
        yield Act(when, "operator", "authority.register_credential", who, asked, approvers=(approver,))
