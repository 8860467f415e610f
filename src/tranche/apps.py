"""The one Django app."""

from __future__ import annotations

from django.apps import AppConfig


class TrancheConfig(AppConfig):
    name = "tranche"
    label = "tranche"
    default_auto_field = "django.db.models.BigAutoField"
