"""Printing people: the list, and one person with everything held."""

from __future__ import annotations

from tranche.cli.acting import reader
from tranche.cli.exits import Exit
from tranche.cli.output import Column, Output
from tranche.kernel.refusals import UnknownReference
from tranche.models import Login
from tranche.queries import people
from tranche.queries.people import GrantRow
from tranche.store import clock


def print_people(username: str | None, output: Output) -> int:
    """Everybody by name, those who left last."""
    reader(username)
    rows = people.everybody(clock.now())
    if output.as_json:
        output.document({"items": [_as_json(row) for row in rows]})
        return Exit.DONE
    columns = (Column("name"), Column("sign-ins"), Column("roles"), Column("note"))
    table = [
        (row.name, " ".join(row.logins), _roles(row.grants), _note(row.active, row.same_as)) for row in rows
    ]
    output.table("people", columns, table)
    return Exit.DONE


def print_person(user: str, username: str | None, output: Output) -> int:
    """One person by the name of a sign-in."""
    reader(username)
    login = Login.objects.using("read").filter(username=user).first()
    if login is None:
        raise UnknownReference("login", user)
    found = people.person(login.person_id, clock.now())
    grants = [_grant(row) for row in (*found.row.grants, *found.lent)]
    if output.as_json:
        output.document(_as_json(found.row) | {"roles": grants})
        return Exit.DONE
    title = f"{found.row.name} {_note(found.row.active, found.row.same_as)}".strip()
    columns = (Column("role"), Column("from"), Column("before"), Column("reach"), Column("lent"))
    rows = [(row["role"], row["from"], row["before"], row["reach"], row["lent"]) for row in grants]
    output.table(title, columns, rows)
    output.line()
    output.table(
        "Sign-ins",
        (Column("name"), Column("open")),
        [(row.username, "yes" if row.is_active else "no") for row in found.logins],
    )
    return Exit.DONE


def _as_json(row: people.PersonRow) -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "active": row.active,
        "same_as": row.same_as,
        "logins": list(row.logins),
        "holds": [f"{grant.role}@{grant.party}" for grant in row.grants if grant.holds],
    }


def _roles(grants: tuple[GrantRow, ...]) -> str:
    return " ".join(f"{grant.role}@{grant.party}" for grant in grants if grant.holds)


def _note(active: bool, same_as: str) -> str:
    if not active:
        return "(has left)"
    return f"(the same person as {same_as})" if same_as else ""


def _grant(grant: GrantRow) -> dict[str, str]:
    return {
        "role": f"{grant.role}@{grant.party}",
        "from": grant.from_at.isoformat(timespec="seconds"),
        "before": grant.to_at.isoformat(timespec="seconds") if grant.to_at else "",
        "reach": f"{grant.scope} {grant.scope_ref}".strip(),
        "lent": f"by {grant.lent_by} to {grant.person}" if grant.lent_by else "",
    }
