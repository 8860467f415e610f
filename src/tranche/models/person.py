"""People: natural persons, their ways to sign in, and the roles they hold for parties.

Instants are UTC; a grant holds from `from_at` on and before `to_at`.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tranche.kernel.disclosure import labels
from tranche.kernel.policy import DELEGATION_DAYS_MAX
from tranche.models.fields import id_field, name_field
from tranche.models.party import Party


class Person(models.Model):
    """A natural person who acts for parties; quorums count persons, not logins.

    Two entries that turned out to be one person stay, and the later names the other as its `root`.
    """

    id = id_field()
    name = name_field()
    email = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="en")
    theme = models.CharField(max_length=5, default="auto")
    density = models.CharField(max_length=8, default="normal")
    active = models.BooleanField(default=True)
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")

    LABELS: ClassVar = labels(donor="id name active root", auditor="email", sealed="language theme density")

    class Meta:
        db_table = "person"

    def __str__(self) -> str:
        return str(self.name)

    @property
    def counts_as(self) -> str:
        """The id under which this person counts, once for all entries of the same human being."""
        return str(self.root_id or self.pk)


class Logins(BaseUserManager["Login"]):
    """Finds a login by its user name; logins are made by actions only."""


class Login(AbstractBaseUser):
    """One way for a person to sign in; the user model of the site.

    The `issuer` may print a one-time password once; with one, `password_until` says how long it opens the
    door, and the first thing behind it is to choose a password of one's own.
    """

    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="logins")
    username = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)
    issuer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    password_until = models.DateTimeField(null=True)
    last_login = None  # sessions are not part of the record: nothing is written at sign-in

    objects = Logins()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    LABELS: ClassVar = labels(auditor="id person username is_active issuer password_until", sealed="password")

    class Meta:
        db_table = "login"

    def __str__(self) -> str:
        return str(self.username)


class Identity(models.Model):
    """An account at a ministry's own identity provider that opens a login: the issuer's word for somebody."""

    id = id_field()
    login = models.ForeignKey(Login, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    ended_at = models.DateTimeField(null=True)

    LABELS: ClassVar = labels(auditor="id login issuer subject ended_at")

    class Meta:
        db_table = "identity"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=models.Q(ended_at__isnull=True),
                name="identity_of_one_login",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"


class RoleGrant(models.Model):
    """One of the eight roles, held by a person for a party, or for one programme or contract of it.

    A lent grant names who lent it, out of which grant (`parent`) and for how many days.
    """

    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=2)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="grants")
    ceiling_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    scope = models.CharField(max_length=10, default="party")
    scope_ref = models.CharField(max_length=40, blank=True, default="")
    delegated_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="lent")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="lent")
    lent_days = models.PositiveSmallIntegerField(null=True)
    decision_id = models.CharField(max_length=36, null=True)

    LABELS: ClassVar = labels(
        donor="id person role party from_at to_at scope scope_ref delegated_by parent lent_days",
        auditor="ceiling_minor currency decision_id",
    )

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.CheckConstraint(
                name="grant_ceiling_pair",
                condition=models.Q(ceiling_minor__isnull=True, currency__isnull=True)
                | models.Q(ceiling_minor__isnull=False, currency__isnull=False),
            ),
            models.CheckConstraint(
                name="grant_scope",
                condition=models.Q(scope="party", scope_ref="")
                | models.Q(scope__in=("programme", "contract")) & ~models.Q(scope_ref=""),
            ),
            models.CheckConstraint(
                name="grant_delegation_60d",
                condition=models.Q(delegated_by__isnull=True, parent__isnull=True, lent_days__isnull=True)
                | models.Q(
                    delegated_by__isnull=False,
                    parent__isnull=False,
                    lent_days__gte=1,
                    lent_days__lte=DELEGATION_DAYS_MAX,
                    to_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.party_id}"
