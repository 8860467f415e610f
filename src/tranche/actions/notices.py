"""From a deed to the notices that tell of it: the one place that says what is told.

A notice carries references, an action's name and a short code: never an amount, a name or an account number.
"""

from __future__ import annotations

from typing import Final

from tranche.actions.content import ref_of
from tranche.actions.execution import Execution
from tranche.actions.funds import agreement_of
from tranche.actions.outbox import Notice, add, settle
from tranche.actions.people import counted
from tranche.kernel.approval import Quorum, short_code
from tranche.kernel.lifecycle import Role
from tranche.kernel.notices import NoticeFacts, NoticeKind, Place
from tranche.kernel.policy import Situation
from tranche.kernel.recovery import RECOVERS
from tranche.models import Approval, Contract, Decision, Login, Payee, Procedure, Step
from tranche.models.step_dates import FINISHED
from tranche.store.write import WriteTx

OPENING: Final = frozenset(
    {
        *("tranche.start_procedure", "tranche.amend_procedure", "step.complete", "step.skip"),
        "step.step_back",
    }
)
"""Actions after which a step may have become open."""

RELEASING: Final = frozenset({"hold.release", "hold.release_all"})
HOLDING: Final = frozenset({"hold.place", "hold.place_all"})
PAYEE_CHANGING: Final = frozenset({"payee.propose", "payee.activate"})


def tell_waiting(decision: Decision, quorum: Quorum, knows: frozenset[str], write: WriteTx) -> None:
    """Everybody whom the quorum asks; of a recovery everybody at all, before it may be approved."""
    if decision.action == RECOVERS:
        everybody = Login.objects.filter(is_active=True, person__active=True)
        facts = NoticeFacts(named=counted(everybody.values_list("person_id", flat=True)), knows=knows)
        add([of_decision(NoticeKind.RECOVERY_ASKED, decision, facts)], write.now)
        return
    asked = frozenset((role, party) for slot in quorum.slots for role in slot.roles for party in slot.parties)
    add([_waiting(decision, asked, knows, "approve")], write.now)


def tell_executor(decision: Decision, executor: Role, owner: str, write: WriteTx) -> None:
    """What was approved waits for the one who carries it out."""
    add([_waiting(decision, frozenset({(executor, owner)}), frozenset(), "execute")], write.now)


def _waiting(decision: Decision, asked: frozenset[Place], knows: frozenset[str], rule: str) -> Notice:
    facts = NoticeFacts(asked=asked, knows=knows)
    return of_decision(NoticeKind.DECISION_WAITING, decision, facts, rule)


def of_decision(kind: NoticeKind, decision: Decision, facts: NoticeFacts, rule: str = "") -> Notice:
    payload = {
        "subject": "decision",
        "id": decision.id,
        "action": decision.action,
        "code": short_code(bytes(decision.hash)),
        "ref": ref_of(decision),
        "rule": rule,
    }
    return Notice(kind, facts, decision.id, rule, payload)


def tell_ended(decision: Decision, state: str, person: str, write: WriteTx) -> None:
    """Its proposer, where another ended it; of a void decision everybody who stood behind it."""
    settle([decision.id], write.now)
    proposer = counted([decision.proposer_person_id])
    if state == "void":
        behind = Approval.objects.filter(decision=decision, verdict="approve", revoked__isnull=True)
        named = proposer | counted(behind.values_list("person_id", flat=True))
        add([of_decision(NoticeKind.DECISION_VOID, decision, NoticeFacts(named=named), state)], write.now)
    elif person not in proposer:
        facts = NoticeFacts(named=proposer)
        add([of_decision(NoticeKind.DECISION_ENDED, decision, facts, state)], write.now)


def tell_executed(execution: Execution, executor: str = "") -> None:
    """What others must know of a deed that is done; nothing for most deeds, which then cost nothing."""
    found: list[Notice] = []
    decision, action = execution.decision, execution.decision.action
    if decision.log_seq != execution.write.seq:  # it has waited for others
        facts = NoticeFacts(named=counted([decision.proposer_person_id]), knows=frozenset({executor}))
        found.append(of_decision(NoticeKind.DECISION_ENDED, decision, facts, "executed"))
    if action in HOLDING:
        found.append(_hold_placed(execution))
    if action in PAYEE_CHANGING:
        found += _payee_changed(execution)
    if action in OPENING:
        found += _steps_opened(execution)
    if action == "payment.release":
        found.append(_payment_file(execution))
    if action == "payment.release_many":
        facts = NoticeFacts(owner=execution.basis.situation.owner, knows=frozenset({execution.by_person}))
        found.append(of_decision(NoticeKind.PAYMENT_FILE, decision, facts))
    if settled := _settled(execution):
        settle(settled, execution.write.now)
    if found:
        add(found, execution.write.now)


def _settled(execution: Execution) -> list[str]:
    """What asks nobody any more: a decision that had waited, a step that is done, a hold that is lifted."""
    decision, row = execution.decision, execution.row
    settled = [decision.id] if decision.log_seq != execution.write.seq else []
    if row.kind == "step" and row.target in FINISHED:
        settled.append(execution.record.id)
    if decision.action in RELEASING:
        settled.append(execution.text("hold"))
    return settled


def _hold_placed(execution: Execution) -> Notice:
    ref = execution.created["ref"]
    sides = _sides(execution.basis.situation)
    facts = NoticeFacts(approving=sides[0], recipients=sides[1], knows=frozenset({execution.by_person}))
    return Notice(NoticeKind.HOLD_PLACED, facts, ref, "", {"subject": "hold", "ref": ref})


def _sides(situation: Situation) -> tuple[frozenset[str], frozenset[str]]:
    approving = {situation.approving, *situation.more_approving} - {""}
    recipients = {situation.recipient, *situation.more_recipient} - {""}
    return frozenset(approving), frozenset(recipients)


def _payee_changed(execution: Execution) -> list[Notice]:
    """Another account for a payee: all who approve its payments, and who had to do with the old one.

    On the donors' side these are the parties whose money it is paid from: others may not know of it.
    """
    payee = Payee.objects.select_related("predecessor__record", "record__holder_party").get(
        record_id=execution.created.get("id") or execution.record.id
    )
    if payee.predecessor is None:
        return []
    holder = payee.record.holder_party
    funds = Contract.objects.filter(supplier=payee.party).values_list("funding_ref", flat=True).distinct()
    approving = {agreement_of(fund).approving_party.ref for fund in funds}
    events = payee.predecessor.record.events.values_list("person_id", "decision_id")
    approved = Approval.objects.filter(decision_id__in={row[1] for row in events}, verdict="approve")
    earlier = {row[0] for row in events} | set(approved.values_list("person_id", flat=True))
    facts = NoticeFacts(
        owner=holder.ref,
        approving=frozenset(approving),
        named=counted(earlier),
        knows=frozenset({execution.by_person}),
    )
    rule = execution.decision.action.partition(".")[2]
    payload = {"subject": "payee", "ref": payee.ref, "rule": rule}
    return [Notice(NoticeKind.PAYEE_CHANGED, facts, payee.record_id, rule, payload)]


def _payment_file(execution: Execution) -> Notice:
    """The order is released; its file goes to the bank by the hands of the payer."""
    ref = execution.record.ref
    facts = NoticeFacts(owner=execution.basis.situation.owner, knows=frozenset({execution.by_person}))
    payload = {"subject": "payment", "ref": ref}
    return Notice(NoticeKind.PAYMENT_FILE, facts, execution.record.id, execution.decision.id, payload)


def _steps_opened(execution: Execution) -> list[Notice]:
    record = execution.record
    if record.kind == "step":
        procedures = Procedure.objects.filter(steps__record=record)
    else:
        procedures = Procedure.objects.filter(tranche__record=record)
    rows = Step.objects.select_related("owner_party").filter(
        procedure__in=procedures, opened_on__isnull=False, removed_on__isnull=True, record__state="todo"
    )
    again = execution.decision.id if execution.row.target == "todo" else ""
    return [_step_open(step, again if step.record_id == record.id else "") for step in rows]


def _step_open(step: Step, again: str) -> Notice:
    """Told once for each day on which it opened, and again when the step itself was taken back."""
    facts = NoticeFacts(asked=turn_of(step))
    return of_step(NoticeKind.STEP_OPEN, step, facts, f"{step.opened_on}{again and ':'}{again}")


def turn_of(step: Step) -> frozenset[Place]:
    return frozenset({(Role(step.owner_role), step.owner_party.ref)})


def of_step(kind: NoticeKind, step: Step, facts: NoticeFacts, rule: str) -> Notice:
    tranche = step.ref.rpartition("-")[0]
    payload = {"subject": "step", "ref": step.ref, "tranche": tranche, "due_on": str(step.due_on)}
    return Notice(kind, facts, step.record_id, rule, payload)
