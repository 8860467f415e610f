"""Printing the policy: the version in force, and all versions."""

from __future__ import annotations

from tranche.actions.policy import version_in_force
from tranche.cli.acting import reader
from tranche.cli.exits import Exit
from tranche.cli.output import Column, Output
from tranche.kernel.policy import Policy
from tranche.queries.policy_versions import VersionRow, history
from tranche.store import clock


def print_policy(username: str | None, output: Output) -> int:
    """The parameters that hold now."""
    reader(username)
    found = version_in_force()
    if output.as_json:
        document = {"number": found.number, "sha256": found.sha256, "name": found.policy.name}
        output.document(document | _parameters(found.policy))
        return Exit.DONE
    rows = [(name.replace("_", " "), _text(value)) for name, value in _parameters(found.policy).items()]
    title = f"Policy {found.policy.name}, version {found.number}"
    output.table(title, (Column("parameter"), Column("value")), [*rows, ("sha256", found.sha256)])
    return Exit.DONE


def print_history(username: str | None, output: Output) -> int:
    """Every stored version; none where the settings name the policy."""
    reader(username)
    rows = history(clock.now())
    if output.as_json:
        output.document({"items": [_as_json(row) for row in rows]})
        return Exit.DONE
    columns = (Column("version"), Column("stands"), Column("from"), Column("changed"), Column("decision"))
    table = [
        (
            str(row.number),
            row.stands.replace("_", " "),
            row.effective_at.isoformat(timespec="seconds"),
            "; ".join(_changed(row)),
            row.decision_id or "set-up",
        )
        for row in rows
    ]
    output.table("Versions of the policy", columns, table)
    return Exit.DONE


def _parameters(policy: Policy) -> dict[str, object]:
    return {
        "currency": policy.currency,
        "limit_one_minor": policy.limit_one_minor,
        "limit_two_minor": policy.limit_two_minor,
        "window_days": policy.window_days,
        "methods": list(policy.methods),
        "key_models": list(policy.aaguids),
    }


def _text(value: object) -> str:
    return " ".join(value) or "any" if isinstance(value, list) else str(value)


def _changed(row: VersionRow) -> list[str]:
    """What differs from the version before, as `name: old -> new`."""
    if row.before is None:
        return []
    before, now = _parameters(row.before), _parameters(row.policy)
    found = [
        f"{name}: {_text(before[name])} -> {_text(now[name])}" for name in now if before[name] != now[name]
    ]
    return found + [f"rules of {name}" for name in row.rules_changed]


def _as_json(row: VersionRow) -> dict[str, object]:
    return {
        "number": row.number,
        "sha256": row.sha256,
        "stands": row.stands,
        "effective_at": row.effective_at.isoformat(timespec="seconds"),
        "changed": _changed(row),
        "decision": row.decision_id,
        **_parameters(row.policy),
    }
