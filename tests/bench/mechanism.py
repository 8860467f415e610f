"""A new, empty mechanism in a folder, on SQLite, for a measurement."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.core.management import call_command


def open_mechanism(folder: Path) -> Path:
    """Set Django up for a mechanism in this folder, make its database, and return the folder of its data."""
    data = folder / "data"
    os.environ["TRANCHE_DATA_DIR"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tranche.conf.settings"
    data.mkdir(mode=0o700)
    django.setup()
    call_command("migrate", database="default", verbosity=0)
    return data
