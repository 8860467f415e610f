"""django-hordak in a process of its own: `python -m tests.bench.hordak_peer DATABASE_URL WHAT COUNT`.

Prints one JSON document. Its settings would clash with ours, so nothing of ours is imported.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import django
from django.conf import settings

BATCH = 1_000


def configure(url: str) -> None:
    parts = urlsplit(url)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.removeprefix("/"),
                "USER": parts.username,
                "HOST": dict(parse_qsl(parts.query))["host"],
                "CONN_MAX_AGE": None,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HORDAK_DECIMAL_PLACES=2,
        HORDAK_CURRENCIES=["EUR"],
        DEFAULT_CURRENCY="EUR",
        CURRENCIES=["EUR"],
        USE_TZ=True,
    )
    django.setup()


def measure(what: str, count: int) -> dict[str, float]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return _MEASURES[what](count)


def _accounts() -> tuple[Any, Any]:
    from hordak.models import Account

    bank = Account.objects.create(name="Bank", code="1", type="AS", currencies=["EUR"])
    income = Account.objects.create(name="Income", code="2", type="IN", currencies=["EUR"])
    return bank, income


def _single(count: int) -> dict[str, float]:
    """Transfers, each its own durable transaction, by the documented way."""
    from moneyed import Money

    bank, income = _accounts()
    amount = Money("10.00", "EUR")
    income.transfer_to(bank, amount)
    started = time.perf_counter()
    for _ in range(count):
        income.transfer_to(bank, amount)
    return {"per_second": count / (time.perf_counter() - started)}


def _batch(count: int) -> dict[str, float]:
    """Transfers in one transaction, by bulk_create: the fastest way that its models have."""
    bank, income = _accounts()
    started = time.perf_counter()
    _fill(bank, income, count)
    return {"per_second": count / (time.perf_counter() - started)}


def _fill(bank: Any, income: Any, count: int) -> None:
    from django.db import transaction
    from hordak.models import Leg, Transaction
    from moneyed import Money

    amount = Money("10.00", "EUR")
    with transaction.atomic():
        for first in range(0, count, BATCH):
            size = min(BATCH, count - first)
            made = Transaction.objects.bulk_create([Transaction() for _ in range(size)])
            legs = [
                leg
                for each in made
                for leg in (
                    Leg(transaction=each, account=income, credit=amount),
                    Leg(transaction=each, account=bank, debit=amount),
                )
            ]
            Leg.objects.bulk_create(legs)


def _balance(count: int) -> dict[str, float]:
    """The balance of one account and the trial balance, over so many transfers."""
    from hordak.models import Account

    bank, income = _accounts()
    _fill(bank, income, count)
    return {
        "balance_seconds": _median(lambda: bank.get_simple_balance()),
        "trial_seconds": _median(lambda: [a.balance for a in Account.objects.with_balances()]),
    }


def _median(ask: Callable[[], object], rounds: int = 9) -> float:
    ask()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        ask()
        times.append(time.perf_counter() - started)
    return sorted(times)[rounds // 2]


_MEASURES = {"single": _single, "batch": _batch, "balance": _balance}

if __name__ == "__main__":
    configure(sys.argv[1])
    print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
