"""Joint production projects: drafted, agreed by every partner, run, amended by new shares, wound up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, cast

from tranche.actions import arguments as a
from tranche.actions.execution import Execution
from tranche.actions.funds import left
from tranche.actions.lookup import evidence_facts, evidence_kinds, find, free_ref
from tranche.actions.outputs import version_on
from tranche.actions.people import deeds
from tranche.actions.registry import Action, Arguments, Basis, register
from tranche.kernel.canonical import Canonical
from tranche.kernel.ledger import Kind
from tranche.kernel.money import Money
from tranche.kernel.output import PARTNERS_MAX, WEIGHT_MAX
from tranche.kernel.policy import Situation
from tranche.kernel.refusals import BadArgument
from tranche.ledger.balances import balances
from tranche.models import Contract, Joint, JointShare, Party, Programme, RoleGrant

RULES: Final = ("by_share", "by_paid_in", "by_schedule")
CAUSES: Final = ("entry", "exit", "shares", "breach")
APPROVERS: Final = ("DA", "RA")
HELD: Final = (Kind.PROGRAMME, Kind.CONTRACT, Kind.TRANSIT, Kind.PREPAID)
LIVE: Final = ("draft", "agreed", "running", "closing")


@dataclass(frozen=True, slots=True)
class Share:
    """One partner as a request states it."""

    party: Party
    weight: int
    due: Money | None

    @property
    def shown(self) -> Canonical:
        if self.due is None:
            return [self.party.ref, self.weight, ""]
        due: Canonical = {"amount_minor": self.due.amount_minor, "currency": self.due.currency}
        return [self.party.ref, self.weight, due]


def _shares(arguments: Arguments) -> tuple[Share, ...]:
    """The partners of a request by reference; raises BadArgument for one twice or an impossible weight."""
    rows = cast("Sequence[Mapping[str, str]]", arguments["partners"])
    found = sorted((_share(row) for row in rows), key=lambda share: share.party.ref)
    refs = [share.party.ref for share in found]
    if len(set(refs)) != len(refs) or len(refs) > PARTNERS_MAX:
        raise BadArgument("partners", "rows", ", ".join(refs)[:80])
    return tuple(found)


def _share(row: Mapping[str, str]) -> Share:
    if not {"party", "weight"} <= set(row) <= {"party", "weight", "due_minor", "currency"}:
        raise BadArgument("partners", "rows", str(row)[:80])
    if (
        not row["weight"].isascii()
        or not row["weight"].isdigit()
        or len(row["weight"]) > len(str(WEIGHT_MAX))
    ):
        raise BadArgument("partners", "rows", str(row)[:80])
    weight = int(row["weight"])
    if not 0 < weight <= WEIGHT_MAX:
        raise BadArgument("partners", "rows", str(row)[:80])
    due = None
    if "due_minor" in row or "currency" in row:
        minor = row.get("due_minor", "")
        given = {"amount_minor": int(minor) if minor.isdigit() else 0, "currency": row.get("currency", "")}
        parsed = a.parse_arguments((a.money("partners"),), {"partners": given})
        due = a.money_of(parsed, "partners")
    return Share(find(Party, row["party"]), weight, due)


def _situation(holder: Party, partners: frozenset[str], signers: frozenset[str], record_id: str) -> Situation:
    """Of every partner alike; each of the signers has one approver sign."""
    done = deeds([], [record_id] if record_id else [])
    return Situation(
        owner=holder.ref,
        parties=partners | {holder.ref},
        recipient=holder.ref,
        partners=signers,
        chain_deeds=done.chain,
        record_deeds=done.record,
    )


def _unstaffed(shares: Sequence[Share], today: date) -> dict[str, str]:
    """The failed guard of partners for whom nobody could ever sign."""
    without = [share.party.ref for share in shares if not _has_approver(share.party, today)]
    return {"partners_have_approvers": ", ".join(without)} if without else {}


def _has_approver(party: Party, today: date) -> bool:
    rows = RoleGrant.objects.filter(party=party, role__in=APPROVERS, person__active=True)
    return any(row.to_at is None or row.to_at.date() > today for row in rows)


def _draft_basis(arguments: Arguments, today: date) -> Basis:
    programme = find(Programme, arguments["programme"])
    shares = _shares(arguments)
    partners = frozenset(share.party.ref for share in shares)
    failed = _unstaffed(shares, today)
    other = programme.joint_projects.filter(record__state__in=LIVE).first()
    if other is not None:
        failed["one_project"] = other.ref
    if len(shares) < 2:
        failed["two_partners"] = str(len(shares))
    return Basis(
        situation=_situation(programme.holder, partners, partners, ""),
        ref=free_ref(arguments),
        holder=programme.holder,
        facts={
            "title": arguments["title"],
            "programme": programme.title,
            "shares": [share.shown for share in shares],
        },
        failed=failed,
    )


def _draft(execution: Execution) -> None:
    record = execution.create()
    joint = Joint.objects.create(
        record=record,
        ref=record.ref,
        programme=find(Programme, execution.arguments["programme"]),
        title=execution.text("title"),
        title_uk=execution.text("title_uk"),
        title_lt=execution.text("title_lt"),
        output_rule=execution.text("output_rule"),
    )
    _keep(execution, joint, 1)
    execution.created["id"] = record.id


def _keep(execution: Execution, joint: Joint, version: int) -> None:
    for share in _shares(execution.arguments):
        JointShare.objects.create(
            joint=joint,
            version=version,
            party=share.party,
            weight=share.weight,
            due_minor=share.due.amount_minor if share.due else None,
            currency=share.due.currency if share.due else "",
            valid_from=execution.day("valid_from"),
            cause=execution.text("share_cause"),
        )


def _current(joint: Joint) -> tuple[Share, ...]:
    """The shares last agreed, whether they are valid yet or not."""
    last = joint.shares.order_by("version").values_list("version", flat=True).last() or 0
    rows = joint.shares.filter(version=last).select_related("party").order_by("party__ref")
    return tuple(
        Share(
            row.party, row.weight, Money(row.due_minor, row.currency) if row.due_minor is not None else None
        )
        for row in rows
    )


def situation_of(joint: Joint) -> Situation:
    """Of every partner of a project under the shares last agreed."""
    partners = frozenset(share.party.ref for share in _current(joint))
    return _situation(joint.programme.holder, partners, partners, joint.record_id)


def _basis(arguments: Arguments, today: date) -> Basis:
    joint = find(Joint, arguments["joint"])
    shares = _current(joint)
    partners = frozenset(share.party.ref for share in shares)
    programme = joint.programme
    return Basis(
        situation=_situation(programme.holder, partners, partners, joint.record_id),
        ref=joint.ref,
        holder=programme.holder,
        record=joint.record,
        facts={
            "title": joint.title,
            "programme": programme.title,
            "output_rule": joint.output_rule,
            "shares": [share.shown for share in shares],
            "signers": sorted(partners),
            "evidence": evidence_facts(joint.record, ("signed_text", "amendment", "final_report")),
        },
        failed=_in_the_way(joint, today) | _unstaffed(shares, today),
        evidence=evidence_kinds(joint.record, arguments),
    )


def _in_the_way(joint: Joint, today: date) -> dict[str, str]:
    """What stands in the way of starting, closing and withdrawing, from the ledger and the register."""
    programme, failed = joint.programme, {}
    contracts = Contract.objects.filter(programme=programme)
    open_ones = contracts.exclude(record__state__in=("closed", "cancelled"))
    if open_ones:
        failed["no_live_contract"] = ", ".join(open_ones.values_list("ref", flat=True))
    holders = (programme.ref, *contracts.values_list("ref", flat=True))
    rows = balances(kinds=HELD, holders=holders, using="default")
    there = left(rows)
    if there:
        failed["balance_zero"] = there
    came = any(row.holder == programme.ref for row in rows)
    failed |= {"no_money_yet": there or programme.ref} if came else {"money_there": programme.ref}
    first = joint.shares.order_by("valid_from").values_list("valid_from", flat=True).first()
    if first is not None and first > today:
        failed["shares_in_force"] = first.isoformat()
    return failed


def _amend_basis(arguments: Arguments, today: date) -> Basis:
    """A new version of the shares; who enters and who leaves signs, except whom a breach expels."""
    joint = find(Joint, arguments["joint"])
    base = _basis(arguments, today)
    old, new = base.situation.partners, _shares(arguments)
    staying = frozenset(share.party.ref for share in new)
    breach = arguments["share_cause"] == "breach"
    if breach and not staying < old:
        raise BadArgument("share_cause", "choice", "breach")
    signers = staying if breach else staying | old
    failed = {name: why for name, why in base.failed.items() if name != "partners_have_approvers"}
    failed |= _unstaffed(new, today) | _too_early(joint, str(arguments["valid_from"]))
    if len(new) < 2 and not breach:
        failed["two_partners"] = str(len(new))
    facts: dict[str, Canonical] = {
        "shares_before": base.facts["shares"],
        "shares": [share.shown for share in new],
        "signers": sorted(signers),
    }
    situation = replace(base.situation, parties=base.situation.parties | staying, partners=signers)
    return replace(base.only(failed), situation=situation, facts={**base.facts, **facts})


def _too_early(joint: Joint, valid_from: str) -> dict[str, str]:
    """The failed guard of shares that would reach back over accepted lots or the shares before."""
    lots = joint.outputs.order_by("lot__accepted_on").values_list("lot__accepted_on", flat=True)
    versions = joint.shares.order_by("valid_from").values_list("valid_from", flat=True)
    last = max(day for day in (lots.last(), versions.last()) if day is not None)
    return {} if valid_from > last.isoformat() else {"after_last_lot": last.isoformat()}


def _amend(execution: Execution) -> None:
    joint = find(Joint, execution.arguments["joint"])
    last = joint.shares.order_by("version").values_list("version", flat=True).last() or 0
    execution.move()
    _keep(execution, joint, last + 1)


def _start(execution: Execution) -> None:
    assert version_on(find(Joint, execution.arguments["joint"]), execution.today)
    execution.move()


def _move(execution: Execution) -> None:
    execution.move()


_ON = (a.ref("joint"), a.evidence())
_PARTNERS = (a.rows("partners"), a.day("valid_from"))

register(
    Action(
        "joint.draft",
        (
            a.ref("ref"),
            a.ref("programme"),
            a.title("title"),
            a.title("title_uk", required=False),
            a.title("title_lt", required=False),
            a.choice("output_rule", RULES),
            *_PARTNERS,
        ),
        _draft_basis,
        _draft,
    )
)
register(
    Action(
        "joint.amend",
        (a.ref("joint"), a.choice("share_cause", CAUSES), *_PARTNERS, a.evidence()),
        _amend_basis,
        _amend,
    )
)
register(Action("joint.start", _ON, _basis, _start))
for _name in ("agree", "wind_up", "close", "withdraw"):
    register(Action(f"joint.{_name}", _ON, _basis, _move))
