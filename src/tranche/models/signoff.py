"""What stands beside decisions: holds and their release, approvals taken back, and what a decision adds to.

Read models; their schema is raw SQL, rows are only ever added, and only `actions/` adds them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from tranche.kernel.approval import NOTHING_BEFORE, Window
from tranche.kernel.disclosure import labels
from tranche.models.fields import id_field
from tranche.models.party import Party
from tranche.models.person import Person
from tranche.models.record import Approval, Decision, Record


class Hold(models.Model):
    """A suspension that one person laid over a scope; open until it has a release."""

    id = id_field()
    ref = models.CharField(max_length=40, unique=True)
    scope_kind = models.CharField(max_length=10)
    scope_ref = models.CharField(max_length=40, blank=True)
    cause = models.CharField(max_length=10)
    reason = models.TextField()
    placed_by = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    placed_at = models.DateTimeField()
    review_on = models.DateField()
    decision = models.OneToOneField(Decision, on_delete=models.DO_NOTHING, related_name="hold")
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(
        donor="id ref scope_kind scope_ref cause reason placed_by placed_at review_on decision log_seq",
    )

    class Meta:
        managed = False
        db_table = "hold"

    def __str__(self) -> str:
        return self.ref


class HoldRelease(models.Model):
    """The end of a hold, by two persons."""

    hold = models.OneToOneField(Hold, on_delete=models.DO_NOTHING, primary_key=True, related_name="release")
    released_at = models.DateTimeField()
    decision = models.OneToOneField(Decision, on_delete=models.DO_NOTHING, related_name="+")
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(donor="hold released_at decision log_seq")

    class Meta:
        managed = False
        db_table = "hold_release"

    def __str__(self) -> str:
        return f"release of {self.hold_id}"


class ApprovalRevoked(models.Model):
    """An approval that its giver took back before the decision was carried out."""

    approval = models.OneToOneField(
        Approval, on_delete=models.DO_NOTHING, primary_key=True, related_name="revoked"
    )
    made_at = models.DateTimeField()
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(donor="approval made_at log_seq")

    class Meta:
        managed = False
        db_table = "approval_revoked"

    def __str__(self) -> str:
        return f"revoked {self.approval_id}"


class DecisionSubject(models.Model):
    """What the amount of a decision adds up under: a payee's party, a contract, an account, a programme.

    Of a decision over many payments the part that falls to this subject, else none: then it is the whole.
    """

    pk = models.CompositePrimaryKey("decision_id", "subject")
    decision = models.ForeignKey(Decision, on_delete=models.DO_NOTHING, related_name="subjects")
    subject = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField(null=True)

    LABELS: ClassVar = labels(donor="decision", auditor="subject amount_minor")

    class Meta:
        managed = False
        db_table = "decision_subject"

    def __str__(self) -> str:
        return self.subject


GENERATION = 100
"""A quorum that has grown is kept whole under the next hundred of slot numbers; the last one holds."""

EXECUTOR_SLOT = 1_000
"""The number of the slot of whoever carries out: a quorum grows over two limits only."""


class DecisionSlot(models.Model):
    """One role of one party that an open decision asks, in one of its slots, or that carries it out."""

    pk = models.CompositePrimaryKey("decision_id", "slot", "role", "party_ref")
    decision = models.ForeignKey(Decision, on_delete=models.DO_NOTHING, related_name="slots")
    slot = models.IntegerField()
    role = models.CharField(max_length=2)
    party_ref = models.CharField(max_length=40)
    wanted = models.IntegerField()
    executes = models.IntegerField()

    LABELS: ClassVar = labels(donor="decision slot role party_ref wanted executes")

    class Meta:
        managed = False
        db_table = "decision_slot"

    def __str__(self) -> str:
        return f"{self.role} of {self.party_ref}"


class DecisionBarred(models.Model):
    """A person whom an open decision does not ask: a deed, an interest or what it gives stood in the way.

    What is barred by an interest is barred while that lasts; everything else, under no interest, for good.
    """

    pk = models.CompositePrimaryKey("decision_id", "person_id", "executes", "interest_id")
    decision = models.ForeignKey(Decision, on_delete=models.DO_NOTHING, related_name="barred")
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    executes = models.IntegerField()
    interest_id = models.CharField(max_length=36)

    LABELS: ClassVar = labels(donor="decision executes", auditor="person interest_id")

    class Meta:
        managed = False
        db_table = "decision_barred"

    def __str__(self) -> str:
        return f"{self.person_id} of {self.decision_id}"


def open_holds(using: str) -> tuple[Hold, ...]:
    """The holds without a release, oldest first."""
    found = Hold.objects.using(using).select_related("placed_by").filter(release__isnull=True)
    return tuple(found.order_by("log_seq"))


def open_about(refs: Collection[str], using: str) -> QuerySet[Decision]:
    """The open decisions that rest on one of these records as it is, oldest first."""
    records = Record.objects.using(using).filter(ref__in=refs).values("pk")
    lines = DecisionSubject.objects.using(using).filter(subject__in=[f"{PAYMENT}{ref}" for ref in refs])
    about = Q(record_id__in=records) | Q(pk__in=lines.values("decision_id"))
    return Decision.objects.using(using).filter(about, state="open").order_by("log_seq")


def window_of(
    subjects: Collection[str], action: str, since: datetime, before_seq: int | None, using: str
) -> Window:
    """The largest sum of other decisions of this action on one of the subjects.

    Counted are those carried out since, and those that were open before this one; so of two that wait
    together the later one counts the earlier, and whichever is carried out second counts the first.
    Parties of one ownership group are one subject, by what is known of them now.
    """
    adding = {subject for subject in subjects if not subject.startswith((FUND, PAYMENT))}
    if not adding:
        return NOTHING_BEFORE
    waiting = Q(decision__state="open")
    if before_seq is not None:
        waiting &= Q(decision__log_seq__lt=before_seq)
    done = Q(decision__state="executed", decision__ended_at__gte=since)
    sisters = _sisters(adding, using)
    rows = DecisionSubject.objects.using(using).filter(
        Q(subject__in={*adding, *sisters}, decision__action__in=_together(action)) & (waiting | done)
    )
    if before_seq is not None:
        rows = rows.exclude(decision__log_seq=before_seq)
    named = rows.values_list("subject", "decision__currency")
    if not sisters:
        each = named.annotate(sum=Sum(Coalesce("amount_minor", "decision__amount_minor")))
        return Window(tuple(sorted({(currency or "", total or 0) for _, currency, total in each})))
    counted: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for subject, currency, decision, part, whole in named.values_list(
        *("subject", "decision__currency", "decision_id", "amount_minor", "decision__amount_minor")
    ):
        amounts = counted[sisters.get(subject, subject), currency or ""]
        amounts[decision] = (whole or 0) if part is None else amounts.get(decision, 0) + part
    sums = {(currency, sum(amounts.values())) for (_, currency), amounts in counted.items()}
    return Window(tuple(sorted(sums)))


def _sisters(subjects: Collection[str], using: str) -> dict[str, str]:
    """Every party of the groups of the subjects, as a subject, with the group that it counts as."""
    refs = [subject.removeprefix(PARTY) for subject in subjects if subject.startswith(PARTY)]
    groups = Party.objects.using(using).filter(ref__in=refs).exclude(ownership_group="")
    named = groups.values_list("ownership_group", flat=True)
    members = Party.objects.using(using).filter(ownership_group__in=named)
    return {f"{PARTY}{ref}": f"group:{group}" for ref, group in members.values_list("ref", "ownership_group")}


TOGETHER = (frozenset({"payment.release", "payment.release_many"}),)
"""Actions whose amounts add up with each other: one way more to do the same does not pass a limit."""


def _together(action: str) -> frozenset[str]:
    return next((family for family in TOGETHER if action in family), frozenset({action}))


PARTY = "party:"
"""How the subject begins under which the amounts of one party add up."""

PAYMENT = "payment:"
"""How the subject begins that names one payment of a decision over many."""

FUND = "fund:"
"""How the subject begins that says whose money moves; under it nothing adds up."""
