"""Read models over the lifecycle tables; their schema is raw SQL and only `actions/` writes there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.fields import id_field, ref_field
from tranche.models.party import Party
from tranche.models.person import Person


class Record(models.Model):
    """What every lifecycle object shares: its reference, state, version, label and holder."""

    id = id_field()
    ref = ref_field()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    version = models.BigIntegerField()
    label = models.CharField(max_length=10)
    holder_party = models.ForeignKey(Party, on_delete=models.DO_NOTHING, related_name="+")

    LABELS: ClassVar = labels(public="id ref kind label", donor="state version holder_party")

    class Meta:
        managed = False
        db_table = "record"

    def __str__(self) -> str:
        return self.ref


class RecordEvent(models.Model):
    """One step of a record: who did it, under which decision, in which log entry."""

    id = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.DO_NOTHING, related_name="events")
    kind = models.CharField(max_length=20)
    version = models.BigIntegerField()
    prev_version = models.BigIntegerField(null=True)
    from_state = models.CharField(max_length=20)
    action = models.CharField(max_length=40)
    to_state = models.CharField(max_length=20)
    undoes = models.BigIntegerField(null=True)
    reason = models.TextField(null=True)
    decision = models.ForeignKey("Decision", on_delete=models.DO_NOTHING, related_name="events")
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    login_id = models.CharField(max_length=36)
    grant_id = models.CharField(max_length=36, null=True)
    via = models.CharField(max_length=10)
    at = models.DateTimeField()
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(
        donor="id record kind version prev_version from_state action to_state undoes decision person at"
        " log_seq reason",
        auditor="login_id grant_id via",
    )

    class Meta:
        managed = False
        db_table = "record_event"

    def __str__(self) -> str:
        return f"{self.action} {self.version}"


class Decision(models.Model):
    """A write that waits for sign-off: action, canonical content, hash, policy version."""

    id = id_field()
    action = models.CharField(max_length=40)
    content = models.BinaryField()
    hash = models.BinaryField()
    policy_sha256 = models.CharField(max_length=64)
    nonce = models.CharField(max_length=32)
    state = models.CharField(max_length=10)
    proposer_person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    proposer_login_id = models.CharField(max_length=36)
    proposer_grant_id = models.CharField(max_length=36, null=True)
    via = models.CharField(max_length=10)
    reason = models.TextField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    record_id = models.CharField(max_length=36, null=True)
    end_reason = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)
    replaced_by = models.CharField(max_length=36, null=True)
    idempotency_key = models.CharField(max_length=36)
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(
        donor="id action hash policy_sha256 state proposer_person created_at expires_at amount_minor currency"
        " record_id ended_at replaced_by log_seq reason end_reason",
        auditor="content nonce proposer_login_id proposer_grant_id via idempotency_key",
    )

    class Meta:
        managed = False
        db_table = "decision"

    def __str__(self) -> str:
        return f"{self.action} {self.id[:8]}"


class Approval(models.Model):
    """One person's verdict over the hash of a decision."""

    id = id_field()
    decision = models.ForeignKey(Decision, on_delete=models.DO_NOTHING, related_name="approvals")
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="+")
    login_id = models.CharField(max_length=36)
    role = models.CharField(max_length=2)
    grant_id = models.CharField(max_length=36)
    party_ref = models.CharField(max_length=40)
    delegated_by = models.ForeignKey(
        Person, on_delete=models.DO_NOTHING, null=True, related_name="+", db_column="delegated_by"
    )
    verdict = models.CharField(max_length=10)
    method = models.CharField(max_length=10)
    statement = models.BinaryField()
    statement_hash = models.BinaryField()
    credential_id = models.TextField(null=True)
    authenticator_data = models.BinaryField(null=True)
    client_data = models.BinaryField(null=True)
    signature = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    log_seq = models.BigIntegerField()

    LABELS: ClassVar = labels(
        donor="id decision person role party_ref delegated_by verdict method statement_hash made_at log_seq",
        auditor="login_id grant_id statement credential_id authenticator_data client_data signature",
    )

    class Meta:
        managed = False
        db_table = "approval"

    def __str__(self) -> str:
        return f"{self.verdict} by {self.person_id}"
