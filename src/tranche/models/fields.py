"""The few column types that every concept shares."""

from __future__ import annotations

from typing import Any

from django.db import models

REF_LENGTH_MAX = 40
NAME_LENGTH_MAX = 300
ID_LENGTH = 36
FUND_LENGTH_MAX = 90  # POOL/DONOR, and a mark for each time that it was rolled over


def id_field() -> models.CharField[str, str]:
    """A version 4 UUID as text, the same on both engines."""
    return models.CharField(primary_key=True, max_length=ID_LENGTH)


def ref_field() -> models.CharField[str, str]:
    """The name that people use in addresses and on paper."""
    return models.CharField(max_length=REF_LENGTH_MAX, unique=True)


def name_field(**options: Any) -> models.CharField[Any, Any]:
    return models.CharField(max_length=NAME_LENGTH_MAX, **options)


def currency_field() -> models.CharField[str, str]:
    return models.CharField(max_length=3)
