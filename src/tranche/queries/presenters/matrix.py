"""Who may do what, in words: the matrix of the policy in force, by family of actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tranche.kernel.lifecycle import QuorumKey
from tranche.kernel.matrix import Permission, matrix
from tranche.kernel.money import Money, format_amount
from tranche.kernel.policy import CONFLICTS, Deed, Policy, Scope
from tranche.queries.presenters.events import action_word
from tranche.queries.presenters.words import EVIDENCE, KINDS, ROLES, word

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

RELATIONS: Final[Mapping[str, StrPromise]] = {
    "any": gettext_lazy("any record"),
    "own": gettext_lazy("of the own party"),
    "party": gettext_lazy("of an agreement that the own party has signed"),
    "named": gettext_lazy("where the own party is named"),
    "self": gettext_lazy("in the own matter"),
    "mandate": gettext_lazy("within the mandate of the audit"),
}
FAMILIES: Final[Mapping[str, str]] = {
    "bank": "bank line",
    "evidence": "document",
    "fund": "funding",
    "import": "bank file",
    "procedure": "procedure template",
    "register": "declared interest",
}
"""Families of actions whose kind of record has another code among the words."""

FURTHER: Final[Mapping[str, StrPromise]] = {"hold": gettext_lazy("hold"), "period": gettext_lazy("period")}
DEEDS: Final[Mapping[Deed, StrPromise]] = {
    Deed.PROPOSED: gettext_lazy("proposes"),
    Deed.FILED: gettext_lazy("files a document"),
    Deed.APPROVED: gettext_lazy("approves"),
    Deed.PAID: gettext_lazy("releases the payment"),
    Deed.VERIFIED: gettext_lazy("verifies the account"),
    Deed.INSPECTED: gettext_lazy("inspects or assesses"),
    Deed.JUDGED: gettext_lazy("judges a condition"),
    Deed.HOLDS: gettext_lazy("holds the key"),
}
SECTIONS: Final[Mapping[str, StrPromise]] = {
    "public": gettext_lazy("what is public"),
    "donor": gettext_lazy("what donors may know"),
    "auditor": gettext_lazy("what auditors may know"),
    "sealed": gettext_lazy("what is sealed"),
}


@dataclass(frozen=True, slots=True)
class ActShown:
    """One action: who may ask, who must agree at each amount, who carries it out, on which documents."""

    title: str
    action: str
    who: tuple[str, ...]
    agree: tuple[str, ...]
    executes: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FamilyShown:
    title: str
    acts: tuple[ActShown, ...]


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """The limits in force, the acts by family, what each role reads, and who must be somebody else."""

    limits: tuple[str, str]
    window_days: int
    families: tuple[FamilyShown, ...]
    reads: tuple[tuple[str, tuple[str, ...]], ...]
    labels: tuple[str, ...]
    apart: tuple[tuple[str, str, str], ...]


def policy_page(policy: Policy, language: str) -> PolicyPage:
    lines = matrix(policy)
    acts = sorted((line for line in lines if line.part == "act"), key=lambda line: line.action)
    limits = (policy.limit_one_minor, policy.limit_two_minor)
    shown = tuple(format_amount(Money(minor, policy.currency), language) for minor in limits)
    return PolicyPage(
        limits=(shown[0], shown[1]),
        window_days=policy.window_days,
        families=tuple(
            FamilyShown(_family(name), tuple(_acts(list(rows), shown)))
            for name, rows in groupby(acts, key=lambda line: line.action.split(".")[0])
        ),
        reads=_reads([line for line in lines if line.part == "read"]),
        labels=tuple(str(text) for text in SECTIONS.values()),
        apart=_apart(),
    )


def _family(name: str) -> str:
    return str(FURTHER[name]) if name in FURTHER else word(KINDS, FAMILIES.get(name, name))


def _acts(lines: list[Permission], limits: tuple[str, ...]) -> list[ActShown]:
    """One row an action; roles whose rows say the same stand together."""
    found = []
    for action, rows in groupby(lines, key=lambda line: line.action):
        same = list(rows)
        agree = dict.fromkeys(text for line in same for text in _agree(line, limits))
        found.append(
            ActShown(
                title=action_word(action),
                action=action,
                who=tuple(dict.fromkeys(_who(line) for line in same)),
                agree=tuple(agree),
                executes=word(ROLES, same[0].executes) if same[0].executes else "",
                evidence=tuple(word(EVIDENCE, kind) for kind in same[0].evidence.split()),
            )
        )
    return found


def _who(line: Permission) -> str:
    near = ", ".join(word(RELATIONS, relation) for relation in line.relation.split(","))
    return f"{word(ROLES, line.role)}: {near}"


def _agree(line: Permission, limits: tuple[str, ...]) -> list[str]:
    """Whose approval is wanted beside the person who asks; with amounts, at which."""
    if line.quorum == QuorumKey.Q0:
        return [_("nobody else")]
    first = _persons(line)
    if line.above_limit_1 in ("", line.approvals):
        found = [first]
    else:
        found = [
            _("up to %(limit)s: %(who)s") % {"limit": limits[0], "who": first},
            _("above %(limit)s: %(who)s") % {"limit": limits[0], "who": _slots(line.above_limit_1)},
        ]
    if line.above_limit_2 not in ("", line.above_limit_1):
        found.append(_("above %(limit)s: %(who)s") % {"limit": limits[1], "who": _slots(line.above_limit_2)})
    return found


def _persons(line: Permission) -> str:
    match line.quorum:
        case QuorumKey.QE:
            return _("an approver of each partner")
        case QuorumKey.QS:
            return _("an approver of a party that the act does not serve")
        case _:
            return _slots(line.approvals)


def _slots(text: str) -> str:
    """As in "1 DA + 1 RA": a number of persons of one of some roles, for each side."""
    return " + ".join(_slot(*part.split(" ", 1)) for part in text.split(" + "))


def _slot(wanted: str, roles: str) -> str:
    either = _(" or ").join(word(ROLES, role) for role in roles.split("|"))
    return either if wanted == "1" else f"{wanted} × {either}"


def _reads(lines: list[Permission]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = {(line.role, line.action): word(RELATIONS, line.relation) for line in lines}
    return tuple(
        (word(ROLES, role), tuple(found.get((role, label), "") for label in SECTIONS)) for role in ROLES
    )


def _apart() -> tuple[tuple[str, str, str], ...]:
    """Each pair of deeds once, and whether it counts on the whole chain or on one record."""
    scopes = {
        Scope.CHAIN: _("on the whole chain of records, as from contract to payment"),
        Scope.RECORD: _("on one record"),
    }
    order = list(Deed)
    pairs = sorted(
        (order.index(done), order.index(new), scope)
        for done, new, scope in CONFLICTS
        if order.index(done) <= order.index(new)
    )
    return tuple(
        (str(DEEDS[order[done]]), str(DEEDS[order[new]]), scopes[scope]) for done, new, scope in pairs
    )
