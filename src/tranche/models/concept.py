"""The key that every concept table shares with its record."""

from __future__ import annotations

from django.db import models

from tranche.models.record import Record


def record_field(related_name: str) -> models.OneToOneField[Record, Record]:
    return models.OneToOneField(
        Record, on_delete=models.PROTECT, primary_key=True, db_column="record_id", related_name=related_name
    )
