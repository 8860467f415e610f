"""The raw tables: log, ledger, decisions and records, from the versioned SQL of the engine."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tranche.store.schema import FILES, apply


def create(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for name in FILES:
        apply(editor.connection, name)


class Migration(migrations.Migration):
    dependencies = [("tranche", "0001_people")]

    operations = [migrations.RunPython(create)]
