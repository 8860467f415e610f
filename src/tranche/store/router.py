"""Sessions live in the scratch file, everything else in the mechanism's database."""

from __future__ import annotations

from typing import Any


class ScratchRouter:
    """A sign-in or a click never writes to the record."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return "scratch" if model._meta.app_label == "sessions" else None

    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        return self.db_for_read(model)

    def allow_relation(self, *_pair: Any, **_hints: Any) -> bool | None:
        return None

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        if db == "scratch":
            return app_label == "sessions"
        return db == "default" and app_label != "sessions"
