"""Decisions: the list, and one with its facts, its approvals, and who is still needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.db.models import Exists, OuterRef

from tranche.kernel.approval import (
    NOTHING_BEFORE,
    ApprovalView,
    Missing,
    Quorum,
    Slot,
    Window,
    bits_of,
    evaluate,
    quorum_for,
    short_code,
)
from tranche.kernel.canonical import Canonical, decode
from tranche.kernel.lifecycle import QuorumKey, Role, Transition
from tranche.kernel.money import Money
from tranche.kernel.policy import Actor, Grant, Situation
from tranche.kernel.recovery import RECOVERS
from tranche.kernel.step_back import back_row
from tranche.kernel.transitions import TABLE, rows_of
from tranche.ledger.journal import entries
from tranche.models import (
    Approval,
    Credential,
    Decision,
    Record,
    RecordEvent,
    RoleGrant,
    limits_in_force,
    window_of,
)
from tranche.queries.inbox import asking
from tranche.queries.scope import within
from tranche.queries.sides import (
    agreement_behind,
    agreement_of_funding,
    holder_of_programme,
    of_authority,
    of_partners,
    of_recipient,
    of_recovery,
    sides_of,
    under_agreement,
)
from tranche.queries.viewer import UNFILTERED, Viewer
from tranche.store import clock

OPEN_MAX: Final = 50
PAGE_ROWS: Final = 25
SEALED_CONTENT: Final = frozenset({"selection.assess"})
"""Actions whose content holds what is sealed; its hash is shown all the same."""


class UnknownDecision(LookupError):
    """No decision has this id."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One line of the list; `missing` are the approvals still wanted, `executor` the role that acts last."""

    id: str
    log_seq: int
    action: str
    ref: str
    state: str
    amount: Money | None
    proposer_id: str
    proposer: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    short_code: str
    missing: tuple[Slot, ...]
    executor: Role | None
    executor_party: str
    added: Window
    replaced_by: str


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One person's verdict, with the reason given and how the person proved to be there."""

    person_id: str
    person: str
    role: str
    party: str
    verdict: str
    method: str
    reason: str
    made_at: datetime
    log_seq: int
    statement_sha256: str
    revoked_at: datetime | None
    lent_by: str


@dataclass(frozen=True, slots=True)
class DecisionDetail:
    """A decision as its stored canonical bytes say it, and what became of it.

    `parties` are those that it asks or asked, the proposer's, and the one that holds its record.
    """

    row: DecisionRow
    hash_hex: str
    policy_sha256: str
    reason: str
    end_reason: str
    facts: Mapping[str, Canonical]
    arguments: Mapping[str, Canonical]
    records: tuple[tuple[str, int], ...]
    approvals: tuple[ApprovalRow, ...]
    entries: tuple[int, ...]
    log_seqs: tuple[int, ...]
    content: str
    parties: frozenset[str]


def open_rows(who: Viewer = UNFILTERED) -> tuple[DecisionRow, ...]:
    """The decisions that wait, the oldest first; at most OPEN_MAX."""
    found = Decision.objects.using("read").select_related("proposer_person")
    found = found.filter(within(who, "decision"), state="open")
    return _rows(list(found.order_by("log_seq", "id")[:OPEN_MAX]))


def for_person(actor: Actor, now: datetime, *, after: int = 0) -> tuple[DecisionRow, ...]:
    """A page of the decisions that ask this person, the oldest first, after a log entry."""
    ids = asking(actor, now, after=after, limit=PAGE_ROWS)
    found = Decision.objects.using("read").select_related("proposer_person").filter(pk__in=ids)
    shown = _rows(list(found.order_by("log_seq", "id")))
    held = [grant for grant in actor.grants if grant.valid(now)]
    return tuple(row for row in shown if _wants(row, actor.person, held))


def rows(
    *,
    proposer: str | None = None,
    before: int | None = None,
    only_open: bool = False,
    who: Viewer = UNFILTERED,
) -> tuple[DecisionRow, ...]:
    """Decisions of everybody or of one proposer, the newest first, below the log entry `before`."""
    found = Decision.objects.using("read").select_related("proposer_person").filter(within(who, "decision"))
    if proposer is not None:
        found = found.filter(proposer_person_id=proposer)
    if only_open:
        found = found.filter(state="open")
    if before is not None:
        found = found.filter(log_seq__lt=before)
    return _rows(list(found.order_by("-log_seq", "id")[:PAGE_ROWS]))


def _rows(kept: Sequence[Decision]) -> tuple[DecisionRow, ...]:
    given = _approvals_of([row.id for row in kept if row.state == "open"])
    return tuple(_row(decision, given.get(decision.id, ())) for decision in kept)


def decision(decision_id: str) -> DecisionDetail:
    """One decision; raises UnknownDecision."""
    found = Decision.objects.using("read").select_related("proposer_person").filter(pk=decision_id).first()
    if found is None:
        raise UnknownDecision(decision_id)
    given = _approvals_of([found.id]).get(found.id, ())
    content = content_of(found)
    events = RecordEvent.objects.using("read").filter(decision_id=found.id)
    seqs = {found.log_seq, *(row.log_seq for row in given), *events.values_list("log_seq", flat=True)}
    return DecisionDetail(
        row=_row(found, given),
        hash_hex=bytes(found.hash).hex(),
        policy_sha256=found.policy_sha256,
        reason=found.reason or "",
        end_reason=found.end_reason or "",
        facts=cast("Mapping[str, Canonical]", content["facts"]),
        arguments=cast("Mapping[str, Canonical]", content["arguments"]),
        records=tuple((str(ref), int(version)) for ref, version in content["records"]),
        approvals=tuple(_approval(row) for row in given),
        entries=tuple(sorted(entry.id for entry in entries(decision_id=found.id))),
        log_seqs=tuple(sorted(seqs)),
        content="" if found.action in SEALED_CONTENT else bytes(found.content).decode(),
        parties=_parties(found, given),
    )


def _parties(found: Decision, given: Sequence[Approval]) -> frozenset[str]:
    asked = found.slots.using("read").values_list("party_ref", flat=True)
    acted = RoleGrant.objects.using("read").filter(pk=found.proposer_grant_id).values_list("party__ref")
    holds = Record.objects.using("read").filter(pk=found.record_id).values_list("holder_party__ref")
    return frozenset({*asked, *(row.party_ref for row in given), *(ref for (ref,) in acted.union(holds))})


def find(beginning: str, ref: str, *, still_open: bool) -> tuple[str, ...]:
    """The ids that begin so or have this short code, two at most; else the latest about the reference."""
    rows = Decision.objects.using("read").order_by("-log_seq", "id")
    if still_open:
        rows = rows.filter(state="open")
    named = tuple(rows.filter(id__startswith=beginning).values_list("id", flat=True)[:2]) if beginning else ()
    bits = bits_of(ref)
    if bits and not named:
        coded = rows.filter(hash__gte=bits, hash__lte=bits + b"\xff" * 27)
        named = tuple(coded.values_list("id", flat=True)[:2])
    if named:
        return named
    record = Record.objects.using("read").filter(ref=ref).values_list("id", flat=True).first()
    return tuple(rows.filter(record_id=record).values_list("id", flat=True)[:1]) if record else ()


def _wants(row: DecisionRow, person: str, held: Sequence[Grant]) -> bool:
    if row.missing:
        fits = any(g.role in slot.roles and g.party in slot.parties for slot in row.missing for g in held)
        return fits and row.proposer_id != person
    return any(grant.role is row.executor and grant.party == row.executor_party for grant in held)


def content_of(found: Decision) -> dict[str, Any]:
    """The stored canonical bytes as a mapping."""
    return cast("dict[str, Any]", decode(bytes(found.content)))


def _approvals_of(ids: Sequence[str]) -> dict[str, tuple[Approval, ...]]:
    found: dict[str, list[Approval]] = {}
    given = Approval.objects.using("read").filter(decision_id__in=ids)
    given = given.select_related("person", "delegated_by", "revoked").annotate(
        key_lost=Exists(Credential.objects.filter(handle=OuterRef("credential_id"), revoked_at__isnull=False))
    )
    for row in given.order_by("made_at", "id"):
        found.setdefault(row.decision_id, []).append(row)
    return {decision_id: tuple(given) for decision_id, given in found.items()}


def _row(found: Decision, given: Sequence[Approval]) -> DecisionRow:
    content = content_of(found)
    waiting = found.state == "open"
    situation = situation_of(content) if waiting else Situation(owner="")
    row = _lifecycle_row(found) if waiting else None
    amount = (
        Money(found.amount_minor, found.currency)
        if found.amount_minor is not None and found.currency
        else None
    )
    added = _added(found, content) if waiting else NOTHING_BEFORE
    return DecisionRow(
        id=found.id,
        log_seq=found.log_seq,
        action=found.action,
        ref=str(content["ref"]),
        state=found.state,
        amount=amount,
        proposer_id=found.proposer_person.counts_as,
        proposer=found.proposer_person.name,
        created_at=found.created_at,
        expires_at=found.expires_at,
        ended_at=found.ended_at,
        short_code=short_code(bytes(found.hash)),
        missing=_missing(_quorum(found, row, situation, amount, added), given) if waiting else (),
        executor=row.executor if row else None,
        executor_party=situation.owner,
        added=added,
        replaced_by=found.replaced_by or "",
    )


def _added(found: Decision, content: Mapping[str, Any]) -> Window:
    """What other decisions on the same subjects add to an open one."""
    now = clock.now()
    since = now - timedelta(days=limits_in_force(now, "read").window_days)
    return window_of(content.get("subjects", ()), found.action, since, found.log_seq, "read")


def _missing(quorum: Quorum, given: Sequence[Approval]) -> tuple[Slot, ...]:
    views = [
        ApprovalView(a.person.counts_as, Role(a.role), a.party_ref, _stands(a), a.delegated_by_id or "")
        for a in given
        if a.verdict == "approve"
    ]
    match evaluate(quorum, views):
        case Missing(slots):
            return slots
        case _:
            return ()


def _stands(given: Approval) -> bool:
    """Whether it was not taken back and its key, where it has one, was not lost since."""
    return revoked_at(given) is None and not getattr(given, "key_lost", False)


def revoked_at(given: Approval) -> datetime | None:
    """When its giver took an approval back; None where it stands."""
    revoked = getattr(given, "revoked", None)
    return revoked.made_at if revoked else None


def _quorum(
    found: Decision, row: Transition | None, situation: Situation, amount: Money | None, added: Window
) -> Quorum:
    grant = RoleGrant.objects.using("read").get(pk=found.proposer_grant_id)
    key = row.quorum if row else QuorumKey.Q0
    return quorum_for(key, Role(grant.role), amount, situation, limits_in_force(clock.now(), "read"), added)


def _lifecycle_row(found: Decision) -> Transition | None:
    """The row by which the record would move; the record's state may have gone on meanwhile."""
    record = Record.objects.using("read").filter(pk=found.record_id).first() if found.record_id else None
    state = record.state if record else ""
    facts = content_of(found)["facts"]
    if "undone" in facts:
        kind = found.action.split(".")[0]
        return back_row(TABLE, kind, facts["undone"], facts["back_to"], state, facts["won_by"])
    candidates = rows_of(found.action)
    exact = [row for row in candidates if row.source == state]
    return next(iter(exact or candidates), None)


def situation_of(content: Mapping[str, Any]) -> Situation:
    """The parties on each side of a decision; deeds of persons are left out."""
    arguments = content["arguments"]
    if content["action"] in ("programme.allocate", "programme.release"):
        return of_recipient(agreement_of_funding(arguments["funding"]), holder_of_programme(content["ref"]))
    if content["action"] == RECOVERS:
        return of_recovery()
    if "serves" in content["facts"]:
        return of_authority(content["facts"]["serves"])
    if "signers" in content["facts"]:
        owner = sides_of(content["ref"]).situation.owner
        return of_partners(owner, content["facts"]["signers"])
    if content["records"]:
        return sides_of(content["ref"]).situation
    if "approving_parties" in content["facts"]:
        return _of_many(content["facts"])
    if "owner" in content["facts"]:
        return _of_owner(content["facts"])
    return _of_new_record(str(content["action"]), arguments)


def _of_owner(facts: Mapping[str, Any]) -> Situation:
    """Of an action that moves no record: whose books it is about, and under which agreement."""
    ref = str(facts.get("agreement_ref") or "")
    if "person" in facts:  # an interest ends with an approver of the person's own party
        return replace(of_recipient(None, str(facts["owner"])), approving=str(facts["owner"]))
    return of_recipient(agreement_behind("agreement", ref) if ref else None, str(facts["owner"]))


def _of_many(facts: Mapping[str, Any]) -> Situation:
    """Of what concerns several agreements, such as a hold or a key: any of their parties that approve."""
    approving, recipients = frozenset(facts["approving_parties"]), frozenset(facts["recipients"])
    return Situation(
        owner="", parties=approving | recipients, more_approving=approving, more_recipient=recipients
    )


def _of_new_record(action: str, arguments: Mapping[str, Any]) -> Situation:
    """Of an action that makes a record: the sides of what it is made below."""
    if "holder" in arguments:
        return of_recipient(None, arguments["holder"])
    if action == "contract.draft":
        owner = holder_of_programme(arguments["programme"])
        return of_recipient(agreement_of_funding(arguments["funding"]), owner)
    parent = next(
        (arguments[kind] for kind in ("agreement", "contract", "milestone") if kind in arguments), None
    )
    if parent is None:
        return Situation(owner="")
    if action == "tranche.announce":
        return under_agreement(agreement_behind("agreement", parent), parent, "tranche")
    return sides_of(parent).situation


def _approval(row: Approval) -> ApprovalRow:
    statement = cast("dict[str, Any]", decode(bytes(row.statement)))
    return ApprovalRow(
        person_id=row.person_id,
        person=row.person.name,
        role=row.role,
        party=row.party_ref,
        verdict=row.verdict,
        method=row.method,
        reason=statement.get("reason") or "",
        made_at=row.made_at,
        log_seq=row.log_seq,
        statement_sha256=bytes(row.statement_hash).hex(),
        revoked_at=revoked_at(row),
        lent_by=row.delegated_by.name if row.delegated_by else "",
    )
