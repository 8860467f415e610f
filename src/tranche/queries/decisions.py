"""Decisions: the list, and one with its facts, its approvals, and who is still needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast

from django.db.models import Exists, OuterRef

from tranche.kernel.approval import (
    NOTHING_BEFORE,
    ApprovalView,
    Slot,
    Window,
    bits_of,
    short_code,
    unfilled,
)
from tranche.kernel.canonical import Canonical, decode
from tranche.kernel.lifecycle import Role
from tranche.kernel.money import Money
from tranche.kernel.policy import Actor
from tranche.kernel.recovery import RECOVERS
from tranche.ledger.journal import entries
from tranche.log.read import about
from tranche.models import (
    EXECUTOR_SLOT,
    GENERATION,
    Approval,
    Credential,
    Decision,
    DecisionSlot,
    Record,
    RecordEvent,
    RoleGrant,
    limits_in_force,
    open_about,
    recovery_persons,
    window_of,
)
from tranche.queries.inbox import asking
from tranche.queries.scope import within
from tranche.queries.viewer import UNFILTERED, Viewer
from tranche.store import clock

OPEN_MAX: Final = 50
NAMED_MAX: Final = 5
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

    `parties` are those that it asks or asked, the proposer's, and the one that holds its record; `added` is
    what other decisions on the same subjects add to an open one.
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
    added: Window


def waiting_about(refs: Collection[str], but: str, who: Viewer) -> tuple[tuple[str, str], ...]:
    """Id and short code of each open decision about one of these records, but for one, oldest first."""
    found = open_about(refs, "read").filter(within(who, "decision")).exclude(pk=but)
    return tuple((row.pk, short_code(bytes(row.hash))) for row in found[:NAMED_MAX])


def open_rows(who: Viewer = UNFILTERED) -> tuple[DecisionRow, ...]:
    """The decisions that wait, the oldest first; at most OPEN_MAX."""
    found = Decision.objects.using("read").select_related("proposer_person")
    found = found.filter(within(who, "decision"), state="open")
    return _rows(list(found.order_by("log_seq", "id")[:OPEN_MAX]))


def for_person(actor: Actor, now: datetime, *, after: int = 0) -> tuple[DecisionRow, ...]:
    """A page of the decisions that ask this person, the oldest first, after a log entry."""
    ids = asking(actor, now, after=after, limit=PAGE_ROWS)
    found = Decision.objects.using("read").select_related("proposer_person").filter(pk__in=ids)
    return _rows(list(found.order_by("log_seq", "id")))


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


class _Asked(NamedTuple):
    """Whom an open decision asks, as it was kept when that last changed."""

    slots: tuple[Slot, ...] = ()
    executor: Role | None = None
    executor_party: str = ""


NOBODY: Final = _Asked()


def _rows(kept: Sequence[Decision]) -> tuple[DecisionRow, ...]:
    """The lines of a page: its approvals and whom it asks are read at once for all of them."""
    waiting = [row for row in kept if row.state == "open"]
    given, asked = _approvals_of([row.id for row in waiting]), _asked_by(waiting)
    return tuple(_row(row, given.get(row.id, ()), asked.get(row.id, NOBODY)) for row in kept)


def _asked_by(waiting: Sequence[Decision]) -> dict[str, _Asked]:
    rows = DecisionSlot.objects.using("read").filter(decision__in=waiting)
    kept: dict[str, dict[int, list[DecisionSlot]]] = {row.id: {} for row in waiting}
    for row in rows.order_by("slot", "role", "party_ref"):
        kept[row.decision_id].setdefault(row.slot, []).append(row)
    named = _recovering() if any(row.action == RECOVERS for row in waiting) else None
    return {row.id: _asked(kept[row.id], named if row.action == RECOVERS else None) for row in waiting}


def _asked(kept: Mapping[int, Sequence[DecisionSlot]], named: frozenset[str] | None) -> _Asked:
    last_grown = max((number for number in kept if number < EXECUTOR_SLOT), default=0) // GENERATION
    slots = tuple(
        Slot(
            frozenset(Role(row.role) for row in rows),
            frozenset(row.party_ref for row in rows),
            rows[0].wanted,
            named,
        )
        for number, rows in kept.items()
        if number // GENERATION == last_grown
    )
    last = next(iter(kept.get(EXECUTOR_SLOT, ())), None)
    return _Asked(slots, Role(last.role), last.party_ref) if last else _Asked(slots)


def _recovering() -> frozenset[str]:
    return frozenset(person.id for person in recovery_persons("read"))


def decision(decision_id: str) -> DecisionDetail:
    """One decision; raises UnknownDecision."""
    found = Decision.objects.using("read").select_related("proposer_person").filter(pk=decision_id).first()
    if found is None:
        raise UnknownDecision(decision_id)
    given = _approvals_of([found.id]).get(found.id, ())
    content = content_of(found)
    events = RecordEvent.objects.using("read").filter(decision_id=found.id)
    acted = (row.log_seq for row in given)
    seqs = {*about("decision", found.id), *acted, *events.values_list("log_seq", flat=True), found.log_seq}
    return DecisionDetail(
        row=_rows([found])[0],
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
        added=_added(found, content),
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


def _row(found: Decision, given: Sequence[Approval], asked: _Asked = NOBODY) -> DecisionRow:
    amount = (
        Money(found.amount_minor, found.currency)
        if found.amount_minor is not None and found.currency
        else None
    )
    return DecisionRow(
        id=found.id,
        log_seq=found.log_seq,
        action=found.action,
        ref=str(content_of(found)["ref"]),
        state=found.state,
        amount=amount,
        proposer_id=found.proposer_person.counts_as,
        proposer=found.proposer_person.name,
        created_at=found.created_at,
        expires_at=found.expires_at,
        ended_at=found.ended_at,
        short_code=short_code(bytes(found.hash)),
        missing=unfilled(asked.slots, _views(given)),
        executor=asked.executor,
        executor_party=asked.executor_party,
        replaced_by=found.replaced_by or "",
    )


def _added(found: Decision, content: Mapping[str, Any]) -> Window:
    """What other decisions on the same subjects add to an open one."""
    if found.state != "open":
        return NOTHING_BEFORE
    now = clock.now()
    since = now - timedelta(days=limits_in_force(now, "read").window_days)
    return window_of(
        (*content["subjects"], *content.get("parts", ())), found.action, since, found.log_seq, "read"
    )


def _views(given: Sequence[Approval]) -> list[ApprovalView]:
    return [
        ApprovalView(a.person.counts_as, Role(a.role), a.party_ref, _stands(a), a.delegated_by_id or "")
        for a in given
        if a.verdict == "approve"
    ]


def _stands(given: Approval) -> bool:
    """Whether it was not taken back and its key, where it has one, was not lost since."""
    return revoked_at(given) is None and not getattr(given, "key_lost", False)


def revoked_at(given: Approval) -> datetime | None:
    """When its giver took an approval back; None where it stands."""
    revoked = getattr(given, "revoked", None)
    return revoked.made_at if revoked else None


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
