"""What a person proves approvals with: security keys, and codes that change with the time."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.fields import id_field
from tranche.models.person import Person

HANDLE_LENGTH_MAX = 1_364
"""A credential id has at most 1,023 bytes (Web Authentication, section 4), here in base64url."""


class Credential(models.Model):
    """One key or code of one person: offered by its holder, then registered by others, then perhaps revoked.

    The secret of a code is no column: it lies in the folder of secrets under the handle.
    """

    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="credentials")
    method = models.CharField(max_length=10)
    handle = models.CharField(max_length=HANDLE_LENGTH_MAX, unique=True)
    public_key = models.BinaryField()
    aaguid = models.CharField(max_length=36, blank=True)
    device_bound = models.BooleanField()
    sign_count = models.BigIntegerField(default=0)
    last_step = models.BigIntegerField(default=0)
    label = models.CharField(max_length=60)
    offered_at = models.DateTimeField()
    offered_seq = models.BigIntegerField()
    registered_at = models.DateTimeField(null=True)
    registered_seq = models.BigIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_seq = models.BigIntegerField(null=True)

    LABELS: ClassVar = labels(
        auditor="id person method handle public_key aaguid device_bound label offered_at offered_seq"
        " registered_at registered_seq revoked_at revoked_seq",
        sealed="sign_count last_step",
    )

    class Meta:
        db_table = "credential"
        constraints = [
            models.CheckConstraint(
                name="credential_method", condition=models.Q(method__in=("webauthn", "totp"))
            ),
            models.CheckConstraint(
                name="credential_registered_pair",
                condition=models.Q(registered_at__isnull=True, registered_seq__isnull=True)
                | models.Q(registered_at__isnull=False, registered_seq__isnull=False),
            ),
            models.CheckConstraint(
                name="credential_revoked_pair",
                condition=models.Q(revoked_at__isnull=True, revoked_seq__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_seq__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def in_use(self) -> bool:
        """Whether it proves anything now."""
        return self.registered_at is not None and self.revoked_at is None
