"""People: natural persons, their ways to sign in, and the roles they hold for parties."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tranche.kernel.disclosure import labels
from tranche.models.fields import id_field, name_field
from tranche.models.party import Party


class Person(models.Model):
    """A natural person who acts for parties; quorums count persons, not logins."""

    id = id_field()
    name = name_field()
    email = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="en")
    theme = models.CharField(max_length=5, default="auto")
    density = models.CharField(max_length=8, default="normal")
    active = models.BooleanField(default=True)

    LABELS: ClassVar = labels(donor="id name active", auditor="email", sealed="language theme density")

    class Meta:
        db_table = "person"

    def __str__(self) -> str:
        return str(self.name)


class Logins(BaseUserManager["Login"]):
    """Finds a login by its user name; logins are made by actions only."""


class Login(AbstractBaseUser):
    """One way for a person to sign in; the user model of the site."""

    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="logins")
    username = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)
    last_login = None  # sessions are not part of the record: nothing is written at sign-in

    objects = Logins()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    LABELS: ClassVar = labels(auditor="id person username is_active", sealed="password")

    class Meta:
        db_table = "login"

    def __str__(self) -> str:
        return str(self.username)


class RoleGrant(models.Model):
    """One of the eight roles, held by a person for a party from an instant on."""

    id = id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=2)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="grants")
    ceiling_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)

    LABELS: ClassVar = labels(donor="id person role party from_at to_at", auditor="ceiling_minor currency")

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.CheckConstraint(
                name="grant_ceiling_pair",
                condition=models.Q(ceiling_minor__isnull=True, currency__isnull=True)
                | models.Q(ceiling_minor__isnull=False, currency__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.party_id}"
