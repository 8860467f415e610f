"""Sessions and read marks live in the scratch file, everything else in the mechanism's database."""

from __future__ import annotations

from typing import Any, Final

READ_MARKS: Final = ("tranche", "readmark")


class ScratchRouter:
    """A sign-in or a click never writes to the record."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return "scratch" if _in_scratch(model._meta.app_label, model._meta.model_name) else None

    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        return self.db_for_read(model)

    def allow_relation(self, *_pair: Any, **_hints: Any) -> bool | None:
        return None

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_hints: Any) -> bool:
        return db == ("scratch" if _in_scratch(app_label, model_name) else "default")


def _in_scratch(app_label: str, model_name: str | None) -> bool:
    return app_label == "sessions" or (app_label, model_name) == READ_MARKS
