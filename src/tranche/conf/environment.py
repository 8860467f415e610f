"""The one reader of TRANCHE_* variables: typed, with defaults, refusing what does not parse."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tranche.conf.mail import MailServer, mail_server

DATA_DIR_DEFAULT = "tranche-data"
HOSTS_DEFAULT = "localhost,127.0.0.1,[::1]"
DEMO_FILE = "demo.json"
POLICIES = ("first_run", "strict")
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?|http://localhost(:[0-9]{1,5})?")
"""Browsers let keys work on a secure origin and on this computer only; an IP address is no rp id."""

KEY_MODEL = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
URL_PARAMETERS = frozenset(
    {"host", "port", "passfile", "service", "connect_timeout", "tcp_user_timeout", "target_session_attrs"}
    | {"sslmode", "sslcert", "sslkey", "sslrootcert"}
)
"""What a database URL may add; a password has no place in it, and our own session settings stay."""


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
    oidc_file: Path | None = None
    policy: str = POLICIES[0]
    origin: str = ""
    key_models: tuple[str, ...] = ()
    mail: MailServer | None = None
    clock_ran_ahead_to: str = ""
    signer_dir: Path | None = None


def read(env: Mapping[str, str] | None = None) -> Environment:
    """Read every variable; raises BadSetting."""
    values = os.environ if env is None else env
    data_dir = Path(values.get("TRANCHE_DATA_DIR") or DATA_DIR_DEFAULT).absolute()
    names = ("TRANCHE_DEMO", "TRANCHE_STORAGE_WARNS", "TRANCHE_CHEAP_PASSWORDS")
    asked, storage_warns, cheap_passwords = (_switch(values, name) for name in names)
    demo = asked or (data_dir / DEMO_FILE).is_file()
    origin = _origin(values)
    return Environment(
        data_dir=data_dir,
        database_url=values.get("TRANCHE_DATABASE_URL", ""),
        hosts=_names(values.get("TRANCHE_HOSTS") or HOSTS_DEFAULT),
        today=_day(values, "TRANCHE_TODAY"),
        demo=demo,
        storage_warns=demo or storage_warns,
        cheap_passwords=demo or cheap_passwords,
        oidc_file=_path(values, "TRANCHE_OIDC_FILE"),
        policy=_policy(values),
        origin=origin,
        key_models=_key_models(values),
        mail=_mail(values, origin),
        clock_ran_ahead_to=_instant(values, "TRANCHE_CLOCK_RAN_AHEAD_TO"),
        signer_dir=_path(values, "TRANCHE_SIGNER_DIR"),
    )


def _path(values: Mapping[str, str], name: str) -> Path | None:
    return Path(values[name]).absolute() if values.get(name) else None


def _policy(values: Mapping[str, str]) -> str:
    value = values.get("TRANCHE_POLICY") or POLICIES[0]
    if value not in POLICIES:
        raise BadSetting("TRANCHE_POLICY", " or ".join(POLICIES))
    return value


def _origin(values: Mapping[str, str]) -> str:
    value = values.get("TRANCHE_ORIGIN", "")
    if value and not ORIGIN.fullmatch(value):
        raise BadSetting("TRANCHE_ORIGIN", "https://NAME, or http://localhost:PORT, without a path")
    return value


def _key_models(values: Mapping[str, str]) -> tuple[str, ...]:
    value = values.get("TRANCHE_KEY_MODELS", "")
    models = tuple(sorted(name.strip() for name in value.split(","))) if value else ()
    if not all(KEY_MODEL.fullmatch(model) for model in models):
        raise BadSetting("TRANCHE_KEY_MODELS", "AAGUIDs in lower case, parted by commas")
    return models


def _mail(values: Mapping[str, str], origin: str) -> MailServer | None:
    """Mail leads back to the pages, so it needs to know where they are."""
    try:
        server = mail_server(values.get("TRANCHE_MAIL_URL", ""))
    except ValueError as error:
        wanted = "smtp://HOST:PORT?from=ADDRESS (or smtp+starttls, smtps; with USER@), without a password"
        raise BadSetting("TRANCHE_MAIL_URL", wanted) from error
    if server and not origin:
        raise BadSetting("TRANCHE_ORIGIN", "the address of the pages, because mail leads to them")
    return server


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if "*" in names or not all(names):
        raise BadSetting("TRANCHE_HOSTS", "names parted by commas, no wildcard")
    return names


def _switch(values: Mapping[str, str], name: str) -> bool:
    value = values.get(name, "0")
    if value not in ("0", "1"):
        raise BadSetting(name, "0 or 1")
    return value == "1"


def _day(values: Mapping[str, str], name: str) -> date | None:
    value = values.get(name, "")
    if not value:
        return None
    try:
        if not DAY.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadSetting(name, "a date as YYYY-MM-DD") from error


def _instant(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    if value and not INSTANT.fullmatch(value):
        raise BadSetting(name, "the log's latest time as `tranche doctor` prints it")
    return value


def databases(environment: Environment) -> dict[str, dict[str, Any]]:
    """Django's three aliases: `default` writes, `read` cannot, `scratch` holds what is no record."""
    scratch = _sqlite(environment.data_dir / "scratch.sqlite3", SCRATCH_SETTINGS, "IMMEDIATE")
    if not environment.database_url:
        path = environment.data_dir / "tranche.sqlite3"
        return {
            "default": _sqlite(path, SQLITE_SETTINGS, "IMMEDIATE"),
            "read": _sqlite(path, SQLITE_READ_SETTINGS, "DEFERRED"),
            "scratch": scratch,
        }
    try:
        return {
            "default": _postgresql(environment.database_url, POSTGRESQL_WRITE_SETTINGS),
            "read": _postgresql(environment.database_url, POSTGRESQL_READ_SETTINGS),
            "scratch": scratch,
        }
    except ValueError as error:
        wanted = "postgresql://ROLE@HOST:PORT/NAME without a password"
        raise BadSetting("TRANCHE_DATABASE_URL", wanted) from error


def _sqlite(path: Path, settings: str, mode: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 5, "init_command": settings, "transaction_mode": mode},
    }


def _postgresql(url: str, settings: str) -> dict[str, Any]:
    """A socket's folder comes as `?host=/folder`; other parameters of the connection by their names."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    name = parts.path.removeprefix("/")
    if parts.scheme != "postgresql" or parts.password is not None or not name or set(query) - URL_PARAMETERS:
        raise ValueError(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": settings, "prepare_threshold": 2, **query},
    }


SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
    " PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA wal_autocheckpoint=0;"
)
"""On every connection (security note, section 1); the self-check reads them back."""

SCRATCH_SETTINGS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"

SQLITE_READ_SETTINGS = f"{SQLITE_SETTINGS} PRAGMA query_only=ON;"

POSTGRESQL_SETTINGS = (
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s -c jit=off"
)

POSTGRESQL_WRITE_SETTINGS = f"{POSTGRESQL_SETTINGS} -c enable_seqscan=off"
"""A plan that was made while a table was small is kept; it must walk the indexes all the same."""

POSTGRESQL_READ_SETTINGS = f"{POSTGRESQL_SETTINGS} -c default_transaction_read_only=on"
