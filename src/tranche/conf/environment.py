"""The one reader of TRANCHE_* variables: typed, with defaults, refusing what does not parse."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

DATA_DIR_DEFAULT = "tranche-data"
DEMO_FILE = "demo.json"


class BadSetting(ValueError):
    """A TRANCHE_* variable that does not parse; names it and what it takes."""

    def __init__(self, name: str, wanted: str) -> None:
        super().__init__(f"{name} takes {wanted}")
        self.name, self.wanted = name, wanted


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says, parsed."""

    data_dir: Path
    database_url: str
    hosts: tuple[str, ...]
    today: date | None
    demo: bool
    storage_warns: bool
    cheap_passwords: bool


def read(env: Mapping[str, str] | None = None) -> Environment:
    """Read every variable; raises BadSetting."""
    values = os.environ if env is None else env
    data_dir = Path(values.get("TRANCHE_DATA_DIR") or DATA_DIR_DEFAULT).absolute()
    demo = (data_dir / DEMO_FILE).is_file() or _switch(values, "TRANCHE_DEMO")
    return Environment(
        data_dir=data_dir,
        database_url=values.get("TRANCHE_DATABASE_URL", ""),
        hosts=tuple(values.get("TRANCHE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")),
        today=_day(values, "TRANCHE_TODAY"),
        demo=demo,
        storage_warns=demo or _switch(values, "TRANCHE_STORAGE_WARNS"),
        cheap_passwords=demo or _switch(values, "TRANCHE_CHEAP_PASSWORDS"),
    )


def _switch(values: Mapping[str, str], name: str) -> bool:
    value = values.get(name, "0")
    if value not in ("0", "1"):
        raise BadSetting(name, "0 or 1")
    return value == "1"


def _day(values: Mapping[str, str], name: str) -> date | None:
    value = values.get(name, "")
    if not value:
        return None
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise BadSetting(name, "a date as YYYY-MM-DD")
    return date.fromisoformat(value)


def database(environment: Environment) -> dict[str, object]:
    """The settings of one Django alias for the mechanism's database."""
    if not environment.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(environment.data_dir / "tranche.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"timeout": 5, "init_command": SQLITE_SETTINGS, "transaction_mode": "IMMEDIATE"},
        }
    parts = urlsplit(environment.database_url)
    if parts.scheme != "postgresql" or parts.password:
        raise BadSetting("TRANCHE_DATABASE_URL", "postgresql://ROLE@HOST/NAME without a password")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": POSTGRESQL_SETTINGS, **query},
    }


SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
    " PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA wal_autocheckpoint=0;"
)
"""On every connection (security note, section 1); the self-check reads them back."""

SQLITE_READ_SETTINGS = f"{SQLITE_SETTINGS} PRAGMA query_only=ON;"

POSTGRESQL_SETTINGS = (
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s -c lc_messages=C"
)
